"""Whatever shows a file is drawn as the file is by then: it may have been made private while Slack was away."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.conversation import Conversation
from bot.domain.notice import Notice, NotTold, RecordingReady, RecordingShared
from bot.domain.watch import State
from bot.recording.last_look import LastLook
from bot.slack.cards import Drawn
from bot.slack.drawing import Drawing
from bot.store import Store, open_store
from providers.errors import Unavailable
from providers.memory import MemoryProvider
from providers.model import Recording, RecordingChange, Scope
from providers.registry import Providers
from tests.bot.store.samples import HERE, NOON, PACE, VOVA, a_watch, card_of
from tests.clock import Clock
from tests.database import new_file

HIM = Conversation("slack", "U1", "T1")


class Easel:
    """A store, a library, and what is drawn from both."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.library = MemoryProvider("vidyo", now=clock)
        self._draw = Drawing(store, PACE, LastLook(Providers([self.library]), PACE))

    def recording(self, title: str) -> Recording:
        return self.library.backend.add_recording(title=title)

    async def shared(self, recording: Recording) -> Notice:
        notice = Notice("s1", HERE, RecordingShared("vidyo", recording, VOVA))
        await self.store.notices.owe(notice)
        return notice

    async def card(self, *files: Recording) -> Notice:
        """The live card of a recording whose file was found, or one of whose files it must be."""
        watch = a_watch(state=State.READY, candidates=files, open=False, confirmed_at=NOON, ended_at=NOON)
        await self.store.watches.reserve(watch, card_of(watch))
        return card_of(watch)

    async def hide(self, recording: Recording) -> None:
        await self.library.edit(recording.id, RecordingChange(scope=Scope.PRIVATE))

    async def drawn(self, notice: Notice) -> Drawn | None:
        return await self._draw(notice)


@pytest.fixture
async def easel(tmp_path: Path) -> AsyncIterator[Easel]:
    clock, file = Clock(NOON), tmp_path / "recbot.db"
    file.write_bytes(new_file())
    async with open_store(f"sqlite:///{file}", clock=clock) as store:
        yield Easel(store, clock)


def said(drawn: Drawn | None) -> str:
    assert drawn is not None
    return f"{drawn.text}\n{drawn.blocks}"


def pressable(drawn: Drawn | None) -> list[str]:
    assert drawn is not None
    rows: list[dict[str, Any]] = [block for block in drawn.blocks if block["type"] == "actions"]
    return [element["action_id"] for row in rows for element in row["elements"]]


@pytest.mark.parametrize("gone", [False, True])
async def test_what_was_shared_is_not_posted_once_it_is_private_or_gone(easel: Easel, gone: bool) -> None:
    recording = easel.recording("Salaries")
    notice = await easel.shared(recording)
    assert "Salaries" in said(await easel.drawn(notice))
    await (easel.library.delete(recording.id) if gone else easel.hide(recording))
    assert await easel.drawn(notice) is None
    told = Notice("n1", HIM, NotTold(notice.key))
    assert await easel.drawn(told) is None, "nor is it told to whoever shared it"


async def test_a_live_card_says_of_a_file_that_was_made_private_only_that_it_is_there(easel: Easel) -> None:
    recording = easel.recording("Salaries")
    card = await easel.card(recording)
    assert pressable(await easel.drawn(card)) == ["play", "download", "share", "more"]
    await easel.hide(recording)
    drawn = await easel.drawn(card)
    assert "Salaries" not in said(drawn)
    assert "The file is private" in said(drawn)
    assert pressable(drawn) == []


async def test_a_live_card_says_that_its_file_was_deleted(easel: Easel) -> None:
    recording = easel.recording("Salaries")
    card = await easel.card(recording)
    await easel.library.delete(recording.id)
    drawn = await easel.drawn(card)
    assert "Salaries" not in said(drawn)
    assert "The file was deleted since." in said(drawn)
    assert pressable(drawn) == []


async def test_of_several_files_each_is_looked_at_and_those_that_may_be_shown_keep_their_new_names(
    easel: Easel,
) -> None:
    hidden, gone, kept = (easel.recording(title) for title in ("Hidden", "Gone", "Kept"))
    card = await easel.card(hidden, gone, kept)
    await easel.hide(hidden)
    await easel.library.delete(gone.id)
    await easel.library.edit(kept.id, RecordingChange(title="Renamed"))
    drawn = said(await easel.drawn(card))
    assert not [title for title in ("Hidden", "Gone", "Kept") if title in drawn]
    assert "Renamed" in drawn


async def test_a_library_that_failed_a_moment_ago_is_asked_all_the_same_before_a_share_and_a_card(
    easel: Easel,
) -> None:
    recording = easel.recording("Salaries")
    shared, card = await easel.shared(recording), await easel.card(recording)
    await easel.hide(recording)
    easel.library.backend.fail_next("fresh", Unavailable("No answer came."))
    ready = Notice("r1", HERE, RecordingReady("vidyo", replace(recording, duration=timedelta(minutes=1))))
    await easel.drawn(ready)
    assert await easel.drawn(shared) is None
    assert "Salaries" not in said(await easel.drawn(card))
