"""`recbot record …`: control a recording, and wait until it is proven."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import click

from bot.cli.context import Exit, run, services, settings_of
from bot.cli.terminal import (
    Terminal,
    answer_words,
    call_words,
    command_line,
    plain,
    watch_value,
    watch_words,
)
from bot.domain.answers import MayStartAgain
from bot.domain.requests import Change, ChangeWatch, CreateRoom, StartRecording
from bot.domain.watch import State, Watch
from bot.recording.calls import live_calls
from bot.recording.change import change_watch
from bot.recording.follow import look
from bot.recording.room import create_room, profiles, room_status
from bot.recording.services import Services
from bot.recording.start import start_recording
from bot.settings import Settings

as_json = click.option("--json", "as_json", is_flag=True, help="One JSON object a line on stdout.")
on_provider = click.option("--on", metavar="NAME", help="The provider, where several are configured.")


@click.group()
def record() -> None:
    """Start, stop, pause and resume recordings; exit code 0 means proven."""


@record.command()
@click.argument("target")
@on_provider
@click.option(
    "--profile", metavar="P", help="The recording profile; `record profiles` lists those that are free."
)
@click.option("--webcast", is_flag=True, help="Broadcast it as well.")
@click.option("--anyway", is_flag=True, help="Even if nobody is in the room.")
@as_json
@click.pass_context
def start(
    context: click.Context,
    target: str,
    on: str | None,
    profile: str | None,
    webcast: bool,
    anyway: bool,
    as_json: bool,
) -> None:
    """Ask for a recorder, and wait until one is seen in the room.

    Ends with 0 once recording is proven, 1 if it did not start, 3 if the provider could not be reached, 4 if it was
    asked and nobody knows yet: a bot on the same database then takes it over.
    """
    settings, terminal = settings_of(context), Terminal(as_json=as_json)
    request = StartRecording(command_line(), target, profile=profile, on=on, webcast=webcast, anyway=anyway)
    run(_start(request, settings, terminal), interrupted=Exit.UNKNOWN)


async def _start(request: StartRecording, settings: Settings, terminal: Terminal) -> int:
    async with services(settings, terminal) as s:
        begun = await start_recording(request, s)
        if isinstance(begun, MayStartAgain) and begun.watch.conversation == request.reply.conversation:
            # Nobody can press Start again here: to type it again is to press it.
            again = replace(request, again=begun.watch.id, asks=begun.watch.asks)
            begun = await start_recording(again, s)
        if not isinstance(begun, Watch):
            terminal.warn(answer_words(begun))
            return Exit.NOT_DONE
        return await until_proven(begun, s, terminal)


async def until_proven(begun: Watch, s: Services, terminal: Terminal) -> Exit:
    """Say each state until it is known whether a recording came of it, though it may have been stopped since."""
    patience = s.pace.confirm_patience + s.pace.late_look
    async for watch in _followed(begun, s, terminal):
        if watch.confirmed_at is not None:
            return Exit.DONE
        if watch.state is State.NOT_STARTED:
            return Exit.NOT_DONE
        if await s.store.now() - watch.asked_at > patience and watch.unseen_since is not None:
            terminal.warn("It was asked for, and the room cannot be seen: nobody knows whether it records.")
            return Exit.UNKNOWN
    return Exit.NOT_DONE


async def _followed(watch: Watch, s: Services, terminal: Terminal) -> AsyncIterator[Watch]:
    """The watch after each look, ours or a running bot's, as often as that looks; each new state is said once."""
    said, since, pace = None, await s.store.now(), s.pace
    while True:
        if (watch.state, watch.unseen_since is None) != said:
            terminal.watch(watch)
            said = (watch.state, watch.unseen_since is None)
        yield watch
        quick = await s.store.now() - since < pace.confirm_quick
        await asyncio.sleep((pace.confirm_first if quick else pace.confirm_later).total_seconds())
        claimed = await s.store.watches.claim_one(watch.id, s.owner, s.lease)
        if claimed is not None:
            await look(claimed, s)
        latest = await s.store.watches.get(watch.id)
        if latest is None:
            return
        watch = latest


def _changing(change: Change, proven: Callable[[Watch], bool], words: str) -> click.Command:
    @click.command(change, help=words)
    @click.argument("target")
    @on_provider
    @as_json
    @click.pass_context
    def command(context: click.Context, target: str, on: str | None, as_json: bool) -> None:
        settings, terminal = settings_of(context), Terminal(as_json=as_json)
        request = ChangeWatch(command_line(), change, target=target, on=on)
        run(_change(request, proven, settings, terminal), interrupted=Exit.UNKNOWN)

    return command


