"""Recording a call that is going on: its sessions, its parties, and what may be done when."""

from __future__ import annotations

from datetime import timedelta

from starlette.responses import JSONResponse, Response

from sandbox.ringcentral.asked import Asked, Endpoint
from sandbox.ringcentral.calls import Call, Leg, Recording
from sandbox.ringcentral.parties import as_it_stands, find_leg, session_json, their_party
from sandbox.ringcentral.records import Json
from sandbox.ringcentral.refusal import Refused, not_found

_SESSIONS = "/account/{account}/telephony/sessions/{session}"
_CONFERENCE = "0"
# No text gives the codes of these refusals; nobody can rely on ours.
_WRONG_STATE = "TAS-106"


class Telephony:
    """There is no list of sessions, and no way to end a recording but the end of the call."""

    def endpoints(self) -> list[Endpoint]:
        party = f"{_SESSIONS}/parties/{{party}}"
        return [
            Endpoint("GET", _SESSIONS, "light", "CallControl", self._session),
            Endpoint("GET", party, "light", "CallControl", self._party),
            Endpoint("POST", f"{party}/recordings", "light", "CallControl", self._record),
            Endpoint("PATCH", f"{party}/recordings/{{recording}}", "light", "CallControl", self._switch),
        ]

    async def _session(self, asked: Asked) -> Response:
        return JSONResponse(session_json(_calls(asked), asked.world.account_id))

    async def _party(self, asked: Asked) -> Response:
        calls, id = _calls(asked), asked.request.path_params["party"]
        if id == calls[-1].other_party_id:
            return JSONResponse(their_party(calls[-1], asked.world.account_id))
        call, leg = _ours(calls, id)
        return JSONResponse(as_it_stands(call, leg, asked.world.account_id))

    async def _record(self, asked: Asked) -> Response:
        call = _answered(asked)
        settings, clock = asked.world.settings, asked.world.clock
        if call.session_id == _CONFERENCE:
            raise _wrong_state("A conference cannot be recorded.")
        if not settings.on_demand:
            raise Refused(403, "CMN-109", "On-demand call recording is not enabled.")
        if call.leg.recording:
            raise _wrong_state("The call is being recorded already.")
        announced = timedelta(seconds=clock.scaled(settings.announcement))
        if clock.now() - (call.answered or clock.now()) < announced:
            raise _wrong_state("The call is not connected yet.")
        recording = asked.world.record(call)
        return JSONResponse(
            {**_as_json(recording), "mode": "OnDemand", "view": "Party"}, settings.recording_started_status
        )

    async def _switch(self, asked: Asked) -> Response:
        """Pause with `active` false, go on with true; what is so already stays so."""
        call = _answered(asked)
        active = (await asked.json()).get("active")
        id = asked.request.path_params["recording"]
        if call.leg.recording is None or call.leg.recording.id != id:
            raise not_found("recordingId", id)
        if not isinstance(active, bool):
            raise Refused(400, "CMN-101", "Parameter [active] value is invalid.", parameterName="active")
        if call.leg.recording.kind == "Automatic" and not asked.world.settings.allow_mute:
            raise Refused(403, "CMN-109", "Automatic call recording cannot be paused.")
        if active != call.leg.recording.active:
            (asked.world.resume if active else asked.world.pause)(call)
        return JSONResponse(_as_json(call.leg.recording))


def _calls(asked: Asked) -> list[Call]:
    """The calls of a session that is going on."""
    asked.check_account()
    id = asked.request.path_params["session"]
    calls = asked.world.calls.in_session(id)
    if not any(call.live for call in calls):
        raise not_found("telephonySessionId", id)
    return calls


def _ours(calls: list[Call], party: str) -> tuple[Call, Leg]:
    if found := find_leg(calls, party):
        return found
    raise not_found("partyId", party)


def _answered(asked: Asked) -> Call:
    """The call whose party the path names, if it can be recorded now."""
    calls, party = _calls(asked), asked.request.path_params["party"]
    if party in {call.other_party_id for call in calls}:
        raise Refused(403, "CMN-404", "The party belongs to another account.")
    call, leg = _ours(calls, party)
    if leg is not call.leg or call.state != "Answered":
        raise _wrong_state("The party is not answered.")
    return call


def _wrong_state(message: str) -> Refused:
    return Refused(409, _WRONG_STATE, message)


def _as_json(recording: Recording) -> Json:
    return {"id": recording.id, "active": recording.active}
