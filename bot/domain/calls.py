"""A phone call, as a watch follows it.

A watch follows rooms, so a call becomes one for it: who is on the other side is its name, our side its extension
and owner, and the recording is the recorder that is seen there.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.found import Silence
from providers.model import CallState, LiveCall, Recorder, RecorderId, Room, RoomId
from providers.number import digits_of, ends_with, is_written

_LONGEST_NUMBER = 32
_SHORTEST_END = 4


@dataclass(frozen=True, slots=True)
class LiveCalls:
    """The calls that go on now, by provider, the longest one first, and who was asked for them in vain."""

    calls: Mapping[str, tuple[LiveCall, ...]]
    silences: tuple[Silence, ...] = ()


def room_of(call: LiveCall) -> Room:
    """The call as a room. It has no key: whoever means it types an extension or a number.

    When it began says where its recording is listed: under the call's beginning, whenever that was asked for.
    """
    known = [part for part in (call.name, call.number) if part]
    name = f"{known[0]} ({known[1]})" if len(known) == 2 else "".join(known) or "an unknown number"
    return Room(
        RoomId(call.id),
        None,
        name,
        extension=call.extension,
        owner=call.owner,
        began=call.started,
        extensions=call.extensions,
        unresolved=call.unresolved,
    )


def recorder_of(call: LiveCall) -> Recorder | None:
    """The call's recording as a recorder: it has the id under which the library will list the file."""
    if call.recording is None:
        return None
    name = "Automatic recording" if call.recording.automatic else "Recording"
    return Recorder(RecorderId(call.recording.id), name, paused=call.recording.paused)


def in_words(room: Room, *, call: bool) -> str:
    """What is recorded, as it stands in a sentence."""
    return f"the call with {room.name}" if call else room.name


def first_up(sentence: str) -> str:
    """The sentence with a capital at its beginning."""
    return sentence[:1].upper() + sentence[1:]


def may_mean_a_call(words: str) -> bool:
    """Whether an extension or a phone number was typed: no call is looked for by anything else."""
    return len(words) <= _LONGEST_NUMBER and is_written(words)


def is_meant(call: LiveCall, words: str) -> bool:
    """Whether this extension, or this number or the end of it, is the call's. A call that has ended is never meant.

    A few digits are an extension only: too many numbers end with them.
    """
    typed = digits_of(words)
    if call.state is CallState.ENDED or not typed:
        return False
    if call.extension == typed:
        return True
    return len(typed) >= _SHORTEST_END and ends_with(call.number or "", words)
