"""What a workflow is about to show, the clock leaves to it: whoever asked is answered once."""

import pytest

from bot.domain.errors import CannotSpeak, NotShownYet
from bot.domain.requests import CreateRoom, Subscribe
from bot.domain.watch import State
from bot.recording.room import create_room
from bot.recording.subscribe import subscribe
from providers.model import RecordingQuery

from .stage import CHANNEL, ROOM, VOVA, Stage, by


@pytest.fixture
def quick_clock(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The clock ticks between the write and the workflow's own post; the notices that it then delivered."""
    delivered: list[str] = []
    show, post = stage.said.show, stage.said.post

    async def tick_first(key: str, **how: bool) -> None:
        async def by_the_clock(claimed):
            delivered.append(claimed.value.key)
            await post(claimed)

        monkeypatch.setattr(stage.said, "post", by_the_clock)
        await stage.tick()
        monkeypatch.setattr(stage.said, "post", post)
        await show(key)

    monkeypatch.setattr(stage.said, "show", tick_first)
    stage.said.deaf.add(CHANNEL.channel)
    return delivered


async def test_a_start_is_answered_by_its_workflow_alone(stage: Stage, quick_clock: list[str]) -> None:
    with pytest.raises(CannotSpeak):
        await stage.start()
    await stage.forward(120, step=10)
    assert quick_clock == []
    assert stage.said.shown == []


async def test_so_is_a_subscription(stage: Stage, quick_clock: list[str]) -> None:
    with pytest.raises(CannotSpeak):
        await subscribe(Subscribe(by(VOVA), RecordingQuery(room="Board")), "k1", stage.services)
    assert quick_clock == []


async def test_so_is_a_room(stage: Stage, quick_clock: list[str]) -> None:
    with pytest.raises(CannotSpeak):
        await create_room(CreateRoom(by(VOVA), "Retrospective"), "k1", stage.services)
    assert quick_clock == []


async def test_whoever_dies_before_they_show_it_leaves_it_to_the_clock(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Died(BaseException):
        pass

    async def die(key: str, **how: bool) -> None:
        raise Died

    monkeypatch.setattr(stage.said, "show", die)
    with pytest.raises(Died):
        await create_room(CreateRoom(by(VOVA), "Retrospective"), "k1", stage.services)
    await stage.forward(stage.services.lease.total_seconds() - 1)
    assert stage.said.shown == []
    await stage.forward(1)
    assert stage.said.shown == ["room:k1"]


@pytest.mark.parametrize("told_later", [False, True])
async def test_whoever_asked_is_owed_that_nothing_can_be_said_where_they_asked(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, told_later: bool
) -> None:
    """Slack was away when they asked. When it is back it will not have us there, and nobody waits for an answer."""

    async def away(key: str, **how: bool) -> None:
        raise NotShownYet("Slack takes no messages now.")

    show = stage.said.show
    monkeypatch.setattr(stage.said, "show", away)
    watch = await stage.started()
    monkeypatch.setattr(stage.said, "show", show)
    stage.said.deaf.add(CHANNEL.channel)
    await stage.forward(60)
    now = await stage.now(watch)
    assert (now.state, now.open) == (State.NOT_STARTED, False)
    assert "is not in this channel" in now.reason
    assert stage.provider.backend.starts(ROOM) == 0
    owed = await stage.services.store.notices.get(f"not told:card:{watch.id}")
    assert owed is not None
    assert owed.conversation.channel == VOVA.user
    if told_later:  # in the same room, for who waits for the answer
        with pytest.raises(CannotSpeak):
            await stage.start()
        assert stage.said.shown.count(owed.key) == 1
