from collections.abc import AsyncIterator

import aiohttp
import pytest

from providers.memory import MemoryProvider

from .world import World, gateway_with


@pytest.fixture
def memory() -> MemoryProvider:
    return MemoryProvider()


@pytest.fixture
async def world(memory: MemoryProvider) -> AsyncIterator[World]:
    async with gateway_with(memory) as served:
        yield served


@pytest.fixture
async def browser() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=15)) as session:
        yield session
