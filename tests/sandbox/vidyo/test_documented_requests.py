"""The requests of the vendor's own article, letter by letter."""

from __future__ import annotations

import pytest

USER = """<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" \
xmlns:v1="http://portal.vidyo.com/user/v1_1">
   <soapenv:Header/>
   <soapenv:Body>
      {}
   </soapenv:Body>
</soapenv:Envelope>"""

CREATE = """<v1:CreateScheduledRoomRequest>       
      </v1:CreateScheduledRoomRequest>"""  # noqa: W291 (as it is printed)

BY_KEY = """<v1:GetEntityByRoomKeyRequest>
         <v1:roomKey>Nf5kaN9tWo</v1:roomKey>
      </v1:GetEntityByRoomKeyRequest>"""

PROFILES = "<v1:GetRecordingProfilesRequest/>"

START = """<v1:StartRecordingRequest>
         <v1:conferenceID>4092486</v1:conferenceID>
         <v1:recorderPrefix>000</v1:recorderPrefix>
         <v1:webcast>false</v1:webcast>
      </v1:StartRecordingRequest>"""

PARTICIPANTS = """<v1:GetParticipantsRequest>
         <v1:conferenceID>4092486</v1:conferenceID>
      </v1:GetParticipantsRequest>"""

STOP = """<v1:StopRecordingRequest>
         <v1:conferenceID>4092486</v1:conferenceID>
         <v1:recorderID>1109054</v1:recorderID>
      </v1:StopRecordingRequest>"""

SEARCH = """<s11:Envelope xmlns:s11='http://schemas.xmlsoap.org/soap/envelope/'>
  <s11:Body>
    <ns1:RecordsSearchRequest xmlns:ns1='http://replay.vidyo.com/apiservice'>
      <ns1:tenantName>test</ns1:tenantName>
      <ns1:roomFilter></ns1:roomFilter>
      <ns1:usernameFilter>vova</ns1:usernameFilter>
      <ns1:query></ns1:query>
      <ns1:recordScope></ns1:recordScope>
      <ns1:sortBy>date</ns1:sortBy>
      <ns1:dir>ASC</ns1:dir>
      <ns1:limit>100</ns1:limit>
      <ns1:start></ns1:start>
      <ns1:webcast></ns1:webcast>
    </ns1:RecordsSearchRequest>
  </s11:Body>
</s11:Envelope>"""

FIRST_RECORD = {
    "id": "4908",
    "guid": "bce75e5c-e850-5c4c-8f1e-c9b705eff420",
    "tenantName": "VidyoTest",
    "userName": "vova",
    "userFullName": "Vova Tareiev",
    "dateCreated": "2022-08-08T09:48:44.000+00:00",
    "dateCreatedString": "Mon August 8 2022 09:48:44",
    "endTime": "2022-08-08T09:50:32.000+00:00",
    "duration": "01:48",
    "resolution": "HD",
    "framerate": "30",
    "pin": None,
    "recordScope": "New",
    "title": "vova conference recording.",
    "roomName": "vova",
    "recorderId": "421aa0067",
    "webcast": "false",
    "tags": None,
    "comments": None,
    "locked": "false",
    "fileSize": "1493016",
}
SECOND_RECORD = {
    "id": "5748",
    "guid": "37b8355d-e84c-53bc-8a53-478c15384f13",
    "dateCreated": "2022-09-22T10:46:04.000+00:00",
    "dateCreatedString": "Thu September 22 2022 10:46:04",
    "endTime": "2022-09-22T10:50:03.000+00:00",
    "duration": "03:59",
    "fileSize": "3258210",
}


