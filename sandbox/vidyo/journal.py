"""What was asked of the sandbox, so that a test can count requests instead of believing."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

KEPT = 20_000


@dataclass(slots=True)
class Entry:
    """One request. `outcome` is "open" until it is answered, then "ok", a fault's name, a status or a kind
    of misbehaviour; `authorized` only says that an Authorization header came, not that it was right."""

    at: datetime
    service: str
    operation: str
    host: str
    authorized: bool
    user: str | None = None
    outcome: str = "open"

    def as_json(self) -> dict[str, object]:
        return {
            "time": self.at.isoformat(),
            "service": self.service,
            "operation": self.operation,
            "host": self.host,
            "authorized": self.authorized,
            "user": self.user,
            "outcome": self.outcome,
        }


class Journal:
    """The last requests, oldest first."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=KEPT)

    def __iter__(self) -> Iterator[Entry]:
        return iter(list(self._entries))

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, entry: Entry) -> None:
        self._entries.append(entry)

    def clear(self) -> None:
        self._entries.clear()

    def count(self, operation: str, service: str | None = None) -> int:
        """How many requests named this operation ("download", "wsdl" and "playback" are operations too)."""
        return sum(
            entry.operation == operation and service in (None, entry.service) for entry in self._entries
        )
