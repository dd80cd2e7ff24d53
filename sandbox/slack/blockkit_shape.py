"""The grammar in which Block Kit's rules are written down: small checks that add up to shapes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Findings:
    """What is wrong so far in one layout, on one surface (`message`, `modal` or `home`)."""

    surface: str
    said: list[str] = field(default_factory=list)

    def say(self, at: str, what: str) -> None:
        self.said.append(f"{what} [json-pointer:{at or '/'}]")


Check = Callable[[Findings, str, Any], None]
"""Looks at the value that stands at a place, and says what is wrong with it."""


def shape(
    of_type: str | None,
    required: Mapping[str, Check] | None = None,
    optional: Mapping[str, Check] | None = None,
    also: Check | None = None,
) -> Check:
    """An object with exactly these keys. `also` sees it whole, once its parts were looked at."""
    required = dict(required or {})
    known = required | dict(optional or {})

    def check(found: Findings, at: str, value: Any) -> None:
        if not isinstance(value, dict):
            found.say(at, "must be an object")
            return
        for key in required:
            if key not in value:
                found.say(at, f"missing required field: {key}")
        for key, part in value.items():
            if key == "type" and of_type is not None:
                if part != of_type:
                    found.say(f"{at}/type", f"must be {of_type}")
            elif key not in known:
                found.say(at, f"invalid additional property: {key}")
            elif part is None:
                # Slack takes null for a key that may be left out.
                if key in required:
                    found.say(f"{at}/{key}", "must not be null")
            else:
                known[key](found, f"{at}/{key}", part)
        if also is not None:
            also(found, at, value)

    return check


def by_type(table: Mapping[str, Check], kind: str) -> Check:
    """An object of one of the types in `table`."""

    def check(found: Findings, at: str, value: Any) -> None:
        if not isinstance(value, dict):
            found.say(at, "must be an object")
        elif not isinstance(value.get("type"), str) or value["type"] not in table:
            found.say(f"{at}/type", f"unsupported type of {kind}: {value.get('type')}")
        else:
            table[value["type"]](found, at, value)

    return check


def string(longest: int, shortest: int = 1) -> Check:
    def check(found: Findings, at: str, value: Any) -> None:
        if not isinstance(value, str):
            found.say(at, "must be a string")
        elif len(value) > longest:
            found.say(at, f"must be less than {longest + 1} characters")
        elif len(value) < shortest:
            found.say(at, f"must be more than {shortest - 1} characters")

    return check


def web_address(found: Findings, at: str, value: Any) -> None:
    """An address that Slack itself fetches, or shows: https, and 3,000 characters at most."""
    string(3000)(found, at, value)
    if isinstance(value, str) and not value.startswith("https://"):
        found.say(at, "must be a public https address")


def link(found: Findings, at: str, value: Any) -> None:
    """An address that a person opens."""
    string(3000)(found, at, value)
    if isinstance(value, str) and "://" not in value and not value.startswith(("mailto:", "tel:")):
        found.say(at, "must be a valid url")


def boolean(found: Findings, at: str, value: Any) -> None:
    if not isinstance(value, bool):
        found.say(at, "must be a boolean")


def integer(lowest: int, highest: int) -> Check:
    def check(found: Findings, at: str, value: Any) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            found.say(at, "must be an integer")
        elif not lowest <= value <= highest:
            found.say(at, f"must be between {lowest} and {highest}")

    return check


def number_text(found: Findings, at: str, value: Any) -> None:
    """A number that travels as a string."""
    try:
        float(value if isinstance(value, str) else "no")
    except ValueError:
        found.say(at, "must be a number written as a string")


def one_of(*values: str) -> Check:
    def check(found: Findings, at: str, value: Any) -> None:
        if value not in values:
            found.say(at, f"must be one of {', '.join(values)}")

    return check


def items(check_item: Check, fewest: int, most: int) -> Check:
    def check(found: Findings, at: str, value: Any) -> None:
        if not isinstance(value, list):
            found.say(at, "must be an array")
            return
        if len(value) > most:
            found.say(at, f"no more than {most} items allowed")
        if len(value) < fewest:
            found.say(at, f"no less than {fewest} items allowed")
        for number, item in enumerate(value):
            check_item(found, f"{at}/{number}", item)

    return check


def anything(found: Findings, at: str, value: Any) -> None:
    """Slack publishes no rule for this part."""


def unique(found: Findings, at: str, values: list[Any], what: str) -> None:
    """Say which of `values` comes twice."""
    seen: set[str] = set()
    for value in values:
        if isinstance(value, str):
            if value in seen:
                found.say(at, f"{what} already exists: {value}")
            seen.add(value)


def objects(value: Any) -> list[dict[str, Any]]:
    """Those items of a list that are objects; nothing where there is no list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
