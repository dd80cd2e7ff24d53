"""What becomes of `/record room`."""

import pytest

from bot.domain.conversation import Asker, Conversation, ReplyTo
from bot.domain.errors import CannotSpeak
from bot.domain.requests import CreateRoom
from bot.recording.room import create_room
from tests.bot.recording.stage import CHANNEL, VOVA, Stage


async def test_a_room_whose_link_cannot_be_posted_is_not_kept_from_whoever_asked(stage: Stage) -> None:
    stage.said.deaf.add(CHANNEL.channel)
    with pytest.raises(CannotSpeak, match=r"Retro was created: https://.*/invite @Recbot"):
        await create_room(CreateRoom(ReplyTo(CHANNEL, VOVA), "Retro"), "r1", stage.services)


async def test_a_room_made_at_a_terminal_leaves_nothing_to_be_posted(stage: Stage) -> None:
    terminal = ReplyTo(Conversation("cli", "terminal"), Asker("cli", "operator"))
    place = await create_room(CreateRoom(terminal, "Retro"), "r1", stage.services)
    assert place.room.join_url
    assert await stage.services.store.notices.owed() == 0