async def _change(
    request: ChangeWatch, proven: Callable[[Watch], bool], settings: Settings, terminal: Terminal
) -> int:
    async with services(settings, terminal) as s:
        taken_up = await change_watch(request, s)
        if not isinstance(taken_up, Watch):
            terminal.value({"said": answer_words(taken_up)}, answer_words(taken_up))
            return Exit.NOT_DONE if getattr(taken_up, "bad", False) else Exit.DONE
        until = await s.store.now() + s.pace.confirm_patience
        async for watch in _followed(taken_up, s, terminal):
            if proven(watch):
                return Exit.DONE
            if await s.store.now() > until:
                terminal.warn("It was asked for; the provider does not report it yet.")
                return Exit.UNKNOWN
        return Exit.UNKNOWN


record.add_command(
    _changing(
        "stop", lambda w: w.sent_away or not w.holds_room, "Stop a room's recording, and wait until it has."
    )
)
record.add_command(_changing("pause", lambda w: w.state is State.PAUSED, "Pause a room's recording."))
record.add_command(
    _changing("resume", lambda w: w.state is State.RECORDING, "Go on with a paused recording.")
)


@record.command()
@click.argument("target", required=False)
@on_provider
@as_json
@click.pass_context
def status(context: click.Context, target: str | None, on: str | None, as_json: bool) -> None:
    """What a room does now; without a room: what was asked for on this command line."""
    settings, terminal = settings_of(context), Terminal(as_json=as_json)
    run(_status(target, on, settings, terminal))


async def _status(target: str | None, on: str | None, settings: Settings, terminal: Terminal) -> int:
    me = command_line()
    async with services(settings, terminal) as s:
        if target is None:
            watches = await s.store.watches.in_conversation(me.conversation, only_holding=True)
            for watch in watches:
                terminal.watch(watch)
            if not watches:
                terminal.say("Nothing is being recorded from here. Name a room: recbot record status ROOMKEY")
            return Exit.DONE
        place, view = await room_status(target, on, me, s)
        held = await s.store.watches.holding(place.provider, place.room.id)
        value: dict[str, Any] = {"provider": place.provider, "room": plain(place.room), **plain(view)}
        doing = "not being recorded"
        if view.recorder:
            doing = "being recorded" if place.call else f"recorded by {view.recorder.name}"
        there = "" if place.call else f", {view.people} in the room"
        value["watch"] = watch_value(held) if held else None
        terminal.value(value, f"{place.subject}: {doing}{there}")
        if held is not None:
            terminal.say(watch_words(held))
        return Exit.DONE


@record.command()
@click.argument("name", required=False)
@on_provider
@as_json
@click.pass_context
def room(context: click.Context, name: str | None, on: str | None, as_json: bool) -> None:
    """Create a scheduled room and print its join link."""
    settings, terminal = settings_of(context), Terminal(as_json=as_json)
    run(_room(CreateRoom(command_line(), name, on), settings, terminal))


async def _room(request: CreateRoom, settings: Settings, terminal: Terminal) -> int:
    async with services(settings, terminal) as s:
        place = await create_room(request, s.new_id(), s)
        terminal.value(
            {"provider": place.provider, "room": plain(place.room)},
            f"{place.room.name}: {place.room.join_url}",
        )
        return Exit.DONE


@record.command("profiles")
@on_provider
@as_json
@click.pass_context
def list_profiles(context: click.Context, on: str | None, as_json: bool) -> None:
    """The recording profiles with an idle recorder right now."""
    settings, terminal = settings_of(context), Terminal(as_json=as_json)
    run(_profiles(on, settings, terminal))


async def _profiles(on: str | None, settings: Settings, terminal: Terminal) -> int:
    async with services(settings, terminal) as s:
        for provider, found in (await profiles(on, command_line(), s)).items():
            for profile in found:
                terminal.value(
                    {"provider": provider, **plain(profile)},
                    f"{provider}: {profile.name}  {profile.description}",
                )
            if not found:
                terminal.say(f"{provider}: no recorder is idle now.")
        return Exit.DONE


@record.command("calls")
@on_provider
@as_json
@click.pass_context
def list_calls(context: click.Context, on: str | None, as_json: bool) -> None:
    """The phone calls that go on now and could be recorded."""
    settings, terminal = settings_of(context), Terminal(as_json=as_json)
    run(_calls(on, settings, terminal))


async def _calls(on: str | None, settings: Settings, terminal: Terminal) -> int:
    async with services(settings, terminal) as s:
        found = await live_calls(on, command_line(), s)
        for provider, calls in found.calls.items():
            for call in calls:
                terminal.value({"provider": provider, **plain(call)}, call_words(provider, call))
            if not calls:
                terminal.say(f"{provider}: no call goes on now that could be recorded.")
        for silence in found.silences:
            terminal.warn(str(silence))
        return Exit.DONE
