"""An interest without an end: tell this channel of each new recording like this."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta

from bot.domain.conversation import Asker, Conversation
from bot.domain.matching import candidates
from bot.domain.pace import Pace
from bot.domain.watch import Watch
from bot.domain.words import shown
from providers.model import Recording, RecordingId, RecordingQuery
from providers.spelling import folded

MOST = 20
"""Subscriptions of one channel."""

_WHOLE_SECONDS = timedelta(seconds=1)

Told = Collection[tuple[RecordingId, str]]
"""Which recordings were announced at which places."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a channel wants to hear of: recordings that fit `query` and have ended after `since`.

    `query` holds filters only, `on` names a library, None: any. `text` is what was typed. `number` is how people name
    it in their channel. `listed` is what each library had by then, by its name; one that could not be asked is missing.
    `libraries` were configured by then. `wanted_at` is when somebody asked for it, which may have had to wait.
    """

    id: str
    conversation: Conversation
    asker: Asker
    query: RecordingQuery
    on: str | None
    since: datetime
    text: str = ""
    number: int = 0
    listed: Mapping[str, frozenset[RecordingId]] = field(default_factory=dict)
    libraries: frozenset[str] = frozenset()
    wanted_at: datetime | None = None

    @property
    def meaning(self) -> str:
        """See `meaning`."""
        return meaning(self.query, self.on)

    @property
    def words(self) -> str:
        """What it tells of, to stand in a sentence."""
        return f"new recordings that fit {shown(self.text)}" if self.text else "each new recording"

    def concerns(self, provider: str) -> bool:
        """Whether a recording of this library may be wanted."""
        return self.on in (None, provider)

    def wants(self, provider: str, recording: Recording, pace: Pace) -> bool:
        """Whether it is news. A recording that ran while somebody subscribed is news when it ends.

        A library's clock may differ from ours by minutes: what it had listed by then tells old from new. It does, too,
        where nobody says when a recording ended.
        """
        listed = self.listed.get(provider)
        slack = _WHOLE_SECONDS if listed is None else pace.clock_skew
        if recording.ended is None and listed is not None:
            slack = pace.look_back
        return (
            self.concerns(provider)
            and not recording.running
            and (recording.ended or recording.started) >= self.since - slack
            and (listed is None or recording.id not in listed)
            and not recording.private
            and self.query.matches(recording)
        )


def meaning(query: RecordingQuery, on: str | None) -> str:
    """What these filters ask for, however they were typed: two of one meaning are one."""
    said = {
        one.name: folded(str(value))
        for one in fields(query)
        if (value := getattr(query, one.name)) != one.default
    }
    if query.words:
        said["words"] = " ".join(sorted(set(folded(query.words).split())))
    return json.dumps(said | ({"on": on} if on else {}), sort_keys=True)


@dataclass(frozen=True, slots=True)
class News:
    """What a look into a library means for those who subscribed.

    `owed`: what is to be told where, oldest first. `unsettled`: what has to be looked at again, since it still runs or
    may yet come on a card there.
    """

    owed: tuple[tuple[Recording, Conversation], ...] = ()
    unsettled: tuple[Recording, ...] = ()


def read_news(
    provider: str,
    rows: Iterable[Recording],
    subscriptions: Sequence[Subscription],
    watches: Sequence[Watch],
    taken: Collection[RecordingId],
    told: Told,
    pace: Pace,
) -> News:
    """Which rows are news, and for which channel; each once, however many subscriptions of the channel want it.

    `watches` are the open ones: the card of one that may yet be given the file tells its channel better.
    `taken` are files that belong to a watch, `told` is what was announced before.
    """
    owed, unsettled = [], []
    for row in sorted(rows, key=lambda row: (row.started, len(row.id), row.id)):
        places = {s.conversation.place: s.conversation for s in subscriptions if s.wants(provider, row, pace)}
        for place, conversation in places.items():
            if (row.id, place) in told:
                continue
            if any(w.conversation.place == place and _may_be_given(w, row, taken, pace) for w in watches):
                unsettled.append(row)
            else:
                owed.append((row, conversation))
        if row.running:
            unsettled.append(row)
    return News(tuple(owed), tuple(unsettled))


def _may_be_given(watch: Watch, row: Recording, taken: Collection[RecordingId], pace: Pace) -> bool:
    return bool(candidates(watch, [row], set(taken) - {watch.bound}, pace))


def read_on_from(news: News, since: datetime, at: datetime, pace: Pace) -> datetime:
    """Where the next look has to begin, after one that read everything `since` then, `at` this hour.

    Rows may appear late, so it looks back; and it never leaves behind what is not settled yet. A recording that seems
    to run for longer than any meeting is waited for no more.
    """
    oldest = at - pace.unfinished_longest
    held = [row.started for row in news.unsettled if not row.running or row.started >= oldest]
    return max(since, min([at - pace.look_back, *held]))
