"""A RingCentral of our own on loopback, and a provider that is connected to it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest

from providers.memories import Memories
from providers.ringcentral import RingCentralProvider, RingCentralSettings, connect
from sandbox.ringcentral.server import RingCentralSandbox

from .answering import Answering

Connect = Callable[..., Awaitable[RingCentralProvider]]


def settings_for(api_url: str, *media_urls: str, **changes: Any) -> RingCentralSettings:
    """Settings for a far side on this machine."""
    values: dict[str, Any] = {
        "kind": "ringcentral",
        "server_url": api_url,
        "media_hosts": [url.partition("//")[2] for url in media_urls],
        "client_id": "recbot-client",
        "client_secret": "recbot-client-secret",
        "jwt": "recbot-jwt",
        "look_back": "90d",
    }
    return RingCentralSettings(
        **{key: value for key, value in (values | changes).items() if value is not None}
    )


@pytest.fixture
async def ringcentral() -> AsyncIterator[RingCentralSandbox]:
    """An account whose limits are the documented ones."""
    async with RingCentralSandbox() as sandbox:
        yield sandbox


@pytest.fixture
async def answering() -> AsyncIterator[Answering]:
    """A server that answers what it is told to."""
    async with Answering() as server:
        yield server


@pytest.fixture
def memories() -> Memories:
    return Memories()


@pytest.fixture
async def connected(memories: Memories) -> AsyncIterator[Connect]:
    """Connects to any far side with addresses, and closes at the end of the test."""
    async with AsyncExitStack() as stack:

        async def connect_to(far: Any, **changes: Any) -> RingCentralProvider:
            settings = settings_for(far.api_url, far.media_url, **changes)
            return await stack.enter_async_context(connect("ringcentral", settings, memories))

        yield connect_to


@pytest.fixture
async def provider(ringcentral: RingCentralSandbox, connected: Connect) -> RingCentralProvider:
    return await connected(ringcentral)
