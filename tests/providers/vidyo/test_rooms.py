"""Rooms, recorders and the sentences that say why not."""

import pytest

from providers.errors import (
    NoRecorderFree,
    NotFound,
    NotLicensed,
    NotOurRoom,
    ProviderError,
    RecordingForbidden,
    Refused,
    SignInFailed,
    Unavailable,
)
from providers.model import Occupancy, Recorder, RecorderId, RecordingProfile, Room, RoomId, RoomKey
from providers.vidyo import VidyoProvider
from sandbox.vidyo.server import VidyoSandbox

from .answering import Answering, envelope, http
from .conftest import Connect


async def view_of(provider: VidyoProvider, key: str):
    return await provider.view(await provider.find_room(RoomKey(key)))


async def test_a_room_reads_as_the_portal_describes_it(vidyo: VidyoSandbox, provider: VidyoProvider) -> None:
    room = await provider.find_room(RoomKey("Nf5kaN9tWo"))
    assert room == Room(
        id=RoomId("4092486"),
        key=RoomKey("Nf5kaN9tWo"),
        name="230301302",
        extension="230301302",
        owner="recbot",
        join_url=f"{vidyo.portal_url}/join/Nf5kaN9tWo",
        occupancy=Occupancy.OCCUPIED,
        ours=True,
        may_record=True,
    )
    assert await provider.room(room.id) == room


async def test_a_room_of_somebody_else_has_no_link_and_an_unknown_owner(provider: VidyoProvider) -> None:
    room = await provider.find_room(RoomKey("ForeignRm1"))
    assert (room.ours, room.owner, room.join_url) == (False, None, None)


async def test_rooms_are_found_by_a_part_of_their_name(provider: VidyoProvider) -> None:
    assert [(room.name, room.owner) for room in await provider.find_rooms("week")] == [("Weekly", "recbot")]
    assert list(await provider.find_rooms("w")) == []


@pytest.mark.parametrize("url", ["join", "flex"])
async def test_a_new_room_has_its_key_from_either_shape_of_link(
    vidyo: VidyoSandbox, provider: VidyoProvider, url: str
) -> None:
    vidyo.world.settings.room_url = url
    room = await provider.create_room("Planning")
    assert room.name == "Planning"
    assert room.key is not None
    assert room.key in (room.join_url or "")
    assert await provider.find_room(room.key)


async def test_a_room_that_was_made_and_then_not_found_is_told_with_its_link(
    vidyo: VidyoSandbox, provider: VidyoProvider
) -> None:
    vidyo.world.faults.add("503", match="getEntityByRoomKey")
    with pytest.raises(Unavailable, match=f"{vidyo.portal_url}/join/.* was made"):
        await provider.create_room()


async def test_scheduled_rooms_that_are_switched_off_are_refused(
    vidyo: VidyoSandbox, provider: VidyoProvider
) -> None:
    vidyo.world.settings.scheduled_rooms = False
    with pytest.raises(Refused, match="switched off"):
        await provider.create_room()


async def test_a_recorder_behind_sixty_names_is_seen(vidyo: VidyoSandbox, provider: VidyoProvider) -> None:
    vidyo.world.recorder_joins("BigRoom")
    view = await view_of(provider, "BigRoom")
    assert view.people == 60
    assert view.recorder is not None
    assert vidyo.world.journal.count("getParticipants") == 1


@pytest.mark.parametrize("name", ["A", "Z"])
@pytest.mark.parametrize("people", [199, 200, 201, 400, 450])
async def test_a_recorder_on_any_page_is_seen_and_everybody_is_counted(
    vidyo: VidyoSandbox, provider: VidyoProvider, people: int, name: str
) -> None:
    vidyo.world.add_room("Huge")
    vidyo.world.people_join("Huge", [f"{name} {n:04}" for n in range(people)])
    assert (await view_of(provider, "Huge")).recorder is None
    vidyo.world.recorder_joins("Huge")
    view = await view_of(provider, "Huge")
    assert view.people == people
    assert view.recorder is not None


async def test_rows_without_a_number_are_not_people(vidyo: VidyoSandbox, provider: VidyoProvider) -> None:
    vidyo.world.add_room("Mixed")
    vidyo.world.people_join("Mixed", count=2, nameless=3)
    assert (await view_of(provider, "Mixed")).people == 2


