"""Calls as the call log and the list of active calls write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.ringcentral.calls import Call, Leg, Recording
from sandbox.ringcentral.people import Extension
from sandbox.ringcentral.world import World

Json = dict[str, Any]


class Records:
    """Writes the calls of one world. Addresses in answers are whole, with real ids for `~`."""

    def __init__(self, world: World) -> None:
        self._world = world

    def record(self, call: Call, extension: Extension | None, *, detailed: bool) -> Json:
        """One entry of the log, at the level of the account or of an extension.

        A call within the house is in two logs, and one of them has it the other way round.
        """
        if call.deleted:
            return {
                "id": call.id,
                "uri": self.uri(call, extension),
                "sessionId": call.session_id,
                "startTime": moment(call.started),
                "type": call.type,
                "direction": call.direction,
                "action": _action(call),
                "deleted": True,
            }
        first = call.legs[0]
        theirs = extension is not None and extension == call.inner
        turned = "Outbound" if call.direction == "Inbound" else "Inbound"
        duration = sum((leg.duration or timedelta() for leg in call.legs), timedelta())
        told: Json = {
            "id": call.id,
            "uri": self.uri(call, extension),
            "sessionId": call.session_id,
            "telephonySessionId": call.telephony_session_id,
            "startTime": moment(call.started),
            **_lengths(duration),
            "type": call.type,
            "internalType": "LongDistance",
            "direction": turned if theirs else call.direction,
            "action": _action(call),
            "result": call.result,
            **self._sides(call, first),
            "extension": self._extension(extension if extension and theirs else first.extension),
            "partyId": first.party_id,
            "transport": call.transport,
        }
        told |= self._recorded(next((r for r in call.recordings if r.ready), None))
        if call.short_recording:
            told["shortRecording"] = True
        if detailed:
            told["lastModifiedTime"] = moment(call.modified or call.started)
            told["billing"] = {"costIncluded": 0.0, "costPurchased": 0.0}
            told["legs"] = [self._leg(call, leg, master=number == 0) for number, leg in enumerate(call.legs)]
        return told | call.extras

    def active(self, call: Call) -> Json:
        """One entry of the list of active calls."""
        ended = call.ended or self._world.clock.now()
        return {
            "id": call.id,
            "uri": self.uri(call, None),
            "sessionId": call.session_id,
            "telephonySessionId": call.telephony_session_id,
            "partyId": call.party_id,
            "startTime": moment(call.started),
            **_lengths(ended - call.started),
            "type": call.type,
            "direction": call.direction,
            "action": _action(call),
            "result": "In Progress" if call.live else call.result,
            **self._sides(call, call.leg),
            "extension": self._extension(call.leg.extension),
            "transport": call.transport,
        } | call.extras

    def recording_uri(self, id: str) -> str:
        return f"{self._account(self._world.api_url)}/recording/{id}"

    def content_uri(self, recording: Recording) -> str:
        address = f"{self._account(self._world.media_url)}/recording/{recording.id}/content"
        return recording.content_uri or address

    def uri(self, call: Call, extension: Extension | None) -> str:
        return f"{self.level(extension)}/call-log/{call.id}"

    def level(self, extension: Extension | None) -> str:
        """The address of the account, or of one of its extensions."""
        base = self._account(self._world.api_url)
        return f"{base}/extension/{extension.id}" if extension else base

    def _account(self, host: str) -> str:
        return f"{host}/restapi/v1.0/account/{self._world.account_id}"

    def _leg(self, call: Call, leg: Leg, *, master: bool) -> Json:
        told: Json = {
            "startTime": moment(leg.started),
            **_lengths(leg.duration or timedelta()),
            "type": call.type,
            "direction": call.direction,
            "action": _action(call),
            "result": call.result,
            **self._sides(call, leg),
            "extension": self._extension(leg.extension),
            "legType": "Accept" if master else "TransferCall",
            "telephonySessionId": call.telephony_session_id,
            "partyId": leg.party_id,
            "transport": call.transport,
        }
        if master:
            told["master"] = True
        ready = leg.recording if leg.recording and leg.recording.ready else None
        return told | self._recorded(ready)

    def _recorded(self, recording: Recording | None) -> Json:
        if recording is None:
            return {}
        return {
            "recording": {
                "uri": self.recording_uri(recording.id),
                "id": recording.id,
                "type": recording.kind,
                "contentUri": self.content_uri(recording),
            }
        }

    def _sides(self, call: Call, leg: Leg) -> Json:
        return sides(call, leg, short=call.inner is not None or self._world.settings.short_numbers)

    def _extension(self, extension: Extension) -> Json:
        # a number here, a string everywhere else
        return {"uri": self.level(extension), "id": int(extension.id)}


def sides(call: Call, leg: Leg, *, short: bool = False) -> Json:
    """Who called and who was called: they are in `from` if the call came in, and in `to` if it went out.

    Only where people called one another by `short` numbers are those told; else an extension is named by its id.
    """
    they = {name: text for name, text in (("name", call.other), ("phoneNumber", call.number)) if text}
    we = {"name": leg.owner, "phoneNumber": leg.phone, **_named(leg.extension, short=short)}
    if call.inner is not None:
        they |= _named(call.inner, short=short)
    return {"from": they, "to": we} if call.direction == "Inbound" else {"from": we, "to": they}


def _named(extension: Extension, *, short: bool) -> Json:
    number = {"extensionNumber": extension.number} if short else {}
    return {**number, "extensionId": extension.id}


def moment(at: datetime) -> str:
    """A time in UTC, with milliseconds."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _action(call: Call) -> str:
    return "Phone Call" if call.direction == "Inbound" else "VoIP Call"


def _lengths(duration: timedelta) -> Json:
    milliseconds = duration // timedelta(milliseconds=1)
    return {"duration": milliseconds // 1000, "durationMs": milliseconds}
