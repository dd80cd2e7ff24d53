"""Two processes that share a store share an account: its sign-in, its budget, and what either knows of a penalty."""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from functools import cache
from pathlib import Path
from secrets import token_hex

import psycopg
import pytest

from bot.store import Store, open_store, upgrade
from providers.interfaces import Memories
from providers.model import RecordingQuery
from providers.ringcentral import RingCentralProvider, connect, lease
from providers.ringcentral.budget import Budget, Kind
from providers.waiting import background, told_of_waits
from sandbox.ringcentral.server import RingCentralSandbox
from tests.database import new_file
from tests.postgres import Server
from tests.providers.ringcentral.conftest import quick_settings

SPEED = 200.0
ANYTHING = RecordingQuery()
_TRUST = cache(ssl.create_default_context)


@pytest.fixture(scope="module")
def served(server: Server, worker_id: str) -> str:
    """A database that goes by the real clock: what RingCentral counts is counted in real seconds."""
    url = server.new_database(f"account-{worker_id}")
    asyncio.run(upgrade(url))
    return url


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


@pytest.fixture(autouse=True)
def _cheap_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ssl, "create_default_context", _TRUST)
    monkeypatch.setattr(lease, "_LOOK", 0.02)


@pytest.fixture
async def ringcentral() -> AsyncIterator[RingCentralSandbox]:
    async with RingCentralSandbox(speed=SPEED) as sandbox:
        yield sandbox


@pytest.fixture
async def processes(
    url: str, ringcentral: RingCentralSandbox
) -> AsyncIterator[tuple[RingCentralProvider, RingCentralProvider]]:
    """Two processes of one configuration: each has its own adapter, and its own connection to the one store."""
    settings = quick_settings(ringcentral.api_url, ringcentral.media_url, rate_scale=SPEED)
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
    pages = await asyncio.gather(*(which.search(ANYTHING) for which in processes for _ in range(12)))
    assert all(page.recordings for page in pages)
    assert [entry.status for entry in ringcentral.world.journal.asked("/call-log")] == [200] * 24
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
    async with asyncio.timeout(5):
        while not any(entry.status == 429 for entry in ringcentral.world.journal):
            await asyncio.sleep(0.001)
    await asyncio.gather(waiting_one, *(there.search(ANYTHING) for _ in range(3)))
    assert not any(entry.in_penalty for entry in ringcentral.world.journal)
    assert [entry.status for entry in ringcentral.world.journal.asked("/call-log")].count(429) == 1


@pytest.fixture
async def budgets(url: str) -> AsyncIterator[tuple[Budget, Budget]]:
    """The budgets of two processes, in which a minute lasts a minute."""
    settings = quick_settings("http://a", "http://b", rate_scale=1, client_id=token_hex(4))
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
    async with asyncio.timeout(5):
        sentence = await said.get()
    assert sentence == "RingCentral allows 10 requests a minute; yours is next in about 60 s."
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
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ringcentral.world.settings.issue_refresh_tokens = True
    await asyncio.gather(*(which.search(ANYTHING) for which in processes))
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + 0.8 * 3600 / SPEED + 0.5)
    await asyncio.gather(*(which.search(ANYTHING) for which in processes))
    assert tokens(ringcentral) == 2
    assert len(ringcentral.world.sessions) == 1


async def test_one_that_died_while_it_signed_in_is_waited_for_and_then_done_without(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "_SECONDS", 0.3)
    async with open_store(url) as store:
        dead, alive = lease.Lease(store.slates, "sign-in"), lease.Lease(store.slates, "sign-in")
        assert await dead._take(lease._SECONDS)
        before = time.monotonic()
        async with alive.held():
            assert time.monotonic() - before > 0.2
            await asyncio.sleep(0.4)  # longer than any lease: it is kept up
            assert not await dead._take(lease._SECONDS)
        assert await dead._take(lease._SECONDS)
