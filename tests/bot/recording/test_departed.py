"""A provider leaves the configuration: what was followed there ends with a sentence, once nobody follows it."""

from dataclasses import replace
from datetime import UTC, datetime

from bot.domain.commands import SubscribeCommand
from bot.domain.grammar import read_recordings
from bot.domain.notice import CardOf
from bot.domain.requests import Subscribe
from bot.domain.watch import State, Watch
from bot.recording.departed import end_departed
from bot.recording.last_look import LastLook
from bot.recording.subscribe import subscribe, subscriptions_there
from bot.slack import cards
from bot.slack.drawing import Drawing
from providers.memory import MemoryProvider
from providers.registry import Providers
from tests.bot.recording.stage import ANNA, CHANNEL, ROOM, VOVA, Stage, by

NOT_HERE = "vidyo is no longer configured here, so this recording is not followed any more."
MISSING = 601


def configured(stage: Stage, *providers: MemoryProvider) -> None:
    stage.services = replace(stage.services, providers=Providers(providers))


async def text(stage: Stage, watch: Watch) -> str:
    """What the card says, all of it."""
    card = await stage.card(watch)
    assert isinstance(card.body, CardOf)
    services = stage.services
    drawn = await Drawing(services.store, services.pace, LastLook(services.providers, services.pace))(card)
    assert drawn is not None
    return f"{drawn.text}\n{drawn.blocks}"


async def leave(stage: Stage, seconds: float = MISSING) -> int:
    """Its table is taken out, the bot is started anew, and so much time passes."""
    configured(stage, stage.second)
    stage.clock.forward(seconds=seconds)
    return await end_departed(stage.services)


async def test_a_recording_ends_with_a_sentence_and_no_buttons(stage: Stage) -> None:
    watch = await stage.recording()
    assert await leave(stage, 15 + MISSING) == 1
    await stage.tick()
    now = await stage.now(watch)
    assert not now.open
    said = await text(stage, watch)
    assert f"No longer followed: {now.room.name}" in said
    assert f"{NOT_HERE} When it was last seen, it was being recorded." in said
    assert "button" not in said
    card = await stage.card(watch)
    assert card.shown == card.wanted
    assert await end_departed(stage.services) == 0


async def test_one_that_nobody_knows_of_is_not_called_recording_or_not_started(stage: Stage) -> None:
    watch = await stage.started()
    assert (await stage.now(watch)).state is State.ASKED
    await leave(stage)
    said = await text(stage, watch)
    assert f"{NOT_HERE} Whether a recorder came is not known." in said
    assert "Not started" not in said


async def test_one_that_did_not_start_keeps_its_reason(stage: Stage) -> None:
    watch = await stage.started()
    await stage.forward(62, step=2)
    assert (await stage.now(watch)).state is State.NOT_STARTED
    await leave(stage, 15 + MISSING)
    assert f"No recorder joined within 60 s. {NOT_HERE}" in await text(stage, watch)


async def test_one_that_was_never_asked_for_says_so(stage: Stage) -> None:
    stage.said.deaf.add(CHANNEL.channel)
    prepared = Watch("w9", "vidyo", (await stage.provider.find_rooms(""))[0], CHANNEL, VOVA, stage.clock())
    await stage.services.store.watches.reserve(prepared, None)
    await leave(stage)
    now = await stage.now(prepared)
    assert (now.state, now.open) == (State.NOT_STARTED, False)
    assert now.reason == f"{NOT_HERE} Nothing was asked for."


async def test_a_file_that_is_awaited_is_looked_for_no_more(stage: Stage) -> None:
    watch = await stage.recording()
    stage.provider.backend.recorder_leaves(ROOM)
    await stage.forward(40, step=5)
    assert (await stage.now(watch)).state is State.PROCESSING
    configured(stage, stage.second)
    assert await leave(stage, 30 * 60) == 0
    assert await leave(stage) == 1
    said = await text(stage, watch)
    assert f"{NOT_HERE} " in said
    assert "No file was found until then." in said
    await stage.tick()
    assert not (await stage.services.store.agenda()).libraries
    stage.clock.forward(seconds=3600)
    assert not (await stage.services.store.agenda()).libraries


async def test_what_another_process_still_follows_is_left_alone(stage: Stage) -> None:
    watch = await stage.recording()
    newer = replace(stage.services, providers=Providers([stage.second]))
    for _ in range(50):
        await stage.forward(15, step=15)
        assert await end_departed(newer) == 0
    assert (await stage.now(watch)).state is State.RECORDING


async def test_one_that_is_configured_is_never_ended_however_long_the_bot_was_down(stage: Stage) -> None:
    watch = await stage.recording()
    stage.clock.forward(seconds=9 * 3600)
    assert await end_departed(stage.services) == 0
    assert (await stage.now(watch)).open


async def test_a_room_may_be_recorded_again_when_its_provider_comes_back(stage: Stage) -> None:
    first = await stage.recording()
    await leave(stage, 15 + MISSING)
    configured(stage, stage.provider)
    stage.provider.backend.recorder_leaves(ROOM)
    again = await stage.recording()
    assert again.id != first.id
    assert again.state is State.RECORDING


async def test_what_is_owed_of_such_a_provider_is_told_as_it_was_found(stage: Stage) -> None:
    recording = stage.provider.backend.add_recording(started=stage.clock())
    configured(stage, stage.second)
    look = LastLook(stage.services.providers, stage.services.pace)
    assert await look("vidyo", recording) == recording


async def test_a_subscription_to_it_stays_and_is_listed_as_not_configured(stage: Stage) -> None:
    for number, typed in enumerate(("subscribe on:vidyo", "subscribe")):
        command = read_recordings(typed, datetime.now(UTC), None)
        assert isinstance(command, SubscribeCommand)
        request = Subscribe(by(VOVA), command.query, command.on, command.text)
        await subscribe(request, f"k{number}", stage.services)
    assert not (await subscriptions_there(by(ANNA), stage.services)).missing
    configured(stage, stage.second)
    drawn = cards.subscriptions(await subscriptions_there(by(ANNA), stage.services))
    said = [block["text"]["text"] for block in drawn.blocks if "accessory" in block]
    assert ["(not configured)" in text for text in said] == [True, False]
