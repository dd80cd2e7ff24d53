"""From what a person typed to a room or a live call: a key, a join link, a name, an extension or a phone number."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import islice

from bot.domain.answers import Place
from bot.domain.calls import is_meant, may_mean_a_call, room_of
from bot.domain.errors import CannotDo, UsageError
from bot.recording.patience import Read, ask_all
from bot.recording.services import Services
from providers.errors import NotFound, NotSupported, ProviderError
from providers.interfaces import CallRecorder, RecordingControl
from providers.model import CallId, RoomId, RoomKey
from providers.registry import Providers
from providers.spelling import folded


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
        self._words = words
        self._unheard = unheard

    def among(self, places: tuple[Place, ...]) -> "Several":
        """The same, and of the places these alone are named."""
        return Several(self._words, places, self._unheard)


@dataclass(frozen=True, slots=True)
class _Fits:
    """What a provider has: what the words mean whole, and rooms whose name holds them. `sure`: one by its key.

    `unsearched`: no room has the words as its key, and why nobody knows of names.
    """

    whole: tuple[Place, ...] = ()
    part: tuple[Place, ...] = ()
    sure: bool = False
    unsearched: ProviderError | None = None


async def find_place(words: str, on: str | None, services: Services) -> Place:
    """The one room, or live call, that was meant.

    A key, a whole name, an extension or a number is enough; where a word is one room's key and another's name, a
    room's extension and a call's, or only a part of a name, Several is raised, since to record the wrong one is worse
    than to ask. It is raised too where somebody who was not heard, or not in time, may know another. NotFound if
    nothing fits.
    """
    if not words.strip():
        raise UsageError("Which room? Write its key, its name or a join link.")
    controls, phones = _asked(on, services.providers)
    calls = phones if may_mean_a_call(words) else []
    questions = [_about_rooms(control, words) for control in controls]
    questions += [[(phone.name, partial(_by_number, phone, words))] for phone in calls]
    told = iter(await ask_all([read for reads in questions for read in reads], services.pace.answer_patience))
    answers = [_together([*islice(told, len(reads))]) for reads in questions]
    found = [answer for answer in answers if isinstance(answer, _Fits)]
    silent = [answer for answer in answers if isinstance(answer, ProviderError)]
    unsearched = [fits.unsearched for fits in found if fits.unsearched is not None]
    failed = [*silent, *unsearched]
    whole = tuple(place for fits in found for place in fits.whole)
    part = tuple(place for fits in found for place in fits.part)
    if len(whole) == 1 and (not failed or any(fits.sure for fits in found)):
        return whole[0]
    if whole or part:
        raise Several(words, whole or part, next(iter(failed), None))
    if silent:
        raise silent[0]
    if unsearched:
        raise NotFound(_UNSEARCHED.format(words, unsearched[0]))
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


_UNSEARCHED = (
    "There is no room with the key “{}”, and its name could not be looked for. {} Copy the room's join link, or the "
    "part of it behind /join/, and try again."
)
_NO_NUMBER = "“{}” is no extension and no phone number: a call is named by one of them, such as 101."


def _nothing(words: str, *, rooms: bool, calls: bool) -> str:
    no_call = (
        f"no call with the extension or number “{words}” goes on now: `/record calls` lists those that do, once they "
        "are answered."
    )
    if not rooms:
        return f"As far as is known, {no_call}" if may_mean_a_call(words) else _NO_NUMBER.format(words)
    no_room = f"There is no room with the key or name “{words}”"
    if calls and may_mean_a_call(words):
        return f"{no_room}, and {no_call}"
    return f"{no_room}. Copy the room's join link, or the part of it behind /join/, and try again."


async def _by_number(phone: CallRecorder, words: str) -> _Fits:
    """Live calls of this extension, or of this number."""
    calls = [call for call in await phone.live_calls() if is_meant(call, words)]
    return _Fits(tuple(Place(phone.name, room_of(call), call=True) for call in calls))


def _about_rooms(control: RecordingControl, words: str) -> list[tuple[str, Read[_Fits]]]:
    """What to ask of one who records rooms; nothing where the words can be no room's, as another service's link."""
    reads: list[tuple[str, Read[_Fits]]] = []
    if (key := control.key_in(words)) is not None:
        reads.append((control.name, partial(_by_key, control, key)))
    if "://" not in words and len(words) > 1:
        reads.append((control.name, partial(_by_name, control, words)))
    return reads


async def _by_key(control: RecordingControl, key: RoomKey) -> _Fits:
    """The room with this key."""
    try:
        return _Fits((Place(control.name, await control.find_room(key)),), sure=True)
    except NotFound:
        return _Fits()


async def _by_name(control: RecordingControl, words: str) -> _Fits:
    """Rooms with this name or extension, and rooms whose name holds the words."""
    wanted = folded(words)
    whole: list[Place] = []
    part: list[Place] = []
    for room in await control.find_rooms(words):
        fits = whole if wanted in (folded(room.name), room.extension or "") else part
        fits.append(Place(control.name, room))
    return _Fits(tuple(whole), tuple(part))


def _together(told: Sequence[_Fits | ProviderError]) -> _Fits | ProviderError:
    """What one provider said of the key and of the name.

    A search for the name that failed stands neither in the way of the room with the key, nor of there being none.
    """
    failed = [answer for answer in told if isinstance(answer, ProviderError)]
    if failed and (len(told) == 1 or failed[0] is told[0]):
        return failed[0]
    fits = [answer for answer in told if isinstance(answer, _Fits)]
    sure = any(one.sure for one in fits)
    whole: dict[RoomId, Place] = {}
    for place in (place for one in fits for place in one.whole):
        whole.setdefault(place.room.id, place)
    part = tuple(place for one in fits for place in one.part)
    return _Fits(tuple(whole.values()), part, sure, None if sure else next(iter(failed), None))


def _names(places: Sequence[Place]) -> str:
    return ", ".join(f"{place.subject} ({place.provider})" for place in places[:5])
