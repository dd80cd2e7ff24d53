"""What it costs to read an answer, our processor time.

Whether a recorder is in a room of 200 people, all checks included, against `lxml.fromstring` and nothing else: at
most 1.5 times; zeep's reading takes 25. A search answer with 1,000 records as our values against lxml and a plain
dataclass with the same fields: at most 1.3 times; zeep's takes 11.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from lxml import etree

from bench import samples
from bench.finding import Finding
from bench.sampling import cpu_in_turns, ratio
from providers.vidyo.portal import PortalReader
from providers.vidyo.replay import read_records
from providers.vidyo.soap import read_body

_PEOPLE = 200
_RECORDS = 1000
_ROUNDS = 25
_READS = 20
_IN = "{http://replay.vidyo.com/apiservice}"


def recorder_status() -> Iterator[Finding]:
    """One page of participants."""
    reader = PortalReader("http://portal.vidyo.com/user/v1_1", "https://vidyo.example")
    answer = samples.participants(_PEOPLE)

    def ours() -> None:
        for _ in range(_READS):
            page = reader.participants(read_body(answer, "The portal", "getParticipants"))
            assert page.recorder is not None
            assert len(page.people) == _PEOPLE

    def plain() -> None:
        for _ in range(_READS):
            etree.fromstring(answer)

    yield Finding(
        "recorder status read, against lxml.fromstring", ratio(cpu_in_turns(ours, plain, _ROUNDS)), 1.5
    )


@dataclass(frozen=True, slots=True)
class _Plain:
    """A recording as one would first write it down."""

    id: int
    title: str
    room: str
    owner: str
    owner_name: str
    started: datetime
    ended: datetime
    duration: timedelta
    size: int
    scope: str
    tags: str
    comments: str
    locked: bool
    pin: str
    webcast: bool
    resolution: str
    file: str


def search_answer() -> Iterator[Finding]:
    """A thousand records."""
    answer = samples.records(_RECORDS)

    def ours() -> None:
        rows = read_records(read_body(answer, "The replay server", "RecordsSearch"))
        assert len(rows.recordings) == _RECORDS

    def plain() -> None:
        found = [_plain(element) for element in etree.fromstring(answer).iter(f"{_IN}records")]
        assert len(found) == _RECORDS

    yield Finding("search answer of 1,000 records read", ratio(cpu_in_turns(ours, plain, _ROUNDS)), 1.3)


def _plain(element: etree._Element) -> _Plain:
    fields = {child.tag: child.text for child in element}

    def text(name: str) -> str:
        return fields.get(_IN + name) or ""

    minutes, seconds = text("duration").split(":")
    return _Plain(
        id=int(text("id")),
        title=text("title"),
        room=text("roomName"),
        owner=text("userName"),
        owner_name=text("userFullName"),
        started=datetime.fromisoformat(text("dateCreated")),
        ended=datetime.fromisoformat(text("endTime")),
        duration=timedelta(minutes=int(minutes), seconds=int(seconds)),
        size=int(text("fileSize")),
        scope=text("recordScope"),
        tags=text("tags"),
        comments=text("comments"),
        locked=text("locked") == "true",
        pin=text("pin"),
        webcast=text("webcast") == "true",
        resolution=text("resolution"),
        file=text("fileLink"),
    )
