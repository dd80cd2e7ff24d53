"""Hears `/record` and `/recordings`, and hands them to the workflows."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.domain.commands import (
    HelpCommand,
    LatestCommand,
    RecordCommand,
    RecordVerb,
    SearchCommand,
    ShowCommand,
    SubscribeCommand,
    SubscriptionsCommand,
    UnsubscribeCommand,
)
from bot.domain.errors import UsageError
from bot.domain.grammar import read_record, read_recordings
from bot.domain.requests import (
    Change,
    ChangeWatch,
    CreateRoom,
    Request,
    StartRecording,
    Subscribe,
    Unsubscribe,
)
from bot.recording.calls import live_calls
from bot.recording.explain import Question, explain
from bot.recording.room import followed_there, profiles, room_status
from bot.recording.search import search_recordings, show_recording
from bot.recording.subscribe import subscriptions_there
from bot.slack import cards
from bot.slack.answering import Desk, answering, choosing, keeping
from bot.slack.heard import Heard
from providers.model import RecordingQuery


class Commands:
    """The slash commands: one listener each, sub-commands by their first word."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._find = answering(self._recordings, desk)

    def register(self, app: AsyncApp) -> None:
        app.command("/record")(choosing(self.record, self._desk))
        app.command("/recordings")(choosing(self.recordings, self._desk))

    async def record(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """What changes something is kept before it is acknowledged; what is mistyped is said in the acknowledgement."""
        try:
            command = read_record(Heard(body).text)
        except UsageError as error:
            await ack(**_only_for_you(cards.help_record(str(error))))
            return
        if command.verb is RecordVerb.HELP:
            await ack(**_only_for_you(cards.help_record()))
        elif command.verb in (RecordVerb.STATUS, RecordVerb.PROFILES, RecordVerb.CALLS, RecordVerb.CAN):
            await answering(partial(self._look, command), self._desk)(ack, body)
        else:
            await keeping(partial(_request, command), self._desk)(ack, body)

    async def recordings(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Look-ups change nothing: acknowledged at once, answered when the library has. The rest is kept first."""
        try:
            command = read_recordings(Heard(body).text, datetime.now(UTC), None)
        except UsageError as error:
            await ack(**_only_for_you(cards.help_recordings(str(error))))
            return
        if isinstance(command, HelpCommand):
            await ack(**_only_for_you(cards.help_recordings()))
        elif isinstance(command, SubscribeCommand | UnsubscribeCommand):
            # A subscription speaks of no days, so whose days they are does not matter.
            await keeping(partial(_subscription, command), self._desk)(ack, body)
        else:
            await self._find(ack, body)

    async def _look(self, command: RecordCommand, heard: Heard) -> None:
        services, messenger = self._desk.services, self._desk.messenger
        if command.verb is RecordVerb.PROFILES:
            found = await profiles(command.on, heard.reply, services)
            await messenger.say(heard.reply, cards.profiles(found))
        elif command.verb is RecordVerb.CALLS:
            await messenger.say(heard.reply, cards.calls(await live_calls(command.on, heard.reply, services)))
        elif command.what is not None:
            about = Question(heard.reply, command.what, command.who, command.target, command.on)
            await messenger.tell(heard.reply, await explain(about, services))
        elif command.target is None:
            await messenger.say(heard.reply, cards.watching(await followed_there(heard.reply, services)))
        else:
            await self._status(command, heard)

    async def _status(self, command: RecordCommand, heard: Heard) -> None:
        services = self._desk.services
        place, view = await room_status(command.target or "", command.on, heard.reply, services)
        watch = await services.store.watches.holding(place.provider, place.room.id)
        await self._desk.messenger.say(heard.reply, cards.status(place, view, watch))

    async def _recordings(self, heard: Heard) -> None:
        zone = await self._desk.people.zone(heard.asker)
        match read_recordings(heard.text, datetime.now(UTC), zone):
            case SearchCommand(query, on):
                await self._search(heard, replace(query, limit=cards.PER_PAGE), on)
            case LatestCommand(count, on):
                await self._search(heard, RecordingQuery(limit=count), on)
            case ShowCommand(id, on):
                shown = await show_recording(on, id, heard.reply, self._desk.services)
                drawn = cards.details(shown.row.provider, shown.row.recording, shown.silences)
                await self._desk.messenger.say(heard.reply, drawn)

            case SubscriptionsCommand():
                here = await subscriptions_there(heard.reply, self._desk.services)
                await self._desk.messenger.tell(heard.reply, here)

    async def _search(self, heard: Heard, query: RecordingQuery, on: str | None) -> None:
        found = await search_recordings(query, on, heard.reply, self._desk.services)
        await self._desk.messenger.say(heard.reply, cards.results(found, query, on))


_CHANGES: dict[RecordVerb, Change] = {
    RecordVerb.STOP: "stop",
    RecordVerb.PAUSE: "pause",
    RecordVerb.RESUME: "resume",
}


def _request(command: RecordCommand, heard: Heard) -> Request:
    match command.verb:
        case RecordVerb.START:
            return StartRecording(
                heard.reply,
                command.target or "",
                profile=command.profile,
                on=command.on,
                webcast=command.webcast,
            )
        case RecordVerb.ROOM:
            return CreateRoom(heard.reply, command.name, command.on)
        case RecordVerb.STOP | RecordVerb.PAUSE | RecordVerb.RESUME as change:
            return ChangeWatch(heard.reply, _CHANGES[change], target=command.target, on=command.on)
        case _:
            raise UsageError(f"`/record {command.verb}` changes nothing.")


def _subscription(command: SubscribeCommand | UnsubscribeCommand, heard: Heard) -> Request:
    match command:
        case SubscribeCommand(query, on, text):
            return Subscribe(heard.reply, query, on, text)
        case UnsubscribeCommand(number, meaning, everything):
            return Unsubscribe(heard.reply, None, number, meaning, everything)


def _only_for_you(drawn: cards.Drawn) -> dict[str, Any]:
    return {"text": drawn.text, "blocks": drawn.blocks, "response_type": "ephemeral"}
