"""An answer of the size that is allowed does not become a hundred times as much once it is read."""

from typing import Any

import pytest
from lxml import etree

from providers.errors import BadAnswer
from providers.model import RecordingQuery
from providers.vidyo import drift
from providers.vidyo.soap import NotSoap, read_body

from .answering import Answering, envelope, http
from .conftest import Connect
from .test_hostile import row, rows

MILLIONS = [
    envelope("<a/>" * 300_000),
    envelope("<a></a>" * 150_000),
    envelope("<a>" + "<?x?>" * 300_000 + "</a>"),
    envelope("<a>" + "<!---->" * 300_000 + "</a>"),
    envelope("<a " + " ".join(f"a{n}=''" for n in range(300_000)) + "/>"),
    envelope("<a " + " ".join(f'a{n} =\n ""' for n in range(300_000)) + "/>"),
    envelope("<a " + " ".join(f'xmlns:a{n}="x"' for n in range(300_000)) + "/>"),
    envelope("<a>" + "&amp;" * 300_000 + "&#27;</a>"),
    envelope("<a/>" * 300_000).decode().replace("utf-8", "utf-16").encode("utf-16"),
    envelope("<a " + " ".join(f"a{n}=''" for n in range(300_000)) + "/>").decode().encode("utf-16"),
]


@pytest.mark.parametrize("answer", MILLIONS, ids=range(len(MILLIONS)))
def test_more_elements_than_any_answer_has_are_not_read(
    monkeypatch: pytest.MonkeyPatch, answer: bytes
) -> None:
    if b"&amp;" not in answer:  # that is one text, and only what is wrong in it may not be mended one by one
        monkeypatch.setattr(etree, "fromstring", _not_read)
    with pytest.raises(NotSoap):
        read_body(answer, "x", "y")


def _not_read(*_: Any) -> None:
    raise AssertionError("it was parsed")


async def test_it_is_said(answering: Answering, connected: Connect) -> None:
    answering.answer = http(envelope("<a/>" * 300_000))
    with pytest.raises(BadAnswer, match="more elements"):
        await (await connected(answering)).profiles()


def test_nor_are_those_of_a_description(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(etree, "fromstring", _not_read)
    with pytest.raises(drift.Illegible):
        drift.read(b"<wsdl>" + b"<a/>" * 300_000 + b"</wsdl>")


async def test_a_full_page_with_long_comments_is_read(answering: Answering, connected: Connect) -> None:
    comment = "<v:comments>" + "a = b &lt; c " * 700 + "</v:comments>"
    answering.answer = rows(*(row(n, comment) for n in range(200)), count=200)
    found = await (await connected(answering)).search(RecordingQuery(hidden=True, running=True, limit=200))
    assert len(found.recordings) == 200
