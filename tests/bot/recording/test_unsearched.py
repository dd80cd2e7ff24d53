"""A key that was mistyped: that there is no such room is said, whatever became of the search for its name."""

import pytest

from providers.errors import BadAnswer, NotFound, ProviderError, Unavailable
from tests.bot.recording.stage import ROOM, Stage

BUSY = Unavailable("The portal cannot answer now (HTTP 503).")
RAW = BadAnswer("The portal answered searchRooms with a fault without a name.")


@pytest.mark.parametrize("error", [BUSY, RAW])
async def test_no_such_room_wins_over_a_search_that_failed(stage: Stage, error: ProviderError) -> None:
    stage.provider.backend.fail_next("find_rooms", error)
    with pytest.raises(NotFound) as caught:
        await stage.start("Nf5kaN9tWO")
    assert str(caught.value).startswith(
        "There is no room with the key “Nf5kaN9tWO”, and its name could not be looked for."
    )
    assert str(error) in str(caught.value)


async def test_a_key_that_was_found_needs_no_search(stage: Stage) -> None:
    stage.provider.backend.fail_next("find_rooms", BUSY)
    assert await stage.started(ROOM)


async def test_where_the_key_could_not_be_looked_up_nobody_says_that_there_is_no_room(stage: Stage) -> None:
    stage.provider.backend.fail_next("find_room", BUSY)
    with pytest.raises(Unavailable):
        await stage.start("Nf5kaN9tWO")


async def test_words_that_can_be_no_key_are_not_said_to_be_none(stage: Stage) -> None:
    stage.provider.backend.fail_next("find_rooms", BUSY)
    with pytest.raises(Unavailable):
        await stage.start("no such room")
