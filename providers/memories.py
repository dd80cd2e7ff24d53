"""What an adapter may remember beyond its own life: whoever runs it says where that is kept."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Refusal:
    """Our credentials were refused, when and in which words."""

    at: datetime
    sentence: str


class SignInMemory(Protocol):
    """Remembers refused credentials across polls, services, processes and restarts.

    One more try with a wrong password is one step towards a locked account. `credential` is a fingerprint
    (a keyed hash), never the credential.
    """

    async def refusal(self, credential: str) -> Refusal | None: ...

    async def refuse(self, credential: str, sentence: str) -> None: ...

    async def clear(self, credential: str) -> None: ...


class ForgetfulSignInMemory:
    """Remembers refusals as long as the process lives: for tests, and for a library used by itself."""

    def __init__(self) -> None:
        self._refusals: dict[str, Refusal] = {}

    async def refusal(self, credential: str) -> Refusal | None:
        return self._refusals.get(credential)

    async def refuse(self, credential: str, sentence: str) -> None:
        self._refusals[credential] = Refusal(datetime.now(UTC), sentence)

    async def clear(self, credential: str) -> None:
        self._refusals.pop(credential, None)


class TokenMemory(Protocol):
    """Keeps what a provider gave us to sign in with, encrypted, for all processes and over restarts.

    Whoever finds a token that still holds opens no session of its own. Nobody but the provider's own host may ever
    be shown one.
    """

    async def load(self, key: str) -> str | None: ...

    async def save(self, key: str, secret: str) -> None: ...

    async def forget(self, key: str) -> None: ...


class ForgetfulTokenMemory:
    """Keeps tokens as long as the process lives: for tests, and for a library used by itself."""

    def __init__(self) -> None:
        self._tokens: dict[str, str] = {}

    async def load(self, key: str) -> str | None:
        return self._tokens.get(key)

    async def save(self, key: str, secret: str) -> None:
        self._tokens[key] = secret

    async def forget(self, key: str) -> None:
        self._tokens.pop(key, None)


class SlateMemory(Protocol):
    """Slates on which all processes write, one after the other, by one clock: what they must agree upon. No secrets."""

    async def change(self, key: str, fn: Callable[[str | None, datetime], str]) -> None:
        """Put in place of what stands on this slate what `fn` makes of it at this hour. Nobody else writes meanwhile.

        The hour is that of whoever holds the slate, not of his coming: unless somebody puts the clock back, it is
        never before the hour of the last change. `fn` waits for nothing. Should it raise, all stays as it was.
        """


class ForgetfulSlateMemory:
    """Keeps slates as long as the process lives: for tests, and for a library used by itself.

    Its clock only ever goes forward; which hour it shows means nothing.
    """

    def __init__(self) -> None:
        self._slates: dict[str, str] = {}

    async def change(self, key: str, fn: Callable[[str | None, datetime], str]) -> None:
        hour = datetime.fromtimestamp(time.monotonic(), UTC)
        self._slates[key] = fn(self._slates.get(key), hour)


@dataclass(frozen=True, slots=True)
class Memories:
    """What an adapter may remember beyond its own life."""

    sign_ins: SignInMemory = field(default_factory=ForgetfulSignInMemory)
    tokens: TokenMemory = field(default_factory=ForgetfulTokenMemory)
    slates: SlateMemory = field(default_factory=ForgetfulSlateMemory)
