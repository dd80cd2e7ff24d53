"""What happens to a request before its work is done: the journal, faults, tokens, budgets, permissions."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from email.utils import formatdate
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.ringcentral import hostile
from sandbox.ringcentral.asked import Asked, Endpoint
from sandbox.ringcentral.file_answer import FileAnswer
from sandbox.ringcentral.journal import Entry
from sandbox.ringcentral.limits import PENALTY, Standing
from sandbox.ringcentral.misbehaviour import Rule
from sandbox.ringcentral.refusal import Refused, in_html, in_json, no_permission
from sandbox.ringcentral.sessions import Session
from sandbox.ringcentral.world import World
from sandbox.serving import Servers

_IMPLIED_BY = {"ReadCallLog": "ReadCallRecording"}
_SERVER_ERRORS = {"500": "CMN-201", "502": "CMN-201", "503": "CMN-203", "504": "CMN-203"}

Handler = Callable[[Request], Awaitable[ASGIApp]]
Work = Callable[[Entry], Awaitable[Response]]


class _NoAnswer(Exception):
    """The connection is to be reset."""


class Door:
    """The one way in, to the platform and, with `media`, to the media host."""

    def __init__(self, world: World, servers: Servers, *, media: bool = False) -> None:
        self.world = world
        self._servers = servers
        self._media = media

    def entrance(self, endpoint: Endpoint) -> Handler:
        """The handler for one call of the interface."""

        async def handler(request: Request) -> ASGIApp:
            async def work(entry: Entry) -> Response:
                session = self._session(request)
                group = self.world.settings.media_group if self._media else endpoint.group
                standing = self._admit(entry, f"{session.extension.id} {session.app}", group)
                asked = Asked(self.world, request, session)
                return await self._budgeted(standing, lambda: self._allowed(endpoint, asked))

            return await self._answer(request, work)

        return handler

    async def token_call(self, request: Request) -> ASGIApp:
        """Answer the call for a token. Its budget is the app's, as nobody is signed in yet."""
        sign_in = self.world.sign_in

        async def work(entry: Entry) -> Response:
            app = sign_in.app(request.headers.get("authorization"))
            form = await _form(request)

            async def granted() -> Response:
                return JSONResponse(sign_in.answer(sign_in.grant(app, form)))

            return await self._budgeted(self._admit(entry, app, "auth"), granted)

        return await self._answer(request, work)

    async def revoke_call(self, request: Request) -> ASGIApp:
        """End a session; that a token is not known is no error."""

        async def work(entry: Entry) -> Response:
            self.world.sign_in.app(request.headers.get("authorization"))
            self.world.sessions.revoke((await _form(request)).get("token", ""))
            return Response()

        return await self._answer(request, work)

    async def nowhere(self, request: Request) -> ASGIApp:
        """Answer for a path that nothing is at, or not by this method."""

        async def work(entry: Entry) -> Response:
            raise Refused(404, "CMN-120", f"Resource {request.url.path} is not found.")

        return await self._answer(request, work)

    async def _answer(self, request: Request, work: Work) -> ASGIApp:
        """Let a request go wrong as it is told to, or do its work; the journal has what came of it."""
        entry, rule = self._note(request), self.world.faults.pick(request.url.path)
        entry.fault = rule.kind if rule else ""
        try:
            answer = await self._fault(rule) or await work(entry)
            if rule is not None and rule.kind == "reset_after":
                self._break_off(answer)
        except Refused as error:
            answer = self._refusal(error)
        except _NoAnswer:
            return self._cut
        entry.status = answer.status_code
        if (ahead := self.world.settings.clock_ahead) is not None:
            answer.headers["Date"] = formatdate(time.time() + ahead, usegmt=True)
        return answer

    def _note(self, request: Request) -> Entry:
        query = request.query_params
        entry = Entry(
            at=self.world.clock.now(),
            method=request.method,
            path=request.url.path,
            query={name: query.getlist(name) for name in query if name != "access_token"},
            authorized="authorization" in request.headers,
        )
        self.world.journal.add(entry)
        return entry

    async def _fault(self, rule: Rule | None) -> Response | None:
        if rule is None:
            return None
        match rule.kind:
            case "slow":
                await self.world.background.wait(rule.seconds)
            case "reset_before":
                raise _NoAnswer
            case "html":
                return in_html(200, "RingCentral")
            case "429":
                raise self._too_many()
            case "408":
                raise Refused(408, "CMN-203", "Request timeout.")
            case ("500" | "502" | "503" | "504") as status:
                raise Refused(int(status), _SERVER_ERRORS[status], "Service is temporarily unavailable.")
        return hostile.answer(rule)

    def _break_off(self, answer: Response) -> None:
        """The work is done and the answer lost; of a file, half of it."""
        if not isinstance(answer, FileAnswer):
            raise _NoAnswer
        answer.cut = self._cut

    async def _cut(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._servers.cut(scope, receive, send)

    def _session(self, request: Request) -> Session:
        """Whoever is signed in. The media host also takes a token in the address."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if self._media and not scheme:
            scheme, token = "bearer", request.query_params.get("access_token", "")
        if scheme.lower() != "bearer" or not token:
            raise Refused(401, "AGW-402", "Invalid Authorization header.")
        return self.world.sessions.bearer(token.strip())

    def _admit(self, entry: Entry, who: str, group: str) -> Standing:
        standing = self.world.limits.admit(who, group)
        entry.group, entry.in_penalty = standing.group, standing.in_penalty
        if standing.admitted:
            return standing
        error = self._too_many()
        error.headers |= self._told(standing)
        raise error

    async def _budgeted(self, standing: Standing, work: Callable[[], Awaitable[Response]]) -> Response:
        """The answer of some work, or its error, with what is left of the group's budget."""
        try:
            answer = await work()
        except Refused as error:
            error.headers |= self._told(standing)
            raise
        answer.headers.update(self._told(standing))
        return answer

    async def _allowed(self, endpoint: Endpoint, asked: Asked) -> Response:
        granted = {name for name in asked.session.scope if name in self.world.scope}
        needed = endpoint.needs
        if needed not in granted and _IMPLIED_BY.get(needed) not in granted:
            raise no_permission(needed)
        return await endpoint.work(asked)

    def _told(self, standing: Standing) -> dict[str, str]:
        return standing.headers() if self.world.settings.rate_headers else {}

    def _too_many(self) -> Refused:
        error = Refused(429, "CMN-301", "Request rate exceeded.")
        if self.world.settings.retry_after:
            error.headers["Retry-After"] = str(PENALTY)
        return error

    def _refusal(self, error: Refused) -> Response:
        if error.status == 401 and self.world.settings.oauth_errors:
            grant = {"error": "invalid_grant", "error_description": error.message}
            return JSONResponse({**grant, **error.body(modern=True)}, 401, error.headers)
        return in_json(error, modern=self.world.settings.modern_errors)


async def _form(request: Request) -> dict[str, str]:
    """The fields of a form body; each is there once."""
    return dict(parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True))
