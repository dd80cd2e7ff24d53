"""One row that nobody can read is one row: the others of its library are found, counted and announced."""

import logging

import pytest

from providers.errors import BadAnswer
from providers.model import RecordingId, RecordingQuery
from providers.vidyo.soap import NotSoap, read_body
from sandbox.vidyo.server import VidyoSandbox

from .answering import REPLAY, Answering, envelope, http
from .conftest import Connect
from .test_hostile import row

ALL = RecordingQuery(hidden=True, running=True)


def searched(*rows: bytes, prolog: bytes = b"") -> bytes:
    """The answer to a search, byte for byte."""
    records = b"".join(b"<v:records>%s</v:records>" % one for one in rows)
    whole = envelope("<v:RecordsSearchResponse>!</v:RecordsSearchResponse>", REPLAY)
    count = b"<v:searchCount>%d</v:searchCount>" % len(rows)
    return http(prolog + whole.replace(b"!", count + records))


def titled(id: int, title: bytes) -> bytes:
    return row(id, "<v:title>!</v:title>").encode().replace(b"!", title)


@pytest.mark.parametrize(
    ("written", "title"),
    [
        (b"Sales &#x1B;Q1", "Sales Q1"),
        (b"Sales &#27;Q1", "Sales Q1"),
        (b"Sales &#0;Q1", "Sales Q1"),
        (b"Sales &#xD83D;Q1", "Sales Q1"),
        (b"Sales &#xFFFF;Q1", "Sales Q1"),
        (b"Sales &#99999999;Q1", "Sales Q1"),
        (b"Sales &#X41;Q1", "Sales AQ1"),
        (b"Sales \x1b\x00\x08Q1", "Sales Q1"),
        (b"Sales \xef\xbf\xbfQ1", "Sales Q1"),
        (b"Sales \xff Q1", "Sales \ufffd Q1"),
        (b"Caf\xe9 Q1", "Caf\ufffd Q1"),
        (b"Sales \xed\xa0\xbd Q1", "Sales \ufffd\ufffd\ufffd Q1"),
        (b"Sales & Marketing", "Sales & Marketing"),
        (b"Sales &amp; R&D; &lt;b&gt;", "Sales & R&D; <b>"),
        (b"Caf&eacute;&nbsp;au lait&", "Café\xa0au lait&"),
        (b"<![CDATA[R&D &#x1B;&amp; \x1b]]>", "R&D &#x1B;&amp;"),
    ],
)
async def test_a_title_that_xml_forbids_is_cleaned(
    answering: Answering, connected: Connect, written: bytes, title: str
) -> None:
    answering.answer = searched(titled(1, b"One"), titled(2, written), titled(3, b"Three"))
    found = await (await connected(answering)).search(ALL)
    assert [one.title for one in found.recordings] == ["One", title, "Three"]
    assert found.total == 3


@pytest.mark.parametrize(
    "written",
    [
        b"1 < 2",
        b"<b>bold",
        b"bold</b>",
        b"</v:title><v:title",
        b"]]>",
        b"x" * 10_100_000,
    ],
)
async def test_a_row_that_cannot_be_read_is_left_out_and_counted(
    answering: Answering, connected: Connect, caplog: pytest.LogCaptureFixture, written: bytes
) -> None:
    answering.answer = searched(titled(1, b"One"), titled(2, written), titled(3, b"&#27;Three"))
    provider = await connected(answering)
    for _ in range(2):
        found = await provider.search(ALL)
        assert [one.title for one in found.recordings] == ["One", "Three"]
        assert found.total == 3
        assert not found.more
    [said] = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert "1 row" in said.getMessage()


async def test_what_stands_between_two_rows_is_no_row(answering: Answering, connected: Connect) -> None:
    answering.answer = searched(
        titled(1, b"One"),
        titled(2, b"Two</v:title></v:records></v:records>&#27;<v:title>"),
        titled(3, b"Three"),
    )
    found = await (await connected(answering)).search(ALL)
    assert [one.title for one in found.recordings] == ["One", "Two", "Three"]


