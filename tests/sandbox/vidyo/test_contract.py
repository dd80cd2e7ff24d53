"""The WSDLs as a SOAP library reads them from the running server."""

from __future__ import annotations

import pytest
import requests
import zeep
from zeep.transports import Transport

from tests.virtual_time import in_thread

RECBOT = ("recbot", "recbot-secret")
ADMIN = ("admin", "admin-secret")


def _client(url: str, auth: tuple[str, str]) -> zeep.Client:
    session = requests.Session()
    session.auth = auth
    return zeep.Client(url + "?wsdl", transport=Transport(session=session, operation_timeout=60))


def _closing(client: zeep.Client) -> None:
    client.transport.session.close()


async def test_a_soap_library_loads_the_portal_and_calls_it(caller, vidyo):
    vidyo.world.room("Nf5kaN9tWo").join_delay = "never"

    def use() -> None:
        client = _client(caller.url("user"), RECBOT)
        room = client.service.getEntityByRoomKey(roomKey="Nf5kaN9tWo")
        assert (room.entityID, room.RoomStatus) == ("4092486", "Occupied")
        assert client.service.getRecordingProfiles().recorder[0].recorderPrefix == "000"
        start = client.service.startRecording
        assert start(conferenceID=room.entityID, recorderPrefix="000", webcast=False) == "OK"
        page = client.service.getParticipants(conferenceID=room.entityID, Filter={"start": 0, "limit": 200})
        assert (page.total, page.recorderID) == (3, None)
        with pytest.raises(zeep.exceptions.Fault) as caught:
            client.service.startRecording(conferenceID="4092493", recorderPrefix="000", webcast=False)
        assert caught.value.detail[0].tag == "{http://portal.vidyo.com/user/v1_1}ControlMeetingFault"
        _closing(client)

    await in_thread(use)


async def test_a_soap_library_loads_the_admin_service(caller):
    def use() -> None:
        client = _client(caller.url("admin"), ADMIN)
        assert client.service.getPortalVersion()
        page = client.service.getParticipants(conferenceID=4092493)
        assert page.Entity[0].displayName == "Anna Lindqvist"
        _closing(client)

    await in_thread(use)


async def test_a_soap_library_loads_the_replay_server_and_searches(caller):
    def use() -> None:
        client = _client(caller.url("replay"), RECBOT)
        found = client.service.RecordsSearch(usernameFilter="vova", limit=5, sortBy="date", dir="ASC")
        assert [record.id for record in found.records][:2] == [4908, 5748]
        assert found.records[0].dateCreated.utcoffset() is not None
        assert client.service.UpdateRecord(id=4908, tags="launch", locked="true") == "OK"
        [record] = client.service.RecordsById(id=[4908])
        assert (record.tags, record.pin, record.locked) == ("launch", None, True)
        with pytest.raises(zeep.exceptions.Fault):
            client.service.DeleteRecord(id=1)
        _closing(client)

    await in_thread(use)


async def test_the_address_in_the_wsdl_follows_the_request_or_leads_nowhere(caller, vidyo):
    url = caller.url("replay") + "?wsdl"
    assert f'location="{caller.url("replay")}"' in (await caller.http.get(url)).text
    vidyo.world.settings.wrong_soap_address = True
    assert f'location="{caller.url("replay")}"' not in (await caller.http.get(url)).text


async def test_the_wsdl_may_be_that_of_another_version_which_works_as_before(caller, vidyo):
    vidyo.world.settings.wsdl_names = {"RecordsSearch": "SearchRecords", "fileLink": "file"}
    shown = (await caller.http.get(caller.url("replay") + "?wsdl")).text
    assert 'operation name="SearchRecords"' in shown
    assert 'element name="file"' in shown
    assert "fileLink" not in shown
    assert await caller.search(limit="1")


async def test_only_the_exact_spelling_of_wsdl_needs_no_login_and_a_wrong_one_is_refused(caller):
    url = caller.url("user")
    assert (await caller.http.get(url + "?wsdl")).status_code == 200
    assert (await caller.http.get(url + "?wsdl", auth=("recbot", "wrong"))).status_code == 401
    assert (await caller.http.get(url + "?WSDL")).status_code == 401
    assert (await caller.http.get(url + "?WSDL", auth=RECBOT)).status_code == 200
