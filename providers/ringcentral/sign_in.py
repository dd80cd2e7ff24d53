"""Our token: one for everybody here, kept for those who come after, renewed before it runs out.

RingCentral opens a session for every sign-in and closes the oldest beyond five, so whoever signs in too often
locks himself out. Wrong credentials lock the account: once refused they are not tried again until they change
or an operator asks for a check.
"""

import asyncio
import time
from dataclasses import replace
from datetime import timedelta

import httpx

from providers.errors import BadAnswer, ProviderError, SignInFailed, Unavailable
from providers.memories import Memories, Refusal
from providers.reach import because
from providers.ringcentral.budget import Budget, Kind, Turn
from providers.ringcentral.credentials import form, why_refused
from providers.ringcentral.http import Hosts, Http, after, content_type, read_body, read_refusal, wait_told
from providers.ringcentral.lease import Lease
from providers.ringcentral.problems import Problem, read_problem
from providers.ringcentral.reading import read_json
from providers.ringcentral.settings import RingCentralSettings
from providers.ringcentral.tokens import Granted, Token, keep, read_kept

_PATH = "/restapi/oauth/token"
_AHEAD = 300.0
_AFTER_FAILURE = 30.0
_LARGEST = 2**18
_ATTEMPTS = 3  # as RingCentral's guide says
_PENALTY = 60.0
_CREDENTIALS = frozenset({400, 401, 403})


