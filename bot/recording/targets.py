"""From what a person typed to a room or a live call: a key, a join link, a name, an extension or a phone number."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from bot.domain.answers import Place
from bot.domain.calls import is_meant, may_mean_a_call, room_of
from bot.domain.errors import CannotDo, UsageError
from providers.errors import NotFound, NotSupported, ProviderError
from providers.interfaces import CallRecorder, RecordingControl
from providers.model import CallId, Room, RoomId, RoomKey
from providers.registry import Providers


class Several(CannotDo):
    """The words fit several rooms or calls, or one in part only; `places` are what they may have meant.

    `unheard`: somebody who may know another one did not answer.
    """

    def __init__(self, words: str, places: tuple[Place, ...], unheard: ProviderError | None = None) -> None:
        fit = f"“{words}” could mean several: {_names(places)}."
        if len(places) == 1:
            fit = f"“{words}” could mean {_names(places)}, or something else."
        how = "Give a room's key or a call's whole number, or say where with on:PROVIDER."
        super().__init__(" ".join(filter(None, (fit, str(unheard or ""), how))))
        self.places = places


@dataclass(frozen=True, slots=True)
class _Fits:
    """What one provider has: what the words mean whole, and rooms whose name holds them. `sure`: one by its key."""

    whole: tuple[Place, ...] = ()
    part: tuple[Place, ...] = ()
    sure: bool = False


async def find_place(words: str, on: str | None, providers: Providers) -> Place:
    """The one room, or live call, that was meant.

    A key, a whole name, an extension or a number is enough; where a word is one room's key and another's name, a
    room's extension and a call's, or only a part of a name, Several is raised, since to record the wrong one is worse
    than to ask. It is raised too where somebody who was not heard may know another. NotFound if nothing fits.
    """
    if not words.strip():
        raise UsageError("Which room? Write its key, its name or a join link.")
    controls, phones = _asked(on, providers)
    calls = phones if may_mean_a_call(words) else []
    answers = await asyncio.gather(
        *(_rooms(control, words) for control in controls),
        *(_calls(phone, words) for phone in calls),
        return_exceptions=True,
    )
    for answer in answers:
        if isinstance(answer, BaseException) and not isinstance(answer, ProviderError):
            raise answer
    found = [answer for answer in answers if isinstance(answer, _Fits)]
    failed = [answer for answer in answers if isinstance(answer, ProviderError)]
    whole = tuple(place for fits in found for place in fits.whole)
    part = tuple(place for fits in found for place in fits.part)
    if len(whole) == 1 and (not failed or any(fits.sure for fits in found)):
        return whole[0]
    if whole or part:
        raise Several(words, whole or part, next(iter(failed), None))
    if failed:
        raise failed[0]
    raise NotFound(_nothing(words, rooms=bool(controls), calls=bool(phones)))


async def chosen_place(on: str | None, room: RoomId, providers: Providers, *, call: bool = False) -> Place:
    """The room, or the call, that was chosen by its id, as it is now."""
    if call:
        phone = providers.phones(on)[0]
        return Place(phone.name, room_of(await phone.call(CallId(room))), call=True)
    control = providers.controls(on)[0]
    return Place(control.name, await control.room(room))


def _asked(on: str | None, providers: Providers) -> tuple[Sequence[RecordingControl], Sequence[CallRecorder]]:
    """Those that record rooms, and those that record calls."""
    phones: Sequence[CallRecorder] = ()
    with suppress(NotSupported):
        phones = providers.phones(on)
    try:
        return providers.controls(on), phones
    except NotSupported:
        if not phones:
            raise
        return (), phones


_NO_NUMBER = "“{}” is no extension and no phone number: a call is named by one of them, such as 101."


def _nothing(words: str, *, rooms: bool, calls: bool) -> str:
    no_call = (
        f"no call with the extension or number “{words}” goes on now: `/record calls` lists those that do."
    )
    if not rooms:
        return f"As far as is known, {no_call}" if may_mean_a_call(words) else _NO_NUMBER.format(words)
    no_room = f"There is no room with the key or name “{words}”"
    if calls and may_mean_a_call(words):
        return f"{no_room}, and {no_call}"
    return f"{no_room}. Copy the room's join link, or the part of it behind /join/, and try again."


async def _calls(phone: CallRecorder, words: str) -> _Fits:
    """Live calls of this extension, or of this number."""
    calls = [call for call in await phone.live_calls() if is_meant(call, words)]
    return _Fits(tuple(Place(phone.name, room_of(call), call=True) for call in calls))


async def _rooms(control: RecordingControl, words: str) -> _Fits:
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
    return _Fits(
        tuple(Place(control.name, room) for room in exact),
        tuple(Place(control.name, room) for room in partial),
        sure=by_key is not None,
    )


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
    return ", ".join(f"{place.subject} ({place.provider})" for place in places[:5])
