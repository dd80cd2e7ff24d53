"""Signing in: one session for everybody, kept over restarts, and wrong credentials tried once."""

import asyncio
import json
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from providers.errors import BadAnswer, SignInFailed, Unavailable
from providers.memories import ForgetfulSlateMemory, Memories
from providers.model import RecordingQuery
from providers.ringcentral import RingCentralProvider
from providers.ringcentral.credentials import fingerprint
from providers.ringcentral.lease import Lease
from sandbox.ringcentral.server import RingCentralSandbox

from .answering import TOKEN, Answering, http, log, said
from .conftest import Connect, settings_for

PASSWORD = {"jwt": None, "password_grant": True, "username": "+16505550199", "extension": "101"}
ANYTHING = RecordingQuery()


def tokens(ringcentral: RingCentralSandbox) -> int:
    return ringcentral.world.journal.count("/oauth/token")


async def test_forty_who_come_at_once_open_one_session(
    ringcentral: RingCentralSandbox, provider: RingCentralProvider
) -> None:
    ringcentral.world.limits.per_minute["heavy"] = 1000
    await asyncio.gather(*(provider.search(ANYTHING) for _ in range(40)))
    assert tokens(ringcentral) == 1
    assert len(ringcentral.world.sessions) == 1


async def test_a_restart_goes_on_with_the_session_that_was_open(
    ringcentral: RingCentralSandbox, connected: Connect
) -> None:
    for _ in range(3):
        await (await connected(ringcentral)).search(ANYTHING)
    assert tokens(ringcentral) == 1


async def test_a_password_lets_in_where_it_is_asked_for(
    ringcentral: RingCentralSandbox, connected: Connect
) -> None:
    provider = await connected(ringcentral, **PASSWORD, password="recbot-secret")
    assert (await provider.search(ANYTHING)).recordings


@pytest.mark.parametrize(
    "changes", [{"jwt": "wrong"}, PASSWORD | {"password": "wrong"}, {"client_secret": "wrong"}]
)
async def test_wrong_credentials_are_tried_once_over_all_restarts(
    ringcentral: RingCentralSandbox, connected: Connect, changes: dict[str, Any]
) -> None:
    for _ in range(2):
        provider = await connected(ringcentral, **changes)
        at_once = [provider.search(ANYTHING) for _ in range(10)]
        outcomes = await asyncio.gather(*at_once, return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [SignInFailed] * 10
        assert all("wrong" in str(outcome) and "Nothing more is sent" in str(outcome) for outcome in outcomes)
    assert tokens(ringcentral) == 1


async def test_corrected_credentials_are_tried_although_the_old_ones_were_refused(
    ringcentral: RingCentralSandbox, connected: Connect
) -> None:
    with pytest.raises(SignInFailed):
        await (await connected(ringcentral, jwt="wrong")).search(ANYTHING)
    assert (await (await connected(ringcentral)).search(ANYTHING)).recordings


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        ("app", "OAU-165.*another environment"),
        ("grant", "OAU-251.*may not sign in this way"),
        ("locked", "OAU-14[78].*locked"),
        ("client", "OAU-153.*no such client id"),
    ],
)
async def test_each_way_of_being_turned_away_has_its_sentence(
    ringcentral: RingCentralSandbox, provider: RingCentralProvider, trouble: str, words: str
) -> None:
    sign_in = ringcentral.world.sign_in
    if trouble == "app":
        ringcentral.world.settings.app_enabled = False
    elif trouble == "grant":
        sign_in.grants.clear()
    elif trouble == "locked":
        sign_in.locked = True
    else:
        sign_in.client_id = "another"
    for _ in range(2):
        with pytest.raises(SignInFailed, match=words):
            await provider.search(ANYTHING)
    assert tokens(ringcentral) == 1


async def test_a_check_asks_all_the_same_and_being_let_in_ends_the_refusal(
    ringcentral: RingCentralSandbox, provider: RingCentralProvider
) -> None:
    ringcentral.world.sign_in.jwt = "another"
    [finding] = [check for check in await provider.check() if check.failed]
    assert finding.what == "sign-in"
    assert "jwt" in finding.advice
    assert tokens(ringcentral) == 1
    ringcentral.world.sign_in.jwt = "recbot-jwt"
    with pytest.raises(SignInFailed):
        await provider.search(ANYTHING)
    assert all(check.ok for check in await provider.check())
    assert (await provider.search(ANYTHING)).recordings