class SignIn:
    """Signs in at one server, for one app and one user."""

    def __init__(
        self,
        service: str,
        hosts: Hosts,
        http: Http,
        budget: Budget,
        settings: RingCentralSettings,
        credential: str,
        memories: Memories,
    ) -> None:
        self.service = service
        self._address = hosts.at_server(_PATH)
        self._http = http
        self._budget = budget
        self._settings = settings
        self._credential = credential
        self._memories = memories
        self._token: Token | None = None
        self._one_at_a_time = asyncio.Lock()
        self._lease = Lease(memories.slates, f"sign-in of {credential}")

    async def token(self, *, insist: bool = False) -> Token:
        """A token that holds, or SignInFailed where asking for one would be one more wrong sign-in.

        To `insist` is to ask although a refusal is remembered.
        """
        held = self._token
        if held is not None and time.time() < held.renew and not insist:
            return held
        async with self._one_at_a_time:
            found = await self._found()
            if found is not None and await self._suffices(found, insist):
                return found
            async with self._lease.held():
                found = await self._found()  # whoever had the lease before us has renewed it
                if found is not None and await self._suffices(found, insist):
                    return found
                try:
                    # While the old one holds nobody is to wait for a new one: it is tried again a little later.
                    return await self._fresh(found, insist, attempts=1 if found and not insist else _ATTEMPTS)
                except ProviderError:
                    now = time.time()
                    if found is None or insist or now >= found.ends:
                        raise
                    self._token = replace(found, renew=now + _AFTER_FAILURE)
                    return found

    async def renewed(self, stale: Token) -> Token:
        """A token after this one was turned away: another's if somebody renewed it meanwhile, else a new one."""
        async with self._one_at_a_time:
            found = await self._found(stale)
            if found is not None and found.access != stale.access:
                return found
            async with self._lease.held():
                found = await self._found(stale)
                if found is not None and found.access != stale.access:
                    return found
                self._token = None
                return await self._fresh(stale, insist=False)

    async def _suffices(self, found: Token, insist: bool) -> bool:
        return time.time() < found.renew and not (insist and await self._refusal())

    async def _found(self, stale: Token | None = None) -> Token | None:
        """What we hold, or where that is of no more use, what others here or before us kept.

        Theirs is the newest, whatever the clocks say by which each reckoned its end.
        """
        held = self._token
        turned_away = held is not None and stale is not None and held.access == stale.access
        if held is None or turned_away or time.time() >= held.renew:
            kept = read_kept(await self._memories.tokens.load(self._credential))
            if kept is not None and time.time() < kept.ends:
                held = self._token = kept
        return held

    async def _refusal(self) -> Refusal | None:
        return await self._memories.sign_ins.refusal(self._credential)

    async def _fresh(self, old: Token | None, insist: bool, attempts: int = _ATTEMPTS) -> Token:
        if not insist and (known := await self._refusal()):
            raise SignInFailed(known.sentence)
        granted = None
        if not insist and (secret := await self._refresh_token(old)):
            granted = await self._refresh(secret, attempts)
        if granted is None:
            granted = await self._sign_in(attempts)
        now = time.time()
        life = max(granted.expires_in, 1)
        token = Token(
            granted.access_token,
            granted.refresh_token,
            now + life - min(_AHEAD, life / 5),
            now + life,
            frozenset(granted.scope.split()),
            now + granted.refresh_token_expires_in if granted.refresh_token else None,
        )
        self._token = token
        await self._memories.tokens.save(self._credential, keep(token))
        if insist:
            await self._memories.sign_ins.clear(self._credential)
        return token

    async def _refresh_token(self, old: Token | None) -> str | None:
        """One that still lives, also of a session that nobody has used for long: another sign-in opens one more."""
        if old is None:
            old = read_kept(await self._memories.tokens.load(self._credential))
        lives = old is not None and (old.refresh_ends is None or time.time() < old.refresh_ends)
        return old.refresh if old is not None and lives else None

    async def _refresh(self, secret: str, attempts: int) -> Granted | None:
        """None if the refresh token is worth nothing any more, which says nothing of our credentials."""
        answer = await self._ask({"grant_type": "refresh_token", "refresh_token": secret}, attempts)
        return answer if isinstance(answer, Granted) else None

    async def _sign_in(self, attempts: int) -> Granted:
        answer = await self._ask(form(self._settings), attempts)
        if isinstance(answer, Granted):
            return answer
        if answer.page or answer.status not in _CREDENTIALS:
            raise BadAnswer(
                f"{self.service} answered HTTP {answer.status} when we signed in: an operator should check server_url."
            )
        sentence = (
            f"{self.service} does not let us in ({answer.named}): {why_refused(answer)}. Nothing more is sent "
            "until an operator has put that right."
        )
        await self._memories.sign_ins.refuse(self._credential, sentence)
        raise SignInFailed(sentence)

    async def _ask(self, fields: dict[str, str], attempts: int) -> Granted | Problem:
        """Ask for a token. Asking again after a lost answer opens one session too many, and does no other harm."""
        while True:
            attempts -= 1
            try:
                async with self._budget.turn(Kind.ACCESS) as turn:
                    async with asyncio.timeout(self._settings.request_timeout.total_seconds()):
                        response, body = await self._post(fields, turn)
            except (httpx.HTTPError, TimeoutError) as error:
                if not attempts:
                    raise Unavailable(
                        f"{self.service} did not answer when we signed in{because()}."
                    ) from error
            else:
                status = response.status_code
                if status < 300:
                    return self._granted(body)
                if status not in {408, 429} and status < 500:
                    return read_problem(status, content_type(response), body)
                if status in {429, 503} or not attempts:
                    raise self._not_now(response)
            await asyncio.sleep(self._settings.sign_in_pause.total_seconds())

    def _not_now(self, response: httpx.Response) -> Unavailable:
        status, told = response.status_code, wait_told(response, self._settings)
        if status == 429 and told is None:
            told = self._settings.here(_PENALTY)
        return Unavailable(
            f"{self.service} cannot let anybody in now (HTTP {status}){after(told)}.",
            retry_after=None if told is None else timedelta(seconds=told),
        )

    async def _post(self, fields: dict[str, str], turn: Turn) -> tuple[httpx.Response, bytes]:
        login = httpx.BasicAuth(self._settings.client_id, self._settings.client_secret.get_secret_value())
        client = self._http.questions
        request = client.build_request("POST", self._address, data=fields)
        response = await client.send(request, auth=login, stream=True, follow_redirects=False)
        turn.answered(response)
        try:
            if not response.is_success:
                return response, await read_refusal(response)
            return response, await read_body(response, _LARGEST)
        finally:
            await response.aclose()

    def _granted(self, body: bytes) -> Granted:
        try:
            return Granted.model_validate(read_json(body))
        except ValueError:
            raise BadAnswer(f"{self.service} let us in but gave no token that can be read.") from None
