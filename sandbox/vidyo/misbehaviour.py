"""Faults on demand: which request is to go wrong, how, and how often."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

KINDS = "laughs|huge|packed|elsewhere|503|reset_before|reset_after|slow|html|401|402|403|fault:[A-Za-z]+"


class Rule(BaseModel):
    """One way to go wrong.

    `match` is an operation's name, "download", "playback", "wsdl", or "*" for all of them. The resets cut
    the connection before anything was done, or after all of it was (a download: after half the bytes).
    "html" is a login page with 200, "slow" waits `seconds` and then works. "fault:NAME" is a SOAP fault,
    "fault:untyped" one without a detail. Four mean harm: "laughs" is XML that unfolds without an end, "huge" has 40
    MB, "packed" becomes as much, "elsewhere" sends the asker to `target`. `times` counts down; none means for ever.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    match: str = "*"
    kind: Annotated[str, Field(pattern=f"^({KINDS})$")]
    times: Annotated[int, Field(ge=1)] | None = None
    probability: Annotated[float, Field(ge=0, le=1)] = 1.0
    seed: int = 0
    seconds: Annotated[float, Field(ge=0)] = 5.0
    target: str = "http://169.254.169.254/latest/meta-data/"


@dataclass(slots=True)
class _Armed:
    rule: Rule
    left: int | None
    dice: random.Random = field(repr=False)


class Misbehaviour:
    """The rules in force; the first one that matches a request decides over it."""

    def __init__(self) -> None:
        self._armed: list[_Armed] = []

    def add(
        self,
        kind: str,
        *,
        match: str = "*",
        times: int | None = None,
        probability: float = 1.0,
        seed: int = 0,
        **more: Any,
    ) -> Rule:
        rule = Rule(match=match, kind=kind, times=times, probability=probability, seed=seed, **more)
        self.arm(rule)
        return rule

    def arm(self, rule: Rule) -> None:
        dice = random.Random(rule.seed)  # noqa: S311 (repeatable, not secret)
        self._armed.append(_Armed(rule, rule.times, dice))

    def clear(self) -> None:
        self._armed.clear()

    def pick(self, operation: str) -> Rule | None:
        """The rule for this request, which is spent by asking; None means that all goes well."""
        for armed in self._armed:
            if armed.rule.match not in ("*", operation) or armed.left == 0:
                continue
            if armed.rule.probability < 1 and armed.dice.random() >= armed.rule.probability:
                continue
            if armed.left is not None:
                armed.left -= 1
            return armed.rule
        return None

    def as_json(self) -> list[dict[str, object]]:
        return [{**armed.rule.model_dump(), "left": armed.left} for armed in self._armed]
