"""Where the recording of a phone call stands, in words: nobody joins it, and nothing but the call's end ends it."""

from bot.domain.pace import Pace
from bot.domain.watch import State, Watch
from bot.slack.cards.figures import date, name

HEADLINES = {
    State.PREPARED: (":hourglass_flowing_sand:", "Asking to record {room}"),
    State.ASKED: (":hourglass_flowing_sand:", "Asking to record {room}"),
}
"""What is said otherwise than of a room."""

_LAST_SEEN = {
    State.RECORDING: "When it was last seen, it was being recorded.",
    State.PAUSED: "When it was last seen, it was reported paused.",
}
_TOO_SHORT = "A very short recording is not kept, such as one of less than about 30 seconds."


def state_of_call(watch: Watch, pace: Pace, why: str) -> str:
    """What is known, and what comes next; empty where the headline says it all. `why`: its reason, as mrkdwn."""
    match watch.state:
        case State.PREPARED | State.ASKED:
            late = " The request has no answer yet." if watch.unsure else ""
            return f"Asking for a recording…{late} This card changes when one is seen to run."
        case State.RECORDING:
            return "It ran already when it was asked for." if watch.ran_already else ""
        case State.PAUSED:
            return "It is reported paused: what is said now should not be in the file."
        case State.PROCESSING:
            return f"{ended(watch)} The file is being made, and comes here when it is ready."
        case State.OVERDUE:
            return (
                f"{ended(watch)} The file should be here and is not. {_TOO_SHORT} {_looked_for(watch, pace)}"
            )
        case State.GONE if why:
            return f"{ended(watch)} {why} {_TOO_SHORT}"
        case State.GONE:
            return (
                f"{ended(watch)} No file was found in all the time that it was looked for. {_TOO_SHORT} "
                "If there is one, `/recordings search` finds it."
            )
        case State.READY if watch.lost:
            return "The recording ended before the call did, so the end may be missing."
        case _:
            return ""


def last_seen_of_call(watch: Watch) -> str:
    """What was known of it before it could not be seen any more."""
    return _LAST_SEEN.get(watch.state, "Whether it is being recorded is not known.")


def no_stop(watch: Watch) -> str:
    """Said while it is recorded, where a room's card has its Stop."""
    provider = name(watch.provider, 40)
    return f"{provider} has no stop: the recording ends with the call. Pause keeps the rest out of it."


def ended(watch: Watch) -> str:
    """How it ended."""
    if watch.lost:
        return "The recording ended while the call went on. Someone may have ended it elsewhere."
    return "The call has ended, and its recording too."


def _looked_for(watch: Watch, pace: Pace) -> str:
    if watch.ended_at is None:
        return "Recbot keeps looking."
    return f"Recbot keeps looking until {date(watch.ended_at + pace.file_patience)}."
