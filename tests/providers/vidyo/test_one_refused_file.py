"""What the replay server says of one file is that file's: only a refused login closes the library."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from providers.errors import BadAnswer, ProviderError, Refused, SignInFailed
from providers.model import RecordingId, RecordingQuery, RoomKey
from providers.vidyo import VidyoProvider
from sandbox.vidyo.server import VidyoSandbox

from .answering import REPLAY, Answering, envelope, http
from .conftest import Connect
from .test_media import RECORDING, read

NOTHING = http(
    envelope("<v:RecordsSearchResponse><v:searchCount>0</v:searchCount></v:RecordsSearchResponse>", REPLAY)
)
REDIRECT = http(b"", "302 Found", "text/html", "Location: https://elsewhere.example.org/login\r\n")
LOGIN_PAGE = http(b'<input type="password">', content_type="text/html")
FILE = replace(RECORDING, file="/replay/downloadRecording.do?file=one")


def _but_for_files(answer: bytes) -> Callable[[str, bytes], bytes]:
    return lambda head, body: answer if head.startswith("GET /replay/downloadRecording.do") else NOTHING


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (http(b"no", "403 Forbidden", "text/html"), Refused),
        (http(b"", "403 Forbidden", "video/mp4"), Refused),
        (REDIRECT, BadAnswer),
        (http(b"", "301 Moved", "text/html", "Location: /file\r\n"), BadAnswer),
        (http(b"", "307 Elsewhere", "text/html", "Location: /login.html\r\n"), BadAnswer),
        (http(b"", "304 Same", "text/html"), BadAnswer),
        (LOGIN_PAGE, BadAnswer),
    ],
)
async def test_one_file_that_is_refused_closes_nothing(
    answering: Answering, connected: Connect, answer: bytes, error: type[ProviderError]
) -> None:
    answering.answer = _but_for_files(answer)
    provider = await connected(answering)
    for _ in range(2):
        with pytest.raises(error, match="recording 1") as caught:
            await read(provider, FILE)
        assert "example.org" not in str(caught.value)
    assert (await provider.search(RecordingQuery(hidden=True, running=True))).total == 0


@pytest.mark.parametrize("answer", [REDIRECT, LOGIN_PAGE, http(b"", "403 Forbidden", "text/html")])
async def test_whoever_lets_us_in_nowhere_has_refused_our_login(
    answering: Answering, connected: Connect, answer: bytes
) -> None:
    answering.answer = answer
    provider = await connected(answering)
    for _ in range(2):
        with pytest.raises(SignInFailed):
            await read(provider, FILE)
    assert len(answering.requests) == 2


async def test_a_file_of_somebody_elses_is_refused_and_the_library_stays_open(
    vidyo: VidyoSandbox, connected: Connect
) -> None:
    vidyo.world.add_recording("Private", owner="recbot", scope="Private", size=90_000)
    provider = await connected(vidyo, username="vova", password="vova-secret")
    operator = await connected(vidyo)
    [theirs] = (await operator.search(RecordingQuery(title="Private", hidden=True))).recordings
    with pytest.raises(Refused):
        await read(provider, theirs)
    assert await provider.profiles()
    assert (await provider.search(RecordingQuery())).recordings


async def test_a_password_that_changes_while_many_files_play_is_shown_as_little_as_can_be(
    vidyo: VidyoSandbox, provider: VidyoProvider
) -> None:
    vidyo.world.settings.replay_login = "redirect"
    vidyo.world.settings.lock_after = 100
    recording = await provider.recording(RecordingId("4908"))
    vidyo.world.accounts.change_password("recbot", "another")
    vidyo.world.journal.clear()
    outcomes = await asyncio.gather(*(read(provider, recording) for _ in range(5)), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [SignInFailed] * 5
    with pytest.raises(SignInFailed):
        await read(provider, recording)
    assert vidyo.world.journal.count("RecordsSearch") == 1
    assert len(vidyo.world.journal) <= 6


async def test_one_request_that_a_guard_in_front_turns_away_closes_nothing(
    vidyo: VidyoSandbox, provider: VidyoProvider
) -> None:
    await provider.search(RecordingQuery())
    await provider.profiles()
    vidyo.world.faults.add("403", times=1)
    with pytest.raises(Refused, match="403"):
        await provider.search(RecordingQuery(title="<script>"))
    assert (await provider.search(RecordingQuery())).recordings
    vidyo.world.faults.add("403", times=1)
    with pytest.raises(Refused, match="403"):
        await provider.find_room(RoomKey("Nf5kaN9tWo"))
    assert await provider.find_room(RoomKey("Nf5kaN9tWo"))
