"""The call log: what is listed, by which filter, on which page, and in which words."""

from __future__ import annotations

import json
from datetime import timedelta
from email import message_from_bytes

import pytest


def others(records):
    return [(r["from"] if r["direction"] == "Inbound" else r["to"])["name"] for r in records]


async def test_without_a_window_one_day_is_listed(caller, world, ago):
    world.add_call(other="Today", started=ago(hours=23))
    world.add_call(other="Yesterday", started=ago(hours=25))
    assert others((await caller.get("/account/~/call-log")).json()["records"]) == ["Today"]
    until = ago(hours=24).isoformat()
    assert others((await caller.get("/account/~/call-log", dateTo=until)).json()["records"]) == ["Yesterday"]


async def test_the_newest_call_comes_first_and_the_sides_by_direction(caller, world, ago):
    world.add_call(other="Ada", number="+16505550100", started=ago(hours=3))
    world.add_call(other="Bo", direction="Outbound", extension="102", owner="Anna", started=ago(hours=1))
    newest, oldest = await caller.log()
    assert newest["from"]["name"] == "Anna"
    assert newest["from"]["extensionId"] == world.extensions.get("102").id
    assert newest["to"]["name"] == "Bo"
    assert oldest["from"] == {"name": "Ada", "phoneNumber": "+16505550100"}
    assert oldest["to"]["extensionId"] == world.extensions.get("101").id


async def test_short_numbers_are_told_of_calls_within_the_house_alone(caller, world):
    world.add_call(other="Ada")
    assert not any("extensionNumber" in side for r in await caller.log() for side in (r["from"], r["to"]))
    world.settings.short_numbers = True
    assert [r["to"]["extensionNumber"] for r in await caller.log()] == ["101"]
    world.settings.short_numbers = False
    world.clear_log()
    world.add_call(other="Anna", extension="101", inner="102")
    [record] = await caller.log(extensionNumber="102")
    assert (record["from"]["extensionNumber"], record["to"]["extensionNumber"]) == ("102", "101")


async def test_a_call_within_the_house_is_in_both_logs_as_each_side_sees_it(caller, world):
    world.add_call(other="Anna", extension="101", inner="102")
    for number, direction in (("101", "Inbound"), ("102", "Outbound")):
        id = world.extensions.get(number).id
        [record] = (await caller.get(f"/account/~/extension/{id}/call-log")).json()["records"]
        assert (record["direction"], str(record["extension"]["id"])) == (direction, id)


async def test_a_detailed_record_says_more_than_a_simple_one(caller, world):
    call = world.add_call(media="mp3", duration=timedelta(minutes=2))
    [simple] = await caller.log()
    [detailed] = await caller.log(view="Detailed")
    assert simple["recording"] == {
        "uri": f"{world.api_url}/restapi/v1.0/account/{world.account_id}/recording/{call.recording_id}",
        "id": call.recording_id,
        "type": "OnDemand",
        "contentUri": (
            f"{world.media_url}/restapi/v1.0/account/{world.account_id}/recording/{call.recording_id}/content"
        ),
    }
    assert not {"legs", "lastModifiedTime", "billing"} & simple.keys()
    assert simple.items() <= detailed.items()
    [leg] = detailed["legs"]
    assert (leg["master"], leg["recording"]["id"], leg["duration"]) == (True, call.recording_id, 120)
    assert isinstance(detailed["extension"]["id"], int)


async def test_a_transferred_call_has_a_recording_on_each_leg(caller, world):
    call = world.add_call()
    world.add_transfer(call, extension="103", owner="Sam Okafor")
    [record] = await caller.log(view="Detailed")
    first, second = (leg["recording"]["id"] for leg in record["legs"])
    assert first != second
    assert record["recording"]["id"] == first
    [sams] = (await caller.get(f"/account/~/extension/{world.extensions.get('103').id}/call-log")).json()[
        "records"
    ]
    assert sams["id"] == record["id"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"direction": "Outbound"}, ["Out"]),
        ({"direction": ["Inbound", "Outbound"]}, ["Fax", "Out", "Auto", "Plain"]),
        ({"recordingType": "All"}, ["Out", "Auto"]),
        ({"recordingType": "Automatic"}, ["Auto"]),
        ({"recordingType": "OnDemand", "withRecording": "false"}, ["Out"]),
        ({"withRecording": "True"}, ["Out", "Auto"]),
        ({"phoneNumber": "16505550123"}, ["Out"]),
        ({"phoneNumber": "+16505550123"}, ["Out"]),
        ({"extensionNumber": "102"}, ["Auto"]),
        ({"type": "Fax"}, ["Fax"]),
        ({"transport": "VoIP"}, ["Plain"]),
    ],
)
async def test_a_filter_leaves_out_what_does_not_fit(caller, world, ago, query, found):
    world.add_call(other="Plain", started=ago(hours=4), recording=None, transport="VoIP")
    world.add_call(other="Auto", started=ago(hours=3), recording="Automatic", extension="102")
    world.add_call(other="Out", started=ago(hours=2), direction="Outbound", number="+16505550123")
    world.add_call(other="Fax", started=ago(hours=1), recording=None, type="Fax")
    assert others(await caller.log(**query)) == found