async def test_a_token_that_runs_out_in_the_middle_of_a_walk_is_renewed_once(
    ringcentral: RingCentralSandbox, provider: RingCentralProvider
) -> None:
    ringcentral.world.settings.most_detailed = 4
    whole = await provider.search(RecordingQuery(limit=100))
    pages = ringcentral.world.journal.count("/call-log")
    ringcentral.world.expire_access_tokens()
    again, *_ = await asyncio.gather(*(provider.search(RecordingQuery(limit=100)) for _ in range(3)))
    assert again == whole
    assert ringcentral.world.journal.count("/call-log") <= 4 * pages + 3
    assert tokens(ringcentral) == 2


@pytest.mark.parametrize("oauth", [True, False])
async def test_a_refused_token_is_known_in_both_shapes(
    ringcentral: RingCentralSandbox, provider: RingCentralProvider, oauth: bool
) -> None:
    ringcentral.world.settings.oauth_errors = oauth
    ringcentral.world.settings.modern_errors = True
    await provider.search(ANYTHING)
    ringcentral.world.expire_access_tokens()
    assert (await provider.search(ANYTHING)).recordings
    assert tokens(ringcentral) == 2


async def test_a_stale_token_may_be_called_a_bad_request(answering: Answering, connected: Connect) -> None:
    refused = said({"error": "invalid_grant", "errors": [{"errorCode": "OAU-213"}]}, "400 Bad Request")
    answering.answer = lambda head: log() if "granted-2" in head else refused
    await (await connected(answering)).search(ANYTHING)
    assert answering.tokens == 2


@pytest.mark.parametrize("name", ["", "Team \\ud83c", "a\x0bb"])
async def test_a_token_is_read_though_something_beside_it_has_letters_that_are_none(
    answering: Answering, connected: Connect, name: str
) -> None:
    token = json.dumps(TOKEN)[:-1] + f', "owner_name": "{name}"}}'
    answering.token = http(b"\xef\xbb\xbf" + token.encode())
    answering.answer = log()
    await (await connected(answering)).search(ANYTHING)
    assert answering.tokens == 1


async def test_a_new_token_that_is_refused_too_is_not_renewed_for_ever(
    answering: Answering, connected: Connect
) -> None:
    answering.answer = said({"errorCode": "AGW-402"}, "401 Unauthorized")
    with pytest.raises(SignInFailed, match="just given us"):
        await (await connected(answering)).search(ANYTHING)
    assert (len(answering.requests), answering.tokens) == (2, 2)


async def test_a_refresh_token_is_used_where_one_is_given(
    ringcentral: RingCentralSandbox, provider: RingCentralProvider
) -> None:
    ringcentral.world.settings.issue_refresh_tokens = True
    await provider.search(ANYTHING)
    for _ in range(4):
        ringcentral.world.expire_access_tokens()
        await provider.search(ANYTHING)
    assert tokens(ringcentral) == 5
    assert len(ringcentral.world.sessions) == 1


async def test_a_refresh_token_that_died_is_no_wrong_password(
    ringcentral: RingCentralSandbox, provider: RingCentralProvider
) -> None:
    ringcentral.world.settings.issue_refresh_tokens = True
    await provider.search(ANYTHING)
    ringcentral.world.sessions.end_all()
    assert (await provider.search(ANYTHING)).recordings
    assert tokens(ringcentral) == 3


async def test_what_another_process_renewed_is_not_renewed_again(
    ringcentral: RingCentralSandbox, connected: Connect
) -> None:
    here, there = await connected(ringcentral), await connected(ringcentral)
    await here.search(ANYTHING)
    await there.search(ANYTHING)
    ringcentral.world.expire_access_tokens()
    await here.search(ANYTHING)
    await there.search(ANYTHING)
    assert tokens(ringcentral) == 2


async def test_a_token_is_renewed_before_it_runs_out(
    ringcentral: RingCentralSandbox, provider: RingCentralProvider
) -> None:
    await provider.search(ANYTHING)
    await asyncio.sleep(3600 - 300 - 1)
    await provider.search(ANYTHING)
    assert tokens(ringcentral) == 1
    await asyncio.sleep(2)
    await provider.search(ANYTHING)
    assert tokens(ringcentral) == 2
    assert all(entry.status == 200 for entry in ringcentral.world.journal)


