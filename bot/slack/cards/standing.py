"""Where a recording stands, in words. Nothing here says that it runs before that is proven."""

from bot.domain.pace import Pace
from bot.domain.watch import HOLDING, State, Watch
from bot.slack.blockkit import cut, mrkdwn
from bot.slack.cards import call_standing
from bot.slack.cards.figures import date, people, person

_HEADLINES = {
    State.PREPARED: (":hourglass_flowing_sand:", "Asking for a recorder: {room}"),
    State.ASKED: (":hourglass_flowing_sand:", "Asking for a recorder: {room}"),
    State.RECORDING: (":red_circle:", "Recording {room}"),
    State.PAUSED: (":double_vertical_bar:", "Reported paused: {room}"),
    State.STOPPING: (":black_square_for_stop:", "Stopping: {room}"),
    State.NOT_STARTED: (":x:", "Not started: {room}"),
    State.PROCESSING: (":hourglass_flowing_sand:", "Processing the file: {room}"),
    State.OVERDUE: (":warning:", "The file is overdue: {room}"),
    State.READY: (":white_check_mark:", "Ready: {room}"),
    State.GONE: (":x:", "No file was found: {room}"),
}
_LAST_SEEN = {
    State.RECORDING: "When it was last seen, it was being recorded.",
    State.PAUSED: "When it was last seen, it was reported paused.",
    State.STOPPING: "Whether the recorder has left is not known.",
}


def headline(watch: Watch) -> tuple[str, str]:
    """An emoji, and a line of plain text that says the state and the room, or the call."""
    room = cut(watch.subject, 100) or cut(watch.room.key or "a room", 100)
    if watch.abandoned:
        return ":warning:", f"No longer followed: {room}"
    if watch.blind and watch.state in HOLDING:
        return ":warning:", f"Cannot see {room}"
    if watch.lost and watch.state is State.PROCESSING:
        lost = "The recording broke off" if watch.call else "The recorder left"
        return ":rotating_light:", f"{lost}: {room}"
    of_call = call_standing.HEADLINES.get(watch.state) if watch.call else None
    mark, words = of_call or _HEADLINES[watch.state]
    return mark, words.replace("{room}", room)


def standing(watch: Watch, pace: Pace) -> str:
    """What is known, and what comes next, in mrkdwn."""
    if watch.abandoned:
        return f"{_foreign(watch.unseen_why)} {_last_known(watch)}"
    said = [_blind(watch)] if watch.blind else []
    said.append(_state(watch, pace))
    return "\n".join(words for words in said if words)


def _blind(watch: Watch) -> str:
    since = f" since {date(watch.unseen_since)}" if watch.unseen_since else ""
    why = f": {_foreign(watch.unseen_why)}" if watch.unseen_why.strip() else "."
    what = "call" if watch.call else "room"
    return f"The {what} cannot be seen{since}{why} Recbot keeps looking."


def _state(watch: Watch, pace: Pace) -> str:
    if watch.blind and watch.state in HOLDING:
        return _last_known(watch)
    if watch.call and watch.state is not State.NOT_STARTED:
        return call_standing.state_of_call(watch, pace, _foreign(watch.reason))
    match watch.state:
        case State.PREPARED:
            return "Asking for a recorder…"
        case State.ASKED:
            return _asked(watch)
        case State.PAUSED:
            return "It is reported paused. That is a request there: what the file holds may differ."
        case State.STOPPING:
            return _stopping(watch)
        case State.NOT_STARTED:
            return _not_started(watch)
        case State.PROCESSING:
            return f"{_left(watch)} The file is being made, and comes here when it is ready."
        case State.OVERDUE:
            return f"{_left(watch)} The file should be here and is not. {_looked_for(watch, pace)}"
        case State.READY:
            return _ready(watch)
        case State.GONE:
            return (
                f"{_left(watch)} No file was found in all the time that it was looked for. "
                "If there is one, `/recordings search` finds it."
            )
        case _:
            return ""


def _last_known(watch: Watch) -> str:
    if watch.state not in HOLDING:
        return f"{call_standing.ended(watch) if watch.call else _left(watch)} No file was found until then."
    if watch.call:
        return call_standing.last_seen_of_call(watch)
    return _LAST_SEEN.get(watch.state, "Whether a recorder came is not known.")


def _asked(watch: Watch) -> str:
    if watch.unsure:
        return (
            "Asking for a recorder… The request has no answer yet. "
            "This card changes when a recorder is seen in the room."
        )
    return "Asking for a recorder… This card changes when one is seen in the room."


def _stopping(watch: Watch) -> str:
    who = f"{person(watch.stop_asker)} wants it stopped."
    if watch.confirmed_at is None:
        return f"{who} A recorder that still comes is sent away."
    if refused := _foreign(watch.reason):
        return f"{who} {refused} Recbot asks again, as long as the recorder is there."
    return f"{who} This card says so when the recorder has left the room."


def _not_started(watch: Watch) -> str:
    reason = _foreign(watch.reason) or ("No recording began." if watch.call else "No recorder came.")
    if not watch.open:
        return reason
    if watch.call:
        return f"{reason}\nA recording that begins late still turns this card true."
    late = "is sent away" if watch.sent_away else "still turns this card true"
    return f"{reason}\nA recorder that comes late {late}; asking again may bring a second."


def _left(watch: Watch) -> str:
    if watch.lost:
        verb = "was" if watch.people == 1 else "were"
        return (
            f"The recorder left while {people(watch.people)} {verb} still in the room. "
            "Someone may have stopped it elsewhere."
        )
    if watch.stop_asked_at is not None:
        return f"Stopped by {person(watch.stop_asker)}."
    if watch.everyone_left:
        return "Everyone has left the room, and the recorder too."
    return "The recorder has left the room."


def _looked_for(watch: Watch, pace: Pace) -> str:
    if watch.ended_at is None:
        return "Recbot keeps looking."
    return f"Recbot keeps looking until {date(watch.ended_at + pace.file_patience)}."


def _ready(watch: Watch) -> str:
    number = len(watch.candidates)
    if number > 1:
        return (
            f"{'Two' if number == 2 else number} recordings of this room may be the one that was asked for. "
            f"{'Both' if number == 2 else 'All'} are listed, and none is guessed."
        )
    if number == 0:
        return "The file is in the library: `/recordings latest` lists it."
    if watch.lost:
        return "The recorder left while people were still in the room, so the end may be missing."
    return ""


def _foreign(text: str) -> str:
    return mrkdwn(cut(text, 400), 1_200)
