"""Two processes that share a store share an account: its sign-in, its budget, and what either knows of a penalty."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path
from secrets import token_hex

import psycopg
import pytest

from bot.store import Store, open_store
from providers.memories import Memories, SlateMemory
from providers.model import RecordingQuery
from providers.ringcentral import RingCentralProvider, connect, lease
from providers.ringcentral.budget import Budget, Kind
from providers.waiting import background, told_of_waits
from sandbox.ringcentral.server import RingCentralSandbox
from tests.database import new_file
from tests.eventually import PATIENCE, eventually
from tests.postgres import Server
from tests.providers.ringcentral.conftest import settings_for

ANYTHING = RecordingQuery()


@pytest.fixture(scope="module")
def served(server: Server, worker_id: str) -> str:
    """A database that goes by the real clock: what RingCentral counts is counted in real seconds."""
    return server.prepared_database(f"account-{worker_id}")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.real_time)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """One database is enough for all tests, if each forgets the account of whoever had the same port before."""
    if request.param == "sqlite":
        (tmp_path / "recbot.db").write_bytes(new_file())
        return f"sqlite:///{tmp_path / 'recbot.db'}"
    served = str(request.getfixturevalue("served"))
    with psycopg.connect(served) as connection:
        connection.execute("DELETE FROM tokens")
        connection.execute("DELETE FROM slates")
    return served


@pytest.fixture
def speed(url: str) -> float:
    """Of the world: PostgreSQL has a clock of its own, and we wait for it."""
    return 200.0 if url.startswith("postgresql") else 1.0


@pytest.fixture
async def ringcentral(speed: float) -> AsyncIterator[RingCentralSandbox]:
    async with RingCentralSandbox(speed=speed) as sandbox:
        yield sandbox


@pytest.fixture
async def processes(
    url: str, ringcentral: RingCentralSandbox, speed: float
) -> AsyncIterator[tuple[RingCentralProvider, RingCentralProvider]]:
    """Two processes of one configuration: each has its own adapter, and its own connection to the one store."""
    settings = settings_for(ringcentral.api_url, ringcentral.media_url, rate_scale=speed)
    async with AsyncExitStack() as stack:

        async def start() -> RingCentralProvider:
            store: Store = await stack.enter_async_context(
                open_store(url, keys=["a-key-of-this-installation"])
            )
            memories = Memories(store.sign_ins, store.tokens, store.slates)
            return await stack.enter_async_context(connect("ringcentral", settings, memories))

        yield await start(), await start()


def tokens(ringcentral: RingCentralSandbox) -> int:
    return ringcentral.world.journal.count("/oauth/token")


async def test_heavy_requests_from_both_meet_no_limit(
    ringcentral: RingCentralSandbox, processes: tuple[RingCentralProvider, RingCentralProvider]
) -> None:
    pages = await asyncio.gather(*(which.search(ANYTHING) for which in processes for _ in range(8)))
    assert all(page.recordings for page in pages)
    assert [entry.status for entry in ringcentral.world.journal.asked("/call-log")] == [200] * 16
    assert tokens(ringcentral) == 1


async def test_a_penalty_that_one_met_holds_the_other_back(
    ringcentral: RingCentralSandbox, processes: tuple[RingCentralProvider, RingCentralProvider]
) -> None:
    here, there = processes
    await here.search(ANYTHING)
    [session] = ringcentral.world.sessions
    for _ in range(9):  # somebody else with the same app
        ringcentral.world.limits.admit(f"{session.extension.id} {session.app}", "heavy")
    waiting_one = asyncio.create_task(here.search(ANYTHING))
    await eventually(lambda: any(entry.status == 429 for entry in ringcentral.world.journal))
    await asyncio.gather(waiting_one, *(there.search(ANYTHING) for _ in range(3)))
    assert not any(entry.in_penalty for entry in ringcentral.world.journal)
    assert [entry.status for entry in ringcentral.world.journal.asked("/call-log")].count(429) == 1


@pytest.fixture
async def budgets(url: str) -> AsyncIterator[tuple[Budget, Budget]]:
    """The budgets of two processes, in which a minute lasts a minute."""
    settings = settings_for("http://a", "http://b", client_id=token_hex(4))
    async with open_store(url) as one, open_store(url) as other:
        yield Budget("RingCentral", settings, one.slates), Budget("RingCentral", settings, other.slates)


async def take(budget: Budget, turns: int) -> None:
    for _ in range(turns):
        async with budget.turn(Kind.CALL_LOG):
            pass


async def test_the_background_of_one_leaves_a_fifth_to_the_people_of_the_other(
    budgets: tuple[Budget, Budget],
) -> None:
    here, there = budgets
    with background():
        await take(here, 8)
        ninth = asyncio.create_task(take(there, 1))
    await take(there, 2)
    assert not ninth.done()
    ninth.cancel()
    await asyncio.gather(ninth, return_exceptions=True)


async def test_a_person_hears_how_long_the_other_one_makes_them_wait(budgets: tuple[Budget, Budget]) -> None:
    here, there = budgets
    await take(here, 10)
    said: asyncio.Queue[str] = asyncio.Queue()
    with told_of_waits(said.put):
        waiting_one = asyncio.create_task(take(there, 1))
    async with asyncio.timeout(PATIENCE):
        sentence = await said.get()
    wait = re.fullmatch(
        r"RingCentral allows 10 requests a minute; yours is next in about (\d+) s\.", sentence
    )
    assert wait
    assert 30 < int(wait[1]) <= 60, "PostgreSQL's clock went on meanwhile"
    waiting_one.cancel()
    await asyncio.gather(waiting_one, return_exceptions=True)


async def test_both_who_find_the_token_run_out_renew_it_once(
    ringcentral: RingCentralSandbox, processes: tuple[RingCentralProvider, RingCentralProvider]
) -> None:
    ringcentral.world.settings.issue_refresh_tokens = True
    await asyncio.gather(*(which.search(ANYTHING) for which in processes))
    for turns in range(2, 5):
        ringcentral.world.expire_access_tokens()
        await asyncio.gather(*(which.search(ANYTHING) for which in processes))
        assert tokens(ringcentral) == turns
    assert len(ringcentral.world.sessions) == 1


async def test_both_who_renew_it_ahead_of_time_do_it_once(
    ringcentral: RingCentralSandbox,
    processes: tuple[RingCentralProvider, RingCentralProvider],
    speed: float,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ringcentral.world.settings.issue_refresh_tokens = True
    await asyncio.gather(*(which.search(ANYTHING) for which in processes))
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + 0.95 * 3600 / speed)
    await asyncio.gather(*(which.search(ANYTHING) for which in processes))
    assert tokens(ringcentral) == 2
    assert len(ringcentral.world.sessions) == 1


class ToldOf(SlateMemory):
    """Slates that tell when they have changed."""

    def __init__(self, slates: SlateMemory) -> None:
        self._slates = slates
        self.changed = asyncio.Event()

    async def change(self, key: str, fn: Callable[[str | None, datetime], str]) -> None:
        await self._slates.change(key, fn)
        self.changed.set()


async def test_one_that_died_while_it_signed_in_is_waited_for_and_then_done_without(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if url.startswith("postgresql"):
        monkeypatch.setattr(lease, "_SECONDS", 2.0)
    async with open_store(url) as store:
        slates = ToldOf(store.slates)
        dead, alive = lease.Lease(store.slates, "sign-in"), lease.Lease(slates, "sign-in")
        before = time.monotonic()
        assert await dead._take(lease._SECONDS)
        async with alive.held():
            assert time.monotonic() - before >= lease._SECONDS
            for _ in range(5):  # each lasts three times as long as it takes until the next
                slates.changed.clear()
                async with asyncio.timeout(PATIENCE):
                    await slates.changed.wait()
                assert not await dead._take(lease._SECONDS)
        assert await dead._take(lease._SECONDS)
