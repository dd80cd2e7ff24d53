"""A description that is not as we know it is told by the operation and the element that changed."""

from importlib.resources import files

import pytest

from providers.vidyo.contract import ServiceName
from providers.vidyo.drift import Illegible, drifts, ours, read

OURS = (files("providers.vidyo") / "wsdl" / "user.wsdl").read_text("utf-8")
THEIRS = {
    "user": "VidyoPortalUserService",
    "admin": "VidyoPortalAdminService",
    "replay": "VidyoReplayContentManagementService",
}


def told(old: str, new: str) -> list[str]:
    """What is said where our own description is theirs, but for this."""
    assert old in OURS
    return [drift.sentence for drift in drifts(ours("user"), read(OURS.replace(old, new).encode()))]


@pytest.mark.parametrize("service", ["user", "admin", "replay"])
def test_what_the_sandbox_publishes_is_as_we_know_it(service: ServiceName) -> None:
    theirs = (files("sandbox.vidyo.contracts") / f"{THEIRS[service]}.wsdl").read_bytes()
    assert drifts(ours(service), read(theirs)) == []


def test_an_operation_that_is_gone_is_named() -> None:
    assert told('operation name="startRecording"', 'operation name="record"') == [
        "it has no operation startRecording"
    ]


def test_what_a_request_may_not_hold_any_more_is_named() -> None:
    webcast = '<xs:element name="webcast" type="xs:boolean"/>'
    assert told(webcast, "") == ["startRecording does not take webcast"]


def test_what_a_request_must_hold_from_now_on_is_named_and_what_it_may_hold_is_not() -> None:
    webcast = '<xs:element name="webcast" type="xs:boolean"/>'
    room = '<xs:element name="lobby" type="xs:string"/>'
    assert told(webcast, webcast + room) == ["startRecording wants lobby, which we do not send"]
    assert told(webcast, webcast + room.replace("/>", ' minOccurs="0"/>')) == []
    assert told(webcast, f"{webcast}<xs:choice>{room}{room.replace('lobby', 'hall')}</xs:choice>") == []


def test_what_an_answer_does_not_hold_any_more_is_named_with_its_place() -> None:
    person = '<xs:element name="participantID" type="v:EntityID"/>'
    said = told(person, person.replace("participantID", "personID"))
    assert said == ["getParticipants does not give Entity/participantID"]


def test_what_an_answer_holds_besides_is_nothing() -> None:
    version = '<xs:element name="portalVersion" type="xs:string" minOccurs="0"/>'
    assert told(version, version + version.replace("portalVersion", "build")) == []


def test_where_elements_are_described_elsewhere_the_operations_are_compared_alone() -> None:
    begin, end = OURS.index("<xs:schema"), OURS.index("</xs:schema>") + len("</xs:schema>")
    bare = OURS[:begin] + OURS[end:]
    assert drifts(ours("user"), read(bare.encode())) == []
    renamed = bare.replace('operation name="myAccount"', 'operation name="me"')
    assert [drift.operation for drift in drifts(ours("user"), read(renamed.encode()))] == ["myAccount"]


@pytest.mark.parametrize(
    "text",
    ["", "Welcome.", "<html/>", "<a>", f"<!DOCTYPE x [<!ENTITY a 'b'>]>{OURS.split('?>', 1)[1]}", "\x00"],
)
def test_what_is_no_description_is_refused(text: str) -> None:
    with pytest.raises(Illegible):
        read(text.encode())


def test_a_type_that_holds_itself_comes_to_an_end() -> None:
    twice = '<xs:element name="again" type="v:Room"/><xs:element name="more" type="v:Room"/>'
    name = '<xs:complexType name="Room"><xs:sequence>'
    assert name in OURS
    shown = read(OURS.replace(name, name + twice).encode())
    assert max(len(answer.parts) for _, answer in shown.operations.values()) == 2_000


def test_types_that_hold_each_other_a_thousand_times_come_to_an_end() -> None:
    again = '<xs:extension base="v:Room"/>' * 8
    name = '<xs:complexType name="Room"><xs:sequence>'
    assert name in OURS
    with pytest.raises(Illegible):
        read(OURS.replace(name, name + again).encode())


def test_types_within_types_come_to_an_end() -> None:
    deep = "<xs:sequence>" * 240 + '<xs:extension base="v:Room"/>' + "</xs:sequence>" * 240
    name = '<xs:complexType name="Room"><xs:sequence>'
    assert name in OURS
    assert read(OURS.replace(name, name + deep).encode()).operations
