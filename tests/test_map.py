"""The map in CONTRIBUTING shows the house as it stands."""

import re
from pathlib import Path

_ROOT = Path(__file__).parent.parent
_ROOMS = ("providers", "bot", "sandbox", "bench", "tests")


def _map() -> dict[str, set[str]]:
    """What the map names in each room, the rooms themselves included."""
    text = (_ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    drawn = text.partition("## Where things are")[2].split("```")[1]
    rooms: dict[str, set[str]] = {}
    room = ""
    for line in drawn.strip().splitlines():
        found = re.fullmatch(r"( *)([\w.]+/?) .+", line)
        assert found is not None, line
        if not found[1]:
            room = found[2].rstrip("/")
            rooms[room] = set()
        else:
            rooms[room].add(found[2])
    return rooms


def test_what_the_map_names_is_there() -> None:
    rooms = _map()
    assert tuple(rooms) == _ROOMS
    for room, named in rooms.items():
        for name in named:
            path = _ROOT / room / name
            assert path.is_dir() if name.endswith("/") else path.is_file(), path


def test_each_folder_of_the_two_houses_stands_on_the_map() -> None:
    rooms = _map()
    for room in ("providers", "bot"):
        folders = {f"{init.parent.name}/" for init in (_ROOT / room).glob("*/__init__.py")}
        assert folders <= rooms[room]
