"""The recordings that the replay server has kept so far: two well known ones, and three years of others."""

from __future__ import annotations

import random
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from operator import attrgetter
from typing import Any

from sandbox.vidyo.library import Library, LinkStyle, Recording, Scope, guid_of, playback_key_of

OTHERS = 400
_FIRST_ID = 10_001
_SPAN = timedelta(days=3 * 365)
_SOMETIME = datetime.min.replace(tzinfo=UTC)
_fields = attrgetter(*(field.name for field in fields(Recording)))

_OWNERS = ("vova", "recbot", "anna", "boris", "chen", "dalia")
_SHARES = (15, 30, 20, 15, 12, 8)
_ROOMS = ("Weekly", "BigRoom", "Design", "Support desk", "Board room", "Interview 2", "230301302")
_SUBJECTS = (
    "Weekly planning",
    "Design review",
    "Customer call",
    "Incident retrospective",
    "Board meeting",
    "Onboarding",
    "Sales pipeline",
    "Town hall",
    "Interview",
    "Release readiness",
    "Budget & forecast",
    "Équipe produit",
)
_TAGS = ("planning", "customer", "internal", "training", "planning, internal", "release")
_COMMENTS = ("Decisions at the end.", "First half without sound.", "Shown again on Friday.")
_SCOPES: tuple[Scope, ...] = ("New", "Private", "Organizational", "Public")
_SCOPE_SHARES = (40, 20, 25, 15)

# Habits of old or careless servers, each on a recording of its own, counted from the newest.
_RELATIVE_LINKS = (20, 41)
_FOREIGN_LINK = 30
_NO_SIZE = 25


def fill(library: Library, now: datetime) -> None:
    """The same recordings in every run, at the same distance from `now`."""
    for recording in _documented():
        library.add(recording)
    for values in _dated(now):
        library.add(Recording(*values))


@lru_cache(maxsize=1)
def _dated(now: datetime) -> tuple[tuple[Any, ...], ...]:
    """The fields of each other recording: they change in a library, so each library has recordings of its own."""
    return tuple(_fields(_as_of(now, other)) for other in _others())


def _as_of(now: datetime, other: _Other) -> Recording:
    ended = (now - other.age).replace(microsecond=0)
    title = f"{other.recording.title} {ended:%d.%m.%Y}" if other.dated else other.recording.title
    return replace(other.recording, title=title, created=ended - other.recording.duration, ended=ended)


@dataclass(frozen=True, slots=True)
class _Other:
    """A recording that ended so long ago; if it is `dated`, its title has that day behind it."""

    age: timedelta
    recording: Recording
    dated: bool


@cache
def _others() -> tuple[_Other, ...]:
    dice = random.Random(20220808)  # noqa: S311 (repeatable, not secret)
    ages = sorted((dice.random() for _ in range(OTHERS)), reverse=True)
    return tuple(_invented(number, timedelta(hours=2) + age * _SPAN, dice) for number, age in enumerate(ages))


def _documented() -> list[Recording]:
    """The two recordings of the vendor's own example, to the byte."""
    return [
        _vova_2022(
            4908,
            "bce75e5c-e850-5c4c-8f1e-c9b705eff420",
            datetime(2022, 8, 8, 9, 48, 44, tzinfo=UTC),
            datetime(2022, 8, 8, 9, 50, 32, tzinfo=UTC),
            1_493_016,
            "IG3bxGBxhaiknT8",
        ),
        _vova_2022(
            5748,
            "37b8355d-e84c-53bc-8a53-478c15384f13",
            datetime(2022, 9, 22, 10, 46, 4, tzinfo=UTC),
            datetime(2022, 9, 22, 10, 50, 3, tzinfo=UTC),
            3_258_210,
            "b09ExKntmYcd9h9",
        ),
    ]


def _vova_2022(
    number: int, guid: str, created: datetime, ended: datetime, size: int, playback_key: str
) -> Recording:
    return Recording(
        id=number,
        guid=guid,
        owner="vova",
        room_name="vova",
        title="vova conference recording.",
        created=created,
        ended=ended,
        duration=ended - created,
        size=size,
        playback_key=playback_key,
    )


def _invented(number: int, age: timedelta, dice: random.Random) -> _Other:
    from_newest = OTHERS - number
    owner = dice.choices(_OWNERS, _SHARES)[0]
    room_name = dice.choice((*_ROOMS, owner))
    minutes = dice.randrange(65, 190) if dice.random() < 0.15 else dice.randrange(1, 60)
    duration = timedelta(minutes=minutes, seconds=dice.randrange(60))
    subject = dice.choice(_SUBJECTS)
    dated = dice.random() >= 0.3
    title = subject if dated else f"{room_name} conference recording."
    link: LinkStyle = "absolute"
    if from_newest in _RELATIVE_LINKS:
        link = "relative"
    if from_newest == _FOREIGN_LINK:
        link, title, dated = "foreign", "Foreign link", False
    recording = Recording(
        id=_FIRST_ID + number,
        guid=guid_of(_FIRST_ID + number),
        owner=owner,
        room_name=room_name,
        title=title,
        created=_SOMETIME,
        ended=_SOMETIME,
        duration=duration,
        size=150_000 + dice.randrange(600_000),
        playback_key=playback_key_of(_FIRST_ID + number),
        scope=dice.choices(_SCOPES, _SCOPE_SHARES)[0],
        pin=str(dice.randrange(1000, 10_000)) if dice.random() < 0.08 else "",
        tags=dice.choice(_TAGS) if dice.random() < 0.4 else "",
        comments=dice.choice(_COMMENTS) if dice.random() < 0.2 else "",
        locked=dice.random() < 0.06,
        webcast=dice.random() < 0.05,
        size_known=from_newest != _NO_SIZE,
        link=link,
    )
    return _Other(age, recording, dated)
