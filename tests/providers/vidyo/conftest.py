"""A Vidyo of our own on loopback, and a provider that is connected to it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest

from providers.memories import ForgetfulSignInMemory, Memories
from providers.vidyo import VidyoProvider, VidyoSettings, connect
from sandbox.vidyo.server import VidyoSandbox

from .answering import Answering

Connect = Callable[..., Awaitable[VidyoProvider]]


def settings_for(portal_url: str, replay_url: str, /, **changes: Any) -> VidyoSettings:
    """Settings for a far side on this machine."""
    values: dict[str, Any] = {
        "kind": "vidyo",
        "portal_url": portal_url,
        "replay_url": replay_url,
        "username": "recbot",
        "password": "recbot-secret",
    }
    return VidyoSettings(**(values | changes))


@pytest.fixture
async def vidyo() -> AsyncIterator[VidyoSandbox]:
    async with VidyoSandbox() as sandbox:
        sandbox.world.settings.join_delay = "never"
        yield sandbox


@pytest.fixture
async def answering() -> AsyncIterator[Answering]:
    """A server that answers what it is told to."""
    async with Answering() as server:
        yield server


@pytest.fixture
def memory() -> ForgetfulSignInMemory:
    return ForgetfulSignInMemory()


@pytest.fixture
async def connected(memory: ForgetfulSignInMemory) -> AsyncIterator[Connect]:
    """Connects to any far side with an address, and closes at the end of the test."""
    async with AsyncExitStack() as stack:

        async def connect_to(far: Any, **changes: Any) -> VidyoProvider:
            settings = settings_for(far.portal_url, far.replay_url, **changes)
            return await stack.enter_async_context(connect("vidyo", settings, Memories(sign_ins=memory)))

        yield connect_to


@pytest.fixture
async def provider(vidyo: VidyoSandbox, connected: Connect) -> VidyoProvider:
    return await connected(vidyo)