async def test_a_recording_is_made_with_the_requests_as_printed(caller, vidyo):
    created = await caller.literal("user", USER.format(CREATE))
    assert created.get("roomURL").startswith(f"{vidyo.portal_url}/join/")

    entity = await caller.literal("user", USER.format(BY_KEY))
    assert [child.text for child in entity.element[0][:4]] == ["4092486", "Room", "156418", "230301302"]

    profiles = await caller.literal("user", USER.format(PROFILES))
    assert "000" in profiles.all("recorderPrefix")

    assert (await caller.literal("user", USER.format(START))).get("OK") == "OK"

    vidyo.world.recorder_joins("Nf5kaN9tWo")
    seen = await caller.literal("user", USER.format(PARTICIPANTS))
    assert (seen.get("recorderID"), seen.get("recorderName")) == ("1109054", "APPLICATION-AND-CONFERENCE")
    assert (seen.get("paused"), seen.get("webcast")) == ("false", "false")
    assert (seen.all("entityID")[0], seen.all("participantID")[0]) == ("0", "6611572")

    assert (await caller.literal("user", USER.format(STOP))).get("OK") == "OK"


async def test_a_lenient_server_takes_the_search_as_printed(caller, vidyo):
    vidyo.world.settings.lenient = True
    found = await caller.literal("replay", SEARCH)
    assert set(found.all("userName")) == {"vova"}
    first, second = found.element.findall("{*}records")[:2]
    for record, expected in ((first, FIRST_RECORD), (second, SECOND_RECORD)):
        assert {name: record.findtext(f"{{*}}{name}") or None for name in expected} == expected
    guid, key = FIRST_RECORD["guid"], "IG3bxGBxhaiknT8"
    assert first.findtext("{*}fileLink") == f"{vidyo.replay_url}/replay/downloadRecording.do?file={guid}"
    assert first.findtext("{*}externalPlaybackLink").endswith(f"/replay/showRecordingExternal.html?key={key}")


async def test_a_strict_server_refuses_the_empty_typed_elements_of_that_search(caller):
    refused = await caller.literal("replay", SEARCH)
    assert (refused.status, refused.fault) == (500, "untyped")


@pytest.mark.parametrize("empty", ["start", "webcast", "recordScope", "limit"])
async def test_each_empty_typed_element_is_refused_on_its_own(caller, empty):
    assert (await caller.search(**{empty: ""})).fault == "untyped"


async def test_a_lenient_replay_server_makes_no_lenient_portal(caller, vidyo):
    vidyo.world.settings.lenient = True
    assert (await caller.participants("4092486", "<start/>")).fault == "untyped"


async def test_empty_text_is_a_value_even_to_a_strict_server(caller):
    assert (await caller.search(roomFilter="", query="", limit="1")).fault is None


@pytest.mark.parametrize(
    "fields",
    [
        "<recorderPrefix>000</recorderPrefix><conferenceID>4092486</conferenceID><webcast>false</webcast>",
        "<conferenceID>4092486</conferenceID><recorderPrefix>000</recorderPrefix>",
        "<conferenceID>room</conferenceID><recorderPrefix>0</recorderPrefix><webcast>false</webcast>",
        "<conferenceID>4294967296</conferenceID><recorderPrefix>0</recorderPrefix><webcast>false</webcast>",
        "<conferenceID>4092486</conferenceID><recorderPrefix>0</recorderPrefix><webcast/>",
    ],
    ids=["out of order", "required one missing", "not a number", "beyond 32 bits", "empty boolean"],
)
async def test_a_request_that_breaks_the_contract_gets_a_fault_without_a_type(caller, vidyo, fields):
    vidyo.world.settings.lenient = True
    refused = await caller.call("user", "StartRecordingRequest", fields)
    assert (refused.status, refused.fault) == (500, "untyped")
    assert vidyo.world.recorders.ringing(vidyo.world.room("Nf5kaN9tWo")) == 0


async def test_a_document_type_is_refused(caller):
    answer = await caller.literal("user", "<!DOCTYPE x [<!ENTITY a 'b'>]>" + USER.format(PROFILES))
    assert answer.fault == "untyped"


async def test_soapaction_decides_over_the_body(caller):
    response = await caller.post("user", USER.format(PROFILES), SOAPAction='"startRecording"')
    assert caller.read("user", response).fault == "untyped"
    response = await caller.post("user", USER.format(PROFILES), SOAPAction='"getRecordingProfiles"')
    assert caller.read("user", response).fault is None
