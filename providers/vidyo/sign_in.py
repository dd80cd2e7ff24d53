"""Whether one service lets us in: unproven, proven, or refused and therefore not asked again.

A portal locks an account after a few wrong logins within a minute, and a locked account is refused even
with the right password. So a refusal is remembered, also over a restart, and as long as nobody has been let
in, requests go one at a time: a wrong password costs one request however many people press at once.
"""

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from providers.errors import NotLicensed, Refused, SignInFailed, Unavailable
from providers.memories import Refusal, SignInMemory
from providers.vidyo.settings import VidyoSettings

_LOOK_AGAIN = 5.0
_COST = 2**14


def fingerprints(name: str, settings: VidyoSettings) -> tuple[str, str]:
    """Two words that stand for this login at the portal and at the replay server, and tell nothing of it.

    It takes about 50 ms of one processor, so that guessing is slow for whoever steals them.
    """
    login = f"{settings.username}\0{settings.password.get_secret_value()}".encode()
    place = f"{name}\0{settings.portal_url}\0{settings.replay_url}\0{settings.service}".encode()
    digest = hashlib.scrypt(login, salt=place, n=_COST, r=8, p=1, dklen=64).hex()
    return digest[:64], digest[64:]


class SignIn:
    """One login at one service.

    `form`: this service may show a login page instead of a refusal, after a redirect or at once.
    """

    def __init__(
        self,
        service: str,
        settings: VidyoSettings,
        credential: str,
        memory: SignInMemory,
        *,
        form: bool = False,
    ) -> None:
        self.service = service
        self._login = settings.username
        self._patience = settings.request_timeout.total_seconds() / 2
        self._credential = credential
        self._memory = memory
        self._form = form
        self._proven = False
        self._refusal: Refusal | None = None
        self._looked: float | None = None
        self._first = asyncio.Lock()
        self._remembering = asyncio.Lock()
        self._doubting = asyncio.Lock()
        self._other: SignIn | None = None

    def shares_account_with(self, other: "SignIn") -> None:
        """One account stands behind both services: once one refuses it, the other has to be asked with care again."""
        self._other, other._other = other, self

    @asynccontextmanager
    async def turn(self, *, insist: bool = False) -> AsyncIterator[None]:
        """Our turn to send something, or SignInFailed where that would be one more wrong login.

        To `insist` is to send although a refusal is remembered.
        """
        if await self._is_proven(insist):
            yield
            return
        try:
            async with asyncio.timeout(self._patience):
                await self._first.acquire()
        except TimeoutError as error:
            raise Unavailable(
                f"{self.service} has not answered our first request yet; nothing more was sent.", asked=False
            ) from error
        try:
            if not await self._is_proven(insist):
                yield
                return
        finally:
            self._first.release()
        yield

    async def _is_proven(self, insist: bool) -> bool:
        await self._remember(insist)
        if self._refusal is not None and not insist:
            raise SignInFailed(self._refusal.sentence)
        return self._proven

    async def _remember(self, insist: bool) -> None:
        """Take in what other processes remember, one look for all who wait, and not at every request."""
        async with self._remembering:
            now = time.monotonic()
            if not insist and self._looked is not None and now - self._looked < _LOOK_AGAIN:
                return
            before = self._refusal
            told = await self._memory.refusal(self._credential)
            if self._refusal is before:  # else we were refused while we asked, and know better
                self._refusal = told
                self._proven = self._proven and told is None
            self._looked = now

    async def judge(self, status: int, content_type: str, body: bytes = b"") -> None:
        """Look at an answer before its content: SignInFailed or NotLicensed if we were turned away.

        The container in front of the services says this with web pages, never with SOAP. Where we are let in, a 403 is
        of this request alone: something else in front of them does not like what somebody is looking for.
        """
        refusal: SignInFailed | NotLicensed
        if status == 401:
            refusal = SignInFailed(
                f"{self.service} does not accept the login {self._login}: the password is wrong, the account is "
                "locked, or it lacks the role. Nothing more is sent until an operator has put that right."
            )
        elif status == 402:
            refusal = NotLicensed(
                f"{self.service} says that the licence of the login {self._login} has run out. Nothing more is "
                "sent until an operator has renewed it."
            )
        elif status == 403 and self._proven:
            raise Refused(f"{self.service} does not take this request (HTTP 403), though it takes others.")
        elif status == 403:
            refusal = SignInFailed(
                f"{self.service} says that this host name is no tenant of it. Nothing more is sent until an "
                "operator has corrected the address."
            )
        elif self._form and shows_login(status, content_type, body):
            refusal = SignInFailed(
                f"{self.service} shows its login page instead of letting the login {self._login} in. Nothing more "
                "is sent until an operator has looked at the login and the address."
            )
        else:
            return
        await self._refused(str(refusal))
        raise refusal

    def let_in(self) -> None:
        """An answer came that only somebody signed in gets."""
        if self._refusal is None:
            self._proven = True

    async def make_sure(self, ask: Callable[[], Awaitable[object]]) -> None:
        """After an answer that may be of one file, or mean that we are let in no more: `ask`, and SignInFailed if so.

        Of many who are in doubt at once the first asks, and nobody else shows the login meanwhile.
        """
        self._proven = False
        async with self._doubting:
            await ask()

    async def _refused(self, sentence: str) -> None:
        self._refusal = Refusal(datetime.now(UTC), sentence)
        self._looked = time.monotonic()
        self._proven = False
        if self._other is not None:
            self._other._proven = False
        await self._memory.refuse(self._credential, sentence)

    async def forget(self) -> None:
        """We were let in although a refusal was remembered: it counts no longer."""
        if self._refusal is not None:
            await self._memory.clear(self._credential)
            self._refusal = None
        self._proven = True


def shows_login(status: int, content_type: str, body: bytes) -> bool:
    """Whether this leads to a page for people to sign in on, or is one."""
    if 300 <= status < 400:
        return True
    page = body.lower() if status == 200 and content_type == "text/html" else b""
    return b'type="password"' in page or b"type='password'" in page or b"j_username" in page
