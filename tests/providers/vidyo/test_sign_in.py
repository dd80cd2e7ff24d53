"""Wrong credentials: asked once, remembered, and never a step nearer to a locked account."""

import asyncio

import pytest

from providers.errors import NotLicensed, ProviderError, SignInFailed, Unavailable
from providers.memories import ForgetfulSignInMemory, Refusal
from providers.model import RecordingId, RecordingQuery, RoomKey
from providers.vidyo import VidyoProvider, sign_in
from providers.vidyo.sign_in import SignIn, fingerprints
from sandbox.vidyo.server import VidyoSandbox
from tests.clock import lasting
from tests.eventually import eventually

from .conftest import Connect, settings_for


def asked(vidyo: VidyoSandbox) -> list[str]:
    """Which services were asked, in order."""
    return [entry.service for entry in vidyo.world.journal]


async def test_a_wrong_password_costs_one_request_a_service_however_many_press_at_once(
    vidyo: VidyoSandbox, connected: Connect
) -> None:
    provider = await connected(vidyo, password="wrong")
    at_once = [provider.find_room(RoomKey("Nf5kaN9tWo")) for _ in range(20)]
    at_once += [provider.search(RecordingQuery()) for _ in range(20)]
    outcomes = await asyncio.gather(*at_once, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [SignInFailed] * 40
    assert sorted(asked(vidyo)) == ["replay", "user"]


async def test_a_refusal_outlives_the_provider(
    vidyo: VidyoSandbox, connected: Connect, memory: ForgetfulSignInMemory
) -> None:
    for _ in range(3):
        provider = await connected(vidyo, password="wrong")
        with pytest.raises(SignInFailed, match="recbot"):
            await provider.profiles()
    assert asked(vidyo) == ["user"]


async def test_a_new_password_is_tried_although_the_old_one_was_refused(
    vidyo: VidyoSandbox, connected: Connect
) -> None:
    with pytest.raises(SignInFailed):
        await (await connected(vidyo, password="wrong")).profiles()
    assert await (await connected(vidyo)).profiles()


async def test_a_password_that_changes_while_we_run_ends_all_requests(
    vidyo: VidyoSandbox, provider: VidyoProvider
) -> None:
    room = await provider.find_room(RoomKey("Nf5kaN9tWo"))
    await provider.view(room)
    vidyo.world.accounts.change_password("recbot", "another")
    vidyo.world.journal.clear()
    for _ in range(3):
        with pytest.raises(SignInFailed):
            await provider.view(room)
    with pytest.raises(SignInFailed):
        await provider.start(room, provider.default_profile)
    assert len(asked(vidyo)) == 1


async def test_a_check_asks_all_the_same_and_being_let_in_ends_the_refusal(
    vidyo: VidyoSandbox, connected: Connect
) -> None:
    provider = await connected(vidyo)
    vidyo.world.accounts.change_password("recbot", "another")
    with pytest.raises(SignInFailed):
        await provider.profiles()
    with pytest.raises(SignInFailed):
        await provider.search(RecordingQuery())
    [refused] = [check for check in await provider.check() if check.failed]
    assert refused.what == "sign-in at the portal"
    assert "Correct username and password" in refused.advice
    vidyo.world.accounts.change_password("recbot", "recbot-secret")
    with pytest.raises(SignInFailed):
        await provider.profiles()
    assert all(check.ok for check in await provider.check())
    assert await provider.profiles()
    assert (await provider.search(RecordingQuery())).recordings


async def test_a_refused_check_shows_the_login_once_as_both_services_have_one_account(
    vidyo: VidyoSandbox, connected: Connect
) -> None:
    provider = await connected(vidyo, password="wrong")
    await provider.check()
    assert [entry.service for entry in vidyo.world.journal if entry.authorized] == ["user"]


@pytest.mark.parametrize(
    ("kind", "error", "words"),
    [
        ("401", SignInFailed, "does not accept the login recbot"),
        ("402", NotLicensed, "licence of the login recbot"),
        ("403", SignInFailed, "no tenant"),
    ],
)
async def test_each_way_of_being_turned_away_has_its_sentence_and_is_not_repeated(
    vidyo: VidyoSandbox, provider: VidyoProvider, kind: str, error: type[ProviderError], words: str
) -> None:
    vidyo.world.faults.add(kind)
    with pytest.raises(error, match=words):
        await provider.profiles()
    with pytest.raises(SignInFailed, match=words):
        await provider.profiles()
    assert asked(vidyo) == ["user"]


async def test_a_replay_server_that_shows_its_login_page_has_refused_us(
    vidyo: VidyoSandbox, connected: Connect
) -> None:
    vidyo.world.settings.replay_login = "redirect"
    provider = await connected(vidyo, password="wrong")
    for _ in range(2):
        with pytest.raises(SignInFailed, match="login page"):
            await provider.search(RecordingQuery())
    assert asked(vidyo) == ["replay"]


async def test_a_login_page_instead_of_a_file_is_a_refusal_where_nothing_else_is_given_either(
    vidyo: VidyoSandbox, provider: VidyoProvider
) -> None:
    recording = await provider.recording(RecordingId("4908"))
    vidyo.world.faults.add("html")
    for _ in range(2):
        with pytest.raises(SignInFailed, match="login page"):
            async with provider.open(recording):
                pass
    assert vidyo.world.journal.count("download") == 1


async def test_trouble_at_the_replay_server_does_not_stop_recording(
    vidyo: VidyoSandbox, provider: VidyoProvider
) -> None:
    vidyo.world.faults.add("403", match="RecordsSearch")
    with pytest.raises(SignInFailed):
        await provider.search(RecordingQuery())
    assert await provider.profiles()


async def test_whoever_waits_for_the_first_answer_waits_not_for_ever(
    vidyo: VidyoSandbox, connected: Connect
) -> None:
    vidyo.world.faults.add("slow", seconds=60)
    provider = await connected(vidyo, read_timeout="60s")
    first = asyncio.create_task(provider.profiles())
    await eventually(lambda: asked(vidyo))
    with lasting(15), pytest.raises(Unavailable) as second:
        await provider.profiles()
    assert not second.value.asked
    with pytest.raises(Unavailable):
        await first


async def test_an_account_without_the_role_for_the_admin_service_is_told_so(
    vidyo: VidyoSandbox, connected: Connect
) -> None:
    provider = await connected(vidyo, service="admin", username="vova", password="vova-secret")
    with pytest.raises(SignInFailed, match="role"):
        await provider.profiles()


async def test_a_memory_that_is_slow_to_answer_does_not_make_us_forget() -> None:
    class SlowMemory(ForgetfulSignInMemory):
        def __init__(self) -> None:
            super().__init__()
            self.asked, self.may_answer = asyncio.Event(), asyncio.Event()

        async def refusal(self, credential: str) -> Refusal | None:
            told = await super().refusal(credential)
            self.asked.set()
            await self.may_answer.wait()
            return told

    memory = SlowMemory()
    login = SignIn("The portal", settings_for("http://a", "http://b"), "x" * 64, memory)

    async def send() -> None:
        async with login.turn():
            pass

    asking = asyncio.create_task(send())
    await memory.asked.wait()
    with pytest.raises(SignInFailed):
        await login.judge(401, "text/html")
    memory.may_answer.set()
    with pytest.raises(SignInFailed):
        await asking


async def test_what_another_process_cleared_is_noticed(
    vidyo: VidyoSandbox, connected: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = await connected(vidyo), await connected(vidyo)
    vidyo.world.faults.add("401", times=1)
    with pytest.raises(SignInFailed):
        await here.profiles()
    with pytest.raises(SignInFailed):
        await there.profiles()
    assert all(check.ok for check in await there.check())
    monkeypatch.setattr(sign_in, "_LOOK_AGAIN", 0.0)
    assert await here.profiles()


def test_a_fingerprint_tells_logins_apart_and_holds_nothing_of_them() -> None:
    one = settings_for("http://a", "http://b")
    words = {
        *fingerprints("vidyo", one),
        *fingerprints("other", one),
        *fingerprints("vidyo", settings_for("http://a", "http://b", password="another")),
    }
    assert len(words) == 6
    assert all(len(word) == 64 and "recbot" not in word for word in words)
    assert fingerprints("vidyo", one) == fingerprints("vidyo", one)
