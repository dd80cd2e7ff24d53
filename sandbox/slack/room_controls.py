"""The page's view of the meeting rooms, through the controls that the rooms' own side has."""

from __future__ import annotations

from aiohttp import web

from sandbox.slack.arguments import read_json
from sandbox.slack.far_controls import FarControls
from sandbox.slack.model import Json


class RoomControls:
    """Lets the page see and move the people in the meeting rooms, through the rooms' own controls."""

    ALLOWED = ("people-join", "people-leave", "recorder-drops-out")

    def __init__(self, controls_url: str | None) -> None:
        self._rooms = FarControls(controls_url, "The rooms")

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/page/vidyo/state", self._state),
            web.post("/page/vidyo/{name}", self._pass_on),
        ]

    async def _state(self, request: web.Request) -> web.StreamResponse:
        answer = await self._rooms.ask("GET", "state")
        rooms = answer if isinstance(answer, list) else answer.get("rooms", [])
        if isinstance(rooms, dict):
            rooms = [{"key": key} | room for key, room in rooms.items()]
        return web.json_response({"rooms": [_room(room) for room in rooms]})

    async def _pass_on(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        if name not in self.ALLOWED:
            raise web.HTTPNotFound(text="There is no such control.")
        answer = await self._rooms.ask("POST", name, await read_json(request))
        return web.json_response({"ok": True} | (answer if isinstance(answer, dict) else {}))


def _room(room: Json) -> Json:
    """A room as the page wants it, whichever names the rooms' side has for its parts."""
    people = room.get("people", room.get("participants")) or []
    names = [p.get("displayName") or p.get("name") or "" if isinstance(p, dict) else str(p) for p in people]
    recorder = room.get("recorder") or _staying(room.get("recorders") or [])
    if isinstance(recorder, str):
        recorder = {"name": recorder}
    if recorder:
        name = recorder.get("name") or recorder.get("displayName") or "Recorder"
        recorder = {"name": name, "paused": bool(recorder.get("paused"))}
    return {
        "key": room.get("key"),
        "name": room.get("name") or room.get("displayName") or room.get("key"),
        "people": names,
        "recorder": recorder,
    }


def _staying(recorders: list[Json]) -> Json | None:
    """The recorder that matters, of several: one that is not on its way out."""
    return min(recorders, key=lambda recorder: bool(recorder.get("leaving")), default=None)
