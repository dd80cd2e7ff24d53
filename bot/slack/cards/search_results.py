"""What a search found, a page at a time."""

from dataclasses import replace

from bot.slack.blockkit import Block
from bot.slack.cards import recording as one
from bot.slack.cards.drawn import Drawn, actions, button, context, section
from bot.slack.cards.figures import date, length, line, name, scope
from bot.slack.values import Action, PageValue
from providers.model import RecordingPage, RecordingQuery, Scope, SortBy

PER_PAGE = 5
"""Results that a person can take in at once, and that leave room for their buttons."""

_MOST = 20


def results(provider: str, page: RecordingPage, query: RecordingQuery, on: str | None = None) -> Drawn:
    """The recordings of one page, each with its buttons, and the way to the next.

    Whatever the page holds is drawn: private recordings are left out before.
    """
    found = page.recordings[:_MOST]
    asked = describe(query)
    if not found:
        return _nothing(asked, query, on)
    said = _count(page, query.start, len(found))
    blocks = [context(line(f":mag: *{said}*", asked, name(provider, 40)))]
    for recording in found:
        blocks += [section(one.lines(recording)), *one.buttons(provider, recording)]
    if page.note.strip():
        blocks.append(context(f":warning: {name(page.note, 300)}"))
    elif not page.complete:
        blocks.append(
            context(":warning: Not everything could be looked at: older recordings may be missing.")
        )
    further = page.more or len(page.recordings) > len(found)
    blocks += _paging(query, on, query.start + len(found) if further else None)
    return Drawn(line(said, asked), blocks)


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
        f"by {query.sort}" if query.sort is not SortBy.DATE else "",
    )


def _count(page: RecordingPage, start: int, number: int) -> str:
    span = f"{start + 1} to {start + number}" if number > 1 else f"number {start + 1}"
    if page.total is None:
        return f"Recordings, {span}{', and more' if page.more else ''}"
    if page.total == 1:
        return "1 recording"
    return f"{page.total} recordings, {span}"


def _nothing(asked: str, query: RecordingQuery, on: str | None) -> Drawn:
    if query.start:
        said = "There is nothing further on."
    elif query.scope is Scope.PRIVATE and not query.hidden:
        said = "Private recordings are not listed."
    elif asked:
        said = f"Nothing was found for {asked}."
    else:
        said = "There are no recordings yet."
    hint = (
        "Try fewer words or filters, for example `/recordings search standup since:30d`, "
        "or `/recordings latest`."
    )
    return Drawn(said, [section(f":mag: {said}"), context(hint), *_paging(query, on, None)])


def _paging(query: RecordingQuery, on: str | None, following: int | None) -> list[Block]:
    newest_first = query.sort is SortBy.DATE and query.descending
    back, onward = ("Newer", "Older") if newest_first else ("Back", "Further")
    before = replace(query, start=max(0, query.start - query.limit))
    after = replace(query, start=following or 0)
    return actions(
        button(Action.NEWER, back, PageValue(before, on)) if query.start else None,
        button(Action.OLDER, onward, PageValue(after, on)) if following is not None else None,
    )
