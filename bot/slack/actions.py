"""Hears the buttons and menus.

A click is authorised as the one who clicked, now: what the button carries names things and proves nothing.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.domain.answers import Link
from bot.domain.errors import UsageError
from bot.domain.requests import (
    Change,
    ChangeWatch,
    EditRecording,
    RefreshWatch,
    Request,
    SendFile,
    ShareRecording,
    StartRecording,
    Unsubscribe,
)
from bot.recording.search import find_recording, search_recordings
from bot.recording.share import find_file
from bot.slack import cards
from bot.slack.answering import Desk, Listener, Read, answering, choosing, keeping
from bot.slack.heard import Heard
from bot.slack.values import (
    Action,
    AgainValue,
    MoreValue,
    PageValue,
    RecordingValue,
    RoomValue,
    SubscriptionValue,
    WatchChoice,
    WatchValue,
    decode,
)
from providers.model import RecordingChange


class Actions:
    """What each button does, by its action id."""

    def __init__(self, desk: Desk, more: Mapping[Action, Listener]) -> None:
        self._desk = desk
        self._more = {**more, Action.DETAILS: answering(self._details, desk)}
        for action, locked in ((Action.LOCK, True), (Action.UNLOCK, False)):
            self._more[action] = keeping(_Locking(locked), desk)

    def register(self, app: AsyncApp) -> None:
        desk = self._desk
        kept: dict[Action, Read] = {
            Action.STOP: _Changing("stop"),
            Action.PAUSE: _Changing("pause"),
            Action.RESUME: _Changing("resume"),
            Action.REFRESH: _refresh,
            Action.START: _start,
            Action.CHOOSE_ROOM: _start,
            Action.START_ANYWAY: _start_anyway,
            Action.START_AGAIN: _start_again,
            Action.CHOOSE_WATCH: _chosen_watch,
            Action.SHARE: _share,
            Action.UNSUBSCRIBE: _unsubscribe,
        }
        for action, read in kept.items():
            app.action(action.value)(keeping(read, desk))
        app.action(Action.PLAY.value)(_opening("play", desk))
        app.action(Action.DOWNLOAD.value)(_opening("download", desk))
        for action in (Action.NEWER, Action.OLDER):
            app.action(action.value)(answering(self._page, desk))
        # Plain links: Slack tells of the click all the same, and wants it acknowledged.
        for action in (Action.JOIN, Action.OPEN_LINK):
            app.action(action.value)(answering(_nothing, desk))
        app.action(Action.MORE.value)(choosing(self.more, desk))

    async def more(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """A recording's menu: each choice is a listener of its own."""
        try:
            chosen = decode(MoreValue, Heard(body).value).action
        except UsageError:
            await answering(self._misread, self._desk)(ack, body)
            return
        await self._more[chosen](ack, body)

    async def _misread(self, heard: Heard) -> None:
        decode(MoreValue, heard.value)

    async def _page(self, heard: Heard) -> None:
        value = decode(PageValue, heard.value)
        found = await search_recordings(value.query, value.on, heard.reply, self._desk.services, value.turn)
        drawn = cards.results(found, value.query, value.on)
        await self._desk.messenger.say(heard.reply, drawn, replace=heard.in_ephemeral)

    async def _details(self, heard: Heard) -> None:
        value = decode(MoreValue, heard.value)
        provider, recording = await find_recording(
            value.provider, value.recording, heard.reply, self._desk.services
        )
        await self._desk.messenger.say(heard.reply, cards.details(provider, recording))


def _opening(purpose: Literal["play", "download"], desk: Desk) -> Listener:
    """Play and Download: a fresh link for the one who clicked, or the file itself where no link can be served."""
    return answering(_GivingLink(purpose, desk), desk) if desk.links.possible else keeping(_send, desk)


class _GivingLink:
    """A fresh link for the one who clicked."""

    def __init__(self, purpose: Literal["play", "download"], desk: Desk) -> None:
        self._purpose = purpose
        self._desk = desk

    async def __call__(self, heard: Heard) -> None:
        desk, value = self._desk, decode(RecordingValue, heard.value)
        provider, recording = await find_file(value.provider, value.recording, heard.reply, desk.services)
        url = await desk.links.issue(provider, recording.id, self._purpose, heard.user)
        expires = datetime.now(UTC) + desk.links.ttl
        await desk.messenger.tell(heard.reply, Link(recording, provider, self._purpose, url, expires))


class _Changing:
    """Stop, Pause or Resume on a card."""

    def __init__(self, change: Change) -> None:
        self._change = change

    def __call__(self, heard: Heard) -> Request:
        return ChangeWatch(heard.reply, self._change, watch=decode(WatchValue, heard.value).watch)


class _Locking:
    """Lock or Unlock."""

    def __init__(self, locked: bool) -> None:
        self._locked = locked

    def __call__(self, heard: Heard) -> Request:
        value = decode(MoreValue, heard.value)
        change = RecordingChange(locked=self._locked)
        return EditRecording(heard.reply, value.provider, value.recording, change)


def _refresh(heard: Heard) -> Request:
    return RefreshWatch(heard.reply, decode(WatchValue, heard.value).watch)


def _start(heard: Heard) -> Request:
    return _starting(decode(RoomValue, heard.value), heard, anyway=False)


def _start_anyway(heard: Heard) -> Request:
    return _starting(decode(RoomValue, heard.value), heard, anyway=True)


def _starting(value: RoomValue, heard: Heard, *, anyway: bool) -> Request:
    return StartRecording(
        heard.reply,
        room=value.room,
        on=value.provider,
        profile=value.profile,
        webcast=value.webcast,
        again=value.again,
        anyway=anyway,
        call=value.call,
    )


def _start_again(heard: Heard) -> Request:
    value = decode(AgainValue, heard.value)
    return StartRecording(heard.reply, again=value.watch, asks=value.asks)


def _chosen_watch(heard: Heard) -> Request:
    value = decode(WatchChoice, heard.value)
    return ChangeWatch(heard.reply, value.change, watch=value.watch)


def _share(heard: Heard) -> Request:
    value = decode(RecordingValue, heard.value)
    return ShareRecording(heard.reply, value.provider, value.recording, heard.message)


def _send(heard: Heard) -> Request:
    value = decode(RecordingValue, heard.value)
    return SendFile(heard.reply, value.provider, value.recording)


def _unsubscribe(heard: Heard) -> Request:
    return Unsubscribe(heard.reply, decode(SubscriptionValue, heard.value).subscription)


async def _nothing(heard: Heard) -> None:
    """There is nothing to do: the browser has opened the link."""
