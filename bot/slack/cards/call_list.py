"""Live calls on a card: which there are, and a button that records each."""

from bot.domain.calls import LiveCalls, first_up, in_words, room_of
from bot.slack.blockkit import Block
from bot.slack.cards.drawn import Drawn, button, context, section
from bot.slack.cards.figures import SINCE, bold, date, line, name
from bot.slack.values import Action, RoomValue
from providers.model import CallRecording, CallState, Direction, LiveCall

_MOST_CALLS = 30
_STATES = {
    CallState.RINGING: ":bell: still ringing",
    CallState.HELD: ":double_vertical_bar: on hold",
}
_DIRECTIONS = {Direction.INBOUND: "Inbound", Direction.OUTBOUND: "Outbound"}


def calls(found: LiveCalls) -> Drawn:
    """The calls that go on now. One that is recorded already can be followed, so that its end is told."""
    everywhere = [(provider, call) for provider, those in found.calls.items() for call in those]
    silent = [context(f":warning: {name(str(silence), 300)}") for silence in found.silences]
    if not everywhere:
        said = "No call goes on now that could be recorded."
        hint = "A call that began only some seconds ago may not be listed yet."
        return Drawn(said, [section(said), context(hint), *silent])
    said = f"Live calls: {len(everywhere)}"
    blocks: list[Block] = [section(f"*{said}*")]
    blocks += [_call(provider, call) for provider, call in everywhere[:_MOST_CALLS]]
    if (left := len(everywhere) - _MOST_CALLS) > 0:
        blocks.append(context(f"{left} more: `/record start` with the extension or the number records one."))
    return Drawn(said, [*blocks, *silent])


def _call(provider: str, call: LiveCall) -> Block:
    room = room_of(call)
    about = line(
        _DIRECTIONS[call.direction] if call.direction else "",
        f"Extension {name(call.extension, 40)}" if call.extension else "",
        name(call.owner, 60) if call.owner else "",
        date(call.started, SINCE),
        _recorded(call.recording) if call.recording else _STATES.get(call.state, ""),
        name(provider, 40),
    )
    label = "Follow" if call.recording else "Record"
    record = button(Action.START, label, RoomValue(provider, room.id, call=True), about=room.name)
    title = bold(first_up(in_words(room, call=True)))
    return section(f"{title}\n{about}", accessory=record)


def _recorded(recording: CallRecording) -> str:
    return (
        ":double_vertical_bar: recorded, and reported paused" if recording.paused else ":red_circle: recorded"
    )
