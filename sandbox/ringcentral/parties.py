"""Calls as telephony sessions: two parties, ours and theirs, and how they stand."""

from __future__ import annotations

from datetime import datetime

from sandbox.ringcentral.calls import Call, Leg
from sandbox.ringcentral.people import Extension
from sandbox.ringcentral.records import Json, moment, sides


def session_json(calls: list[Call], account_id: str) -> Json:
    """A session with all its parties; those of a call that was handed over are gone."""
    last = calls[-1]
    ours = [as_it_stands(call, leg, account_id) for call in calls for leg in call.legs]
    return {
        "id": last.telephony_session_id,
        "sessionId": last.session_id,
        "creationTime": moment(calls[0].started),
        "origin": {"type": "Call"},
        "parties": [*ours, their_party(last, account_id)],
    }


def our_party(call: Call, leg: Leg, status: str, reason: str, account_id: str) -> Json:
    """Our side of one leg. Only parties of ours have an owner, and only they can be recorded."""
    told: Json = {
        "id": leg.party_id,
        **_owner(leg.extension, account_id),
        "direction": call.direction,
        **sides(call, leg),
        "status": {"code": status, **({"reason": reason} if reason else {})},
        "muted": False,
        "standAlone": False,
        "missedCall": call.result == "Missed",
    }
    recording = leg.recording
    if recording and recording.begun:
        told["recordings"] = [{"id": recording.id, "active": recording.active}]
    return told


def their_party(call: Call, account_id: str) -> Json:
    """The other side: one of ours too, or on the public network, and then nobody's."""
    mirrored = "Outbound" if call.direction == "Inbound" else "Inbound"
    return {
        "id": call.other_party_id,
        **(_owner(call.inner, account_id) if call.inner else {}),
        "direction": mirrored,
        **sides(call, call.leg),
        "status": {"code": call.state},
        "muted": False,
        "standAlone": False,
        "missedCall": False,
    }


def notification(call: Call, leg: Leg, status: str, reason: str, account_id: str, at: datetime) -> Json:
    """The body of a notification: one party, as is usual."""
    return {
        "sequence": call.sequence,
        "sessionId": call.session_id,
        "telephonySessionId": call.telephony_session_id,
        "serverId": "127.0.0.1.TAM",
        "eventTime": moment(at),
        "origin": {"type": "Call"},
        "parties": [our_party(call, leg, status, reason, account_id)],
    }


def _owner(extension: Extension, account_id: str) -> Json:
    owner = {"accountId": account_id, "extensionId": extension.id}
    return {**owner, "owner": owner}


def find_leg(calls: list[Call], party_id: str) -> tuple[Call, Leg] | None:
    for call in calls:
        for leg in call.legs:
            if leg.party_id == party_id:
                return call, leg
    return None


def as_it_stands(call: Call, leg: Leg, account_id: str) -> Json:
    """Our side of one leg now; on a leg that was handed over, it is gone."""
    return our_party(call, leg, call.state if leg is call.leg else "Gone", "", account_id)
