"""How the sandbox says no, in Slack's words."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """Slack answers `ok: false`: `error` is its code, `extra` goes beside it in the answer."""

    def __init__(self, error: str, **extra: Any) -> None:
        super().__init__(error)
        self.error = error
        self.extra = extra


class RateLimited(Refused):
    """Slack answers 429: the same call may be tried again after `retry_after` whole seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("ratelimited")
        self.retry_after = retry_after


class NotThere(LookupError):
    """A person reached for something that is not in front of them; the text is a sentence for them."""


def invalid_blocks(problems: list[str], error: str = "invalid_blocks") -> Refused:
    """The refusal of a layout, with one sentence for each thing that is wrong in it."""
    return Refused(error, errors=problems, response_metadata={"messages": [f"[ERROR] {p}" for p in problems]})
