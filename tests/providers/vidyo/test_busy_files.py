"""A replay server that cannot give a file out at the moment is asked again, before anybody is shown an error."""

from dataclasses import replace

import pytest

from providers.errors import ProviderError, Unavailable
from providers.model import ByteRange, RecordingId
from providers.vidyo import VidyoProvider
from sandbox.vidyo.server import VidyoSandbox

from .answering import Answering, http
from .conftest import Connect
from .test_media import RECORDING, read

ASKED_THREE_TIMES = 3
RECORDING_WITH_A_FILE = replace(RECORDING, file="/file")


@pytest.mark.parametrize("kind", ["503", "reset_before"])
async def test_a_file_that_cannot_be_given_out_now_is_asked_for_again(
    vidyo: VidyoSandbox, provider: VidyoProvider, kind: str
) -> None:
    recording = await provider.recording(RecordingId("4908"))
    vidyo.world.faults.add(kind, match="download", times=2)
    whole = vidyo.world.file_bytes("bce75e5c-e850-5c4c-8f1e-c9b705eff420")
    assert await read(provider, recording, ByteRange(10, 19)) == whole[10:20]
    assert vidyo.world.journal.count("download") == ASKED_THREE_TIMES


async def test_whoever_is_told_to_wait_waits_and_asks_no_more_than_is_configured(
    answering: Answering, connected: Connect
) -> None:
    answering.answer = http(b"", "503 Busy", "text/html", "Retry-After: 2\r\n")
    provider = await connected(answering)
    with pytest.raises(Unavailable) as caught:
        await read(provider, RECORDING_WITH_A_FILE)
    assert caught.value.retry_after is not None
    assert len(answering.requests) == ASKED_THREE_TIMES


async def test_nobody_waits_longer_for_a_file_than_for_any_call(
    answering: Answering, connected: Connect
) -> None:
    answering.answer = http(b"", "503 Busy", "text/html", "Retry-After: 3600\r\n")
    provider = await connected(answering)
    with pytest.raises(Unavailable):
        await read(provider, RECORDING_WITH_A_FILE)
    assert len(answering.requests) == 1


@pytest.mark.parametrize("status", ["429 Slow", "504 Gateway", "500 Error", "404 Gone", "416 No"])
async def test_what_a_moment_does_not_mend_is_asked_for_once(
    answering: Answering, connected: Connect, status: str
) -> None:
    answering.answer = http(b"", status, "text/html")
    provider = await connected(answering)
    with pytest.raises(ProviderError):
        await read(provider, RECORDING_WITH_A_FILE)
    assert len(answering.requests) == 1
