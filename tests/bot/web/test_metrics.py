"""The figures are there for whoever may see them, and for nobody else."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from bot.metrics import Ears, Metrics
from bot.store import Store, StoreError, open_store
from bot.web.metrics import Figures
from providers.errors import Unavailable
from tests.bot.store.samples import a_notice, a_request, recording_watch
from tests.database import new_file
from tests.figures import read

TOKEN = "a token of sixteen letters or more".replace(" ", "-")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    file = tmp_path / "recbot.db"
    file.write_bytes(new_file())
    async with open_store(f"sqlite:///{file}") as store:
        yield store


def figures(store: Store, metrics: Metrics | None = None, **more: object) -> Starlette:
    async def ears() -> Ears:
        return Ears(ready=True, silent=2.5)

    def left() -> Mapping[str, Mapping[str, int]]:
        return {"ringcentral": {"heavy": 7}}

    options: dict[str, object] = {"token": None, "reachable": False} | more
    shown = Figures(metrics or Metrics(), store, ears, left, **options)  # type: ignore[arg-type]
    return Starlette(routes=[Route("/metrics", shown.show)])


@asynccontextmanager
async def asked(app: Starlette, peer: str = "127.0.0.1", **headers: str) -> AsyncIterator[httpx.Response]:
    transport = httpx.ASGITransport(app, client=(peer, 40000))
    async with httpx.AsyncClient(transport=transport, base_url="http://recbot") as client:
        yield await client.get("/metrics", headers=headers)


async def test_what_the_process_did_and_what_the_store_keeps_is_told(store: Store) -> None:
    metrics = Metrics()
    metrics.claimed("watches", timedelta(seconds=0.2))
    metrics.proven("vidyo", timedelta(seconds=4))
    metrics.failed("vidyo", Unavailable("Nobody answers."))
    metrics.duplicate("request")
    await store.watches.reserve(recording_watch(), None)
    await store.notices.owe(a_notice("n1"))
    await store.inbox.keep("k1", a_request())
    async with asked(figures(store, metrics)) as answer:
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
        told = read(answer.text)
    wanted = {
        "recbot_lateness_seconds_bucket 0.1 watches": 0,
        "recbot_lateness_seconds_bucket 0.25 watches": 1,
        "recbot_proven_seconds_sum vidyo": 4,
        "recbot_provider_errors_total Unavailable vidyo": 1,
        "recbot_duplicates_prevented_total request": 1,
        "recbot_duplicates_prevented_total message": 0,
        "recbot_rate_budget_left heavy ringcentral": 7,
        "recbot_ready": 1,
        "recbot_socket_silent_seconds": 2.5,
        "recbot_store_readable": 1,
        "recbot_watches recording": 1,
        "recbot_watches asked": 0,
        "recbot_notices_owed": 1,
        "recbot_requests_pending": 1,
    }
    assert {name: told.get(name) for name in wanted} == wanted
    assert 0 <= told["recbot_oldest_seconds notices"] < 60


async def test_a_store_that_does_not_answer_hides_only_what_it_would_say(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def silent() -> None:
        raise StoreError("The database cannot be reached.")

    metrics = Metrics()
    app = figures(store, metrics)
    async with asked(app):
        pass
    monkeypatch.setattr(store, "standing", silent)
    metrics.duplicate("notice")
    async with asked(app) as answer:
        told = read(answer.text)
    assert told["recbot_store_readable"] == 0
    assert told["recbot_duplicates_prevented_total notice"] == 1
    assert "recbot_watches recording" not in told
    assert str(told["recbot_notices_owed"]) == "nan"


@pytest.mark.parametrize(
    ("peer", "status"),
    [
        ("127.0.0.1", 200),
        ("127.8.8.8", 200),
        ("::1", 200),
        ("::ffff:127.0.0.1", 200),
        ("10.0.0.7", 403),
        ("::ffff:10.0.0.7", 403),
        ("2001:db8::1", 403),
        ("", 403),
    ],
)
async def test_without_a_token_they_are_told_to_this_machine_only(
    store: Store, peer: str, status: int
) -> None:
    async with asked(figures(store), peer) as answer:
        assert answer.status_code == status
        assert ("recbot_watches" in answer.text) is (status == 200)


async def test_behind_a_proxy_everybody_may_look_like_this_machine(store: Store) -> None:
    async with asked(figures(store, reachable=True)) as answer:
        assert answer.status_code == 403
        assert "web.metrics_token" in answer.text


@pytest.mark.parametrize("given", ["", TOKEN, f"Basic {TOKEN}", f"Bearer {TOKEN}x"])
async def test_where_there_is_a_token_nobody_is_told_without_it(store: Store, given: str) -> None:
    async with asked(figures(store, token=TOKEN), authorization=given) as answer:
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert "recbot_" not in answer.text


async def test_whoever_has_the_token_is_told_wherever_they_are(store: Store) -> None:
    app = figures(store, token=TOKEN, reachable=True)
    async with asked(app, "203.0.113.9", authorization=f"Bearer {TOKEN}") as answer:
        assert answer.status_code == 200


async def test_two_bots_in_one_process_count_for_themselves(store: Store) -> None:
    first, second = Metrics(), Metrics()
    first.duplicate("recorder")
    async with asked(figures(store, second)) as answer:
        assert read(answer.text)["recbot_duplicates_prevented_total recorder"] == 0