async def test_a_renewal_that_fails_ahead_of_time_stops_nobody(
    ringcentral: RingCentralSandbox, provider: RingCentralProvider
) -> None:
    await provider.search(ANYTHING)
    await asyncio.sleep(3600 - 300 + 1)
    ringcentral.world.faults.add("500", match="/oauth/token")
    for _ in range(3):
        assert (await provider.search(ANYTHING)).recordings
    assert tokens(ringcentral) == 2  # nobody waits for three tries while the old one holds


@pytest.mark.parametrize("kind", ["reset_before", "reset_after", "500"])
async def test_a_lost_answer_is_asked_for_once_more(
    ringcentral: RingCentralSandbox, provider: RingCentralProvider, kind: str
) -> None:
    ringcentral.world.faults.add(kind, match="/oauth/token", times=1)
    assert (await provider.search(ANYTHING)).recordings
    assert tokens(ringcentral) == 2


async def test_a_sign_in_that_nobody_answers_is_told_and_refuses_nothing(
    ringcentral: RingCentralSandbox, provider: RingCentralProvider
) -> None:
    ringcentral.world.faults.add("reset_before", match="/oauth/token", times=3)
    with pytest.raises(Unavailable):
        await provider.search(ANYTHING)
    assert (await provider.search(ANYTHING)).recordings


async def test_a_sign_in_at_a_busy_server_says_when_to_come_back(
    ringcentral: RingCentralSandbox, provider: RingCentralProvider
) -> None:
    ringcentral.world.faults.add("429", match="/oauth/token", times=1)
    with pytest.raises(Unavailable) as caught:
        await provider.search(ANYTHING)
    assert caught.value.retry_after is not None
    assert (await provider.search(ANYTHING)).recordings
    assert not any(entry.in_penalty for entry in ringcentral.world.journal)


@pytest.mark.parametrize(
    "answer",
    [
        http(b"<html></html>", "404 Not Found", "text/html"),
        http(b"<html></html>", content_type="text/html"),
        said({"token_type": "bearer"}),
        said(TOKEN | {"access_token": "a\r\nb"}),
        said({"errorCode": "CMN-120"}, "404 Not Found"),
    ],
)
async def test_a_server_that_is_none_is_no_refusal(
    answering: Answering,
    connected: Connect,
    memories: Memories,
    monkeypatch: pytest.MonkeyPatch,
    answer: bytes,
) -> None:
    answering.token = answer
    provider = await connected(answering)
    with pytest.raises(BadAnswer) as caught:
        await provider.search(ANYTHING)
    assert "a\r\nb" not in str(caught.value)
    settings = settings_for(answering.api_url, answering.media_url)
    assert await memories.sign_ins.refusal(fingerprint("ringcentral", settings)) is None