async def test_a_row_that_never_ends_is_left_out(answering: Answering, connected: Connect) -> None:
    whole = searched(titled(1, b"One"), titled(2, b"Two"), titled(3, b"Three"))
    whole = whole.partition(b"\r\n\r\n")[2].replace(b"Two</v:title></v:records>", b"Two</v:title>")
    answering.answer = http(whole)
    found = await (await connected(answering)).search(ALL)
    assert [one.title for one in found.recordings] == ["One", "Three"]


@pytest.mark.parametrize("encoding", ["ISO-8859-1", "windows-1252", "UTF-16"])
async def test_a_title_is_cleaned_in_whatever_its_answer_is_written(
    answering: Answering, connected: Connect, encoding: str
) -> None:
    text = searched(titled(1, b"Caf\xc3\xa9 &#27;!")).partition(b"\r\n\r\n")[2].decode()
    answering.answer = http(text.replace('encoding="utf-8"', f'encoding="{encoding}"').encode(encoding))
    [found] = (await (await connected(answering)).search(ALL)).recordings
    assert found.title == "Café !"


async def test_what_looks_like_a_document_type_in_a_title_is_a_title(
    answering: Answering, connected: Connect
) -> None:
    answering.answer = searched(titled(1, b"<![CDATA[<!DOCTYPE html> and <!ENTITY x>]]>"))
    [found] = (await (await connected(answering)).search(ALL)).recordings
    assert found.title == "<!DOCTYPE html> and <!ENTITY x>"


@pytest.mark.parametrize("title", ["ok", "&#27;", "&a;", "1 < 2"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
@pytest.mark.parametrize("before", ["", " \n", "<!-- <!x> -->\n<?x <!y?>"])
def test_a_real_document_type_is_refused(title: str, encoding: str, before: str) -> None:
    answer = searched(titled(1, title.encode())).partition(b"\r\n\r\n")[2].decode()
    answer = answer.replace("utf-8", encoding).replace("?><e", f"?>{before}<!DOCTYPE x [<!ENTITY a 'ha'>]><e")
    with pytest.raises(NotSoap, match="document type"):
        read_body(answer.encode(encoding), "x", "y")


async def test_an_answer_that_was_cut_off_is_not_taken_for_a_whole_one(
    answering: Answering, connected: Connect
) -> None:
    whole = searched(titled(1, b"One"), titled(2, b"&#27;")).partition(b"\r\n\r\n")[2]
    provider = await connected(answering)
    for cut in (b"</v:records><v:records>", b"<v:title>&#27;", b"</v:RecordsSearchResponse>", b"</e:Body>"):
        answering.answer = http(whole[: whole.index(cut)])
        with pytest.raises(BadAnswer):
            await provider.search(ALL)


async def test_one_recording_with_such_a_title_is_shown_and_one_that_is_illegible_said_to_be(
    answering: Answering, connected: Connect
) -> None:
    provider = await connected(answering)
    answering.answer = searched(titled(2, b"Q&#27;1"))
    assert (await provider.recording(RecordingId("2"))).title == "Q1"
    answering.answer = searched(titled(2, b"1 < 2"))
    with pytest.raises(BadAnswer, match="recording 2"):
        await provider.recording(RecordingId("2"))


async def test_names_of_people_in_a_room_are_cleaned_too(answering: Answering, connected: Connect) -> None:
    answering.answer = http(
        envelope(
            "<v:GetRecordingProfilesResponse><v:recorder><v:recorderPrefix>01</v:recorderPrefix>"
            "<v:description>HD &#7;</v:description></v:recorder></v:GetRecordingProfilesResponse>"
        )
    )
    [profile] = await (await connected(answering)).profiles()
    assert (profile.name, profile.description) == ("01", "HD")


async def test_a_portal_that_writes_such_titles_as_it_has_them_is_read(
    vidyo: VidyoSandbox, connected: Connect
) -> None:
    vidyo.world.add_recording("Sales \x1bQ1")
    found = await (await connected(vidyo)).search(RecordingQuery(title="Sales Q1", hidden=True))
    assert [one.title for one in found.recordings] == ["Sales Q1"]
