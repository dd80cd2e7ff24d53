"""A portal that means harm: it costs little memory, little time, and gets nothing for it."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from providers.errors import BadAnswer, ProviderError, Unavailable
from providers.model import RecordingQuery
from providers.vidyo import VidyoProvider
from tests.clock import lasting
from tests.providers.hostile import BEFORE_THE_BODY, OTHER_AGES, costing_at_most, dripping, nonsense, packed

from .answering import REPLAY, Answering, envelope, http
from .conftest import Connect
from .test_media import RECORDING
from .test_requests import ROOM

LAUGHS = "<!DOCTYPE x [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>]>"
LAUGHING = envelope("<v:R>&b;</v:R>").decode().replace("?><e", f"?>{LAUGHS}<e")
EVIL = "&lt;!channel> \u009b31m\u202e one\u0085ERROR two &amp;#13; " + "x" * 10_000


def rows(*inner: str, count: int = 1) -> bytes:
    """The answer to a search."""
    records = "".join(f"<v:records>{one}</v:records>" for one in inner)
    response = (
        f"<v:RecordsSearchResponse><v:searchCount>{count}</v:searchCount>{records}</v:RecordsSearchResponse>"
    )
    return http(envelope(response, REPLAY))


def row(id: int, *more: str) -> str:
    return (
        f"<v:id>{id}</v:id><v:dateCreated>2024-01-01T10:00:00Z</v:dateCreated>"
        f"<v:endTime>2024-01-01T11:00:00Z</v:endTime>{''.join(more)}"
    )


def fault(name: str, text: str) -> bytes:
    inner = f"<faultstring>{text}</faultstring><detail><v:{name}/></detail>"
    return http(
        envelope(f'<e:Fault xmlns:e="http://schemas.xmlsoap.org/soap/envelope/">{inner}</e:Fault>'), "500 X"
    )


@pytest.mark.parametrize(
    "answer",
    [
        http(LAUGHING.encode()),
        http(LAUGHING.replace("utf-8", "utf-16").encode("utf-16")),
        http(envelope("<v:a>" * 2_000 + "</v:a>" * 2_000)),
        http(envelope("<v:R/>"), content_type='\x80;;;charset="'),
        http(b"\xff\xfe\x00<"),
        *nonsense(http),
    ],
)
async def test_no_answer_is_more_than_an_error_of_ours(
    answering: Answering, connected: Connect, answer: bytes
) -> None:
    answering.answer = answer
    provider = await connected(answering, read_retries=0)
    with pytest.raises(ProviderError) as caught:
        await provider.profiles()
    assert str(caught.value).isprintable()


async def test_an_answer_that_unpacks_to_a_gigabyte_is_not_unpacked(
    answering: Answering, connected: Connect
) -> None:
    answering.answer = http(packed(), more="Content-Encoding: gzip\r\n")
    provider = await connected(answering, max_answer=2**16)
    await provider.check()
    with costing_at_most(2**23), pytest.raises(BadAnswer, match="more than 65536 bytes"):
        await provider.profiles()


async def test_nobody_waits_longer_than_a_day_because_a_server_says_so(
    answering: Answering, connected: Connect
) -> None:
    provider = await connected(answering, read_retries=0)
    for told in ("9999999", "Fri, 31 Dec 2500 23:59:59 GMT"):
        answering.answer = http(b"", "503 No", more=f"Retry-After: {told}\r\n")
        with pytest.raises(Unavailable) as caught:
            await provider.profiles()
        assert caught.value.retry_after is not None
        assert caught.value.retry_after.days == 1


async def test_what_a_fault_says_is_one_short_line(answering: Answering, connected: Connect) -> None:
    provider = await connected(answering)
    for answer in (fault("GeneralFault", EVIL), fault("N" * 30_000, "no")):
        answering.answer = answer
        with pytest.raises(BadAnswer) as caught:
            await provider.profiles()
        assert len(str(caught.value)) < 400
        assert str(caught.value).isprintable()


async def test_names_come_in_on_one_line_without_what_cannot_be_seen(
    answering: Answering, connected: Connect
) -> None:
    names = "".join(
        f"<v:{name}>{EVIL}</v:{name}>" for name in ("title", "roomName", "userName", "tags", "pin")
    )
    link = f"<v:fileLink>/{'x' * 100_000}</v:fileLink><v:fileSize>{'9' * 19}</v:fileSize>"
    answering.answer = rows(row(1, names, f"<v:comments>one\ntwo {EVIL}</v:comments>", link))
    provider = await connected(answering)
    [recording] = (await provider.search(RecordingQuery(hidden=True))).recordings
    for name in (recording.title, recording.room, recording.owner or "", recording.tags):
        assert name.isprintable()
        assert name.startswith("<!channel> 31m one ERROR two")  # what it means is for whoever draws it
        assert len(name) == 1_000
    assert recording.comments.startswith("one\ntwo")
    assert recording.file is None
    assert recording.size is None


@pytest.mark.parametrize("when", OTHER_AGES)
async def test_a_record_of_another_age_is_passed_over(
    answering: Answering, connected: Connect, when: str
) -> None:
    strange = f"<v:id>1</v:id><v:dateCreated>{when}</v:dateCreated>"
    answering.answer = rows(strange, row(2), count=2)
    provider = await connected(answering)
    assert [one.id for one in (await provider.search(RecordingQuery(hidden=True))).recordings] == ["2"]


async def test_a_search_that_gets_a_row_a_page_ends(answering: Answering, connected: Connect) -> None:
    answering.answer = lambda *_: rows(row(len(answering.requests)), count=10**9)
    provider = await connected(answering)
    page = await provider.search(RecordingQuery(title="nothing like it"))
    assert (page.complete, page.total) == (False, None)
    assert len(answering.requests) <= 40


async def test_a_room_that_never_shows_its_thousand_millions_is_given_up(
    answering: Answering, connected: Connect
) -> None:
    answering.answer = http(
        envelope("<v:GetParticipantsResponse><v:total>999999999</v:total></v:GetParticipantsResponse>")
    )
    provider = await connected(answering)
    with pytest.raises(BadAnswer, match="other participants"):
        await provider.recorders(ROOM)
    assert len(answering.requests) < 500


Ask = Callable[[VidyoProvider], Awaitable[object]]


async def _open(provider: VidyoProvider) -> None:
    async with provider.open(replace(RECORDING, file="/file")):
        pass


@pytest.mark.parametrize("ask", [lambda provider: provider.profiles(), _open])
@pytest.mark.parametrize(
    "beginning",
    [BEFORE_THE_BODY, "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 99999\r\n\r\n"],
)
async def test_an_answer_that_drips_is_not_waited_for(connected: Connect, ask: Ask, beginning: str) -> None:
    async with dripping(beginning) as address:
        far = Answering()
        far.portal_url = far.replay_url = address
        provider = await connected(far, read_retries=0)
        with lasting(30), pytest.raises(Unavailable, match="within 30"):
            await ask(provider)
