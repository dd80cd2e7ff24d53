"""The hash chain: each row's hash covers the row and the hash before it, so that the last one speaks for all.

Whoever can write to the database can also write a whole chain anew. What they cannot change is a head that was
noted elsewhere, in the log for one.
"""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

NOTHING = "0" * 64
"""What comes before the first row."""


class Broken(Exception):
    """The trail is not what was sealed. The sentence names the first row that shows it."""


def hash_of(previous: str, said: Mapping[str, Any]) -> str:
    """The hash of a row that follows the one with the hash `previous`: SHA-256 of that, then of the row as JSON.

    The JSON is ASCII, with its keys in order and no spaces.
    """
    words = json.dumps(said, sort_keys=True, separators=(",", ":"))
    return sha256(f"{previous}{words}".encode()).hexdigest()


class Walk:
    """Goes along a chain, row by row, from after the row with this number and hash.

    `rows` counts those that held. `sought` is a head that must come by.
    """

    def __init__(self, number: int = 0, hash: str = NOTHING, *, sought: str | None = None) -> None:
        self.rows = 0
        self.number = self._from = number
        self.hash = hash
        self._sought = None if sought == hash else sought

    def step(self, said: Mapping[str, Any], hash: object) -> None:
        """The next row, its number among what it says; Broken if it cannot be that."""
        number = said.get("number")
        if not isinstance(number, int):
            raise Broken(f"After {self._row} stands a row without a number.")
        if number > self.number + 1:
            raise Broken(f"{_missing(self.number + 1, number - 1)}: {self._row} is followed by row {number}.")
        if number <= self.number:
            raise Broken(f"Row {number} stands after {self._row}: it was put in, or out of its order.")
        if hash != hash_of(self.hash, said):
            raise Broken(f"Row {number} is not what was sealed: it was changed, or put in another's place.")
        self.rows, self.number, self.hash = self.rows + 1, number, str(hash)
        if self._sought == hash:
            self._sought = None

    def end_at(self, number: int, hash: str) -> None:
        """The sealer says that it sealed up to this row; Broken if the chain ends elsewhere."""
        if self.number < number:
            raise Broken(f"{_missing(self.number + 1, number)}: the tail was cut after {self._row}.")
        if self.number > number:
            raise Broken(f"Row {number + 1} was put in: rows are sealed up to {number} only.")
        if self.hash != hash:
            raise Broken(
                f"Row {number} does not have the hash that was sealed last: the trail was written anew."
            )

    def end(self) -> None:
        """There are no more rows; Broken if the head that was sought did not come by."""
        if self._sought is not None:
            forgotten = f", or lies before row {self._from}, and was forgotten" if self._from else ""
            raise Broken(
                f"The head {self._sought} is not in the trail, which ends with {self._row}: its tail was cut, or it "
                f"was written anew{forgotten}."
            )

    @property
    def _row(self) -> str:
        return f"row {self.number}" if self.number else "the beginning"


def _missing(first: int, last: int) -> str:
    return f"Row {first} is missing" if first == last else f"Rows {first} to {last} are missing"
