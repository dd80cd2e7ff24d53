"""Extensions of ours are named by their ids in most records: whose they are, the account's list of extensions tells."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from providers.errors import Unavailable
from providers.model import Recording, RecordingQuery
from providers.ringcentral import RingCentralProvider
from providers.ringcentral.calls import read_call
from sandbox.ringcentral.server import RingCentralSandbox

from .answering import Answering, http, log, said
from .conftest import Connect
from .test_inspection import findings
from .test_live_calls import live, phone

NUMBERS = {"11": "101", "12": "102", "13": "103", "14": ""}
LISTS = "/account/~/extension"
ADA = {"name": "Ada", "phoneNumber": "+16505550100"}


def side(id: int | str, **more: Any) -> dict[str, Any]:
    return {"name": f"Extension {id}", "extensionId": str(id)} | more


def call(**more: Any) -> dict[str, Any]:
    return {
        "id": "A1",
        "startTime": "2026-04-17T12:00:00.000Z",
        "direction": "Inbound",
        "from": ADA,
        "to": side(11),
        "recording": {"id": "7"},
    } | more


def one(**more: Any) -> Recording:
    [recording] = read_call(call(**more), NUMBERS)
    return recording


def lists(ringcentral: RingCentralSandbox) -> int:
    return sum(entry.path.endswith(LISTS) for entry in ringcentral.world.journal)


async def extensions(provider: RingCentralProvider, **query: Any) -> list[tuple[str, ...]]:
    return [one.extensions for one in (await provider.search(RecordingQuery(**query))).recordings]


def test_a_side_is_known_by_the_number_of_its_extension() -> None:
    recording = one()
    assert (recording.title, recording.room, recording.extensions) == ("Ada", "101", ("101",))
    assert recording.unresolved == ()


@pytest.mark.parametrize(
    ("more", "known", "unresolved"),
    [
        ({"to": {"name": "Vova"}, "extension": {"id": 11}}, ("101",), ()),
        ({"extension": {"id": 12}}, ("101", "102"), ()),
        ({"from": side(12)}, ("101", "102"), ()),
        ({"from": side(12), "extension": {"id": 12}}, ("102", "101"), ()),
        ({"from": side(12, extensionNumber="102")}, ("101", "102"), ()),
        ({"to": side(99)}, (), ("99",)),
        ({"from": side(99)}, ("101",), ("99",)),
        ({"to": side(99, extensionNumber="199")}, ("199",), ()),
        ({"to": side(14)}, (), ()),
        ({"to": side("x" * 65)}, (), ()),
        ({"to": {"extensionId": ["11"]}, "extension": 5}, (), ()),
        ({"legs": [{"to": side(12), "recording": {"id": "7"}}, {"to": side(13)}]}, ("101", "102"), ()),
        ({"legs": [{"extension": {"id": 99}, "recording": {"id": "7"}}]}, ("101",), ("99",)),
    ],
)
def test_everybody_of_ours_who_is_on_a_recording_is_known(
    more: dict[str, Any], known: tuple[str, ...], unresolved: tuple[str, ...]
) -> None:
    recording = one(**more)
    assert (recording.extensions, recording.unresolved) == (known, unresolved)


def test_each_recording_of_a_call_that_was_passed_on_has_its_own() -> None:
    legs = [
        {"from": ADA, "to": side(11), "recording": {"id": "7"}},
        {"direction": "Outbound", "from": ADA, "to": side(12), "recording": {"id": "8"}},
        {"direction": "Outbound", "extension": {"id": 13}, "recording": {"id": "9"}},
    ]
    found = {one.id: one.extensions for one in read_call(call(legs=legs, extension={"id": 11}), NUMBERS)}
    assert found == {"7": ("101",), "8": ("102",), "9": ("103",)}


async def test_a_call_is_found_by_its_extension_though_its_record_names_ids_alone(
    ringcentral: RingCentralSandbox, provider: RingCentralProvider
) -> None:
    world = ringcentral.world
    world.clear_log()
    world.add_call(other="Ada", extension="102", owner="Anna")
    world.add_call(other="Vova", extension="102", owner="Anna", inner="101")
    assert set(await extensions(provider, extension="102")) == {("102", "101"), ("102",)}
    assert await extensions(provider, extension="101") == [("102", "101")]
    assert lists(ringcentral) == 1


async def test_the_list_of_extensions_is_read_to_its_end(
    ringcentral: RingCentralSandbox, provider: RingCentralProvider
) -> None:
    for number in range(2_000, 4_100):
        ringcentral.world.extensions.get(str(number))
    ringcentral.world.clear_log()
    ringcentral.world.add_call(extension="4099")
    assert await extensions(provider) == [("4099",)]
    assert lists(ringcentral) == 3


async def test_an_extension_that_is_new_is_asked_for_at_once_and_one_that_is_gone_but_once(
    ringcentral: RingCentralSandbox, provider: RingCentralProvider
) -> None:
    world = ringcentral.world
    await provider.search(RecordingQuery())
    world.clear_log()
    world.add_call(extension="177")
    assert await extensions(provider) == [("177",)]
    assert lists(ringcentral) == 2
    world.clear_log()
    world.add_call(extension="101", extras={"to": side(5), "extension": {"id": 5}})
    for _ in range(3):
        [gone] = (await provider.search(RecordingQuery())).recordings
        assert (gone.extensions, gone.unresolved) == (("101",), ("5",))
    assert lists(ringcentral) == 3


async def test_a_page_of_many_that_are_gone_costs_one_list(
    ringcentral: RingCentralSandbox, provider: RingCentralProvider
) -> None:
    ringcentral.world.clear_log()
    for id in range(50):
        ringcentral.world.add_call(extras={"to": side(id), "extension": {"id": id}})
    await asyncio.gather(*(provider.search(RecordingQuery()) for _ in range(3)))
    assert lists(ringcentral) == 1


async def test_a_number_that_was_given_to_another_one_is_known_after_a_while(
    ringcentral: RingCentralSandbox, connected: Connect
) -> None:
    provider = await connected(ringcentral, extensions_for="10m")
    world = ringcentral.world
    world.clear_log()
    world.add_call(extension="101")
    assert await extensions(provider) == [("101",)]
    world.extensions.renumber("101", "191")
    assert await extensions(provider) == [("101",)]
    await asyncio.sleep(601)
    assert await extensions(provider) == [("191",)]


async def test_who_may_not_list_extensions_still_reads_calls_and_is_told_what_is_missing(
    ringcentral: RingCentralSandbox, provider: RingCentralProvider, caplog: pytest.LogCaptureFixture
) -> None:
    ringcentral.world.scope.remove("ReadAccounts")
    for _ in range(2):
        page = await provider.search(RecordingQuery(room="101"))
        assert (page.recordings, page.complete) == ((), False)
        assert "does not tell the numbers of some extensions" in page.note
    assert (await provider.search(RecordingQuery())).complete
    assert lists(ringcentral) == 1
    assert [record.message.count("ReadAccounts") for record in caplog.records] == [1]


async def test_the_check_names_the_permission_that_is_missing(
    ringcentral: RingCentralSandbox, provider: RingCentralProvider
) -> None:
    ringcentral.world.scope.remove("ReadAccounts")
    found = await findings(provider)
    assert found["permissions"].found == "The app lacks ReadAccounts."
    assert "which extension a call was on" in found["permissions"].advice
    assert found["extensions"].because == "permissions"
    ringcentral.world.scope.append("ReadAccounts")
    assert (await findings(provider))["extensions"].found == "3 are known by their numbers"


async def test_changes_are_not_told_as_if_they_were_on_no_extension(
    ringcentral: RingCentralSandbox, connected: Connect
) -> None:
    """Whoever keeps the mark would never hear of them again."""
    provider = await connected(ringcentral, read_retries=0)
    world = ringcentral.world
    since = world.clock.now() - timedelta(days=1)
    world.faults.add("503", match=LISTS, times=1)
    with pytest.raises(Unavailable):
        await provider.changes(None, since)
    changes = await provider.changes(None, since)
    assert all(one.extensions for one in changes.recordings)


@pytest.mark.parametrize("answer", [said({"records": 5}), said([]), http(b"{"), said({}, "400 Bad")])
async def test_a_list_that_cannot_be_read_does_not_hide_the_calls(
    answering: Answering, connected: Connect, answer: bytes
) -> None:
    answering.answer = lambda head: answer if f"{LISTS}?" in head else log(call())
    [recording] = (await (await connected(answering)).search(RecordingQuery())).recordings
    assert recording.unresolved == ("11",)


async def test_one_entry_of_the_list_that_cannot_be_read_does_not_hide_the_others(
    answering: Answering, connected: Connect
) -> None:
    entries = [None, {"extensionNumber": "9"}, {"id": [1]}, {"id": 11, "extensionNumber": "101"}]
    answering.answer = lambda head: said({"records": entries}) if f"{LISTS}?" in head else log(call())
    [recording] = (await (await connected(answering)).search(RecordingQuery())).recordings
    assert recording.extensions == ("101",)


async def test_a_live_call_within_the_house_is_on_both_extensions(
    ringcentral: RingCentralSandbox, connected: Connect
) -> None:
    ringcentral.world.place_call(other="Anna", extension="101", inner="102", answered=True)
    provider = await phone(ringcentral, connected)
    listed = await live(provider)
    assert (listed.extension, listed.extensions) == ("101", ("101", "102"))
    assert await (await phone(ringcentral, connected)).call(listed.id) == listed
    assert lists(ringcentral) == 2


async def test_a_live_call_of_an_extension_that_nobody_knows_says_so(
    ringcentral: RingCentralSandbox, connected: Connect
) -> None:
    ringcentral.world.scope.remove("ReadAccounts")
    ringcentral.world.place_call(extension="101", answered=True)
    call = await live(await phone(ringcentral, connected))
    assert (call.extension, call.extensions) == (None, ())
    assert call.unresolved == (ringcentral.world.extensions.get("101").id,)
