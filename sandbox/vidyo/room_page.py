"""The page behind a join link: who is in the room, and buttons to come, to go and to break things."""

from __future__ import annotations

import json
from html import escape

from starlette.requests import Request
from starlette.responses import Response

from sandbox.vidyo import pages
from sandbox.vidyo.world import World

_SCRIPT = """
<script>
const room = {key};
async function order(path, more) {{
  await fetch("/control/" + path, {{method: "POST", body: JSON.stringify({{room, ...more}})}});
  location.reload();
}}
</script>
"""

_BUTTONS = """
<p>
<button onclick="order('people-join', {count: 1})">Somebody joins</button>
<button onclick="order('people-leave', {count: 1})">Somebody leaves</button>
<button onclick="order('people-leave', {})">Everybody leaves</button>
<button onclick="order('recorder-drops-out', {})">The recorder drops out</button>
</p>
"""


class RoomPage:
    """Shows one room of the sandbox to whoever follows its join link."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def show(self, request: Request) -> Response:
        key = request.path_params.get("key") or request.query_params.get("key", "")
        room = self._world.rooms.by_key(key)
        if room is None:
            return pages.page("No such room", status=404)
        people = "".join(f"<li>{escape(person.name)}</li>" for person in room.people)
        recorders = self._world.recorders.in_room(room)
        recording = ", ".join(r.slot.description + (" (paused)" if r.paused else "") for r in recorders)
        state = f"Being recorded by {escape(recording)}." if recorders else "Nobody is recording."
        script = _SCRIPT.format(key=json.dumps(room.key).replace("<", "\\u003c"))
        inner = f"<p>A meeting room of the sandbox. {state}</p><ul>{people}</ul>{_BUTTONS}{script}"
        return pages.page(f"Room {room.display_name}", inner)
