"""A sandbox on loopback, and a caller that is signed in to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import httpx
import pytest

from sandbox.ringcentral.server import RingCentralSandbox

JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
PLENTY = {"light": 1000, "medium": 1000, "heavy": 1000, "auth": 1000}
LONG_AGO = "2020-01-01T00:00:00Z"


class Caller:
    """Asks in the words of the documentation, with a token that it gets at the first request."""

    def __init__(self, rc: RingCentralSandbox, http: httpx.AsyncClient) -> None:
        self.rc = rc
        self.http = http
        self.token = ""

    async def ask_for_token(self, auth: tuple[str, str] | None = None, **form: str) -> httpx.Response:
        """The call for a token; without a grant type by JWT."""
        world = self.rc.world
        form = form if "grant_type" in form else {"grant_type": JWT_GRANT, "assertion": world.jwt, **form}
        login = auth or (world.client_id, world.client_secret)
        return await self.http.post(f"{self.rc.api_url}/restapi/oauth/token", data=form, auth=login)

    async def sign_in(self) -> str:
        answer = await self.ask_for_token()
        assert answer.status_code == 200, answer.text
        self.token = answer.json()["access_token"]
        return self.token

    async def ask(self, method: str, path: str, **more: object) -> httpx.Response:
        """`path` is what follows /restapi/v1.0, or a whole address."""
        if not self.token:
            await self.sign_in()
        url = path if path.startswith("http") else f"{self.rc.api_url}/restapi/v1.0{path}"
        headers = {"Authorization": f"Bearer {self.token}", **more.pop("headers", {})}
        return await self.http.request(method, url, headers=headers, **more)

    async def get(self, path: str, **query: object) -> httpx.Response:
        return await self.ask("GET", path, params=query or None)

    async def log(self, **query: object) -> list[dict]:
        """The records of the account's log, of all times unless asked otherwise."""
        window = {} if {"dateFrom", "sessionId"} & query.keys() else {"dateFrom": LONG_AGO}
        answer = await self.get("/account/~/call-log", **{**window, **query})
        assert answer.status_code == 200, answer.text
        return answer.json()["records"]

    async def content(self, recording_id: str, **headers: str) -> httpx.Response:
        path = f"/restapi/v1.0/account/~/recording/{recording_id}/content"
        return await self.ask("GET", f"{self.rc.media_url}{path}", headers=headers)


@pytest.fixture
async def rc() -> AsyncIterator[RingCentralSandbox]:
    """A world without calls, in which nobody need be patient."""
    async with RingCentralSandbox(limits=PLENTY) as sandbox:
        sandbox.world.clear_log()
        yield sandbox


@pytest.fixture
def world(rc):
    return rc.world


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(verify=False) as client:  # loading certificates takes 100 ms a test
        yield client


@pytest.fixture
def caller(rc, http) -> Caller:
    return Caller(rc, http)


@pytest.fixture
def ago(world) -> Callable[..., object]:
    """A moment before now."""
    return lambda **distance: world.clock.now() - timedelta(**distance)
