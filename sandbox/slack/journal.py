"""What went over the wires, in order, so that a test can count it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.clock import Clock
from sandbox.slack.model import JournalEntry
from sandbox.slack.news import News

KEPT = 5000


class Journal:
    """The newest 5,000 entries. Tokens are never written down."""

    def __init__(self, clock: Clock, news: News) -> None:
        self._clock = clock
        self._news = news
        self._entries: deque[JournalEntry] = deque(maxlen=KEPT)

    def __iter__(self) -> Iterator[JournalEntry]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, kind: str, name: str, outcome: str, detail: Mapping[str, Any] | None = None) -> None:
        entry = JournalEntry(self._clock.now(), kind, name, outcome, dict(detail or {}))
        self._entries.append(entry)
        self._news.stir()

    def of(self, kind: str, name: str | None = None) -> list[JournalEntry]:
        return [e for e in self._entries if e.kind == kind and name in (None, e.name)]

    def calls(self, method: str) -> list[JournalEntry]:
        """The calls of one Web API method, refused ones too (see `outcome`)."""
        return self.of("api", method)

    def clear(self) -> None:
        self._entries.clear()
