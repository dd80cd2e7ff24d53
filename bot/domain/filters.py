"""The filters of a search: who, where and when, and of phone calls whose and which way."""

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.dates import CONTINUED, COUNTED, DAYS, HOUR, ZONE, read_period, read_zone
from bot.domain.errors import UsageError
from bot.domain.words import LONGEST_VALUE, Word, shown
from providers.duration import read_duration
from providers.model import Direction, RecordingQuery, Scope, SortBy
from providers.number import digits_of, is_written
from providers.spelling import folded

FILTERS = {
    "user": "user:vova",
    "room": 'room:"Board room"',
    "title": "title:standup",
    "since": "since:7d",
    "until": "until:yesterday",
    "longer": "longer:10m",
    "shorter": "shorter:1h",
    "scope": "scope:public",
    "direction": "direction:inbound",
    "number": "number:16505550100",
    "extension": "extension:101",
    "sort": "sort:title",
    "on": "on:PROVIDER",
}
"""Every filter, with an example."""

_SCOPES: dict[str, Scope | None] = {
    "new": Scope.NEW,
    "private": Scope.PRIVATE,
    "organization": Scope.ORGANIZATION,
    "organizational": Scope.ORGANIZATION,
    "public": Scope.PUBLIC,
    "all": None,
}
_DIRECTIONS = {
    "inbound": Direction.INBOUND,
    "in": Direction.INBOUND,
    "outbound": Direction.OUTBOUND,
    "out": Direction.OUTBOUND,
}
_MORE_DIGITS = re.compile(r"[0-9()./,;-]+")
_BEHIND = re.compile(r"(?:x|#|ext\.?|extn\.?|extension)([0-9]{0,10})")
_JOINED = re.compile(
    r"\+?[0-9()./\- ]{3,}?[,; ]*(?:[x#,;]|ext\.?|extn\.?|extension|;ext=)[ .:=]*([0-9]{1,10})#?"
)
_SHORTEST_NUMBER, _LONGEST_NUMBER, _LONGEST_EXTENSION = 3, 15, 10  # E.164: a number has 15 digits at most
_TYPED = {"owner": "user"}
"""Fields of a query that people know by another name."""
_NEWEST_FIRST = {SortBy.DATE, SortBy.DURATION}


@dataclass(slots=True)
class _Given:
    """The words and filters of one command, before they are understood."""

    words: list[str] = field(default_factory=list)
    filters: dict[str, str] = field(default_factory=dict)


def leave_out(fields: Iterable[str]) -> str:
    """What to do where a library cannot apply these fields of a query: in the words that people type."""
    typed = [f"`{_TYPED.get(name, name)}:`" for name in fields]
    if not typed:
        return ""
    *most, last = typed
    return f"Leave out {', '.join(most)} and {last}." if most else f"Leave out {last}."


def read_filters(words: Sequence[Word], now: datetime, zone: str | None) -> tuple[RecordingQuery, str | None]:
    """The query that these words make, and the provider that `on:` names; or UsageError."""
    given = _sorted_out(words)
    filters, here = given.filters, read_zone(zone)
    since = _period("since", filters, now, here)
    until = _period("until", filters, now, here)
    start, end = since and since[0], until and until[1]
    if start and end and start >= end:
        raise UsageError("`since:` must lie before `until:`, for example `since:7d until:yesterday`")
    longer, shorter = _length("longer", filters), _length("shorter", filters)
    if longer is not None and shorter is not None and longer >= shorter:
        raise UsageError(
            "Nothing is both: `longer:` must be less than `shorter:`, as in `longer:10m shorter:1h`"
        )
    sort = _sort(filters)
    query = RecordingQuery(
        words=_bounded(" ".join(given.words), "What is looked for"),
        owner=_owner(filters),
        room=filters.get("room"),
        title=filters.get("title"),
        since=start,
        until=end,
        longer=longer,
        shorter=shorter,
        scope=_scope(filters),
        direction=_direction(filters),
        number=_number(filters),
        extension=_extension(filters),
        sort=sort,
        descending=sort in _NEWEST_FIRST,
    )
    return query, folded(filters["on"]) if "on" in filters else None


def _sorted_out(words: Sequence[Word]) -> _Given:
    given = _Given()
    waiting = list(reversed(words))
    while waiting:
        word = waiting.pop()
        if word.key is None or (not word.text and word.key not in FILTERS):
            given.words.append(word.text or ("" if word.quoted else word.typed))
            continue
        key, value = word.key, word.text
        if key not in FILTERS:
            raise UsageError(_unknown(word))
        if not value:
            raise UsageError(f"`{key}:` needs a value right behind the colon: `{FILTERS[key]}`")
        if key in given.filters:
            raise UsageError(f"`{key}:` is given twice; a search takes each filter once: `{FILTERS[key]}`")
        while key in ("since", "until") and not word.quoted and _goes_on(value, waiting):
            value = f"{value} {waiting.pop().text}"  # the quotes round "last week" were left out
        while key == "number" and not word.quoted and _has_more_digits(waiting):
            value = f"{value} {waiting.pop().text}"  # and so were those round "+1 650 555 0100"
        if key == "number":
            _refuse_extension(value, [] if word.quoted else waiting)
        given.filters[key] = _bounded(value, f"What stands behind `{key}:`")
    given.words = [word for word in given.words if word]
    return given


