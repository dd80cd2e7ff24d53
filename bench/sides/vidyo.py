"""The sandbox's Vidyo. Orders: `rooms` being recorded, each with `people`; `records` in the library; a `file` of so
many bytes."""

import uvloop

from bench.sides.serving import orders, serve
from sandbox.vidyo.recorders import Slot
from sandbox.vidyo.server import VidyoSandbox


async def main() -> None:
    told = orders()
    async with VidyoSandbox() as vidyo:
        world = vidyo.world
        rooms = []
        for number in range(told.get("rooms", 0)):
            names = [f"Guest {name}" for name in range(told.get("people", 10))]
            room = world.add_room(f"Bench{number:05}", people=names)
            slot = Slot("000", "APPLICATION-AND-CONFERENCE")
            world.recorders.slots.append(slot)
            world.recorders.join(slot, room)
            rooms.append(room.entity_id)
        while len(world.library) < told.get("records", 0):
            world.add_recording(f"Weekly planning {len(world.library)}", tags="planning", scope="Public")
        file = world.add_recording("A long one", size=told["file"]) if told.get("file") else None
        await serve(
            url=vidyo.portal_url,
            portal_url=vidyo.portal_url,
            replay_url=vidyo.replay_url,
            rooms=rooms,
            recording=str(file.id) if file else None,
        )


if __name__ == "__main__":
    uvloop.run(main())
