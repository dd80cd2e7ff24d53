"""RingCentral as something that answers: with our token, within its budget, at its hosts and no others."""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import SystemRandom
from typing import Any

import httpx

from providers.errors import BadAnswer, SignInFailed, Unavailable
from providers.harmless import http_date
from providers.reach import because
from providers.ringcentral.budget import Budget, Kind
from providers.ringcentral.http import Hosts, Http, after, content_type, read_body, read_refusal, wait_told
from providers.ringcentral.problems import Problem, read_problem, refusal
from providers.ringcentral.settings import RingCentralSettings
from providers.ringcentral.sign_in import SignIn
from providers.ringcentral.tokens import Token
from providers.streaming import PAGES

_NOT_NOW = frozenset({408, 500, 502, 503, 504})
_HOPS = 3
_PENALTIES = 3
_LONGEST_PAUSE = 60.0
_log = logging.getLogger(__name__)
_random = SystemRandom()


@dataclass(slots=True)
class _Errand:
    """One question on its way to an answer, with what it has cost so far."""

    kind: Kind
    method: str
    url: httpx.URL
    params: Mapping[str, str] | None = None
    headers: dict[str, str] = field(default_factory=dict)
    json: Any = None
    repeats: int = 0
    tries: int = 0
    renewed: bool = False
    hops: int = 0
    penalties: int = 0


