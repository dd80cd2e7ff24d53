"""The live card: one for each recording, edited in place from "asked" to "ready"."""

from collections.abc import Collection

from bot.domain.pace import Pace
from bot.domain.watch import HOLDING, State, Watch
from bot.slack.blockkit import Block, cut, mrkdwn
from bot.slack.cards import call_standing
from bot.slack.cards import recording as one
from bot.slack.cards.drawn import Drawn, actions, button, context, header, section
from bot.slack.cards.figures import SINCE, bold, date, line, name, people, person
from bot.slack.cards.not_told import there
from bot.slack.cards.standing import headline, standing
from bot.slack.values import Action, AgainValue, WatchValue
from providers.model import Recording, RecordingId

MOST_FILES = 8

_PRIVATE = "The file is private, so no more of it is shown in Slack. The recording system itself has it."
_DELETED = "The file was deleted since."


def live(watch: Watch, *, pace: Pace, gone: Collection[RecordingId] = ()) -> Drawn:
    """The card as the watch stands. Its buttons are those that make sense now, and no others.

    `gone` are files of it that were there and are not any more.
    """
    mark, words = headline(watch)
    blocks = [header(f"{mark} {words}"), _who(watch)]
    said = standing(watch, pace)
    if said:
        blocks.append(section(said))
    if watch.state is State.READY:
        blocks += _files(watch, gone)
    else:
        fields = _fields(watch)
        blocks += [section(fields=fields)] if fields else []
        blocks += actions(*_buttons(watch))
    if watch.call and watch.open and watch.state in (State.RECORDING, State.PAUSED):
        blocks.append(context(call_standing.no_stop(watch)))
    if watch.may_have_a_twin and watch.confirmed_at is not None:
        blocks.append(context("A recorder was asked for more than once, so more than one may have come."))
    return Drawn(name(words, 200), blocks)


def lost(watch: Watch) -> Drawn:
    """Said aloud beside the card: the recorder left while people are still in the room, or on the phone."""
    if watch.call:
        return _broken_off(watch)
    still = people(watch.people)
    verb = "is" if watch.people == 1 else "are"
    return Drawn(
        f"The recorder left {name(watch.room.name)} while {still} {verb} still in the room.",
        [
            section(
                f":rotating_light: {person(watch.asker)}: the recorder left {bold(watch.room.name)} while {still} "
                f"{verb} still in the room. Someone may have stopped it elsewhere."
            ),
            *actions(_start_again(watch)),
        ],
    )


def _broken_off(watch: Watch) -> Drawn:
    return Drawn(
        f"The recording of {name(watch.subject)} ended while the call went on.",
        [
            section(
                f":rotating_light: {person(watch.asker)}: the recording of {bold(watch.subject)} ended while the call "
                "went on. Someone may have ended it elsewhere."
            ),
            *actions(_start_again(watch)),
        ],
    )


def stands_still(watch: Watch) -> Drawn:
    """Said to whoever asked: the conversation takes no messages of ours, so the card there has no end, or is none."""
    _, words = headline(watch)
    if watch.state is State.NOT_STARTED and not watch.open:
        said = f"Recbot cannot write {there(watch.conversation)}. {bold(words, 150)}"
        why = mrkdwn(cut(watch.reason, 300))
        return Drawn(f"{said}. {why}", [section(f":warning: {said}\n{why}")])
    typed = watch.room.key or (watch.room.extension if watch.call else None) or watch.room.name
    said = (
        f"Recbot can no longer write {there(watch.conversation)}, so its card stands still. "
        f"Where it stands now: {bold(words, 150)}. `/record status {name(typed, 60)}` says how it goes on, "
        "and `/recordings latest` finds the file."
    )
    return Drawn(said, [section(f":warning: {said}")])


def _who(watch: Watch) -> Block:
    return context(
        line(
            f"Asked by {person(watch.asker)}",
            date(watch.asked_at),
            f"Profile {name(watch.profile, 40)}" if watch.profile else "",
            "Webcast" if watch.webcast else "",
            name(watch.provider, 40),
        )
    )


def _fields(watch: Watch) -> list[str]:
    """What is known of the room; of a recording only once it is proven, and of the present only what is seen."""
    known: dict[str, str] = {}
    runs = watch.state in (State.RECORDING, State.PAUSED) and not watch.blind
    if runs and watch.confirmed_at is not None:
        known["Recording"] = date(watch.confirmed_at, SINCE)
    elif watch.confirmed_at is not None:
        known["Began"] = date(watch.confirmed_at)
    if watch.ended_at is not None:
        known["Ended"] = date(watch.ended_at)
    if watch.call:
        known |= _sides(watch)
    elif watch.state in HOLDING and watch.people is not None and not watch.blind:
        known["In the room"] = people(watch.people)
    if runs and watch.recorder is not None and not watch.call:
        known["Recorder"] = name(watch.recorder.name, 60)
    return [f"*{label}*\n{value}" for label, value in known.items()]


def _sides(watch: Watch) -> dict[str, str]:
    """Whose call it is: our side of it."""
    ours = line(
        name(watch.room.extension, 40) if watch.room.extension else "",
        name(watch.room.owner, 60) if watch.room.owner else "",
    )
    return {"Extension": ours} if ours else {}


def _buttons(watch: Watch) -> list[Block | None]:
    if watch.abandoned:
        return []
    value = WatchValue(watch.id)
    stop = None if watch.call else button(Action.STOP, "Stop", value, style="danger")
    refresh = button(Action.REFRESH, "Refresh", value)
    match watch.state:
        case State.PREPARED | State.ASKED:
            return [stop, refresh]
        case State.RECORDING:
            return [button(Action.PAUSE, "Pause", value), stop, refresh]
        case State.PAUSED:
            return [button(Action.RESUME, "Resume", value, style="primary"), stop, refresh]
        case State.STOPPING:
            return [refresh]
        case State.PROCESSING | State.OVERDUE:
            return [_start_again(watch) if watch.lost else None, refresh]
        case State.NOT_STARTED:
            return [_start_again(watch)]
        case _:
            return []


def _start_again(watch: Watch) -> Block | None:
    return button(Action.START_AGAIN, "Start again", AgainValue(watch.id, watch.asks), style="primary")


def _files(watch: Watch, gone: Collection[RecordingId]) -> list[Block]:
    """The file; or several of which one must be it, each with its own buttons. Of a private one nothing is shown."""
    alone = len(watch.candidates) == 1
    blocks: list[Block] = []
    for file in watch.candidates[:MOST_FILES]:
        blocks += _file(watch.provider, file, gone, alone=alone)
    if (left := len(watch.candidates) - MOST_FILES) > 0:
        blocks.append(context(f"{left} more in `/recordings search`"))
    return blocks


def _file(provider: str, file: Recording, gone: Collection[RecordingId], *, alone: bool) -> list[Block]:
    if file.id in gone:
        return [section(_DELETED)]
    if file.private:
        return [section(_PRIVATE)]
    if not alone:
        return [section(one.lines(file)), *one.buttons(provider, file)]
    mark = " :lock:" if file.locked else ""
    drawn = section(f"{bold(one.title(file))}{mark}", fields=one.figures(file))
    return [drawn, *one.buttons(provider, file)]
