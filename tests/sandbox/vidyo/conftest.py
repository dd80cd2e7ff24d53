"""A sandbox on loopback, and a caller that speaks raw XML to it and holds every answer to the schema."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest
from lxml import etree

from sandbox.vidyo.contract import Contract, contract
from sandbox.vidyo.server import VidyoSandbox

RECBOT = ("recbot", "recbot-secret")
ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
SERVICES = {
    "user": "VidyoPortalUserService",
    "admin": "VidyoPortalAdminService",
    "replay": "VidyoReplayContentManagementService",
}


@dataclass(frozen=True)
class Answer:
    """What came back: the status, and the element in the SOAP body."""

    status: int
    element: etree._Element

    def get(self, name: str) -> str | None:
        return self.element.findtext(f".//{{*}}{name}")

    def all(self, name: str) -> list[str | None]:
        return [found.text for found in self.element.iterfind(f".//{{*}}{name}")]

    @property
    def fault(self) -> str | None:
        """The local name of the typed fault; "untyped" without one; None where all went well."""
        if etree.QName(self.element).localname != "Fault":
            return None
        detail = self.element.find("detail")
        return "untyped" if detail is None or not len(detail) else etree.QName(detail[0]).localname


class Caller:
    """Sends requests as text, and checks what comes back against the published schema."""

    def __init__(self, vidyo: VidyoSandbox, http: httpx.AsyncClient) -> None:
        self.vidyo = vidyo
        self.http = http

    def url(self, service: str) -> str:
        base = self.vidyo.replay_url if service == "replay" else self.vidyo.portal_url
        return base + contract(SERVICES[service]).path

    async def post(
        self, service: str, envelope: str, auth: tuple[str, str] = RECBOT, **headers: str
    ) -> httpx.Response:
        return await self.http.post(self.url(service), content=envelope, auth=auth, headers=headers)

    async def literal(self, service: str, envelope: str) -> Answer:
        return self.read(service, await self.post(service, envelope))

    async def call(
        self, service: str, request: str, fields: str = "", auth: tuple[str, str] = RECBOT
    ) -> Answer:
        """`fields` is the inside of the request, with unprefixed elements."""
        namespace = contract(SERVICES[service]).namespace
        envelope = (
            f'<e:Envelope xmlns:e="{ENVELOPE}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><e:Body>'
            f'<{request} xmlns="{namespace}">{fields}</{request}></e:Body></e:Envelope>'
        )
        return self.read(service, await self.post(service, envelope, auth))

    def read(self, service: str, response: httpx.Response) -> Answer:
        element = etree.fromstring(response.content)[0][0]
        settings = self.vidyo.world.settings
        generation = settings.replay_generation if service == "replay" else settings.portal_generation
        kept: Contract = contract(SERVICES[service], generation)
        if response.status_code == 200:
            kept.schema.assertValid(element)
        elif len(detail := element.find("detail")):
            kept.schema.assertValid(detail[0])
        return Answer(response.status_code, element)

    async def start(self, room: str, prefix: str = "000", auth: tuple[str, str] = RECBOT) -> Answer:
        fields = (
            f"<conferenceID>{room}</conferenceID><recorderPrefix>{prefix}</recorderPrefix>"
            "<webcast>false</webcast>"
        )
        return await self.call("user", "StartRecordingRequest", fields, auth)

    async def change(self, verb: str, room: str, recorder: str | None) -> Answer:
        """Stop, Pause or Resume."""
        fields = f"<conferenceID>{room}</conferenceID><recorderID>{recorder}</recorderID>"
        return await self.call("user", f"{verb}RecordingRequest", fields)

    async def participants(self, room: str, options: str = "", auth: tuple[str, str] = RECBOT) -> Answer:
        """`options` is the inside of the Filter."""
        chosen = f"<Filter>{options}</Filter>" if options else ""
        fields = f"<conferenceID>{room}</conferenceID>{chosen}"
        return await self.call("user", "GetParticipantsRequest", fields, auth)

    async def recorder(self, room: str) -> str | None:
        return (await self.participants(room)).get("recorderID")

    async def search(self, *, auth: tuple[str, str] = RECBOT, **asked: str) -> Answer:
        """A search with every field, in order; what is not asked for is nil."""
        names = ("tenantName", "roomFilter", "usernameFilter", "query", "recordScope")
        names += ("sortBy", "dir", "limit", "start", "webcast")
        fields = "".join(
            f"<{name}>{asked[name]}</{name}>" if name in asked else f'<{name} xsi:nil="true"/>'
            for name in names
        )
        return await self.call("replay", "RecordsSearchRequest", fields, auth)


@pytest.fixture
async def vidyo() -> AsyncIterator[VidyoSandbox]:
    """A recorder needs three seconds to join, and two to leave; eight later there is its file."""
    async with VidyoSandbox() as sandbox:
        yield sandbox


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(verify=False) as client:  # loading certificates takes 100 ms a test
        yield client


@pytest.fixture
def caller(vidyo: VidyoSandbox, http: httpx.AsyncClient) -> Caller:
    return Caller(vidyo, http)
