"""Rooms on a card: made, chosen among several, empty, looked into."""

from collections.abc import Mapping, Sequence

from bot.domain.answers import Place, RoomIsEmpty, WhichRoom
from bot.domain.calls import first_up
from bot.domain.conversation import Asker
from bot.domain.requests import StartRecording
from bot.domain.watch import State, Watch
from bot.slack.blockkit import LONGEST_SECTION, Block, cut
from bot.slack.cards.drawn import Drawn, actions, button, context, header, link_button, section
from bot.slack.cards.figures import bold, line, name, people, person
from bot.slack.cards.standing import headline
from bot.slack.values import Action, RoomValue, WatchValue
from providers.model import RecordingProfile, Room, RoomView

_MOST_ROOMS = 20
_MOST_PROFILES = 30
_LONGEST_SHOWN = 300


def room_created(provider: str, room: Room, asker: Asker) -> Drawn:
    """A new room with its join link, and a button that records it."""
    title = room.name or room.key or "A new room"
    joining = link_button(Action.JOIN, "Join", room.join_url, style="primary")
    start = button(Action.START, "Start recording", RoomValue(provider, room.id))
    known = line(
        f"Room {name(room.key, 60)}" if room.key else "",
        f"Extension {name(room.extension, 60)}" if room.extension else "",
    )
    blocks = [
        header(cut(title, 120)),
        context(line(f"Created by {person(asker)}", known, name(provider, 40))),
    ]
    if joining and room.join_url and len(room.join_url) <= _LONGEST_SHOWN:
        blocks.append(section(f"<{room.join_url.replace('&', '&amp;')}>"))
    return Drawn(f"A room was created: {name(title)}", [*blocks, *actions(joining, start)])


def choose_room(answer: WhichRoom) -> Drawn:
    """Several rooms or calls fit, or one in part: each with a button."""
    what = "one" if any(place.call for place in answer.places) else "room"
    said = f"Which {what} is meant by {bold(answer.request.target, 80)}?"
    blocks = [section(said)]
    for place in answer.places[:_MOST_ROOMS]:
        value = _room_value(answer.request, place)
        choose = button(Action.CHOOSE_ROOM, "This one", value, about=place.subject)
        blocks.append(section(_room(place), accessory=choose))
    if (left := len(answer.places) - _MOST_ROOMS) > 0:
        blocks.append(context(f"{left} more fit. Write more of the name, or the room's key."))
    return Drawn(said, blocks)


def room_is_empty(answer: RoomIsEmpty) -> Drawn:
    """Nobody is there: warned about first, since a recorder would come and record nothing."""
    said = f"Nobody is in {bold(answer.place.room.name)}."
    anyway = button(
        Action.START_ANYWAY, "Start anyway", _room_value(answer.request, answer.place), style="primary"
    )
    hint = "A recorder would come all the same, and record an empty room. Join first, then start again."
    return Drawn(said, [section(f":warning: {said} {hint}"), *actions(anyway)])


def status(place: Place, view: RoomView, watch: Watch | None) -> Drawn:
    """What is going on in a room now, whoever asked for it."""
    room = place.room
    if place.call:
        return _status_of_call(place, view, watch)
    if view.recorder is None:
        mark, said = ":white_circle:", f"No recorder is in {bold(room.name)}."
    elif view.recorder.paused:
        mark = ":double_vertical_bar:"
        said = f"A recorder is in {bold(room.name)}, and reported paused."
    else:
        mark, said = ":red_circle:", f"{bold(room.name)} is being recorded."
    about = line(
        f"In the room: {people(view.people)}",
        f"Recorder {name(view.recorder.name, 60)}" if view.recorder else "",
        name(place.provider, 40),
    )
    blocks = [section(f"{mark} {said}"), context(about)]
    if watch is not None and watch.open:
        blocks += _watch(watch)
    elif view.recorder is not None:
        blocks.append(context("It was not asked for here. `/record stop` with the room's key stops it."))
    else:
        start = button(Action.START, "Start recording", RoomValue(place.provider, room.id))
        blocks += actions(start)
    return Drawn(said, blocks)


def _status_of_call(place: Place, view: RoomView, watch: Watch | None) -> Drawn:
    subject = bold(first_up(place.subject))
    if view.recorder is None:
        mark, said = ":white_circle:", f"{subject} is not being recorded."
    elif view.recorder.paused:
        mark, said = ":double_vertical_bar:", f"{subject} is being recorded, and reported paused."
    else:
        mark, said = ":red_circle:", f"{subject} is being recorded."
    about = line(
        f"Extension {name(place.room.extension, 60)}" if place.room.extension else "",
        name(view.recorder.name, 60) if view.recorder else "",
        name(place.provider, 40),
    )
    return Drawn(said, [section(f"{mark} {said}"), context(about), *(_watch(watch) if watch else [])])


def watching(watches: Sequence[Watch]) -> Drawn:
    """What this channel is recording; nothing is said there too."""
    if not watches:
        said = "Nothing is being recorded from this channel."
        hint = "`/record start` with a room's key, name or join link begins."
        return Drawn(said, [section(said), context(hint)])
    said = f"Followed from this channel: {len(watches)}"
    blocks: list[Block] = [section(f"*{said}*")]
    for watch in watches[:_MOST_ROOMS]:
        blocks += _watch(watch)
    return Drawn(said, blocks)


def profiles(found: Mapping[str, Sequence[RecordingProfile]]) -> Drawn:
    """The profiles that have an idle recorder now, by provider."""
    said = "Recording profiles that are free now"
    blocks = [section(f"*{said}*")]
    for provider, offered in list(found.items())[:_MOST_ROOMS]:
        listed = [
            line(f"`{name(profile.name, 40)}`", name(profile.description, 80) if profile.description else "")
            for profile in offered[:_MOST_PROFILES]
        ]
        lines = [] if len(found) == 1 else [bold(provider, 40)]
        lines += listed or ["None: every recorder is busy or offline."]
        while len(text := "\n".join(lines)) > LONGEST_SECTION:
            lines.pop()
        blocks.append(section(text))
    example = next((offered[0].name for offered in found.values() if offered), "NAME")
    blocks.append(context(f"`/record start ROOMKEY profile:{name(example, 40)}`"))
    return Drawn(said, blocks)


def _room(place: Place) -> str:
    room = place.room
    return f"{bold(first_up(place.subject) if place.call else room.name)}\n" + line(
        f"Key {name(room.key, 60)}" if room.key else "",
        f"Extension {name(room.extension, 60)}" if room.extension else "",
        f"Owner {name(room.owner, 60)}" if room.owner else "",
        name(place.provider, 40),
    )


def _room_value(request: StartRecording, place: Place) -> RoomValue:
    return RoomValue(
        place.provider,
        place.room.id,
        request.profile or None,
        request.webcast,
        request.again or None,
        place.call,
    )


def _watch(watch: Watch) -> list[Block]:
    mark, words = headline(watch)
    stoppable = not watch.call and watch.state in (State.PREPARED, State.ASKED, State.RECORDING, State.PAUSED)
    value, about = WatchValue(watch.id), watch.subject
    return [
        section(f"{mark} {name(words, 150)}\nAsked by {person(watch.asker)}"),
        *actions(
            button(Action.STOP, "Stop", value, style="danger", about=about) if stoppable else None,
            button(Action.REFRESH, "Refresh", value, about=about),
        ),
    ]