async def test_a_filter_that_leaks_is_a_fault_that_can_be_switched_on(caller, world):
    world.add_call(other="Plain", recording=None)
    assert await caller.log(recordingType="All") == []
    world.settings.leaky_filter = True
    assert others(await caller.log(recordingType="All")) == ["Plain"]


async def test_a_session_is_asked_for_alone(caller, world, ago):
    call = world.add_call(started=ago(days=9))
    assert [r["id"] for r in await caller.log(sessionId=call.session_id)] == [call.id]
    refused = await caller.get("/account/~/call-log", sessionId=call.session_id, direction="Inbound")
    assert (refused.status_code, refused.json()["errorCode"]) == (400, "CLG-110")
    assert [r["id"] for r in await caller.log(telephonySessionId=call.telephony_session_id)] == [call.id]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("dateFrom", "yesterday"),
        ("dateFrom", "2024-05-17T12:00:00"),
        ("view", "simple"),
        ("recordingType", "Any"),
        ("direction", "inbound"),
        ("perPage", "0"),
        ("page", "1001"),
        ("showDeleted", "maybe"),
    ],
)
async def test_a_value_that_does_not_exist_is_refused_by_name(caller, name, value):
    answer = await caller.get("/account/~/call-log", **{name: value})
    [error] = answer.json()["errors"]
    assert (answer.status_code, error["errorCode"], error["parameterName"]) == (400, "CMN-101", name)


async def test_a_plus_that_was_not_encoded_is_still_a_zone(caller, world, ago):
    world.add_call(started=ago(hours=2))
    since = ago(hours=3).isoformat()
    assert since.endswith("+00:00")
    answer = await caller.get(f"/account/~/call-log?dateFrom={since}&showDeleted=True")
    assert len(answer.json()["records"]) == 1


async def test_pages_follow_each_other_with_their_filters_until_there_is_no_next(caller, world, ago):
    for number in range(5):
        world.add_call(other=f"C{number}", started=ago(hours=number + 1))
    world.add_call(other="Out", direction="Outbound", started=ago(hours=9))
    query = {"dateFrom": ago(days=2).isoformat(), "direction": "Inbound", "view": "Detailed", "perPage": 2}
    answer = (await caller.get("/account/~/call-log", **query)).json()
    assert answer["paging"] == {"page": 1, "perPage": 2, "pageStart": 0, "pageEnd": 1}
    assert not {"previousPage", "lastPage"} & answer["navigation"].keys()
    seen = []
    while True:
        seen += others(answer["records"])
        assert all("legs" in record for record in answer["records"])
        following = answer["navigation"].get("nextPage")
        if following is None:
            break
        answer = (await caller.get(following["uri"])).json()
    assert seen == ["C0", "C1", "C2", "C3", "C4"]
    assert "previousPage" in answer["navigation"]


async def test_too_large_a_page_is_cut_down_without_a_word(caller, world):
    for view, most in (("Detailed", 250), ("Simple", 1000)):
        for asked in ("5000", "max"):
            answer = (await caller.get("/account/~/call-log", view=view, perPage=asked)).json()
            assert answer["paging"] == {"perPage": most}


async def test_totals_are_told_where_they_are_switched_on(caller, world):
    for _ in range(3):
        world.add_call()
    world.settings.totals = True
    answer = (await caller.get("/account/~/call-log", perPage=2)).json()
    assert (answer["paging"]["totalPages"], answer["paging"]["totalElements"]) == (2, 3)
    assert "page=2" in answer["navigation"]["lastPage"]["uri"]


