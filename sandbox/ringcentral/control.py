"""The sandbox's own interface, under /control: move calls, break things, and see what happened."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.ringcentral.calls import Call, Direction, RecordingKind
from sandbox.ringcentral.media_file import Form
from sandbox.ringcentral.misbehaviour import Rule
from sandbox.ringcentral.records import Json, moment
from sandbox.ringcentral.settings import Settings
from sandbox.ringcentral.world import World


class _Order(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Nothing(_Order):
    pass


class PlaceCall(_Order):
    """A call that rings, or is `answered` at once. Without an owner it is the extension's."""

    other: str = "Ada Byron"
    number: str = "+16505550100"
    extension: str = "101"
    owner: str | None = None
    direction: Direction = "Inbound"
    inner: str | None = None
    answered: bool = False
    recording: RecordingKind | None = None
    media: Form = "wav"
    conference: bool = False


class PastCall(_Order):
    """A finished call with its recording; it ended just now if nothing says when it `started`."""

    other: str = "Ada Byron"
    number: str = "+16505550100"
    extension: str = "101"
    owner: str = "Vova Tareiev"
    direction: Direction = "Inbound"
    inner: str | None = None
    started: AwareDatetime | None = None
    seconds: float = Field(default=300, ge=0)
    recording: RecordingKind | None = "OnDemand"
    media: Form = "wav"
    size: int | None = None


class RecordCall(_Order):
    kind: RecordingKind = "OnDemand"
    media: Form = "wav"


class TransferCall(_Order):
    extension: str = "102"
    owner: str | None = None
    own_record: bool = False


class HangUp(_Order):
    """With `seconds` the call is one that was so long."""

    seconds: float | None = Field(default=None, gt=0)


Order = TypeVar("Order", bound=BaseModel)
Handler = Callable[[Request], Awaitable[Response]]