async def test_what_is_kept_is_legible_only_to_us_and_nothing_else_shows_it(
    answering: Answering, connected: Connect, memories: Memories, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", "providers")
    answering.answer = log()
    provider = await connected(answering)
    await provider.search(ANYTHING)
    settings = settings_for(answering.api_url, answering.media_url)
    key = fingerprint("ringcentral", settings)
    kept = await memories.tokens.load(key)
    assert json.loads(kept or "")["access"] == "granted-1"
    assert "granted" not in caplog.text
    await memories.tokens.save(key, "what another version kept")
    await (await connected(answering)).search(ANYTHING)
    assert answering.tokens == 2


def test_a_fingerprint_tells_credentials_apart_and_holds_nothing_of_them() -> None:
    one = settings_for("http://a", "http://b")
    words = {
        fingerprint("ringcentral", one),
        fingerprint("other", one),
        fingerprint("ringcentral", settings_for("http://c", "http://b")),
        fingerprint("ringcentral", settings_for("http://a", "http://b", jwt="another")),
        fingerprint("ringcentral", settings_for("http://a", "http://b", client_secret="another")),
    }
    assert len(words) == 5
    assert all(len(word) == 64 and "recbot" not in word for word in words)


@pytest.mark.parametrize(
    "refusal",
    [http(b"x" * 300_000, "401 No"), http(b"garbage", "400 No", more="Content-Encoding: gzip\r\n")],
)
async def test_a_refusal_counts_whatever_else_is_said_with_it(
    answering: Answering, connected: Connect, refusal: bytes
) -> None:
    answering.token = refusal
    for _ in range(2):
        with pytest.raises(SignInFailed, match="does not say why"):
            await (await connected(answering)).search(ANYTHING)
    assert answering.tokens == 1


async def test_a_penalty_at_the_door_counts_whatever_else_is_said_with_it(
    answering: Answering, connected: Connect
) -> None:
    packing = "Content-Encoding: br\r\nRetry-After: 3000\r\n"
    answering.token = http(b"garbage", "429 Too Many", more=packing)
    provider = await connected(answering)
    for _ in range(2):
        with pytest.raises(Unavailable) as caught:
            await provider.search(ANYTHING)
        assert caught.value.retry_after is not None
    assert answering.tokens == 1


async def test_what_is_held_by_a_process_that_lives_stays_so_although_the_memory_fails_once() -> None:
    class FailsOnce(ForgetfulSlateMemory):
        calls = 0

        async def change(self, key: str, fn: Callable[[str | None, datetime], str]) -> None:
            self.calls += 1
            if self.calls == 2:
                raise ConnectionError
            await memory.change(key, fn)

    async def take() -> None:
        async with Lease(memory, "door").held():
            pass

    memory, fails_once = ForgetfulSlateMemory(), FailsOnce()
    async with Lease(fails_once, "door").held():
        other = asyncio.create_task(take())
        await asyncio.sleep(60)
        assert not other.done()
        assert fails_once.calls > 2
    await other


@pytest.mark.parametrize("kind", ["reset_before", "reset_after", "500", "502", "504", "408"])
async def test_a_sign_in_that_failed_inside_is_tried_three_times_ten_seconds_apart(
    ringcentral: RingCentralSandbox, connected: Connect, kind: str
) -> None:
    """As RingCentral's guide says; each time costs one of five in a minute."""
    provider = await connected(ringcentral, sign_in_pause=None, rate_scale=1.0)
    ringcentral.world.faults.add(kind, match="/oauth/token", times=2)
    assert (await provider.search(ANYTHING)).recordings
    first, second, third = [entry.at for entry in ringcentral.world.journal.asked("/oauth/token")]
    assert [round((second - first).total_seconds()), round((third - second).total_seconds())] == [10, 10]


@pytest.mark.parametrize("kind", ["reset_before", "500", "408"])
async def test_a_sign_in_that_fails_three_times_is_told(
    ringcentral: RingCentralSandbox, provider: RingCentralProvider, kind: str
) -> None:
    ringcentral.world.faults.add(kind, match="/oauth/token", times=3)
    with pytest.raises(Unavailable):
        await provider.search(ANYTHING)
    assert tokens(ringcentral) == 3
    assert (await provider.search(ANYTHING)).recordings


async def test_a_penalty_at_the_door_is_told_with_how_long_it_lasts(
    ringcentral: RingCentralSandbox, connected: Connect
) -> None:
    provider = await connected(ringcentral, rate_scale=1.0)
    ringcentral.world.faults.add("429", match="/oauth/token", times=1)
    with pytest.raises(Unavailable, match=r"HTTP 429.* again in (60|61) s"):
        await provider.search(ANYTHING)
    assert tokens(ringcentral) == 1


@pytest.mark.parametrize(
    ("later", "sessions"), [(4_000, 1), (700_000, 2)], ids=["it lives", "it has run out"]
)
async def test_a_fresh_process_goes_on_with_a_refresh_token_that_was_kept_as_long_as_it_lives(
    later: int,
    sessions: int,
    ringcentral: RingCentralSandbox,
    connected: Connect,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A new sign-in would open one more session, and RingCentral ends the oldest of five."""
    ringcentral.world.settings.issue_refresh_tokens = True
    await (await connected(ringcentral)).search(ANYTHING)
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + later)
    await (await connected(ringcentral)).search(ANYTHING)
    assert tokens(ringcentral) == 2
    assert len(ringcentral.world.sessions) == sessions
