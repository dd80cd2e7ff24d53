"""The sandbox's own interface, under /control: move people, break things, and see what happened."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.vidyo.library import LinkStyle, Scope
from sandbox.vidyo.misbehaviour import Rule
from sandbox.vidyo.rooms import Room, RoomKind
from sandbox.vidyo.settings import Delay, Settings
from sandbox.vidyo.world import World


class _Order(BaseModel):
    model_config = ConfigDict(extra="forbid")


class InRoom(_Order):
    room: str


class PeopleJoin(InRoom):
    names: list[str] = []
    count: int = Field(default=0, ge=0)
    nameless: int = Field(default=0, ge=0)


class PeopleLeave(InRoom):
    names: list[str] = []
    count: int | None = Field(default=None, ge=0)


class RoomOrder(_Order):
    """A room to add, or what to change about one. What is left out stays as it is."""

    key: str
    name: str | None = None
    owner: str | None = None
    kind: RoomKind | None = None
    people: list[str] | int | None = None
    can_record: bool | None = None
    locked: bool | None = None
    join_delay: Delay | None = None
    pin: str | None = None
    moderator_pin: str | None = None


class Password(_Order):
    user: str
    password: str


class RecordingOrder(_Order):
    """A finished recording to add; `minutes` is its length, `ended` the moment of its end (default: now)."""

    title: str
    owner: str = "recbot"
    room_name: str = "Weekly"
    ended: AwareDatetime | None = None
    minutes: float = Field(default=10, gt=0)
    size: int = 300_000
    scope: Scope = "New"
    pin: str = ""
    tags: str = ""
    comments: str = ""
    locked: bool = False
    webcast: bool = False
    size_known: bool = True
    link: LinkStyle = "absolute"


Order = TypeVar("Order", bound=BaseModel)
Handler = Callable[[Request], Awaitable[Response]]


class Control:
    """The handlers. Each answers JSON; a wrong order gets 400 and a sentence."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[Route]:
        post: dict[str, Handler] = {
            "people-join": _ordered(PeopleJoin, self._people_join),
            "people-leave": _ordered(PeopleLeave, self._people_leave),
            "recorder-joins": _ordered(InRoom, self._recorder_joins),
            "recorder-drops-out": _ordered(InRoom, self._recorder_drops_out),
            "room": _ordered(RoomOrder, self._room),
            "password": _ordered(Password, self._password),
            "faults": _ordered(Rule, self._fault),
            "recording": _ordered(RecordingOrder, self._recording),
            "faults/clear": self._faults_clear,
            "settings": self._settings,
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
        return JSONResponse(
            {
                "rooms": [self._room_json(room) for room in sorted(world.rooms, key=_personal_last)],
                "slots": [
                    {"prefix": slot.prefix, "description": slot.description, "busy": slot.busy}
                    for slot in world.recorders.slots
                ],
                "recordings": len(world.library),
                "running": sum(recording.ended is None for recording in world.library),
                "streams_open": sum(world.streams_open.values()),
                "bytes_sent": sum(world.bytes_sent.values()),
                "journal": len(world.journal),
                "settings": world.settings.model_dump(),
                "faults": world.faults.as_json(),
                "accounts": [
                    {"login": a.login, "name": a.full_name, "role": a.role, "locked": a.locked}
                    for a in world.accounts
                ],
            }
        )

    def _room_json(self, room: Room) -> dict[str, object]:
        recorders = self._world.recorders.in_room(room)
        return {
            "key": room.key,
            "id": room.entity_id,
            "name": room.name,
            "kind": room.kind,
            "owner": room.owner,
            "can_record": room.can_record,
            "join_delay": room.join_delay,
            "people": [person.name for person in room.people],
            "ringing": self._world.recorders.ringing(room),
            "recorders": [
                {
                    "id": r.id,
                    "prefix": r.slot.prefix,
                    "name": r.slot.description,
                    "paused": r.paused,
                    "leaving": r.leaving,
                    "recording": r.recording.id if r.recording else None,
                }
                for r in recorders
            ],
        }

    def _people_join(self, order: PeopleJoin) -> object:
        come = self._world.people_join(order.room, order.names, count=order.count, nameless=order.nameless)
        return {"joined": [person.name for person in come]}

    def _people_leave(self, order: PeopleLeave) -> object:
        return {"left": self._world.people_leave(order.room, order.names, count=order.count)}

    def _recorder_joins(self, order: InRoom) -> object:
        self._world.recorder_joins(order.room)
        return {"ok": True}

    def _recorder_drops_out(self, order: InRoom) -> object:
        return {"dropped": self._world.recorder_drops_out(order.room)}

    def _room(self, order: RoomOrder) -> object:
        world = self._world
        clearable = {"join_delay", "pin", "moderator_pin"}
        told = {
            name: value
            for name, value in order.model_dump(exclude_unset=True, exclude={"key", "people"}).items()
            if value is not None or name in clearable
        }
        if owner := told.get("owner"):
            told["owner"] = owner.lower()
            if world.accounts.get(owner) is None:
                raise ValueError(f"The sandbox has no user {owner!r}.")
        room = world.rooms.by_key(order.key) or world.add_room(
            order.key, name=order.name, kind=order.kind or "public"
        )
        if "name" in told:
            room.display_name = told["name"]
        for name, value in told.items():
            setattr(room, name, value)
        if order.people is not None:
            if not order.people:
                world.people_leave(order.key)
            room.people.clear()
            if isinstance(order.people, int):
                world.people_join(order.key, count=order.people)
            else:
                world.people_join(order.key, order.people)
        return self._room_json(room)

    def _password(self, order: Password) -> object:
        if self._world.accounts.get(order.user) is None:
            raise ValueError(f"The sandbox has no user {order.user!r}.")
        self._world.accounts.change_password(order.user, order.password)
        return {"ok": True}

    def _fault(self, rule: Rule) -> object:
        self._world.faults.arm(rule)
        return self._world.faults.as_json()

    def _recording(self, order: RecordingOrder) -> object:
        told = order.model_dump(exclude={"title", "minutes"})
        recording = self._world.add_recording(order.title, duration=timedelta(minutes=order.minutes), **told)
        return {"id": recording.id, "guid": recording.guid, "size": recording.size}

    async def _faults_clear(self, request: Request) -> Response:
        self._world.faults.clear()
        return JSONResponse([])

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
            digest = await asyncio.to_thread(self._world.sha256, request.query_params.get("guid", ""))
        except KeyError as error:
            return _refused(error)
        return JSONResponse({"sha256": digest})


def _ordered(model: type[Order], carry_out: Callable[[Order], object]) -> Handler:
    async def handler(request: Request) -> Response:
        try:
            order = model.model_validate_json(await request.body() or b"{}")
            return JSONResponse(carry_out(order))
        except (ValidationError, ValueError, KeyError) as error:
            return _refused(error)

    return handler


def _refused(error: Exception) -> Response:
    text: Any = str(error.args[0]) if isinstance(error, KeyError) else str(error)
    return JSONResponse({"error": text}, 400)


def _personal_last(room: Room) -> bool:
    """People look for the rooms where meetings are."""
    return room.kind == "personal"