class Service:
    """The server and its media hosts.

    `behind` is how far our clock is behind theirs, as far as an answer has told: None until one came. An answer may
    take `limit` seconds.
    """

    def __init__(
        self, hosts: Hosts, http: Http, sign_in: SignIn, budget: Budget, settings: RingCentralSettings
    ) -> None:
        self.title = sign_in.service
        self.sign_in = sign_in
        self.hosts = hosts
        self.behind: timedelta | None = None
        self.limit = settings.request_timeout.total_seconds()
        self._http = http
        self._budget = budget
        self._settings = settings
        self._reachable = True

    def now(self) -> datetime:
        """The hour by our clock, or by theirs where an answer has told that ours is behind it."""
        behind = self.behind or timedelta()
        return datetime.now(UTC) + max(behind, timedelta())

    async def read(self, kind: Kind, url: httpx.URL, params: Mapping[str, str] | None = None) -> bytes:
        """The JSON behind an address. Tried again while the service is overloaded or breaks off."""
        errand = _Errand(kind, "GET", url, params, repeats=self._settings.read_retries)
        while True:
            answer = await self._answer(errand, self._http.questions)
            if isinstance(answer, Problem):
                raise refusal(answer, self.title, kind)
            try:
                async with asyncio.timeout(self.limit):
                    body = await read_body(answer, self._settings.max_answer)
                break
            except (httpx.HTTPError, TimeoutError):
                lost = Unavailable(f"{self.title} broke off when we wanted to {kind}.")
            finally:
                await answer.aclose()
            await self._before_repeat(errand, lost)
        if body and not content_type(answer).endswith("json"):
            raise refusal(read_problem(answer.status_code, content_type(answer), b""), self.title, kind)
        return body

    async def write(self, kind: Kind, method: str, url: httpx.URL, json: Any) -> None:
        """Ask for a change, once. Unavailable with `asked` True: nobody knows whether it was made."""
        answer = await self._answer(_Errand(kind, method, url, json=json), self._http.changes)
        if isinstance(answer, Problem):
            raise refusal(answer, self.title, kind)
        await answer.aclose()
        if content_type(answer) in PAGES:
            raise Unavailable(
                f"{self.title} gave no clear answer when we wanted to {kind}; it may be done or not."
            )

    async def open(self, kind: Kind, url: httpx.URL, headers: dict[str, str]) -> httpx.Response | Problem:
        """A file whose bytes are still to come, which the asker closes; or what was said instead."""
        errand = _Errand(kind, "GET", url, headers=headers, repeats=self._settings.read_retries)
        return await self._answer(errand, self._http.media)

    async def _answer(self, errand: _Errand, client: httpx.AsyncClient) -> httpx.Response | Problem:
        """An answer that is final: renewals, redirects, waits and repeats are behind us."""
        while True:
            await self.sign_in.token()
            try:
                answer, token = await self._send(errand, client)
            except _Lost as lost:
                await self._before_repeat(errand, lost.error)
                continue
            if isinstance(answer, httpx.Response):
                self._now_reachable(True)
                return answer
            problem, response = answer
            status = problem.status
            if problem.token_is_stale:
                if errand.renewed:
                    raise SignInFailed(
                        f"{self.title} turns away the token that it has just given us ({problem.named}); an operator "
                        "should look at the app."
                    )
                errand.renewed = True
                await self.sign_in.renewed(token)
            elif status == 429:
                errand.penalties += 1
                if errand.penalties > _PENALTIES:
                    raise self._not_now(response)
            elif 300 <= status < 400:
                self._follow(errand, response)
            elif status in _NOT_NOW:
                await self._before_repeat(errand, self._not_now(response))
            else:
                self._now_reachable(True)
                return problem

    async def _send(
        self, errand: _Errand, client: httpx.AsyncClient
    ) -> tuple[httpx.Response | tuple[Problem, httpx.Response], Token]:
        async with AsyncExitStack() as unless_handed_on:
            async with self._budget.turn(errand.kind) as turn:
                # The wait may have been long, and RingCentral ends an old token where a new one is given.
                token = await self.sign_in.token()
                headers = errand.headers | {"Authorization": f"Bearer {token.access}"}
                request = client.build_request(
                    errand.method, errand.url, params=errand.params, headers=headers, json=errand.json
                )
                try:
                    async with asyncio.timeout(self.limit):
                        response = await client.send(request, stream=True, follow_redirects=False)
                        unless_handed_on.push_async_callback(response.aclose)
                        turn.answered(response)
                        self._look_at_clock(response)
                        body = b"" if response.is_success else await read_refusal(response)
                except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
                    raise _Lost(
                        Unavailable(f"{self.title} cannot be reached{because()}.", asked=False)
                    ) from error
                except (httpx.HTTPError, TimeoutError) as error:
                    raise _Lost(
                        Unavailable(f"{self.title} did not answer when we wanted to {errand.kind}.")
                    ) from error
            if response.is_success:
                unless_handed_on.pop_all()
                return response, token
        return (read_problem(response.status_code, content_type(response), body), response), token

    async def _before_repeat(self, errand: _Errand, error: Unavailable) -> None:
        """Pause before the same is asked once more, or raise what it comes to."""
        if errand.tries >= errand.repeats:
            self._now_reachable(False)
            raise error
        pause = self._settings.retry_pause.total_seconds() * 2**errand.tries * _random.uniform(0.5, 1.0)
        errand.tries += 1
        await asyncio.sleep(min(pause, _LONGEST_PAUSE))

    def _follow(self, errand: _Errand, response: httpx.Response) -> None:
        errand.hops += 1
        link = response.headers.get("Location", "")
        if not link or errand.hops > _HOPS or errand.method != "GET":
            raise BadAnswer(f"{self.title} sends us round in circles when we want to {errand.kind}.")
        errand.url = self.hosts.any_link(link, response.request.url)
        errand.params = None

    def _not_now(self, response: httpx.Response) -> Unavailable:
        told = wait_told(response, self._settings)
        return Unavailable(
            f"{self.title} cannot answer now (HTTP {response.status_code}){after(told)}.",
            retry_after=None if told is None else timedelta(seconds=told),
        )

    def _look_at_clock(self, response: httpx.Response) -> None:
        theirs = http_date(response.headers.get("Date", ""))
        if theirs is not None:
            self.behind = theirs - datetime.now(UTC)

    def _now_reachable(self, reachable: bool) -> None:
        if reachable != self._reachable:
            self._reachable = reachable
            if reachable:
                _log.info("%s answers again.", self.title)
            else:
                _log.warning("%s does not answer.", self.title)


class _Lost(Exception):
    """No answer came: `error` is what it comes to if it is not asked again."""

    def __init__(self, error: Unavailable) -> None:
        super().__init__(str(error))
        self.error = error
