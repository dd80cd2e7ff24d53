"""A portal that works for us is not said to have changed: only what we send, and cannot do without, is demanded."""

from importlib.resources import files

import pytest

from providers.vidyo import VidyoProvider
from providers.vidyo.contract import ServiceName, contract
from providers.vidyo.drift import drifts, lacking, ours, read
from sandbox.vidyo.contract import contract as theirs
from sandbox.vidyo.server import VidyoSandbox

from .conftest import Connect

SERVICES = {
    "user": "VidyoPortalUserService",
    "admin": "VidyoPortalAdminService",
    "replay": "VidyoReplayContentManagementService",
}
NEWEST = {name: theirs(service).text for name, service in SERVICES.items()}


def told(service: str, old: str, new: str = "") -> list[str]:
    """What is said where their newest description is like this."""
    assert old in NEWEST[service]
    shown = read(NEWEST[service].replace(old, new).encode())
    return [drift.sentence for drift in drifts(ours(service), shown)]  # type: ignore[arg-type]


async def found(provider: VidyoProvider) -> dict[str, str]:
    checks = await provider.check()
    assert all(check.ok for check in checks), checks
    return {check.what: check.found for check in checks}


@pytest.mark.parametrize("portal", [60, 88, 101])
@pytest.mark.parametrize("replay", [1, 2, 3])
async def test_every_generation_is_well_and_what_it_cannot_is_said(
    vidyo: VidyoSandbox, provider: VidyoProvider, portal: int, replay: int
) -> None:
    vidyo.world.settings.portal_generation = portal  # type: ignore[assignment]
    vidyo.world.settings.replay_generation = replay  # type: ignore[assignment]
    said = await found(provider)
    names = "an older one that we know: rooms are found by their keys and not by their names"
    assert said["WSDL of the portal"] == ("as we know it" if portal == 101 else names)
    locks = "an older one that we know: recordings are neither locked nor unlocked"
    assert said["WSDL of the replay server"] == (locks if replay == 1 else "as we know it")


async def test_where_the_admin_service_records_the_user_service_need_only_look_up(
    vidyo: VidyoSandbox, connected: Connect
) -> None:
    provider = await connected(vidyo, service="admin", username="admin", password="admin-secret")
    said = await found(provider)
    assert said["WSDL of the portal"] == "as we know it"
    assert said["account"] == "signed in as admin, who has no room and records any of the tenant"
    user = read(NEWEST["user"].replace('name="startRecording"', 'name="record"').encode())
    assert drifts(ours("user"), user, {"getEntityByRoomKey", "myAccount"}) == []
    assert [drift.operation for drift in drifts(ours("user"), user)] == ["startRecording"]


@pytest.mark.parametrize(
    ("service", "part"),
    [
        ("user", '<xs:element name="moderatorPIN" type="xs:string" minOccurs="0" nillable="true"/>'),
        ("user", '<xs:element name="returnHtmlContent" type="xs:boolean" default="false" minOccurs="0"/>'),
        ("user", '<xs:element name="setPIN" type="xs:boolean" minOccurs="0"/>'),
        ("user", '<xs:element ref="tns:EntityType" minOccurs="0"/>'),
        ("user", '<xs:element name="recorderName" type="xs:string" minOccurs="0" nillable="true"/>'),
        ("user", '<xs:element name="canRecordMeeting" type="xs:boolean" minOccurs="0"/>'),
        ("admin", '<xs:element name="setPIN" type="xs:boolean" minOccurs="0"/>'),
        ("replay", '<xs:element name="externalPlaybackLink" type="xs:string" nillable="true"/>'),
        ("replay", '<xs:element name="endTime" type="xs:dateTime" nillable="true"/>'),
        ("replay", '<xs:element name="guid" type="xs:string"/>'),
        ("replay", '<xs:element name="webcastCount" type="xs:int"/>'),
    ],
)
def test_what_we_never_send_or_can_do_without_is_not_missed(service: str, part: str) -> None:
    assert told(service, part) == []


@pytest.mark.parametrize(
    ("service", "part", "sentence"),
    [
        (
            "user",
            '<xs:element name="recorderPrefix" type="xs:string"/>',
            "startRecording does not take recorderPrefix",
        ),
        (
            "admin",
            '<xs:element name="ownerName" type="xs:string"/>',
            "createScheduledRoom does not take ownerName",
        ),
        (
            "replay",
            '<xs:element name="fileLink" type="xs:string"/>',
            "RecordsSearch does not give records/fileLink",
        ),
        (
            "replay",
            '<xs:element name="recordScope" type="xs:string"/>',
            "RecordsSearch does not give records/recordScope",
        ),
        (
            "replay",
            '<xs:element name="pin" type="xs:string" minOccurs="0" nillable="true"/>',
            "UpdateRecord does not take pin",
        ),
    ],
)
def test_what_we_send_and_what_we_need_is_missed(service: str, part: str, sentence: str) -> None:
    assert sentence in told(service, part)


def test_an_element_without_a_type_takes_whatever_we_send() -> None:
    start = NEWEST["user"].index('<xs:element name="StartRecordingRequest">')
    end = NEWEST["user"].index("</xs:element>\n", NEWEST["user"].index("</xs:complexType>", start)) + len(
        "</xs:element>"
    )
    assert told("user", NEWEST["user"][start:end], '<xs:element name="StartRecordingRequest"/>') == []


@pytest.mark.parametrize("service", ["user", "admin", "replay"])
def test_our_own_descriptions_hold_nothing_that_is_never_sent(service: ServiceName) -> None:
    text = (files("providers.vidyo") / "wsdl" / f"{service}.wsdl").read_text("utf-8")
    for never in (
        "moderatorPIN",
        "recurring",
        "setPIN",
        "returnHtmlContent",
        "returnRoomDetails",
        "queryField",
        "sortDir",
    ):
        assert f'"{never}"' not in text
    assert contract(service).namespace in text
    assert lacking(ours(service), ours(service)) == []