class Control:
    """The handlers. Each answers JSON; a wrong order gets 400 and a sentence."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[BaseRoute]:
        post: dict[str, Handler] = {
            "calls": _ordered(PlaceCall, self._place),
            "calls/{id}/answer": self._on_call(Nothing, self._answer),
            "calls/{id}/record": self._on_call(RecordCall, self._record),
            "calls/{id}/pause": self._on_call(Nothing, self._pause),
            "calls/{id}/resume": self._on_call(Nothing, self._resume),
            "calls/{id}/transfer": self._on_call(TransferCall, self._transfer),
            "calls/{id}/hangup": self._on_call(HangUp, self._hang_up),
            "recordings": _ordered(PastCall, self._past_call),
            "faults": _ordered(Rule, self._fault),
            "faults/clear": _ordered(Nothing, self._faults_clear),
            "tokens/expire": _ordered(Nothing, self._expire),
            "settings": self._settings,
            "reset": _ordered(Nothing, self._reset),
        }
        get: dict[str, Handler] = {
            "state": self._state,
            "journal": self._journal,
            "sha256": self._sha256,
        }
        return [
            *(Route(f"/control/{path}", handler, methods=["POST"]) for path, handler in post.items()),
            *(Route(f"/control/{path}", handler, methods=["GET"]) for path, handler in get.items()),
            Route("/control/journal", self._journal_clear, methods=["DELETE"]),
        ]

    async def _state(self, request: Request) -> Response:
        world = self._world
        busy = {call.leg.extension.number for call in world.calls.live()}
        return JSONResponse(
            {
                "calls": [self._call_json(call) for call in world.calls.live()],
                "extensions": [
                    {"number": each.number, "name": each.name, "busy": each.number in busy}
                    for each in world.extensions
                ],
                "log": sum(call.listed for call in world.calls),
                "recordings": sum(r.has_audio for call in world.calls for r in call.recordings),
                "sessions": len(world.sessions),
                "locked": world.sign_in.locked,
                "scope": world.scope,
                "journal": len(world.journal),
                "settings": world.settings.model_dump(),
                "limits": world.limits.per_minute,
                "faults": world.faults.as_json(),
            }
        )

    def _call_json(self, call: Call) -> Json:
        recording = call.leg.recording
        begun = recording if recording and recording.begun else None
        return {
            "id": call.id,
            "state": call.state,
            "direction": call.direction,
            "other": call.other,
            "number": call.number,
            "extension": call.leg.extension.number,
            "owner": call.leg.owner,
            "started": moment(call.started),
            "session": call.telephony_session_id,
            "party": call.party_id,
            "recording": {"id": begun.id, "kind": begun.kind, "active": begun.active} if begun else None,
        }

    def _place(self, order: PlaceCall) -> object:
        return self._call_json(self._world.place_call(**order.model_dump()))

    def _answer(self, call: Call, order: Nothing) -> Call:
        self._world.answer(call)
        return call

    def _record(self, call: Call, order: RecordCall) -> Call:
        self._world.record(call, kind=order.kind, media=order.media)
        return call

    def _pause(self, call: Call, order: Nothing) -> Call:
        self._world.pause(call)
        return call

    def _resume(self, call: Call, order: Nothing) -> Call:
        self._world.resume(call)
        return call

    def _transfer(self, call: Call, order: TransferCall) -> Call:
        return self._world.transfer(call, **order.model_dump())

    def _hang_up(self, call: Call, order: HangUp) -> Call:
        lasted = timedelta(seconds=order.seconds) if order.seconds else None
        self._world.hang_up(call, lasted=lasted)
        return call

    def _past_call(self, order: PastCall) -> object:
        told = order.model_dump(exclude={"seconds"})
        call = self._world.add_call(duration=timedelta(seconds=order.seconds), **told)
        return {"id": call.id, "recording": call.recording_id or None}

    def _fault(self, rule: Rule) -> object:
        self._world.faults.arm(rule)
        return self._world.faults.as_json()

    def _faults_clear(self, order: Nothing) -> object:
        self._world.faults.clear()
        return []

    def _expire(self, order: Nothing) -> object:
        self._world.expire_access_tokens()
        return {"ok": True}

    def _reset(self, order: Nothing) -> object:
        self._world.reset()
        return {"ok": True}

    async def _settings(self, request: Request) -> Response:
        """Change some settings; those left out stay."""
        try:
            asked = await request.json()
            told = Settings.model_validate({**self._world.settings.model_dump(), **asked})
        except (ValueError, TypeError) as error:
            return _refused(error)
        for name in asked:
            setattr(self._world.settings, name, getattr(told, name))
        return JSONResponse(self._world.settings.model_dump())

    async def _journal(self, request: Request) -> Response:
        return JSONResponse([entry.as_json() for entry in self._world.journal])

    async def _journal_clear(self, request: Request) -> Response:
        self._world.journal.clear()
        return JSONResponse([])

    async def _sha256(self, request: Request) -> Response:
        try:
            digest = await asyncio.to_thread(self._world.sha256, request.query_params.get("recording", ""))
        except KeyError as error:
            return _refused(error)
        return JSONResponse({"sha256": digest})

    def _on_call(self, model: type[Order], carry_out: Callable[[Call, Order], Call]) -> Handler:
        """An order about one call; the answer is how the call stands then."""

        async def handler(request: Request) -> Response:
            try:
                order = model.model_validate_json(await request.body() or b"{}")
                id = request.path_params["id"]
                call = self._world.calls.by_id(id)
                if call is None:
                    raise KeyError(f"The sandbox has no call {id!r}.")
                return JSONResponse(self._call_json(carry_out(call, order)))
            except (ValueError, KeyError) as error:
                return _refused(error)

        return handler


def _ordered(model: type[Order], carry_out: Callable[[Order], object]) -> Handler:
    async def handler(request: Request) -> Response:
        try:
            return JSONResponse(carry_out(model.model_validate_json(await request.body() or b"{}")))
        except (ValueError, KeyError) as error:
            return _refused(error)

    return handler


def _refused(error: Exception) -> Response:
    text: Any = str(error.args[0]) if isinstance(error, KeyError) else str(error)
    return JSONResponse({"error": text}, 400)
