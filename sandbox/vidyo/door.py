"""What happens to a request before any service sees it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.serving import Servers
from sandbox.vidyo import hostile, pages
from sandbox.vidyo.accounts import Account, SignInRefused
from sandbox.vidyo.journal import Entry
from sandbox.vidyo.misbehaviour import Rule
from sandbox.vidyo.world import World


class Turned(Exception):
    """The request ends here, with this answer; without one the connection is cut."""

    def __init__(self, outcome: str, response: ASGIApp | None) -> None:
        super().__init__(outcome)
        self.outcome = outcome
        self.response = response


Work = Callable[[Request, Entry, Rule | None], Awaitable[ASGIApp]]


class Door:
    """The one way in: it keeps the journal, applies the faults on demand, and knows who may pass."""

    def __init__(self, world: World, servers: Servers) -> None:
        self.world = world
        self._servers = servers

    async def pass_through(self, request: Request, service: str, operation: str, work: Work) -> ASGIApp:
        """Journal a request, let it go wrong as it is told to, or else do its work; the answer to send."""
        entry = Entry(
            at=self.world.clock.now(),
            service=service,
            operation=operation,
            host=request.headers.get("host", ""),
            authorized="authorization" in request.headers,
        )
        self.world.journal.add(entry)
        rule = self.world.faults.pick(operation)
        try:
            await self._go_wrong_at_once(rule)
            response = await work(request, entry, rule)
            if rule is not None and rule.kind == "reset_after" and operation != "download":
                raise Turned("reset_after", None)
        except Turned as turned:
            entry.outcome = turned.outcome
            return turned.response or self.cut
        if entry.outcome == "open":
            entry.outcome = "ok"
        return response

    async def cut(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An answer that is none: the other side sees no answer and no farewell."""
        await self._servers.cut(scope, receive, send)

    async def _go_wrong_at_once(self, rule: Rule | None) -> None:
        if rule is None:
            return
        match rule.kind:
            case "slow":
                await self.world.wait(rule.seconds)
            case "reset_before":
                raise Turned(rule.kind, None)
            case "html":
                raise Turned(rule.kind, pages.login_page())
            case "503" | "401" | "402" | "403":
                raise Turned(rule.kind, pages.refusal(int(rule.kind)))
            case "laughs" | "huge" | "packed" | "elsewhere":
                raise Turned(rule.kind, hostile.answer(rule))

    def admit(self, request: Request, entry: Entry, *, staff_only: bool = False) -> Account:
        """Whoever signed in, or `Turned` with what the portal says to those it does not know."""
        self.check_host(request)
        replay = entry.service == "replay"
        try:
            account = self.world.accounts.sign_in(request.headers.get("authorization"))
        except SignInRefused:
            if replay and self.world.settings.replay_login == "redirect":
                raise Turned("302", pages.to_login()) from None
            raise Turned("401", pages.refusal(401)) from None
        entry.user = account.login
        if staff_only and not account.sees_the_tenant:
            raise Turned("401", pages.refusal(401))
        return account

    def check_host(self, request: Request) -> None:
        """A multi-tenant portal finds the tenant by the Host header, and knows no other."""
        known = self.world.settings.only_host
        if known is not None and request.headers.get("host") != known:
            raise Turned("403", pages.refusal(403))
