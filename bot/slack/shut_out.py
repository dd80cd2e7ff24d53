"""That Slack refuses the app itself, until somebody mends its token, its scopes or the workspace's leave."""

import time
from collections.abc import Callable, Sequence

_SECONDS = 120.0


class ShutOut:
    """What was refused lately, by Slack's code. Nobody else need tell us that it is over: what is old counts no more.

    `sentence` says what that means, with a place for the code.
    """

    def __init__(self, sentence: str, seconds: Callable[[], float] | None = None) -> None:
        self._sentence = sentence
        self._seconds = seconds or time.monotonic
        self._code: str | None = None
        self._at = 0.0

    def __bool__(self) -> bool:
        return self._code is not None

    def refused(self, code: str) -> bool:
        """Slack said this now. Whether that is news."""
        new, self._code, self._at = code != self._code, code, self._seconds()
        return new

    def taken(self) -> None:
        """Slack refused nothing now."""
        self._code = None

    def trouble(self) -> Sequence[str]:
        """Why somebody must act, as far as it is known."""
        if self._code is None or self._seconds() - self._at > _SECONDS:
            return []
        return [self._sentence.format(code=self._code)]
