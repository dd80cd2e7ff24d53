"""The account and its extensions."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace

ACCOUNT_ID = "400131426008"
MAIN_NUMBER = "+16505550199"
_FIRST_ID = 400131426100


@dataclass(frozen=True, slots=True)
class Extension:
    id: str
    number: str
    name: str
    phone: str


class Extensions:
    """Who has which short number. One that is asked for and not there is made: its name is up to the caller."""

    def __init__(self) -> None:
        self._ids = itertools.count(_FIRST_ID)
        self._by_number: dict[str, Extension] = {}
        for number, name in (("101", "Vova Tareiev"), ("102", "Anna Lindqvist"), ("103", "Sam Okafor")):
            self.get(number, name)

    def __iter__(self) -> Iterator[Extension]:
        return iter(self._by_number.values())

    def get(self, number: str, name: str | None = None) -> Extension:
        """The extension with this short number."""
        if number not in self._by_number:
            id = next(self._ids)
            self._by_number[number] = Extension(
                id=str(id), number=number, name=name or f"Extension {number}", phone=f"+1650555{id % 10_000}"
            )
        return self._by_number[number]

    def renumber(self, number: str, other: str) -> None:
        """An extension gets another short number."""
        self._by_number[other] = replace(self._by_number.pop(number), number=other)

    def by_id(self, id: str) -> Extension | None:
        return next((extension for extension in self if extension.id == id), None)
