"""A recording on a card: its lines, its buttons, and everything there is to know about it."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.answers import Link
from bot.domain.conversation import Asker
from bot.domain.found import Silence
from bot.slack.blockkit import Block, cut, mrkdwn
from bot.slack.cards.drawn import Drawn, actions, button, context, link_button, menu, section
from bot.slack.cards.figures import bold, call, date, length, line, name, person, scope, size
from bot.slack.values import Action, MoreValue, RecordingValue
from providers.model import Recording

_MOST_NUMBERS = 4

PRIVATE_HINT = (
    "A private recording is not shown in Slack any more; only the recording system itself can undo that."
)


def lines(recording: Recording, kept_by: str = "") -> str:
    """Two lines of mrkdwn: what it is, and where, when and how long. `kept_by` names its library among several."""
    marks = " :lock:" if recording.locked else ""
    if recording.running:
        marks += "  _still being recorded_"
    about = line(
        *_whereabouts(recording),
        name(owner, 60) if (owner := recording.owner_name or recording.owner) else "",
        date(recording.started),
        length(recording.duration),
        size(recording.size),
        scope(recording.scope),
        "PIN" if recording.has_pin else "",
        name(kept_by, 40) if kept_by else "",
    )
    return f"{bold(title(recording))}{marks}\n{about}"


def _whereabouts(recording: Recording) -> list[str]:
    """The room; of a call which way it went, our extension and the numbers."""
    if recording.direction is None:
        return [name(recording.room)]
    ours = f"extension {name(recording.room, 40)}" if recording.room.strip() else ""
    return [call(recording.direction), ours, _numbers(recording)]


def _numbers(recording: Recording) -> str:
    others = [number for number in recording.extensions if number != recording.room]
    return ", ".join(name(number, 40) for number in [*recording.numbers, *others][:_MOST_NUMBERS])


def title(recording: Recording) -> str:
    """The title, or the room where it has none."""
    return recording.title.strip() or recording.room.strip() or f"Recording {recording.id}"


def figures(recording: Recording) -> list[str]:
    """Length, size, date and owner as fields; what nobody knows is left out."""
    owner = recording.owner_name or recording.owner
    known = {
        "Length": length(recording.duration),
        "Size": size(recording.size),
        "Recorded": date(recording.started),
        "Owner": name(owner, 60) if owner else "",
    }
    return [f"*{label}*\n{value}" for label, value in known.items() if value]


def buttons(provider: str, recording: Recording, *, share: bool = True) -> list[Block]:
    """What can be done with it. A recording that still runs has no file to play yet."""
    value = RecordingValue(provider, recording.id)
    about = title(recording)
    return actions(
        *(
            []
            if recording.running
            else [
                button(Action.PLAY, "Play", value, style="primary", about=about),
                button(Action.DOWNLOAD, "Download", value, about=about),
            ]
        ),
        button(Action.SHARE, "Share here", value, about=about) if share and not recording.running else None,
        more(provider, recording),
    )


def more(provider: str, recording: Recording) -> Block | None:
    """The menu with everything else. What was said on the telephone can be deleted, and not be edited."""
    lock = (Action.UNLOCK, "Unlock") if recording.locked else (Action.LOCK, "Lock")
    change = [(Action.EDIT, "Edit…"), lock] if recording.direction is None else []
    choices = [(Action.DETAILS, "Details"), *change, (Action.DELETE, "Delete…")]
    if recording.running:
        choices = choices[:1]
    return menu(
        Action.MORE, [(label, MoreValue(action, provider, recording.id)) for action, label in choices]
    )


def shared(provider: str, recording: Recording, by: Asker) -> Drawn:
    """A recording that somebody puts before everybody."""
    return Drawn(
        f"{person(by)} shares the recording {name(title(recording))}",
        [
            context(f":film_frames: {person(by)} shares a recording"),
            section(lines(recording)),
            *buttons(provider, recording, share=False),
        ],
    )


def changed(provider: str, recording: Recording) -> Drawn:
    """A recording as it reads after an edit. A private one is shown to nobody any more, so nothing is offered."""
    private = recording.private
    return Drawn(
        f"Changed: {name(title(recording))}",
        [
            context(":white_check_mark: Changed. It now reads:"),
            section(lines(recording)),
            *([context(PRIVATE_HINT)] if private else buttons(provider, recording)),
        ],
    )


def details(provider: str, recording: Recording, silences: Sequence[Silence] = ()) -> Drawn:
    """Everything that is known of a recording. A PIN is never drawn, only that one is set.

    `silences` are the libraries that may have another recording of this number, and did not say.
    """
    known = {
        **_what_was_recorded(recording),
        "Owner": line(*(name(text, 60) for text in (recording.owner_name, recording.owner) if text)),
        "Began": date(recording.started),
        "Ended": "still being recorded"
        if recording.running
        else date(recording.ended)
        if recording.ended
        else "",
        "Length": length(recording.duration),
        "Size": size(recording.size),
        "Resolution": name(recording.resolution, 40) if recording.resolution else "",
        "Seen by": scope(recording.scope),
        "Protected": line("locked" if recording.locked else "", "PIN set" if recording.has_pin else "")
        or ("no lock, no PIN" if recording.direction is None else ""),
    }
    blocks = [section(fields=[f"*{label}*\n{value}" for label, value in known.items() if value])]
    if recording.tags.strip():
        blocks.append(section(f"*Tags*\n{name(recording.tags, 500)}"))
    if recording.comments.strip():
        blocks.append(section(f"*Comment*\n{mrkdwn(recording.comments.strip(), 1_500)}"))
    number = f"Number {name(recording.id, 60)}"
    webcast = "was also a webcast" if recording.webcast else ""
    blocks.append(context(line(number, f"kept by {name(provider, 60)}", webcast)))
    if silences:
        blocks.append(context(*(f":warning: {name(str(silence), 300)}" for silence in silences)))
    return Drawn(f"Details of {name(title(recording))}", [*blocks, *buttons(provider, recording)])


def _what_was_recorded(recording: Recording) -> dict[str, str]:
    what = name(title(recording), 200)
    if recording.direction is None:
        return {"Title": what, "Room": name(recording.room)}
    return {
        call(recording.direction): what,
        "Numbers": _numbers(recording),
        "Our extension": name(recording.room, 40) if recording.room.strip() else "",
    }


def link(answer: Link, expires: datetime) -> Drawn:
    """A fresh link for the one who pressed Play or Download."""
    download = answer.purpose == "download"
    verb = "Download" if download else "Play"
    opener = link_button(Action.OPEN_LINK, f"{verb} now", answer.url, style="primary")
    what = cut(title(answer.recording), 120)
    return Drawn(
        f"{verb}: {name(what)}",
        [
            section(f":arrow_{'down' if download else 'forward'}: {bold(what)}"),
            *actions(opener),
            context(f"This link is yours, and good until {date(expires)}."),
        ],
    )
