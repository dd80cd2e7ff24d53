"""Answers of a portal and a replay server, of any size."""

from functools import cache

_ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>{}'
    "</soapenv:Body></soapenv:Envelope>"
)
_PARTICIPANTS = (
    '<ns1:GetParticipantsResponse xmlns:ns1="http://portal.vidyo.com/user/v1_1"><ns1:total>{}</ns1:total>'
    "<ns1:recorderID>4711</ns1:recorderID><ns1:recorderName>APPLICATION-AND-CONFERENCE</ns1:recorderName>"
    "<ns1:paused>false</ns1:paused><ns1:webcast>false</ns1:webcast>{}</ns1:GetParticipantsResponse>"
)
_ENTITY = (
    "<ns1:Entity><ns1:entityID>{0}</ns1:entityID><ns1:participantID>{0}</ns1:participantID>"
    "<ns1:EntityType>Legacy</ns1:EntityType><ns1:displayName>Guest {0}</ns1:displayName>"
    "<ns1:extension>{0}</ns1:extension><ns1:description/><ns1:canCallDirect>false</ns1:canCallDirect>"
    "<ns1:canJoinMeeting>false</ns1:canJoinMeeting><ns1:RoomStatus>Occupied</ns1:RoomStatus>"
    "<ns1:audio>true</ns1:audio><ns1:video>true</ns1:video><ns1:appshare>false</ns1:appshare></ns1:Entity>"
)
_RECORDS = (
    '<ns1:RecordsSearchResponse xmlns:ns1="http://replay.vidyo.com/apiservice">'
    "<ns1:allVideosCount>{0}</ns1:allVideosCount><ns1:searchCount>{0}</ns1:searchCount>"
    "<ns1:myVideosCount>0</ns1:myVideosCount>{1}</ns1:RecordsSearchResponse>"
)
_RECORD = (
    "<ns1:records><ns1:id>{0}</ns1:id><ns1:guid>bce75e5c-e850-5c4c-8f1e-{0:012}</ns1:guid>"
    "<ns1:tenantName>VidyoTest</ns1:tenantName><ns1:userName>vova</ns1:userName>"
    "<ns1:userFullName>Vova Tareiev</ns1:userFullName><ns1:dateCreated>2022-08-08T09:48:44.000Z</ns1:dateCreated>"
    "<ns1:endTime>2022-08-08T09:50:32.000Z</ns1:endTime><ns1:duration>01:48</ns1:duration>"
    "<ns1:resolution>SD</ns1:resolution><ns1:framerate>15</ns1:framerate><ns1:title>Weekly planning {0}</ns1:title>"
    "<ns1:comments>Decisions at the end.</ns1:comments><ns1:tags>planning</ns1:tags><ns1:pin/>"
    "<ns1:recordScope>Public</ns1:recordScope><ns1:roomName>Weekly</ns1:roomName><ns1:webcast>false</ns1:webcast>"
    "<ns1:recorderId>421aa0067</ns1:recorderId><ns1:fileSize>1493016</ns1:fileSize><ns1:locked>false</ns1:locked>"
    "<ns1:fileLink>https://replay.example/replay/downloadRecording.do?file=bce75e5c-{0}</ns1:fileLink>"
    "<ns1:externalPlaybackLink>https://replay.example/replay/showRecordingExternal.html?key=IG3bxGBx{0}"
    "</ns1:externalPlaybackLink></ns1:records>"
)


@cache
def participants(people: int) -> bytes:
    """A room with a recorder and so many people."""
    entities = "".join(_ENTITY.format(4100000 + number) for number in range(people))
    return _ENVELOPE.format(_PARTICIPANTS.format(people, entities)).encode()


@cache
def records(count: int) -> bytes:
    """So many finished recordings."""
    rows = "".join(_RECORD.format(10_000 + number) for number in range(count))
    return _ENVELOPE.format(_RECORDS.format(count, rows)).encode()