@pytest.mark.parametrize("people", [1, 60, 230])
async def test_every_recorder_of_a_room_is_found(
    vidyo: VidyoSandbox, provider: VidyoProvider, people: int
) -> None:
    vidyo.world.add_room("Twice")
    vidyo.world.people_join("Twice", [f"{'AZ'[n % 2]} {n:03}" for n in range(people)])
    for count in range(4):
        found = await provider.recorders(await provider.find_room(RoomKey("Twice")))
        assert len({recorder.id for recorder in found}) == count
        if count < 3:
            vidyo.world.recorder_joins("Twice")


@pytest.mark.parametrize("number", ["", "<v:recorderID>0</v:recorderID>", '<v:recorderID xsi:nil="true"/>'])
async def test_no_recorder_is_written_in_three_ways(
    answering: Answering, connected: Connect, number: str
) -> None:
    answering.answer = http(
        envelope(f"<v:GetParticipantsResponse><v:total>0</v:total>{number}</v:GetParticipantsResponse>")
    )
    provider = await connected(answering)
    assert (await provider.view(Room(RoomId("1"), None, "Room"))).recorder is None


async def test_what_a_newer_portal_adds_and_an_older_one_leaves_out_is_borne(
    answering: Answering, connected: Connect
) -> None:
    person = (
        "<v:Entity><v:new/><v:participantID>7</v:participantID><v:displayName>Ada</v:displayName></v:Entity>"
    )
    answering.answer = http(
        envelope(
            "<v:GetParticipantsResponse><v:mood>fine</v:mood><v:total>1</v:total>"
            f"<v:recorderID>12</v:recorderID>{person}<v:other><v:deep/></v:other></v:GetParticipantsResponse>"
        )
    )
    provider = await connected(answering)
    view = await provider.view(Room(RoomId("1"), None, "Room"))
    assert (view.people, view.recorder) == (1, Recorder(RecorderId("12"), ""))


async def test_a_look_during_which_rows_moved_is_repeated(answering: Answering, connected: Connect) -> None:
    def page(total: int, first: int, count: int, recorder: str = "") -> bytes:
        rows = "".join(
            f"<v:Entity><v:participantID>{n}</v:participantID></v:Entity>"
            for n in range(first, first + count)
        )
        inner = f"<v:total>{total}</v:total>{recorder}{rows}"
        return http(envelope(f"<v:GetParticipantsResponse>{inner}</v:GetParticipantsResponse>"))

    # Somebody leaves between the pages, and the recorder moves from the second page to the first.
    pages = [page(201, 0, 200), page(200, 0, 0), page(199, 1, 199, "<v:recorderID>5</v:recorderID>")]
    answering.answer = lambda *_: pages[min(len(answering.requests), 3) - 1]
    provider = await connected(answering)
    view = await provider.view(Room(RoomId("1"), None, "Room"))
    assert view.recorder is not None
    assert view.people == 199


async def test_a_busy_profile_is_refused_with_the_idle_ones(
    vidyo: VidyoSandbox, provider: VidyoProvider
) -> None:
    room = await provider.find_room(RoomKey("Weekly4711"))
    await provider.start(room, provider.default_profile)
    await provider.start(room, provider.default_profile)
    with pytest.raises(NoRecorderFree, match=r"000 is free. Idle now: 01 \(AUDIO-ONLY\)\."):
        await provider.start(room, provider.default_profile)
    with pytest.raises(NoRecorderFree):
        await provider.start(room, RecordingProfile("99"))


async def test_a_stop_whose_recorder_still_lingers_waits_a_moment_and_is_content(
    vidyo: VidyoSandbox, provider: VidyoProvider
) -> None:
    vidyo.world.settings.linger = 1
    vidyo.world.recorder_joins("Weekly4711")
    room = await provider.find_room(RoomKey("Weekly4711"))
    recorder = (await provider.view(room)).recorder
    assert recorder is not None
    await provider.stop(room, recorder)
    assert (await provider.view(room)).recorder is not None
    await provider.stop(room, recorder)


async def test_a_stop_that_the_portal_does_not_carry_out_is_told(
    vidyo: VidyoSandbox, provider: VidyoProvider
) -> None:
    vidyo.world.recorder_joins("Weekly4711")
    room = await provider.find_room(RoomKey("Weekly4711"))
    [recorder] = await provider.recorders(room)
    vidyo.world.faults.add("fault:GeneralFault", match="stopRecording")
    with pytest.raises(Refused, match="still there"):
        await provider.stop(room, recorder)


