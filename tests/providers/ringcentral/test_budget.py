"""Ten heavy requests a minute: who goes first, who waits, who is told, and that no penalty is ever walked into."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from providers import waiting
from providers.errors import Unavailable
from providers.interfaces import ForgetfulSlateMemory
from providers.model import Direction, RecordingQuery
from providers.ringcentral.budget import Budget, Kind
from providers.ringcentral.http import wait_told
from providers.waiting import background, told_of_waits
from sandbox.ringcentral.server import RingCentralSandbox

from .answering import Answering, log
from .conftest import Connect, quick_settings

SPEED = 200.0
WINDOW = 60 / SPEED
PERSON = RecordingQuery(direction=Direction.OUTBOUND)
ANYTHING = RecordingQuery()


@pytest.fixture
async def ringcentral() -> AsyncIterator[RingCentralSandbox]:
    async with RingCentralSandbox(speed=SPEED) as sandbox:
        yield sandbox


@pytest.fixture
def budget() -> Budget:
    return Budget(
        "RingCentral", quick_settings("http://a", "http://b", rate_scale=SPEED), ForgetfulSlateMemory()
    )


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
    provider = await connected(ringcentral, rate_scale=SPEED)
    pages = await asyncio.gather(*(provider.search(ANYTHING) for _ in range(40)))
    assert all(page.recordings for page in pages)
    assert [entry.status for entry in ringcentral.world.journal.asked("/call-log")] == [200] * 40
    assert not any(entry.in_penalty for entry in ringcentral.world.journal)


async def test_a_person_goes_before_the_background(
    ringcentral: RingCentralSandbox, connected: Connect
) -> None:
    provider = await connected(ringcentral, rate_scale=SPEED)

    async def in_background() -> None:
        with background():
            await provider.search(ANYTHING)

    waiting_ones = [asyncio.create_task(in_background()) for _ in range(20)]
    async with asyncio.timeout(5):
        while ringcentral.world.journal.count("/call-log") < 8:
            await asyncio.sleep(0)
    assert (await provider.search(PERSON)).recordings
    await asyncio.gather(*waiting_ones)
    order = ["direction" in entry.query for entry in ringcentral.world.journal.asked("/call-log")]
    assert len(order) == 21
    # The background has left a fifth of what is allowed: nobody waits for the next ten behind it. One may have been on
    # its way already.
    assert order.index(True) <= 9


@pytest.mark.parametrize("retry_after", [True, False])
async def test_what_others_used_up_is_waited_for_and_no_penalty_is_entered(
    ringcentral: RingCentralSandbox, connected: Connect, retry_after: bool
) -> None:
    ringcentral.world.settings.retry_after = retry_after
    here = await connected(ringcentral, rate_scale=SPEED)
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
    provider = await connected(answering, rate_scale=SPEED)
    before = time.monotonic()
    await provider.search(ANYTHING)
    assert time.monotonic() - before >= WINDOW
    assert len(answering.requests) == 2


async def test_who_is_held_back_again_and_again_is_told_when_to_come_back(
    answering: Answering, connected: Connect
) -> None:
    answering.answer = b"HTTP/1.1 429 Too Many\r\nContent-Length: 0\r\nRetry-After: 2\r\n\r\n"
    provider = await connected(answering, rate_scale=SPEED)
    with pytest.raises(Unavailable, match="HTTP 429") as caught:
        await provider.search(ANYTHING)
    assert caught.value.retry_after is not None
    assert len(answering.requests) == 4


async def test_a_wait_without_end_is_refused_at_once(answering: Answering, connected: Connect) -> None:
    answering.answer = b"HTTP/1.1 429 Too Many\r\nContent-Length: 0\r\nRetry-After: 80000\r\n\r\n"
    provider = await connected(answering, rate_scale=1)
    for _ in range(2):
        with pytest.raises(Unavailable, match="takes no more requests for some time") as caught:
            await provider.search(ANYTHING)
        assert caught.value.retry_after is not None
        assert caught.value.retry_after.total_seconds() > 70_000
    assert len(answering.requests) == 1


async def test_a_person_who_waits_long_is_told_once(
    ringcentral: RingCentralSandbox, connected: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "_WORTH_SAYING", WINDOW / 2)
    provider = await connected(ringcentral, rate_scale=SPEED)
    said: list[str] = []

    async def say(sentence: str) -> None:
        said.append(sentence)

    with told_of_waits(say):
        await provider.search(ANYTHING)
        assert said == []
        await asyncio.gather(*(provider.search(ANYTHING) for _ in range(25)))
    assert said == ["RingCentral allows 10 requests in 1 s; yours is next in about 1 s."]


async def test_who_listens_slowly_holds_nobody_up(budget: Budget, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "_WORTH_SAYING", 0.0)
    await send(budget, said=answer(left=0))
    told, heard = asyncio.Event(), asyncio.Event()

    async def say(_: str) -> None:
        told.set()
        await heard.wait()

    async def slow() -> float:
        with told_of_waits(say):
            return await send(budget)

    listening = asyncio.create_task(slow())
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await told.wait()
        await send(budget, said=answer())
    assert not listening.done()
    heard.set()
    await listening


async def test_nothing_is_sent_while_nothing_is_left(budget: Budget) -> None:
    before = time.monotonic()
    await send(budget, said=answer(left=0))
    assert time.monotonic() - before < WINDOW
    await send(budget, said=answer())
    assert time.monotonic() - before >= WINDOW


async def test_what_others_left_is_not_exceeded_by_requests_that_are_under_way(budget: Budget) -> None:
    before = time.monotonic()
    await send(budget, said=answer(left=2))
    async with budget.turn(Kind.CALL_LOG), budget.turn(Kind.RECORDING):
        assert time.monotonic() - before < WINDOW
        await send(budget, Kind.AUDIO)
    assert time.monotonic() - before >= WINDOW


async def test_groups_do_not_wait_for_each_other(budget: Budget) -> None:
    await send(budget, said=answer(left=0))
    assert await send(budget, Kind.SETTINGS) < WINDOW / 2
    assert await send(budget, Kind.ACCESS) < WINDOW / 2


async def test_which_group_a_request_is_in_the_answer_says(budget: Budget) -> None:
    before = time.monotonic()
    await send(budget, Kind.AUDIO, answer("Media", left=0))
    await send(budget, Kind.CALL_LOG, answer())
    assert time.monotonic() - before < WINDOW
    await send(budget, Kind.AUDIO, answer("Media"))
    assert time.monotonic() - before >= WINDOW


async def test_more_requests_than_are_documented_may_be_allowed(budget: Budget) -> None:
    before = time.monotonic()
    for left in range(49, 9, -1):
        await send(budget, said=answer(left=left, limit=50))
    assert time.monotonic() - before < WINDOW


async def test_headers_that_make_no_sense_are_passed_over(budget: Budget) -> None:
    headers = dict.fromkeys(("X-Rate-Limit-Limit", "X-Rate-Limit-Remaining", "X-Rate-Limit-Window"), "-5")
    before = time.monotonic()
    for _ in range(10):
        await send(budget, said=httpx.Response(200, headers=headers))
    assert time.monotonic() - before < WINDOW
    await send(budget)
    assert time.monotonic() - before >= WINDOW


async def test_who_gives_up_waiting_leaves_the_queue(budget: Budget) -> None:
    await send(budget, said=answer(left=0))
    first = asyncio.create_task(send(budget))
    await asyncio.sleep(0)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    async with asyncio.timeout(5):
        await send(budget, said=answer())


async def test_an_ordinary_wait_is_told_in_ordinary_words() -> None:
    budget = Budget(
        "RingCentral", quick_settings("http://a", "http://b", rate_scale=1), ForgetfulSlateMemory()
    )
    await send(budget, said=answer(left=0))
    said: asyncio.Queue[str] = asyncio.Queue()
    with told_of_waits(said.put):
        waiting_one = asyncio.create_task(send(budget))
        assert await said.get() == "RingCentral allows 10 requests a minute; yours is next in about 60 s."
        waiting_one.cancel()


@pytest.mark.parametrize(
    ("value", "least", "most"),
    [
        ("60", 0.3, 0.3),
        (timedelta(hours=1), 3000, 3600),
        (-timedelta(hours=1), 0, 0),
        ("Fri, 17 May 2999 12:00:00", 86_400, 86_400),
        ("9999999", 49_999, 50_000),
        ("soon", None, None),
        ("", None, None),
    ],
    ids=["seconds", "an hour from now", "an hour ago", "never", "far too long", "a word", "nothing"],
)
def test_a_wait_is_told_in_seconds_or_as_a_time(
    value: str | timedelta, least: float | None, most: float | None
) -> None:
    if isinstance(value, timedelta):
        value = format_datetime(datetime.now(UTC) + value)
    settings = quick_settings("http://a", "http://b", rate_scale=SPEED)
    told = wait_told(httpx.Response(429, headers={"Retry-After": value}), settings)
    if least is None or most is None:
        assert told is None
    else:
        assert told is not None
        assert least <= told <= most


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
    ("said", "least", "most"),
    [
        (answer(left=0, window=9_999_999), 3_600, 3_601),
        (answer(status=429, window=1), 30, 61),
        (answer(status=429, window=90), 90, 91),
        (answer(status=502, **{"Retry-After": "50"}), 50, 51),
        (answer(status=500, **{"Retry-After": "50"}), 50, 51),
    ],
    ids=["a window of months", "a penalty of a moment", "a penalty of a window", "502", "500"],
)
async def test_how_long_nothing_is_sent(said: httpx.Response, least: float, most: float) -> None:
    settings = quick_settings("http://a", "http://b", rate_scale=1, longest_wait="1s")
    budget = Budget("RingCentral", settings, ForgetfulSlateMemory())
    await send(budget, said=said)
    with pytest.raises(Unavailable) as caught:
        await send(budget)
    assert caught.value.retry_after is not None
    assert least - 1 <= caught.value.retry_after.total_seconds() <= most
