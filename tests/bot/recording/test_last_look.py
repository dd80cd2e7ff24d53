"""What is looked at once more before a channel hears of it, and at what price."""

import asyncio
from unittest.mock import patch

import pytest

from bot.domain.pace import Pace
from bot.recording.last_look import LastLook
from providers.errors import SignInFailed, Unavailable
from providers.memory import MemoryProvider
from providers.memory_phone import MemoryPhone
from providers.model import Recording, RecordingChange, Scope
from providers.registry import Providers
from tests.bot.store.samples import NOON
from tests.clock import Clock, lasting

PACE = Pace()


@pytest.fixture
def clock() -> Clock:
    return Clock(NOON)


@pytest.fixture
def library(clock: Clock) -> MemoryProvider:
    return MemoryProvider("vidyo", now=clock)


@pytest.fixture
def known(library: MemoryProvider) -> Recording:
    return library.backend.add_recording()


@pytest.fixture
def last_look(library: MemoryProvider, clock: Clock) -> LastLook:
    phone = MemoryPhone("calls", now=clock)
    return LastLook(Providers([library, phone]), PACE, lambda: clock().timestamp())


async def test_what_was_renamed_meanwhile_is_told_by_its_new_name(
    last_look: LastLook, library: MemoryProvider, known: Recording
) -> None:
    renamed = await library.edit(known.id, RecordingChange(title="Renamed"))
    assert await last_look("vidyo", known) == renamed


async def test_what_was_made_private_or_deleted_meanwhile_is_not_told(
    last_look: LastLook, library: MemoryProvider, known: Recording
) -> None:
    await library.edit(known.id, RecordingChange(scope=Scope.PRIVATE))
    assert await last_look("vidyo", known) is None
    await library.delete(known.id)
    assert await last_look("vidyo", known) is None


@pytest.mark.parametrize("error", [Unavailable("No answer came."), SignInFailed("Not let in.")])
async def test_a_library_that_cannot_say_is_asked_again_a_minute_later(
    last_look: LastLook, library: MemoryProvider, known: Recording, clock: Clock, error: Exception
) -> None:
    library.backend.fail_next("fresh", error)
    await library.delete(known.id)
    for _ in range(3):
        assert await last_look("vidyo", known) == known
    assert library.backend.calls.count("fresh") == 1
    clock.forward(PACE.library_look)
    assert await last_look("vidyo", known) is None


async def test_a_silent_library_holds_up_one_of_fifty_and_that_one_not_for_long(
    last_look: LastLook, library: MemoryProvider, known: Recording
) -> None:
    never = patch.object(library, "fresh", lambda id: asyncio.Event().wait())
    with never, lasting(PACE.listing_patience.total_seconds()):
        told = [await last_look("vidyo", known) for _ in range(50)]
    assert told == [known] * 50


@pytest.mark.parametrize("where", ["calls", "configured no more"])
async def test_a_library_that_counts_its_requests_or_is_gone_is_not_asked(
    last_look: LastLook, known: Recording, where: str
) -> None:
    assert await last_look(where, known) == known
