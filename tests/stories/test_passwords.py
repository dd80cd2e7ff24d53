"""A wrong password costs one request a service, and a changed one ends nothing that is being recorded."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.bootstrap import Bot, running_bot
from bot.cli.demo import far_sides
from sandbox.slack.model import Message
from sandbox.slack.reading import text_of
from sandbox.slack.server import SlackSandbox
from sandbox.vidyo.server import VidyoSandbox
from tests.database import new_file
from tests.eventually import eventually
from tests.stories.crowd import settings_between
from tests.stories.terminals import Terminal
from tests.stories.world import PATIENCE, ROOM, ROOM_NAME, SPEED

REFUSED = "does not accept the login recbot"


@dataclass
class Site:
    """Slack and Vidyo, which outlive the bot; each bot finds the database of the one before."""

    slack: SlackSandbox
    vidyo: VidyoSandbox
    directory: Path

    def bot(self, password: str = "recbot-secret") -> AbstractAsyncContextManager[Bot]:
        keys = {"password": password}
        return running_bot(settings_between(self.slack, self.vidyo, self.directory, keys=keys))

    async def recording(self) -> Message:
        """Somebody has started a recording; its card."""
        await self.slack.command("vova", "#general", f"/record start {ROOM}")
        return await self.slack.see("#general", f"Recording {ROOM_NAME}", timeout=PATIENCE)

    async def people_try(self, words: str) -> None:
        """Somebody asks both services for something, and is told this."""
        for command in (f"/record status {ROOM}", "/recordings search vova"):
            before = len(self.slack.messages("#general", "anna"))
            await self.slack.command("anna", "#general", command)
            await self.slack.wait_for(
                lambda: [m for m in self.slack.messages("#general", "anna")[before:] if words in text_of(m)],  # noqa: B023
                timeout=PATIENCE,
            )

    async def sees(self, card: Message, words: str) -> None:
        await self.slack.wait_for(lambda: words in text_of(card), PATIENCE)

    def turned_away(self) -> Counter[str]:
        """How often each service refused a login."""
        return Counter(entry.service for entry in self.vidyo.world.journal if entry.outcome == "401")

    def cards(self) -> list[Message]:
        return [m for m in self.slack.messages("#general") if ROOM_NAME in text_of(m)]


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with far_sides(speed=SPEED, port=0) as (slack, vidyo):
        (tmp_path / "recbot.db").write_bytes(new_file())
        yield Site(slack, vidyo, tmp_path)


async def test_a_password_that_was_wrong_from_the_start_is_sent_once_to_each_service_over_three_restarts(
    site: Site,
) -> None:
    for _ in range(4):
        async with site.bot("mistyped"):
            await site.people_try(REFUSED)
            await site.people_try(REFUSED)
    terminal = Terminal(site.directory, site.vidyo, password="mistyped")
    typed = await terminal.type("record", "start", ROOM)
    assert typed.code == 1
    assert REFUSED in typed.err
    assert site.turned_away() == {"user": 1, "replay": 1}
    assert not any(account.locked for account in site.vidyo.world.accounts)


async def test_a_password_that_is_changed_during_a_recording_ends_no_watch_over_polls_and_three_restarts(
    site: Site,
) -> None:
    async with site.bot() as bot:
        card = await site.recording()

        async def nothing_but_the_room_is_looked_at() -> bool:
            return not await bot.services.store.watches.awaiting_files("vidyo")

        await eventually(nothing_but_the_room_is_looked_at)
        site.vidyo.world.accounts.change_password("recbot", "new-secret")
        await site.sees(card, f"Cannot see {ROOM_NAME}")
        assert REFUSED in text_of(card)
        assert "new-secret" not in text_of(card)
        await site.people_try(REFUSED)
    for _ in range(3):
        async with site.bot():
            await site.people_try(REFUSED)
            assert f"Cannot see {ROOM_NAME}" in text_of(card)
    assert site.turned_away() == {"user": 1, "replay": 1}

    async with site.bot("new-secret"):
        await site.sees(card, f"Recording {ROOM_NAME}")
        await site.slack.press("vova", card, "Stop")
        await site.sees(card, f"Ready: {ROOM_NAME}")
    assert site.cards() == [card]
    assert site.vidyo.world.journal.count("startRecording") == 1


async def test_after_the_account_was_unlocked_recbot_doctor_lets_the_running_bot_go_on(site: Site) -> None:
    async with site.bot():
        card = await site.recording()
        site.vidyo.world.accounts.change_password("recbot", "for-a-while")
        await site.sees(card, f"Cannot see {ROOM_NAME}")
        site.vidyo.world.accounts.change_password("recbot", "recbot-secret")
        terminal = Terminal(site.directory, site.vidyo)
        examined = await terminal.type("doctor")
        assert examined.code == 0, examined.out
        assert "signed in as recbot" in examined.out
        await site.sees(card, f"Recording {ROOM_NAME}")
    assert site.turned_away()["user"] == 1
