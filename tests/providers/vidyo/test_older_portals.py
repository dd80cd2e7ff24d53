"""Portals that lack an operation: it is not sent to them, and what it was for is said or done without."""

import pytest

from providers.errors import BadAnswer, NotSupported
from providers.model import RoomKey
from providers.vidyo import VidyoProvider
from sandbox.vidyo.server import VidyoSandbox

from .answering import Answering, envelope, http
from .conftest import Connect

UNTYPED = envelope(
    "<e:Fault><faultcode>e:Server</faultcode><faultstring>Unexpected subelement</faultstring></e:Fault>"
)


@pytest.mark.parametrize("generation", [60, 88])
async def test_a_portal_without_a_search_for_rooms_is_not_asked_to_search(
    vidyo: VidyoSandbox, provider: VidyoProvider, generation: int
) -> None:
    vidyo.world.settings.portal_generation = generation  # type: ignore[assignment]
    for _ in range(3):
        assert await provider.find_rooms("Weekly") == []
    assert vidyo.world.journal.count("searchRooms") == vidyo.world.journal.count("unknown") == 0
    assert vidyo.world.journal.count("wsdl") == 1


async def test_a_portal_that_can_search_is_asked_to_once_it_has_said_so(
    vidyo: VidyoSandbox, provider: VidyoProvider
) -> None:
    assert [room.name for room in await provider.find_rooms("Weekly")] == ["Weekly"]
    assert [entry.authorized for entry in vidyo.world.journal if entry.operation == "wsdl"] == [False]


@pytest.mark.parametrize("kind", ["503", "401", "html", "elsewhere", "huge", "laughs", "reset_before"])
async def test_where_a_portal_does_not_describe_itself_it_is_asked_all_the_same(
    vidyo: VidyoSandbox, provider: VidyoProvider, kind: str
) -> None:
    vidyo.world.faults.add(kind, match="wsdl")
    assert [room.name for room in await provider.find_rooms("Weekly")] == ["Weekly"]


async def test_a_portal_that_is_silent_about_itself_holds_nobody_up_for_long(
    vidyo: VidyoSandbox, provider: VidyoProvider
) -> None:
    vidyo.world.faults.add("slow", match="wsdl", seconds=3600)
    assert [room.name for room in await provider.find_rooms("Weekly")] == ["Weekly"]
    assert [room.name for room in await provider.find_rooms("Weekly")] == ["Weekly"]
    assert vidyo.world.journal.count("wsdl") == 1


async def test_what_a_parser_refused_that_does_not_describe_itself_is_not_sent_again(
    answering: Answering, connected: Connect
) -> None:
    answering.answer = lambda head, body: (
        http(b"", "404 No", "text/html") if "GET" in head else http(UNTYPED, "500 No")
    )
    provider = await connected(answering)
    for _ in range(3):
        assert await provider.find_rooms("Weekly") == []
    assert [head.split(" ", 1)[0] for head in answering.requests] == ["GET", "POST"]


async def test_words_that_no_room_can_have_as_its_name_are_no_fault(
    vidyo: VidyoSandbox, provider: VidyoProvider
) -> None:
    vidyo.world.faults.add("fault:InvalidArgumentFault", match="searchRooms", times=1)
    assert await provider.find_rooms("Weekly") == []
    vidyo.world.faults.add("fault:GeneralFault", match="searchRooms", times=1)
    with pytest.raises(BadAnswer):
        await provider.find_rooms("Weekly")
    assert [room.name for room in await provider.find_rooms("Weekly")] == ["Weekly"]


async def test_an_operation_that_is_gone_is_said_to_be_missing_in_this_version(
    vidyo: VidyoSandbox, provider: VidyoProvider
) -> None:
    vidyo.world.settings.wsdl_names = {"createScheduledRoom": "makeRoom"}
    with pytest.raises(NotSupported, match="is of a version that makes no scheduled rooms"):
        await provider.create_room()
    assert vidyo.world.journal.count("createScheduledRoom") == 0


@pytest.mark.parametrize("generation", [60, 88, 101])
async def test_a_portal_of_each_generation_makes_a_room_and_is_recorded_in(
    vidyo: VidyoSandbox, provider: VidyoProvider, generation: int
) -> None:
    vidyo.world.settings.portal_generation = generation  # type: ignore[assignment]
    room = await provider.create_room()
    assert room.join_url is not None
    assert await provider.find_room(RoomKey(room.key or "")) is not None
    vidyo.world.people_join(room.key or "", count=1)
    await provider.start(room, provider.default_profile)
    vidyo.world.recorder_joins(room.key or "")
    assert (await provider.view(room)).people == 1