async def test_an_admin_records_any_room_and_knows_its_own(vidyo: VidyoSandbox, connected: Connect) -> None:
    provider = await connected(vidyo, service="admin")
    room = await provider.find_room(RoomKey("ForeignRm1"))
    assert (room.ours, room.owner) == (None, None)
    assert (await provider.find_room(RoomKey("Weekly4711"))).owner == "recbot"
    await provider.start(room, provider.default_profile)
    vidyo.world.recorder_joins("ForeignRm1")
    recorder = (await provider.view(room)).recorder
    assert recorder is not None
    await provider.pause(room, recorder)
    await provider.stop(room, recorder)
    with pytest.raises(RecordingForbidden):
        await provider.start(await provider.find_room(RoomKey("NoRecGroup")), provider.default_profile)
    assert (await provider.create_room()).owner == "recbot"
    assert all(check.ok for check in await provider.check())


async def test_each_reason_has_a_sentence_of_its_own_that_says_who_can_act(
    vidyo: VidyoSandbox, connected: Connect
) -> None:
    provider = await connected(vidyo)
    weekly = await provider.find_room(RoomKey("Weekly4711"))

    async def reason(key: str, fault: str = "") -> ProviderError:
        vidyo.world.faults.clear()
        if fault:
            vidyo.world.faults.add(fault, match="startRecording")
        try:
            room = weekly if key == "Weekly4711" else await provider.find_room(RoomKey(key))
            await provider.start(room, provider.default_profile)
        except ProviderError as error:
            return error
        pytest.fail(f"nothing was said about {key}")

    reasons = [
        await reason("ForeignRm1"),
        await reason("NoRecGroup"),
        await reason("Weekly4711", "fault:ResourceNotAvailableFault"),
        await reason("Weekly4711", "fault:NotLicensedFault"),
        await reason("Weekly4711", "fault:ControlMeetingFault"),
        await reason("Weekly4711", "503"),
        await reason("NoSuchRoom"),
        await reason("Weekly4711", "401"),
    ]
    assert [type(reason) for reason in reasons] == [
        NotOurRoom,
        RecordingForbidden,
        NoRecorderFree,
        NotLicensed,
        Refused,
        Unavailable,
        NotFound,
        SignInFailed,
    ]
    sentences = [str(reason) for reason in reasons]
    assert len(set(sentences)) == len(sentences)
    assert all(sentence.endswith(".") and "\n" not in sentence for sentence in sentences)
    assert sentences[0] == (
        "The login recbot may only record rooms it owns; ForeignRm1 belongs to somebody else. "
        'Its owner, or an operator who sets service = "admin", can change that.'
    )


async def test_a_deleted_room_is_not_found_by_whoever_starts_in_it(
    vidyo: VidyoSandbox, provider: VidyoProvider
) -> None:
    room = await provider.create_room()
    await provider.delete_room(room)
    with pytest.raises(NotFound):
        await provider.start(room, provider.default_profile)
    with pytest.raises(NotFound):
        await provider.view(room)


@pytest.mark.parametrize("fault", ["InvalidArgumentFault", "GeneralFault"])
async def test_a_room_that_was_made_is_told_although_it_cannot_be_looked_at(
    vidyo: VidyoSandbox, provider: VidyoProvider, fault: str
) -> None:
    vidyo.world.faults.add(f"fault:{fault}", match="getEntityByRoomKey")
    with pytest.raises(Unavailable, match=r"/join/.* was made"):
        await provider.create_room()


@pytest.mark.parametrize("typed", ["Anna’s Büro", "Anna's Bu\u0308ro", "anna's\u00a0büro", "Büro"])
async def test_rooms_are_found_in_another_spelling_of_their_name(
    vidyo: VidyoSandbox, provider: VidyoProvider, typed: str
) -> None:
    vidyo.world.add_room("AnnasRoom1", name="Anna's Büro", kind="public")
    vidyo.world.add_room("AnnasRoom2", name="Annas Buro", kind="public")
    assert [room.name for room in await provider.find_rooms(typed)] == ["Anna's Büro"]
