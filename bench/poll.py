"""What one look into a room costs: our processor time, with the portal in a process of its own.

Through the provider (a request made by zeep from the contract, a shared connection, our reader with all its checks)
against a hand-written body, httpx and lxml with no checks at all: at most 0.6 times, 0.4 if we can. The usual way,
zeep's own transport and reading, takes 1.7 to 4.9 times. And a look among 100 that are under way against one among
10: at most 1.2 times; httpx's pool makes it 22 times.
"""

import asyncio
import sys
from base64 import b64encode
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import httpx
import uvloop
from lxml import etree

from bench.finding import Finding
from bench.sampling import Work, async_cpu_in_turns, ratio
from bench.side import Side, side
from providers.memories import Memories
from providers.model import Room, RoomId
from providers.vidyo import VidyoProvider, VidyoSettings, connect

_LOOKS = 300
_ROUNDS = 7
_PATH = "/services/v1_1/VidyoPortalUserService"
_IN = "{http://portal.vidyo.com/user/v1_1}"
_BODY = (
    '<?xml version="1.0" encoding="utf-8"?>'
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>'
    '<GetParticipantsRequest xmlns="http://portal.vidyo.com/user/v1_1"><conferenceID>{room}</conferenceID>'
    "<Filter><start>0</start><limit>200</limit></Filter></GetParticipantsRequest>"
    "</soapenv:Body></soapenv:Envelope>"
)
_HEADERS = {
    "Content-Type": "text/xml; charset=utf-8",
    "SOAPAction": '"getParticipants"',
    "Authorization": "Basic " + b64encode(b"recbot:recbot-secret").decode(),
}


def one_look() -> Iterator[Finding]:
    """A room with a recorder and ten people, looked into again and again."""
    with side("vidyo", rooms=1) as vidyo:
        value = uvloop.run(_against_httpx(vidyo))
    note = "" if value <= 0.4 else "the stretch goal is 0.4"
    yield Finding("a poll, CPU, against httpx and lxml", value, 0.6, note=note)


def crowded() -> Iterator[Finding]:
    """A hundred looks at a time, and ten."""
    with side("vidyo", rooms=100) as vidyo:
        value = uvloop.run(_in_flight(vidyo))
    yield Finding("a poll of 100 in flight, CPU, against of 10", value, 1.2)


async def _against_httpx(vidyo: Side) -> float:
    [room] = vidyo.told["rooms"]
    # httpcore asks for sniffio at every request; a search for a missing module each time is no part of the contest.
    sys.modules.setdefault("sniffio", None)  # type: ignore[arg-type]
    async with (
        _provider(vidyo) as provider,
        httpx.AsyncClient(base_url=vidyo.url, headers=_HEADERS) as client,
    ):
        body = _BODY.format(room=room)

        async def plain() -> None:
            for _ in range(_LOOKS):
                answer = await client.post(_PATH, content=body)
                root = etree.fromstring(answer.content)
                recorder = root.findtext(f".//{_IN}recorderID")
                people = len(root.findall(f".//{_IN}participantID"))
                assert (recorder, people) == wanted

        view = await provider.view(_room(room))
        assert view.recorder is not None
        wanted = (view.recorder.id, view.people)
        return ratio(await async_cpu_in_turns(_looks(provider, [room], 1), plain, _ROUNDS))


async def _in_flight(vidyo: Side) -> float:
    rooms = vidyo.told["rooms"]
    async with _provider(vidyo) as provider:
        return ratio(
            await async_cpu_in_turns(_looks(provider, rooms, 100), _looks(provider, rooms, 10), _ROUNDS)
        )


def _looks(provider: VidyoProvider, rooms: list[str], at_once: int) -> Work:
    """A number of looks, so many under way at any time."""

    async def look_on(left: Iterator[int]) -> None:
        for number in left:
            view = await provider.view(_room(rooms[number % len(rooms)]))
            assert view.recorder is not None

    async def look() -> None:
        left = iter(range(_LOOKS))
        await asyncio.gather(*(look_on(left) for _ in range(at_once)))

    return look


def _room(id: str) -> Room:
    return Room(RoomId(id), None, id)


@asynccontextmanager
async def _provider(vidyo: Side) -> AsyncIterator[VidyoProvider]:
    settings = VidyoSettings(
        kind="vidyo",
        portal_url=vidyo.told["portal_url"],
        replay_url=vidyo.told["replay_url"],
        username="recbot",
        password="recbot-secret",
    )
    async with connect("vidyo", settings, Memories()) as provider:
        yield provider
