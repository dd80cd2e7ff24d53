"""The terminal: states and answers for people on stderr, values for programs on stdout."""

import json
import sys
from collections.abc import Collection
from dataclasses import asdict, is_dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

import click

from bot.cli.streams import takes_every_letter
from bot.domain.answers import (
    Answer,
    Changed,
    Explained,
    Link,
    MayStartAgain,
    Place,
    RoomIsEmpty,
    Sentence,
    Subscriptions,
    WhichRoom,
    WhichWatch,
)
from bot.domain.calls import in_words, room_of
from bot.domain.conversation import Asker, Conversation, ReplyTo
from bot.domain.errors import CannotDo
from bot.domain.policy import Person
from bot.domain.watch import State, Watch
from providers.interfaces import RecordingLibrary
from providers.model import LiveCall, Recording, Room


class Terminal:
    """Where the command line speaks. With `as_json` stdout carries one JSON object a line and nothing else."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json

    def say(self, sentence: str) -> None:
        """Words for a person."""
        click.echo(sentence, err=self._as_json)

    def warn(self, sentence: str) -> None:
        """Words for a person, never on stdout."""
        click.echo(sentence, err=True)

    def value(self, value: dict[str, Any], sentence: str) -> None:
        """The same thing for a program, or for a person."""
        said = json.dumps(value, ensure_ascii=not takes_every_letter()) if self._as_json else sentence
        click.echo(said)

    def watch(self, watch: Watch) -> None:
        """One state of a recording, on a line of its own: for a program, and in words."""
        if self._as_json:
            self.warn(watch_words(watch))
        self.value(watch_value(watch), watch_words(watch))

    async def show(self, key: str, *, again: bool = False) -> None:
        """There is no conversation to post into."""

    async def tell(self, reply: ReplyTo, answer: Answer) -> None:
        """Say it."""
        self.say(answer_words(answer))

    async def person(self, asker: Asker, named: Collection[str] = (), *, anew: bool = False) -> Person:
        return Person(asker)

    async def send_file(self, reply: ReplyTo, library: RecordingLibrary, recording: Recording) -> None:
        raise CannotDo(f"Write `recbot recordings download {recording.id} -o FILE` instead.")


def command_line() -> ReplyTo:
    """Whoever sits at the terminal."""
    return ReplyTo(Conversation("cli", "terminal"), Asker("cli", "operator"))


def watch_words(watch: Watch) -> str:
    """A state, as a person reads it."""
    name = watch.subject
    asked = "a recording; waiting for it to begin" if watch.call else "a recorder; waiting for it to join"
    there = "" if watch.call else f", {watch.people} in the room"
    words = {
        State.PREPARED: f"{name}: prepared",
        State.ASKED: f"{name}: asked for {asked}",
        State.RECORDING: f"{name}: recording{there}",
        State.PAUSED: f"{name}: paused, as {watch.provider} reports it",
        State.STOPPING: f"{name}: stopping",
        State.NOT_STARTED: f"{name}: did not start. {watch.reason}",
        State.PROCESSING: f"{name}: {'over' if watch.call else 'stopped'}; the file is being made",
        State.OVERDUE: f"{name}: the file is overdue",
        State.READY: f"{name}: ready",
        State.GONE: f"{name}: no file was found",
    }[watch.state]
    what = "call" if watch.call else "room"
    return f"{words}. Cannot see the {what}: {watch.unseen_why}" if watch.unseen_since else words


def call_words(provider: str, call: LiveCall) -> str:
    """A live call on one line."""
    recorded = call.state.value
    if call.recording:
        recorded = "recorded, and reported paused" if call.recording.paused else "recorded"
    ours = "  ".join(known for known in (call.extension, call.owner) if known)
    return f"{provider}: {in_words(room_of(call), call=True)}  {ours}  {recorded}"


def watch_value(watch: Watch) -> dict[str, Any]:
    """A state, as a program reads it."""
    return {
        "watch": watch.id,
        "provider": watch.provider,
        "state": watch.state.value,
        "room": plain(watch.room),
        "recorder": plain(watch.recorder),
        "call": watch.call,
        "people": None if watch.call else watch.people,
        "asked_at": plain(watch.asked_at),
        "confirmed_at": plain(watch.confirmed_at),
        "reason": watch.reason,
        "recording": watch.bound,
    }


def recording_value(provider: str, recording: Recording) -> dict[str, Any]:
    """A recording without the provider's own address of its file."""
    value = {key: plain(item) for key, item in asdict(recording).items() if key != "file"}
    return {"provider": provider, **value}


def recording_words(recording: Recording) -> str:
    """A recording on one line."""
    length = "running" if recording.running else str(recording.duration or "?")
    size = "" if recording.size is None else f"  {recording.size / 1e6:.1f} MB"
    day = recording.started.strftime("%Y-%m-%d %H:%M")
    about = f"{recording.owner or '?'}  {recording.room}  {recording.title}"
    return f"{recording.id:>8}  {day} UTC  {length:>8}{size}  {about}"


def answer_words(answer: Answer) -> str:
    """An answer, as a person reads it."""
    match answer:
        case Sentence():
            return answer.text
        case WhichRoom():
            one = len({place.provider for place in answer.places}) == 1
            said = "Which one? Write its key, its extension or its whole name" + (
                ":" if one else ", with --on:"
            )
            return "\n".join([said, *(f"  {_place(place, one=one)}" for place in answer.places)])
        case WhichWatch():
            return "Which one? Name the room:\n" + "\n".join(
                f"  {_room(w.room, call=w.call)}" for w in answer.watches
            )
        case RoomIsEmpty():
            return f"Nobody is in {answer.place.room.name}, so nothing useful would be recorded. --anyway starts it."
        case MayStartAgain():
            return (
                f"What was asked for in {answer.watch.subject} did not come, and may still come. "
                "Ask again in a few minutes."
            )
        case Link():
            return answer.url
        case Changed():
            return recording_words(answer.recording)
        case Subscriptions():
            return "\n".join(f"{one.number}  {answer.words(one)}" for one in answer.subscriptions)
        case Explained():
            return f"{answer.person.user} {answer.sentence}"


def plain(value: Any) -> Any:
    """A value in JSON's own types."""
    if is_dataclass(value) and not isinstance(value, type):
        return {key: plain(item) for key, item in asdict(value).items()}
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Enum):
        return value.value
    return value


class Progress:
    """Shows how far a download has come, on stderr."""

    def __init__(self, total: int | None) -> None:
        self._total = total
        self._told = -1
        self._on_terminal = sys.stderr.isatty()

    def __call__(self, done: int, total: int | None) -> None:
        """`done` of `total` bytes are written."""
        total = total or self._total
        tenths = 10 * done // total if total else done // 10_000_000
        percent = f"{100 * done // total:3d} %" if total else f"{done / 1e6:.0f} MB"
        if self._on_terminal:
            bar = "█" * (30 * done // total) if total else ""
            click.echo(f"\r{bar:<30} {percent} {done / 1e6:8.1f} MB", nl=False, err=True)
        elif tenths > self._told:
            click.echo(f"{percent} {done / 1e6:.1f} MB", err=True)
        self._told = tenths

    def close(self) -> None:
        if self._on_terminal and self._told >= 0:
            click.echo(err=True)


def _place(place: Place, *, one: bool) -> str:
    room = _room(place.room, call=place.call)
    return room if one else f"{room}  {place.provider}"


def _room(room: Room, *, call: bool) -> str:
    named = in_words(room, call=call)
    return "  ".join(known for known in (room.key or room.extension, named) if known)
