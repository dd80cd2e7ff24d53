"""What a benchmark found, and the table of all of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Finding:
    """One number beside its goal.

    `value` None: it was not measured, and `note` says why. `goal` is a bound from above, or from below where
    `bound` says "at least". A value is a ratio unless `unit` names something else.
    """

    name: str
    value: float | None
    goal: float
    bound: Literal["at most", "at least"] = "at most"
    unit: str = ""
    note: str = ""

    @property
    def ok(self) -> bool:
        """True if the goal is met. What was not measured misses nothing."""
        if self.value is None:
            return True
        return self.value <= self.goal if self.bound == "at most" else self.value >= self.goal

    def cells(self) -> tuple[str, str, str, str]:
        """The row of the table: name, value, goal and verdict."""
        sign = "≤" if self.bound == "at most" else "≥"
        value = "–" if self.value is None else _number(self.value) + self.unit
        verdict = "skipped" if self.value is None else "ok" if self.ok else "missed"
        return self.name, value, f"{sign} {self.goal:g}{self.unit}", verdict


def table(findings: Sequence[Finding]) -> str:
    """All findings, a line each, and below a line what is to be said about some."""
    rows = [("", "ratio", "goal", ""), *(finding.cells() for finding in findings)]
    name, value, goal, _ = (max(len(row[column]) for row in rows) for column in range(4))
    lines = [f"{a:<{name}}  {b:>{value}}  {c:<{goal}}  {d}".rstrip() for a, b, c, d in rows]
    notes = [f"{finding.name}: {finding.note}" for finding in findings if finding.note]
    return "\n".join([*lines, "", *notes] if notes else lines)


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 100 or value == int(value) else f"{value:.2f}"
