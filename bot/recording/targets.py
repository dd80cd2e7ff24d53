"""From what a person typed to a room: a key, a join link, or a name."""

import asyncio
from collections.abc import Sequence

from bot.domain.answers import Place
from bot.domain.errors import CannotDo, UsageError
from providers.errors import NotFound, ProviderError
from providers.interfaces import RecordingControl
from providers.model import Room, RoomId, RoomKey
from providers.registry import Providers


class Several(CannotDo):
    """The words fit several rooms, or one in part only; `places` are what they may have meant."""

    def __init__(self, words: str, places: tuple[Place, ...]) -> None:
        super().__init__(
            f"“{words}” could mean several rooms: {_names(places)}. Give the room's key instead."
        )
        self.places = places


async def find_place(words: str, on: str | None, providers: Providers) -> Place:
    """The one room that was meant.

    A key or a whole name is enough; where a word is one room's key and another's name, or only a part
    of a name, Several is raised, since to record the wrong room is worse than to ask. NotFound if nothing fits.
    """
    if not words.strip():
        raise UsageError("Which room? Write its key, its name or a join link.")
    found = await asyncio.gather(*(_rooms(control, words) for control in providers.controls(on)))
    whole = tuple(place for exact, _ in found for place in exact)
    part = tuple(place for _, partial in found for place in partial)
    if len(whole) == 1:
        return whole[0]
    if whole or part:
        raise Several(words, whole or part)
    raise NotFound(
        f"There is no room with the key or name “{words}”. "
        "Copy the room's join link, or the part of it behind /join/, and try again."
    )


async def chosen_place(on: str | None, room: RoomId, providers: Providers) -> Place:
    """The room that was chosen by its id, as it is now."""
    control = providers.controls(on)[0]
    return Place(control.name, await control.room(room))


async def _rooms(control: RecordingControl, words: str) -> tuple[list[Place], list[Place]]:
    """Rooms that the words mean whole, and rooms whose name holds them."""
    key = control.key_in(words)
    is_link = "://" in words
    by_key, by_name = await asyncio.gather(
        _by_key(control, key), _nobody() if is_link else _by_name(control, words), return_exceptions=True
    )
    if isinstance(by_key, BaseException):
        raise by_key
    if isinstance(by_name, BaseException):
        if by_key is None or not isinstance(by_name, ProviderError):
            raise by_name
        by_name = []  # the key was found; a search that failed must not stand in its way
    exact = [by_key] if by_key else []
    known = {room.id for room in exact}
    folded = words.casefold()
    exact += [r for r in by_name if r.id not in known and folded in (r.name.casefold(), r.extension or "")]
    known |= {room.id for room in exact}
    partial = [] if exact else [r for r in by_name if r.id not in known]
    return [Place(control.name, r) for r in exact], [Place(control.name, r) for r in partial]


async def _by_key(control: RecordingControl, key: RoomKey | None) -> Room | None:
    if key is None:
        return None
    try:
        return await control.find_room(key)
    except NotFound:
        return None


async def _by_name(control: RecordingControl, words: str) -> Sequence[Room]:
    return await control.find_rooms(words) if len(words) > 1 else []


async def _nobody() -> Sequence[Room]:
    return []


def _names(places: Sequence[Place]) -> str:
    return ", ".join(f"{place.room.name} ({place.provider})" for place in places[:5])