async def test_one_record_is_json_and_several_are_parts(caller, world):
    first, second = world.add_call(other="Ada"), world.add_call(other="Bo")
    one = await caller.get(f"/account/~/call-log/{first.id}")
    assert others([one.json()]) == ["Ada"]
    several = await caller.get(f"/account/~/call-log/{first.id},none,{second.id}")
    assert several.status_code == 207
    head = f"Content-Type: {several.headers['content-type']}\r\n\r\n".encode()
    statuses, *parts = (
        json.loads(part.get_payload()) for part in message_from_bytes(head + several.content).get_payload()
    )
    assert [each["status"] for each in statuses["response"]] == [200, 404, 200]
    assert others([parts[0], parts[2]]) == ["Ada", "Bo"]
    assert parts[1]["errors"][0]["errorCode"] == "CMN-102"
    assert (await caller.get("/account/~/call-log/none")).status_code == 404


async def test_an_extension_sees_its_own_calls_and_others_only_by_permission(caller, world):
    world.add_call(other="Mine")
    world.add_call(other="Annas", extension="102")
    anna = world.extensions.get("102").id
    own = (await caller.get("/account/~/extension/~/call-log")).json()["records"]
    assert others(own) == ["Mine"]
    assert others((await caller.get(f"/account/~/extension/{anna}/call-log")).json()["records"]) == ["Annas"]
    world.user_permissions.clear()
    refused = (await caller.get("/account/~/call-log")).json()
    assert (refused["errorCode"], refused["permissionName"]) == ("CMN-408", "FullCompanyCallLog")
    assert refused["errors"][0] == {name: text for name, text in refused.items() if name != "errors"}
    assert (await caller.get(f"/account/~/extension/{anna}/call-log")).json()["errorCode"] == "CMN-404"
    assert (await caller.get("/account/~/extension/~/call-log")).status_code == 200
    assert (await caller.get("/account/1/extension/~/call-log")).status_code == 404


async def test_text_of_any_kind_comes_through_as_it_is(caller, world):
    mark = 'Ünï <b>"x"&amp;</b> 😀'
    world.add_call(other=mark, owner=mark, extension="x-9", number=mark)
    [record] = await caller.log(extensionNumber="x-9")
    assert record["from"] == {"name": mark, "phoneNumber": mark}
    assert (record["to"]["name"], record["to"]["extensionId"]) == (mark, world.extensions.get("x-9").id)


async def test_numbers_are_masked_and_words_are_new_where_a_test_wants_them(caller, world):
    call = world.add_call(number="+18552010123", extras={"result": "Teleported", "transport": "Pigeon"})
    world.mask_number(call)
    [record] = await caller.log()
    assert record["from"]["phoneNumber"] == "+1855201XXXX"
    assert (record["result"], record["transport"]) == ("Teleported", "Pigeon")


async def test_deleted_calls_are_shown_on_demand_only(caller, world):
    world.add_call(other="Mine")
    world.add_call(other="Annas", extension="102")
    assert (await caller.ask("DELETE", "/account/~/extension/~/call-log")).status_code == 204
    assert others(await caller.log()) == ["Annas"]
    assert [r.get("deleted") for r in await caller.log(showDeleted="true")].count(True) == 1


async def test_a_newcomer_finds_recorded_calls_of_everybody(caller, world):
    world.reset()
    records = await caller.log(recordingType="All")
    assert 10 <= len(records) <= 20
    sides = [r["to"] if r["direction"] == "Inbound" else r["from"] for r in records]
    assert {side["extensionId"] for side in sides} == {extension.id for extension in world.extensions}
    assert {r["direction"] for r in records} == {"Inbound", "Outbound"}
    assert {r["recording"]["type"] for r in records} == {"Automatic", "OnDemand"}
    everything = await caller.log(perPage=1000)
    assert len(everything) > 40
    assert any(r.get("shortRecording") for r in everything)


async def test_a_deleted_call_still_says_which_one_it_was(caller, world):
    call = world.add_call()
    world.delete_call(call)
    [record] = await caller.log(showDeleted="true")
    assert (record["sessionId"], record["type"]) == (call.session_id, "Voice")
    assert {"startTime", "direction", "action", "deleted"} <= record.keys()
    assert "from" not in record
