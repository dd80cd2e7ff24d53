"""Ten heavy requests a minute: who goes first, who waits, who is told, and that no penalty is ever walked into."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from providers import waiting
from providers.errors import Unavailable
from providers.memories import ForgetfulSlateMemory
from providers.model import Direction, RecordingQuery
from providers.ringcentral.budget import _MARGIN as MARGIN
from providers.ringcentral.budget import Budget, Kind
from providers.ringcentral.http import wait_told
from providers.waiting import background, told_of_waits
from sandbox.ringcentral.server import RingCentralSandbox
from tests.clock import lasting
from tests.eventually import eventually

from .answering import Answering, log
from .conftest import Connect, settings_for

WINDOW = 60.0
PERSON = RecordingQuery(direction=Direction.OUTBOUND)
ANYTHING = RecordingQuery()


@pytest.fixture
def budget() -> Budget:
    return Budget("RingCentral", settings_for("http://a", "http://b"), ForgetfulSlateMemory())


def answer(
    group: str = "heavy", left: int = 9, limit: int = 10, status: int = 200, window: int = 60, **more: str
) -> httpx.Response:
    headers = {
        "X-Rate-Limit-Group": group,
        "X-Rate-Limit-Limit": str(limit),
        "X-Rate-Limit-Remaining": str(left),
        "X-Rate-Limit-Window": str(window),
    }
    return httpx.Response(status, headers=headers | more)


async def send(budget: Budget, kind: Kind = Kind.CALL_LOG, said: httpx.Response | None = None) -> float:
    """Send one request, and return how long it had to wait."""
    before = time.monotonic()
    async with budget.turn(kind) as turn:
        waited = time.monotonic() - before
        if said is not None:
            turn.answered(said)
    return waited


async def test_forty_who_come_at_once_are_all_served_and_no_penalty_is_entered(
    ringcentral: RingCentralSandbox, connected: Connect
) -> None:
    provider = await connected(ringcentral)
    pages = await asyncio.gather(*(provider.search(ANYTHING) for _ in range(40)))
    assert all(page.recordings for page in pages)
    assert [entry.status for entry in ringcentral.world.journal.asked("/call-log")] == [200] * 40
    assert not any(entry.in_penalty for entry in ringcentral.world.journal)


async def test_a_person_goes_before_the_background(
    ringcentral: RingCentralSandbox, connected: Connect
) -> None:
    provider = await connected(ringcentral)

    async def in_background() -> None:
        with background():
            await provider.search(ANYTHING)

    waiting_ones = [asyncio.create_task(in_background()) for _ in range(20)]
    await eventually(lambda: ringcentral.world.journal.count("/call-log") == 8)
    assert (await provider.search(PERSON)).recordings
    await asyncio.gather(*waiting_ones)
    order = ["direction" in entry.query for entry in ringcentral.world.journal.asked("/call-log")]
    assert len(order) == 21
    # The background has left a fifth of what is allowed: nobody waits for the next ten behind it.
    assert order.index(True) == 8


@pytest.mark.parametrize("retry_after", [True, False])
async def test_what_others_used_up_is_waited_for_and_no_penalty_is_entered(
    ringcentral: RingCentralSandbox, connected: Connect, retry_after: bool
) -> None:
    ringcentral.world.settings.retry_after = retry_after
    here = await connected(ringcentral)
    await here.search(ANYTHING)
    [session] = ringcentral.world.sessions
    for _ in range(9):
        ringcentral.world.limits.admit(f"{session.extension.id} {session.app}", "heavy")
    assert (await here.search(PERSON)).recordings
    statuses = [entry.status for entry in ringcentral.world.journal.asked("/call-log")]
    assert statuses == [200, 429, 200]
    assert not any(entry.in_penalty for entry in ringcentral.world.journal)


async def test_a_limit_that_names_no_group_holds_everything_back(
    answering: Answering, connected: Connect
) -> None:
    said = iter([b"HTTP/1.1 429 Too Many\r\nContent-Length: 0\r\nRetry-After: 60\r\n\r\n", log()])
    answering.answer = lambda head: next(said)
    provider = await connected(answering)
    with lasting(WINDOW + MARGIN):
        await provider.search(ANYTHING)
    assert len(answering.requests) == 2


async def test_who_is_held_back_again_and_again_is_told_when_to_come_back(
    answering: Answering, connected: Connect
) -> None:
    answering.answer = b"HTTP/1.1 429 Too Many\r\nContent-Length: 0\r\nRetry-After: 2\r\n\r\n"
    provider = await connected(answering)
    with pytest.raises(Unavailable, match="HTTP 429") as caught:
        await provider.search(ANYTHING)
    assert caught.value.retry_after is not None
    assert len(answering.requests) == 4


async def test_a_wait_without_end_is_refused_at_once(answering: Answering, connected: Connect) -> None:
    answering.answer = b"HTTP/1.1 429 Too Many\r\nContent-Length: 0\r\nRetry-After: 80000\r\n\r\n"
    provider = await connected(answering)
    for _ in range(2):
        with pytest.raises(Unavailable, match="takes no more requests for some time") as caught:
            await provider.search(ANYTHING)
        assert caught.value.retry_after is not None
        assert caught.value.retry_after.total_seconds() > 70_000
    assert len(answering.requests) == 1


async def test_a_person_who_waits_long_is_told_once(
    ringcentral: RingCentralSandbox, connected: Connect
) -> None:
    provider = await connected(ringcentral)
    said: list[str] = []

    async def say(sentence: str) -> None:
        said.append(sentence)

    with told_of_waits(say):
        await provider.search(ANYTHING)
        assert said == []
        await asyncio.gather(*(provider.search(ANYTHING) for _ in range(25)))
    assert said == ["RingCentral allows 10 requests a minute; yours is next in about 60 s."]


async def test_who_listens_slowly_holds_nobody_up(budget: Budget) -> None:
    await send(budget, said=answer(left=0))
    told, heard = asyncio.Event(), asyncio.Event()

    async def say(_: str) -> None:
        told.set()
        await heard.wait()

    async def slow() -> float:
        with told_of_waits(say):
            return await send(budget)

    listening = asyncio.create_task(slow())
    await told.wait()
    with lasting(WINDOW + MARGIN):
        await send(budget, said=answer())
    assert not listening.done()
    heard.set()
    await listening


async def test_nothing_is_sent_while_nothing_is_left(budget: Budget) -> None:
    assert await send(budget, said=answer(left=0)) == 0
    assert await send(budget, said=answer()) == WINDOW + MARGIN


async def test_what_others_left_is_not_exceeded_by_requests_that_are_under_way(budget: Budget) -> None:
    assert await send(budget, said=answer(left=2)) == 0
    with lasting(WINDOW):
        async with budget.turn(Kind.CALL_LOG), budget.turn(Kind.RECORDING):
            assert await send(budget, Kind.AUDIO) == WINDOW


async def test_groups_do_not_wait_for_each_other(budget: Budget) -> None:
    await send(budget, said=answer(left=0))
    assert await send(budget, Kind.SETTINGS) == 0
    assert await send(budget, Kind.ACCESS) == 0


async def test_which_group_a_request_is_in_the_answer_says(budget: Budget) -> None:
    await send(budget, Kind.AUDIO, answer("Media", left=0))
    assert await send(budget, Kind.CALL_LOG, answer()) == 0
    assert await send(budget, Kind.AUDIO, answer("Media")) == WINDOW + MARGIN


async def test_more_requests_than_are_documented_may_be_allowed(budget: Budget) -> None:
    for left in range(49, 9, -1):
        assert await send(budget, said=answer(left=left, limit=50)) == 0


async def test_headers_that_make_no_sense_are_passed_over(budget: Budget) -> None:
    headers = dict.fromkeys(("X-Rate-Limit-Limit", "X-Rate-Limit-Remaining", "X-Rate-Limit-Window"), "-5")
    for _ in range(10):
        assert await send(budget, said=httpx.Response(200, headers=headers)) == 0
    assert await send(budget) == WINDOW


async def test_who_gives_up_waiting_leaves_the_queue(budget: Budget) -> None:
    await send(budget, said=answer(left=0))
    first = asyncio.create_task(send(budget))
    await asyncio.sleep(WINDOW / 2)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    assert await send(budget, said=answer()) == WINDOW / 2 + MARGIN


async def test_an_ordinary_wait_is_told_in_ordinary_words(budget: Budget) -> None:
    await send(budget, said=answer(left=0))
    said: asyncio.Queue[str] = asyncio.Queue()
    with told_of_waits(said.put):
        waiting_one = asyncio.create_task(send(budget))
        assert await said.get() == "RingCentral allows 10 requests a minute; yours is next in about 60 s."
        waiting_one.cancel()


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("60", 0.3),
        (timedelta(hours=1), 3600),
        (-timedelta(hours=1), 0),
        ("Fri, 17 May 2999 12:00:00", 86_400),
        ("9999999", 49_999.995),
        ("soon", None),
        ("", None),
    ],
    ids=["seconds", "an hour from now", "an hour ago", "never", "far too long", "a word", "nothing"],
)
async def test_a_wait_is_told_in_seconds_or_as_a_time(value: str | timedelta, seconds: float | None) -> None:
    if isinstance(value, timedelta):
        value = format_datetime(datetime.now(UTC) + value)
    settings = settings_for("http://a", "http://b", rate_scale=200)
    assert wait_told(httpx.Response(429, headers={"Retry-After": value}), settings) == seconds


async def test_what_is_in_the_background_is_known_only_there() -> None:
    with background():
        assert waiting.in_background()
        assert await asyncio.create_task(_in_background())
    assert not waiting.in_background()


async def _in_background() -> bool:
    return waiting.in_background()


async def test_what_is_left_is_what_could_be_sent_now(budget: Budget) -> None:
    assert budget.left() == {"light": 50, "medium": 40, "heavy": 10, "auth": 5}
    async with budget.turn(Kind.CALL_LOG) as turn:
        assert budget.left()["heavy"] == 9
        turn.answered(answer(left=4))
    assert budget.left()["heavy"] == 4
    async with budget.turn(Kind.CALL_LOG) as turn:
        assert budget.left()["heavy"] == 3
        turn.answered(answer(left=0, status=429))
    assert budget.left() == {"light": 50, "medium": 40, "heavy": 0, "auth": 5}


async def test_a_group_that_the_far_side_names_as_it_likes_is_not_shown(budget: Budget) -> None:
    async with budget.turn(Kind.CALL_LOG) as turn:
        turn.answered(answer("of its own"))
    assert set(budget.left()) == {"light", "medium", "heavy", "auth"}


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        (answer(left=0, window=9_999_999), 3_600),
        (answer(status=429, window=1), 30),
        (answer(status=429, window=90), 90),
        (answer(status=502, **{"Retry-After": "50"}), 50),
        (answer(status=500, **{"Retry-After": "50"}), 50),
    ],
    ids=["a window of months", "a penalty of a moment", "a penalty of a window", "502", "500"],
)
async def test_how_long_nothing_is_sent(said: httpx.Response, seconds: float) -> None:
    settings = settings_for("http://a", "http://b", longest_wait="1s")
    budget = Budget("RingCentral", settings, ForgetfulSlateMemory())
    await send(budget, said=said)
    with pytest.raises(Unavailable) as caught:
        await send(budget)
    assert caught.value.retry_after == timedelta(seconds=seconds + MARGIN)
