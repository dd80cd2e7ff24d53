"""Where the process may open nothing more, that is what is said, and not that somebody else is away."""

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
import pytest

from providers.errors import Unavailable
from providers.memories import Memories
from providers.model import RecordingQuery
from providers.reach import kind_of, obstacle
from providers.ringcentral import connect as connect_ringcentral
from providers.vidyo import connect as connect_vidyo
from tests.providers.ringcentral import conftest as ringcentral
from tests.providers.vidyo import conftest as vidyo

from .world import World

NOWHERE = "http://127.0.0.1:9"


@contextmanager
def no_more_files() -> Iterator[None]:
    """Nothing more can be opened in here, by anybody in this process."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    lowest = os.open(os.devnull, os.O_RDONLY)
    os.close(lowest)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


async def test_it_is_said_of_a_provider_that_cannot_be_reached_for_it() -> None:
    at_vidyo = connect_vidyo("vidyo", vidyo.settings_for(NOWHERE, NOWHERE), Memories())
    settings = ringcentral.settings_for(NOWHERE, read_retries=0)
    async with at_vidyo as portal, connect_ringcentral("calls", settings, Memories()) as calls:
        for library in (portal, calls):
            with (
                no_more_files(),
                pytest.raises(Unavailable, match=r"no more files and connections \(EMFILE\)"),
            ):
                await library.search(RecordingQuery())
            with pytest.raises(Unavailable, match=r"(cannot be reached|signed in)\.$"):
                await library.search(RecordingQuery())


async def test_it_is_said_when_somebody_looks(world: World, browser: aiohttp.ClientSession) -> None:
    async with browser.get(world.url + "/readyz") as answer:
        assert answer.status == 200
    with no_more_files():  # on a connection that is there
        async with browser.get(world.url + "/readyz") as answer:
            assert answer.status == 503
            assert "EMFILE" in await answer.text()
    async with browser.get(world.url + "/readyz") as answer:
        assert answer.status == 200


def test_it_is_what_stands_in_the_way_whatever_the_system_says() -> None:
    error = OSError("nobody knows the name")
    with no_more_files():
        found = obstacle(error, "portal_url")
        assert "EMFILE" in found.found
        assert "ulimit -n" in found.advice
        assert "EMFILE" in kind_of(error)
    assert kind_of(error) == "OSError"
