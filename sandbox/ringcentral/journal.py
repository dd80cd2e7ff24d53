"""What was asked of the sandbox, so that a test can count requests instead of believing."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

KEPT = 20_000


@dataclass(slots=True)
class Entry:
    """One request. `status` is 0 until it is answered, and stays so where the connection was cut.

    `in_penalty` says that it came while its group was shut, and so shut it for longer. A token in the query
    is left out; `authorized` says that an Authorization header came, not that it was right.
    """

    at: datetime
    method: str
    path: str
    query: dict[str, list[str]]
    authorized: bool
    group: str = ""
    status: int = 0
    in_penalty: bool = False
    fault: str = ""

    def as_json(self) -> dict[str, object]:
        return {
            "time": self.at.isoformat(),
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "authorized": self.authorized,
            "group": self.group,
            "status": self.status,
            "in_penalty": self.in_penalty,
            "fault": self.fault,
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

    def asked(self, part: str = "", *, method: str | None = None) -> list[Entry]:
        """The requests whose path has this part, oldest first."""
        return [e for e in self if part in e.path and method in (None, e.method)]

    def count(self, part: str = "", *, method: str | None = None) -> int:
        """How many requests had this part in their path."""
        return len(self.asked(part, method=method))