def _goes_on(value: str, waiting: Sequence[Word]) -> bool:
    """Whether the next word belongs to this date, as in `last week`, `2 days ago` and `2026-05-01 10:00`."""
    following = waiting[-1] if waiting else None
    if following is None or following.key is not None or following.quoted:
        return False
    begun, word = folded(value), folded(following.text)
    if begun in ("last", "this"):
        return word in CONTINUED
    if HOUR.fullmatch(word):
        return begun.split()[-1] in DAYS or (begun[:1].isdecimal() and any(mark in begun for mark in "-/."))
    if ZONE.fullmatch(word):
        return ":" in begun
    counted = begun.removeprefix("last ")
    return (counted.isdecimal() and word in COUNTED) or (word == "ago" and bool(counted[:1].isdecimal()))


def _has_more_digits(waiting: Sequence[Word]) -> bool:
    following = waiting[-1] if waiting else None
    return (
        following is not None
        and following.key is None
        and not following.quoted
        and _MORE_DIGITS.fullmatch(folded(following.text)) is not None
    )


def _refuse_extension(number: str, waiting: Sequence[Word]) -> None:
    """`x101` behind a number is a part of it as people write it, and no word that a recording is found by."""
    following = [folded(word.text) for word in reversed(waiting[-2:]) if word.key is None]
    match = _BEHIND.fullmatch(following[0]) if following else None
    digits = match and (match[1] or (following[1] if following[1:] and following[1].isdecimal() else ""))
    for written in (folded(number).removeprefix("tel:"), *following[:1]):
        if joined := _JOINED.fullmatch(written):
            digits = joined[1]
    if digits:
        raise UsageError(
            f"An extension is a filter of its own. Write `extension:{digits[:_LONGEST_EXTENSION]}`"
        )


def _unknown(word: Word) -> str:
    near = difflib.get_close_matches(word.key or "", FILTERS, 1, 0.6)
    meant = f"Did you mean `{FILTERS[near[0]]}`? " if near else ""
    return (
        f"{shown(word.typed)}: there is no filter `{word.key}:`. {meant}Allowed are "
        f"{', '.join(f'`{key}:`' for key in FILTERS)}. Words with a colon go into quotes."
    )


def _owner(filters: dict[str, str]) -> str | None:
    owner = filters.get("user")
    if owner is None:
        return None
    owner = owner.lstrip("@＠").strip()
    if not owner or owner.startswith(("<@", "<#")):
        raise UsageError("`user:` takes the name of an owner as the recording system knows it: `user:vova`")
    return owner


def _period(
    key: str, filters: dict[str, str], now: datetime, zone: ZoneInfo
) -> tuple[datetime, datetime] | None:
    if key not in filters:
        return None
    try:
        return read_period(filters[key], now, zone)
    except UsageError as error:
        raise UsageError(f"`{key}:` {error}") from None


def _length(key: str, filters: dict[str, str]) -> timedelta | None:
    if key not in filters:
        return None
    try:
        return read_duration(filters[key])
    except ValueError:
        raise UsageError(
            f"{shown(f'{key}:{filters[key]}')} is no length. Write 30s, 10m or 1h30m: `{FILTERS[key]}`"
        ) from None


def _scope(filters: dict[str, str]) -> Scope | None:
    if "scope" not in filters:
        return None
    try:
        return _SCOPES[folded(filters["scope"])]
    except KeyError:
        raise UsageError(_one_of("scope", filters["scope"], [*_SCOPES])) from None


def _direction(filters: dict[str, str]) -> Direction | None:
    if "direction" not in filters:
        return None
    try:
        return _DIRECTIONS[folded(filters["direction"])]
    except KeyError:
        raise UsageError(_one_of("direction", filters["direction"], [*_DIRECTIONS])) from None


def _number(filters: dict[str, str]) -> str | None:
    if "number" not in filters:
        return None
    number = folded(filters["number"]).removeprefix("tel:")  # Slack may make a link of it
    digits = digits_of(number)
    if not is_written(number) or not _SHORTEST_NUMBER <= len(digits) <= _LONGEST_NUMBER:
        raise UsageError(
            f"{shown(f'number:{number}')} is no phone number. Write {_SHORTEST_NUMBER} to {_LONGEST_NUMBER} digits, "
            f"the whole number or its end: `{FILTERS['number']}`"
        )
    return f"+{digits}" if number.startswith("+") else digits  # a whole one, or perhaps the end of one


def _extension(filters: dict[str, str]) -> str | None:
    extension = folded(filters["extension"]) if "extension" in filters else None
    if extension is None or re.fullmatch(rf"[0-9]{{1,{_LONGEST_EXTENSION}}}", extension):
        return extension
    raise UsageError(
        f"{shown(f'extension:{extension}')} is no extension. Write its digits: `{FILTERS['extension']}`"
    )


def _sort(filters: dict[str, str]) -> SortBy:
    try:
        return SortBy(folded(filters.get("sort", "date")))
    except ValueError:
        raise UsageError(_one_of("sort", filters["sort"], [*SortBy])) from None


def _one_of(key: str, value: str, allowed: Sequence[str]) -> str:
    near = difflib.get_close_matches(folded(value)[:40], allowed, 1, 0.6)
    meant = f"Did you mean `{key}:{near[0]}`? " if near else ""
    return f"{shown(f'{key}:{value}')} is not known. {meant}Allowed are {', '.join(allowed)}."


def _bounded(text: str, what: str) -> str:
    if len(text) > LONGEST_VALUE:
        raise UsageError(f"{what} has at most {LONGEST_VALUE} characters.")
    return text
