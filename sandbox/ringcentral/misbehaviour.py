"""Faults on demand: which request is to go wrong, how, and how often."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

KINDS = "deep|huge|packed|elsewhere|408|429|500|502|503|504|html|reset_before|reset_after|slow"


class Rule(BaseModel):
    """One way to go wrong.

    `match` is a part of the path, or "*" for every request. The resets cut the connection before anything
    was done, or after all of it was (content: after half the bytes). "html" is a page with 200, "slow"
    waits `seconds` and then works, a status is answered with an error in JSON. Four mean harm: "deep" is a list in a
    list in a list without an end, "huge" has 40 MB, "packed" becomes as much, "elsewhere" sends the asker to
    `target`. `times` counts down; none means for ever. The first `skip` requests that match go well.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    match: str = "*"
    kind: Annotated[str, Field(pattern=f"^({KINDS})$")]
    times: Annotated[int, Field(ge=1)] | None = None
    skip: Annotated[int, Field(ge=0)] = 0
    probability: Annotated[float, Field(ge=0, le=1)] = 1.0
    seed: int = 0
    seconds: Annotated[float, Field(ge=0)] = 5.0
    target: str = "http://169.254.169.254/latest/meta-data/"


@dataclass(slots=True)
class _Armed:
    rule: Rule
    left: int | None
    to_skip: int
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
        skip: int = 0,
        probability: float = 1.0,
        seed: int = 0,
        **more: Any,
    ) -> Rule:
        rule = Rule(
            match=match, kind=kind, times=times, skip=skip, probability=probability, seed=seed, **more
        )
        self.arm(rule)
        return rule

    def arm(self, rule: Rule) -> None:
        dice = random.Random(rule.seed)  # noqa: S311 (repeatable, not secret)
        self._armed.append(_Armed(rule, rule.times, rule.skip, dice))

    def clear(self) -> None:
        self._armed.clear()

    def pick(self, path: str) -> Rule | None:
        """The rule for this request, which is spent by asking; None means that all goes well."""
        for armed in self._armed:
            if armed.left == 0 or (armed.rule.match != "*" and armed.rule.match not in path):
                continue
            if armed.to_skip:
                armed.to_skip -= 1
                continue
            if armed.rule.probability < 1 and armed.dice.random() >= armed.rule.probability:
                continue
            if armed.left is not None:
                armed.left -= 1
            return armed.rule
        return None

    def as_json(self) -> list[dict[str, object]]:
        return [{**armed.rule.model_dump(), "left": armed.left} for armed in self._armed]
