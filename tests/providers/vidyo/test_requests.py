"""What is sent again and what never is, and what is made of answers that are none."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from providers.errors import BadAnswer, Protected, Refused, Unavailable
from providers.model import (
    Recorder,
    RecorderId,
    RecordingChange,
    RecordingId,
    RecordingQuery,
    Room,
    RoomId,
    RoomKey,
)
from providers.vidyo import VidyoProvider
from sandbox.vidyo.server import VidyoSandbox
from tests.clock import lasting
from tests.eventually import eventually

from .answering import Answering, envelope, http
from .conftest import Connect

ROOM = Room(RoomId("4092486"), RoomKey("Nf5kaN9tWo"), "230301302", extension="230301302")
RECORDER = Recorder(RecorderId("1109054"), "recorder")
BROKEN = ("reset_before", "reset_after", "503", "slow", "html")

WRITES: dict[str, Callable[[VidyoProvider], Awaitable[object]]] = {
    "startRecording": lambda provider: provider.start(ROOM, provider.default_profile),
    "stopRecording": lambda provider: provider.stop(ROOM, RECORDER),
    "pauseRecording": lambda provider: provider.pause(ROOM, RECORDER),
    "resumeRecording": lambda provider: provider.resume(ROOM, RECORDER),
    "createScheduledRoom": lambda provider: provider.create_room(),
    "deleteScheduledRoom": lambda provider: provider.delete_room(ROOM),
}
READS: dict[str, Callable[[VidyoProvider], Awaitable[object]]] = {
    "getEntityByRoomKey": lambda provider: provider.find_room(RoomKey("Nf5kaN9tWo")),
    "getEntityByEntityID": lambda provider: provider.room(ROOM.id),
    "searchRooms": lambda provider: provider.find_rooms("Weekly"),
    "getParticipants": lambda provider: provider.view(ROOM),
    "getRecordingProfiles": lambda provider: provider.profiles(),
    "RecordsSearch": lambda provider: provider.search(RecordingQuery()),
    "RecordsById": lambda provider: provider.recording(RecordingId("4908")),
}


@pytest.mark.parametrize("kind", BROKEN)
async def test_a_change_is_sent_once_and_its_lost_answer_is_an_unknown_outcome(
    vidyo: VidyoSandbox, connected: Connect, kind: str
) -> None:
    provider = await connected(vidyo)
    await provider.profiles()
    vidyo.world.faults.add(kind, seconds=60)
    outcomes = await asyncio.gather(*(write(provider) for write in WRITES.values()), return_exceptions=True)
    for operation, outcome in zip(WRITES, outcomes, strict=True):
        assert isinstance(outcome, Unavailable)
        assert outcome.asked
        assert vidyo.world.journal.count(operation) == 1


async def test_a_portal_that_is_not_there_was_not_asked(vidyo: VidyoSandbox, provider: VidyoProvider) -> None:
    await provider.profiles()
    await vidyo.stop()
    for write in WRITES.values():
        with pytest.raises(Unavailable) as caught:
            await write(provider)
        assert not caught.value.asked


@pytest.mark.parametrize("kind", ["reset_before", "reset_after", "503"])
async def test_a_look_is_tried_again_when_the_connection_breaks_or_the_service_is_busy(
    vidyo: VidyoSandbox, provider: VidyoProvider, kind: str
) -> None:
    for operation, read in READS.items():
        vidyo.world.faults.add(kind, match=operation, times=2)
        assert await read(provider)
        assert vidyo.world.journal.count(operation) == 3


async def test_a_look_is_not_tried_for_ever(vidyo: VidyoSandbox, connected: Connect) -> None:
    provider = await connected(vidyo, read_retries=1)
    vidyo.world.faults.add("503")
    with pytest.raises(Unavailable, match="503"):
        await provider.profiles()
    assert vidyo.world.journal.count("getRecordingProfiles") == 2


async def test_a_look_that_takes_too_long_is_not_tried_again(vidyo: VidyoSandbox, connected: Connect) -> None:
    provider = await connected(vidyo, read_timeout="60s")
    vidyo.world.faults.add("slow", seconds=60)
    with lasting(30), pytest.raises(Unavailable, match="30 seconds"):
        await provider.profiles()
    assert vidyo.world.journal.count("getRecordingProfiles") == 1


async def test_a_fault_is_an_answer_and_is_not_asked_for_again(
    vidyo: VidyoSandbox, provider: VidyoProvider
) -> None:
    vidyo.world.faults.add("fault:GeneralFault")
    with pytest.raises(BadAnswer, match="GeneralFault"):
        await provider.profiles()
    vidyo.world.faults.clear()
    vidyo.world.faults.add("fault:untyped")
    with pytest.raises(BadAnswer, match="without a name"):
        await provider.profiles()
    assert vidyo.world.journal.count("getRecordingProfiles") == 2


async def test_a_web_page_from_the_portal_is_called_one(vidyo: VidyoSandbox, provider: VidyoProvider) -> None:
    vidyo.world.faults.add("html")
    with pytest.raises(BadAnswer, match=r"The portal at .* web page"):
        await provider.profiles()


async def test_an_edit_whose_answer_was_lost_is_seen_in_the_record(
    vidyo: VidyoSandbox, provider: VidyoProvider
) -> None:
    vidyo.world.faults.add("reset_after", match="UpdateRecord", times=1)
    after = await provider.edit(RecordingId("4908"), RecordingChange(title="A new title", tags="spring"))
    assert (after.title, after.tags) == ("A new title", "spring")
    assert vidyo.world.journal.count("UpdateRecord") == 1


async def test_a_new_pin_whose_answer_was_lost_is_not_claimed(
    vidyo: VidyoSandbox, provider: VidyoProvider
) -> None:
    await provider.edit(RecordingId("4908"), RecordingChange(pin="111111"))
    vidyo.world.faults.add("reset_before", match="UpdateRecord")
    with pytest.raises(Unavailable):
        await provider.edit(RecordingId("4908"), RecordingChange(pin="222222"))


async def test_a_deletion_whose_answer_was_lost_is_seen_in_the_library(
    vidyo: VidyoSandbox, provider: VidyoProvider
) -> None:
    vidyo.world.faults.add("reset_after", match="DeleteRecord", times=1)
    await provider.delete(RecordingId("4908"))
    assert vidyo.world.library.by_id(4908) is None
    assert vidyo.world.journal.count("DeleteRecord") == 1


async def test_an_idle_connection_that_was_closed_meanwhile_harms_no_look_and_no_change(
    answering: Answering, connected: Connect
) -> None:
    def answer(head: str, _: bytes) -> bytes:
        operation = head.split('SOAPAction: "')[1].split('"')[0]
        inner = "<v:StartRecordingResponse><v:OK>OK</v:OK></v:StartRecordingResponse>"
        return http(envelope("<v:GetRecordingProfilesResponse/>" if operation.startswith("get") else inner))

    answering.answer = answer
    answering.closes = True
    provider = await connected(answering)
    for _ in range(3):
        assert list(await provider.profiles()) == []
        await provider.start(ROOM, provider.default_profile)
    assert sum("startRecording" in head for head in answering.requests) == 3


async def test_retry_after_is_heard(answering: Answering, connected: Connect) -> None:
    answering.answer = http(b"busy", "503 Service Unavailable", "text/plain", "Retry-After: 3600\r\n")
    provider = await connected(answering)
    with pytest.raises(Unavailable) as caught:
        await provider.profiles()
    assert caught.value.retry_after is not None
    assert caught.value.retry_after.total_seconds() == 3600
    assert len(answering.requests) == 1


@pytest.mark.parametrize("moved", ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"])
async def test_a_redirect_of_the_portal_is_not_followed(
    answering: Answering, connected: Connect, moved: str
) -> None:
    async with Answering() as elsewhere:
        answering.answer = http(b"", moved, "text/html", f"Location: {elsewhere.portal_url}/\r\n")
        provider = await connected(answering)
        with pytest.raises(BadAnswer, match="elsewhere"):
            await provider.profiles()
        assert elsewhere.requests == []


async def test_entities_that_unfold_into_gigabytes_are_refused_unread(
    answering: Answering, connected: Connect
) -> None:
    levels = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "ha">{levels}]><x>&a11;</x>'
    provider = await connected(answering)
    for body in (bomb.encode(), bomb.encode("utf-16")):
        answering.answer = http(body)
        with pytest.raises(BadAnswer, match=r"document type|no XML"):
            await provider.profiles()


async def test_an_external_entity_is_not_fetched(answering: Answering, connected: Connect, tmp_path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("swordfish")
    declaration = f'<!DOCTYPE x [<!ENTITY s SYSTEM "{secret.as_uri()}">]>'
    whole = envelope(
        "<v:GetPortalVersionResponse><v:portalVersion>&s;</v:portalVersion></v:GetPortalVersionResponse>"
    )
    answering.answer = http(whole.replace(b"?><e", f"?>{declaration}<e".encode()))
    provider = await connected(answering)
    checks = await provider.check()
    assert any(check.failed for check in checks)
    assert "swordfish" not in str(checks)


async def test_an_answer_without_an_end_is_cut_off(answering: Answering, connected: Connect) -> None:
    answering.answer = http(envelope("<v:x>" + "a" * 200_000 + "</v:x>"))
    provider = await connected(answering, max_answer=2**16)
    with pytest.raises(BadAnswer, match="65536 bytes"):
        await provider.profiles()


@pytest.mark.parametrize(
    "body",
    [b"", b"OK", b"<html></html>", b"<a><b></a>", envelope(""), b'{"ok": true}', b"\xff\xfe\x00"],
)
async def test_what_is_no_envelope_is_a_bad_answer_to_a_look_and_an_open_question_after_a_change(
    answering: Answering, connected: Connect, body: bytes
) -> None:
    answering.answer = http(body)
    provider = await connected(answering)
    with pytest.raises(BadAnswer):
        await provider.profiles()
    with pytest.raises(Unavailable) as caught:
        await provider.start(ROOM, provider.default_profile)
    assert caught.value.asked


async def test_an_answer_that_breaks_off_is_asked_for_again(answering: Answering, connected: Connect) -> None:
    whole = http(envelope("<v:GetRecordingProfilesResponse/>"))
    answering.answer = lambda *_: whole if len(answering.requests) > 2 else whole[:-20]
    answering.closes = True
    provider = await connected(answering)
    assert list(await provider.profiles()) == []
    assert len(answering.requests) == 3


async def test_the_configured_address_is_used_whatever_a_wsdl_says(
    vidyo: VidyoSandbox, provider: VidyoProvider
) -> None:
    vidyo.world.settings.wrong_soap_address = True
    assert await provider.profiles()
    assert vidyo.world.journal.count("wsdl") == 0


async def test_characters_that_xml_cannot_carry_are_refused_unsent(
    vidyo: VidyoSandbox, provider: VidyoProvider
) -> None:
    with pytest.raises(Refused, match="characters"):
        await provider.search(RecordingQuery(words="a\x00b"))
    assert len(vidyo.world.journal) == 0


async def test_markup_in_what_people_type_stays_text(vidyo: VidyoSandbox, provider: VidyoProvider) -> None:
    title = "</v:title><v:pin>x</v:pin> & <b>"
    assert (await provider.edit(RecordingId("4908"), RecordingChange(title=title))).title == title


async def test_an_outage_is_logged_once_and_its_end_once_and_no_secret_ever(
    vidyo: VidyoSandbox, connected: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    provider = await connected(vidyo, read_retries=0)
    vidyo.world.faults.add("503", times=3)
    for _ in range(3):
        with pytest.raises(Unavailable):
            await provider.profiles()
    for _ in range(3):
        await provider.profiles()
    said = [record.getMessage() for record in caplog.records if record.name.startswith("providers")]
    assert len(said) == 2
    assert "does not answer" in said[0]
    assert "answers again" in said[1]
    assert "recbot-secret" not in caplog.text


async def test_a_cancelled_look_leaves_nothing_behind(vidyo: VidyoSandbox, provider: VidyoProvider) -> None:
    await provider.profiles()
    vidyo.world.faults.add("slow", seconds=20, times=1)
    before = vidyo.world.journal.count("getRecordingProfiles")
    look = asyncio.create_task(provider.profiles())
    await eventually(lambda: vidyo.world.journal.count("getRecordingProfiles") > before)
    look.cancel()
    with pytest.raises(asyncio.CancelledError):
        await look
    assert await provider.profiles()


async def test_a_locked_recording_is_not_even_asked_to_be_deleted(
    vidyo: VidyoSandbox, provider: VidyoProvider
) -> None:
    await provider.edit(RecordingId("4908"), RecordingChange(locked=True))
    with pytest.raises(Protected, match="unlock"):
        await provider.delete(RecordingId("4908"))
    assert vidyo.world.journal.count("DeleteRecord") == 0


async def test_a_wait_that_the_time_left_does_not_allow_is_not_begun(
    answering: Answering, connected: Connect
) -> None:
    answering.answer = http(b"", "503 No", more="Retry-After: 20\r\n")
    provider = await connected(answering, read_retries=5)
    with lasting(20), pytest.raises(Unavailable) as caught:
        await provider.profiles()
    assert caught.value.retry_after == timedelta(seconds=20)
    assert len(answering.requests) == 2
