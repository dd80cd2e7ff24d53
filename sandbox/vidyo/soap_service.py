"""One SOAP service on one path: WSDL by GET, operations by POST."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from sandbox.vidyo import pages, soap
from sandbox.vidyo.accounts import Account
from sandbox.vidyo.contract import Contract, contract
from sandbox.vidyo.door import Door, Turned
from sandbox.vidyo.journal import Entry
from sandbox.vidyo.misbehaviour import Rule
from sandbox.vidyo.world import World

_WRONG_BASE = "http://portal.inner.invalid:8080"
_XML = "text/xml;charset=UTF-8"


@dataclass(frozen=True, slots=True)
class Call:
    """One request to an operation, signed in and valid by the schema."""

    world: World
    account: Account
    body: soap.Body
    admin: bool


Operations = Mapping[str, Callable[[Call], str]]
"""Operation name to what it does: it returns the inside of the response element, or raises a SoapFault."""


class SoapService:
    """Answers for one contract. `name` is what the journal calls it: user, admin or replay."""

    def __init__(self, name: str, service: str, operations: Operations, door: Door) -> None:
        self.name = name
        self._service = service
        self._operations = operations
        self._door = door
        self._world = door.world

    @property
    def contract(self) -> Contract:
        """What is understood by the generation that is played now."""
        settings = self._world.settings
        replay = self.name == "replay"
        return contract(self._service, settings.replay_generation if replay else settings.portal_generation)

    async def answer(self, request: Request) -> ASGIApp:
        """The answer to one request; a fault is an answer too, with status 500."""
        if request.method != "POST":
            return await self._door.pass_through(request, self.name, "wsdl", self._wsdl)
        kept = self.contract
        data = await request.body()
        try:
            element, unreadable = soap.payload(data), None
        except soap.SoapFault as error:
            element, unreadable = None, error
        operation = soap.operation_of(kept, request.headers.get("soapaction", ""), element)

        async def work(request: Request, entry: Entry, rule: Rule | None) -> ASGIApp:
            account = self._door.admit(request, entry, staff_only=self.name == "admin")
            try:
                if rule is not None and rule.kind.startswith("fault:"):
                    raise _demanded(rule)
                if element is None:
                    raise unreadable or soap.SoapFault(None, "The request is empty.")
                if operation is None:
                    raise soap.SoapFault(None, f"The endpoint has no operation for {element.tag}.")
                lenient = self._world.settings.lenient
                body = soap.validated(kept, operation, element, lenient=lenient)
                call = Call(self._world, account, body, admin=self.name == "admin")
                inner = self._operations[operation.name](call)
            except soap.SoapFault as error:
                entry.outcome = error.name or "untyped fault"
                return Response(soap.fault(kept, error), 500, media_type=_XML)
            return Response(soap.answer(kept, operation, inner), media_type=_XML)

        name = operation.name if operation else "unknown"
        return await self._door.pass_through(request, self.name, name, work)

    async def _wsdl(self, request: Request, entry: Entry, rule: Rule | None) -> ASGIApp:
        """Exactly `?wsdl` needs no login, any other spelling does; a wrong login is refused in each case."""
        if request.scope["query_string"] != b"wsdl" or entry.authorized:
            self._door.admit(request, entry)
        self._door.check_host(request)
        if rule is not None and rule.kind.startswith("fault:"):
            raise Turned("500", pages.refusal(500))
        if request.scope["query_string"].lower() != b"wsdl":
            raise Turned("404", pages.refusal(404))
        base = _WRONG_BASE if self._world.settings.wrong_soap_address else str(request.base_url).rstrip("/")
        wsdl = self.contract.wsdl(base)
        for name, other in self._world.settings.wsdl_names.items():
            wsdl = wsdl.replace(f'name="{name}"', f'name="{other}"')
        return Response(wsdl, media_type=_XML)


def _demanded(rule: Rule) -> soap.SoapFault:
    name = rule.kind.removeprefix("fault:")
    return soap.SoapFault(None if name == "untyped" else name, "This fault was asked for.")
