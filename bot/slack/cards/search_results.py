"""What a search found, a page at a time."""

from dataclasses import replace

from bot.domain.found import Found, Turn
from bot.slack.blockkit import Block
from bot.slack.cards import recording as one
from bot.slack.cards.drawn import Drawn, actions, button, context, section
from bot.slack.cards.figures import call, date, length, line, name, scope
from bot.slack.values import Action, PageValue
from providers.model import RecordingQuery, Scope, SortBy
from providers.number import digits_of, is_written

PER_PAGE = 5
"""Results that a person can take in at once, and that leave room for their buttons."""

_SHORTEST_NUMBER = 5
_MOST_REMARKS = 7  # twenty results with their buttons, the first line and the paging leave room for as many


def results(found: Found, query: RecordingQuery, on: str | None = None) -> Drawn:
    """The recordings of one page, each with its buttons, what is missing among them, and the way to the next.

    Whatever the page holds is drawn: private recordings are left out before.
    """
    asked = describe(query)
    if not found.rows:
        return _nothing(asked, found, query, on)
    said = _count(found)
    libraries = ", ".join(name(library, 40) for library in found.libraries)
    blocks = [context(line(f":mag: *{said}*", asked, libraries))]
    for row in found.rows:
        kept_by = row.provider if found.several else ""
        blocks += [section(one.lines(row.recording, kept_by)), *one.buttons(row.provider, row.recording)]
    return Drawn(line(said, asked), [*blocks, *_remarks(found), *_paging(found, query, on)])


def describe(query: RecordingQuery) -> str:
    """What was understood, in mrkdwn: empty where everything was asked for."""
    return line(
        f"“{name(query.words, 80)}”" if query.words else "",
        f"of {name(query.owner, 60)}" if query.owner else "",
        f"in {name(query.room, 60)}" if query.room else "",
        f"titled {name(query.title, 60)}" if query.title else "",
        f"since {date(query.since)}" if query.since else "",
        f"until {date(query.until)}" if query.until else "",
        f"longer than {length(query.longer)}" if query.longer else "",
        f"shorter than {length(query.shorter)}" if query.shorter else "",
        scope(query.scope).lower(),
        f"{call(query.direction).lower()}s" if query.direction else "",
        f"number {'' if query.number.startswith('+') else '…'}{name(query.number, 20)}"
        if query.number
        else "",
        f"extension {name(query.extension, 20)}" if query.extension else "",
        f"by {query.sort}" if query.sort is not SortBy.DATE else "",
    )


def _count(found: Found) -> str:
    start, number = found.start, len(found.rows)
    span = f"{start + 1} to {start + number}" if number > 1 else f"number {start + 1}"
    if found.total is None:
        return f"Recordings, {span}{', and more' if found.more else ''}"
    if found.total == 1:
        return "1 recording"
    return f"{found.total} recordings, {span}"


def _nothing(asked: str, found: Found, query: RecordingQuery, on: str | None) -> Drawn:
    if found.start:
        said = "There is nothing further on."
    elif query.scope is Scope.PRIVATE and not query.hidden:
        said = "Private recordings are not listed."
    elif asked:
        said = f"Nothing was found for {asked}."
    else:
        said = "There are no recordings yet."
    return Drawn(
        said,
        [section(f":mag: {said}"), context(_hint(query)), *_remarks(found), *_paging(found, query, on)],
    )


def _hint(query: RecordingQuery) -> str:
    if query.number and (digits := digits_of(query.number)):
        return (
            "Calls keep whole numbers, such as +16505550100. Try the last digits alone: "
            f"`/recordings search number:{digits[-7:]}`"
        )
    if is_written(query.words) and len(digits := digits_of(query.words)) >= _SHORTEST_NUMBER:
        return f"To look for a phone number: `/recordings search number:{digits}`"
    return (
        "Try fewer words or filters, for example `/recordings search standup since:30d`, "
        "or `/recordings latest`."
    )


def _remarks(found: Found) -> list[Block]:
    failed = [silence for silence in found.silences if not silence.unable]
    unable = [silence for silence in found.silences if silence.unable]
    warnings = [f":warning: {name(str(said), 300)}" for said in (*failed, *found.doubts)]
    return [context(said) for said in (*warnings, *(name(str(one), 300) for one in unable))][:_MOST_REMARKS]


def _paging(found: Found, query: RecordingQuery, on: str | None) -> list[Block]:
    newest_first = query.sort is SortBy.DATE and query.descending
    back, onward = ("Newer", "Older") if newest_first else ("Back", "Further")
    start = found.start
    before = PageValue(replace(query, start=max(0, start - query.limit)), on)
    after = PageValue(replace(query, start=sum(found.ended.values())), on)
    if found.several:
        before = replace(before, turn=Turn(found.began, back=True))
        after = replace(after, turn=Turn(found.ended))
    return actions(
        button(Action.NEWER, back, before) if start else None,
        button(Action.OLDER, onward, after) if found.more else None,
    )
