"""Short help, with examples to copy."""

from bot.slack.blockkit import cut, mrkdwn
from bot.slack.cards.drawn import Drawn, context, section

_RECORD = (
    ("/record start ROOMKEY", "record a room: its key, its name or its join link"),
    ('/record start "Board room" profile:NAME', "with a profile; `webcast` adds a webcast"),
    ("/record stop", "stop what this channel records; also `pause`, `resume`, `status`"),
    ("/record room Weekly sync", "create a room and post its join link"),
    ("/record profiles", "the recording profiles that are free now"),
    ("/record start 101", "record a phone call that goes on now: its extension or number"),
    ("/record calls", "the phone calls that go on now and could be recorded"),
    ("/record can @vova stop ROOMKEY", "what somebody may do, and by which rule; `me` for yourself"),
)
_RECORDINGS = (
    ("/recordings search vova", "by title, owner or room"),
    ('/recordings search budget user:vova since:7d room:"Board room"', "words and filters hold together"),
    ('/recordings search longer:10m since:"last week" sort:duration', "by length and date"),
    ("/recordings search direction:in number:5550100 since:7d", "phone calls, by a number or its end"),
    ("/recordings latest 10", "the newest"),
    ("/recordings show 4711", "one, by its number"),
    ('/recordings subscribe room:"Board room"', "tell this channel of each new one like this"),
    ("/recordings subscriptions", "what this channel is told of; `unsubscribe` ends it"),
)
_FILTERS = (
    "Filters: `user:` `room:` `title:` `since:` `until:` `longer:` `shorter:` `scope:` "
    "`sort:date|title|room|duration` `on:`; for calls `direction:in|out` `number:` `extension:`. "
    'Dates: `2026-05-01`, `7d`, `12h`, `yesterday`, `"last week"`.'
)


def help_record(hint: str = "") -> Drawn:
    """What `/record` can do. `hint` is what went wrong, if something did."""
    note = "Options stand anywhere. `on:PROVIDER` chooses among several recording systems."
    return _guide("Recording a meeting", _RECORD, note, hint)


def help_recordings(hint: str = "") -> Drawn:
    """What `/recordings` can do. `hint` is what went wrong, if something did."""
    return _guide("Finding recordings", _RECORDINGS, _FILTERS, hint)


def _guide(title: str, examples: tuple[tuple[str, str], ...], note: str, hint: str) -> Drawn:
    said = mrkdwn(cut(hint, 800), 2_000)
    listed = "\n".join(f"`{typed}`\n        {does}" for typed, does in examples)
    blocks = [section(f":warning: {said}")] if said else []
    return Drawn(said or title, [*blocks, section(f"*{title}*\n{listed}"), context(note)])
