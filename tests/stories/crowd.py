"""What several stories share: many recorders, and more people."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.bootstrap import running_bot
from bot.cli.demo import far_sides, sandbox_settings, vidyo_keys
from bot.settings import Settings
from sandbox.slack.model import Message
from sandbox.slack.reading import text_of
from sandbox.slack.server import SlackSandbox
from sandbox.vidyo.server import VidyoSandbox
from tests.database import new_file
from tests.stories.world import SLOW_TICK, SPEED, World, errors_logged, layout_problems

_MORE_RECORDERS = 20


def settings_between(
    slack: SlackSandbox,
    vidyo: VidyoSandbox,
    directory: Path,
    *,
    keys: dict[str, str] | None = None,
    **sections: dict[str, Any],
) -> Settings:
    """The bot's configuration between these far sides; `keys` replace some of [providers.vidyo]."""
    more = {"providers": {"vidyo": {**vidyo_keys(vidyo), **(keys or {})}}, **sections}
    more["pace"] = SLOW_TICK | more.get("pace", {})
    return sandbox_settings(slack, vidyo, directory, speed=SPEED, sections=more)


@asynccontextmanager
async def open_crowd(
    directory: Path, *, keys: dict[str, str] | None = None, **sections: dict[str, Any]
) -> AsyncIterator[World]:
    """A world in which one story's recorders are not missing in the next, and Pia is there too."""
    async with far_sides(speed=SPEED, port=0) as (slack, vidyo):
        recorders = vidyo.world.recorders
        [slot, *_] = recorders.slots
        recorders.slots += [replace(slot, busy=False) for _ in range(_MORE_RECORDERS)]
        people = slack.workspace.people
        people["U0PIA"] = replace(people["U0ANNA"], id="U0PIA", name="pia", real_name="Pia Rossi")
        for channel in ("#general", "#standup"):
            slack.workspace.conversation(channel).members.append("U0PIA")
        settings = settings_between(slack, vidyo, directory, keys=keys, **sections)
        (directory / "recbot.db").write_bytes(new_file())
        with errors_logged() as errors:
            async with running_bot(settings) as bot:
                yield World(slack, vidyo, bot, directory)
        wrong = [failure.text for failure in slack.failures] + errors + layout_problems(slack)
        assert not wrong, wrong


def cards_of(world: World, room: str) -> list[Message]:
    """The messages about this room that everybody sees, in whichever channel."""
    channels = world.slack.workspace.conversations.values()
    return [m for c in channels for m in c.messages if not m.ephemeral and room in text_of(m)]


def private_words(world: World, user: str, *channels: str) -> str:
    """All that only this person was told, there."""
    person = world.slack.workspace.person(user).id
    seen = [m for channel in channels for m in world.slack.messages(channel, user)]
    return "\n".join(text_of(m) for m in seen if m.ephemeral_to == person)
