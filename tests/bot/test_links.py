"""Links say by themselves what they open, and nobody but us can make one."""

import string
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.links import Expired, Forged, Link, LinkRefused, Links, NoPublicAddress, Revoked
from providers.model import RecordingId
from tests.clock import Clock

from .web.world import NOON, Book

KEY, OLDER, FOREIGN = "the newest signing key", "the older signing key", "somebody else's own key"
HOUR = timedelta(hours=1)


def links(*keys: str, book: Book | None = None, clock: Clock | None = None) -> Links:
    return Links(keys or (KEY,), "https://recbot.example/", book or Book(), HOUR, clock or Clock(NOON))


def token(address: str) -> str:
    return address.rpartition("/")[2]


async def issued(maker: Links, purpose: str = "download") -> str:
    return token(await maker.issue("vidyo", RecordingId("17"), purpose, "U1"))  # type: ignore[arg-type]


@pytest.mark.parametrize(("purpose", "folder"), [("download", "m"), ("play", "play")])
async def test_a_link_names_all_that_it_opens(purpose: str, folder: str) -> None:
    book = Book()
    maker = links(book=book)
    address = await maker.issue("vidyo", RecordingId("17"), purpose, "U1")  # type: ignore[arg-type]

    assert address.startswith(f"https://recbot.example/{folder}/")
    [id] = book.links
    assert maker.read(token(address)) == Link(id, "vidyo", RecordingId("17"), purpose, "U1", NOON + HOUR)  # type: ignore[arg-type]
    assert book.links[id].expires == NOON + HOUR


async def test_two_links_to_one_recording_differ() -> None:
    maker = links()
    assert await issued(maker) != await issued(maker)


async def test_without_a_public_address_there_are_no_links() -> None:
    book = Book()
    maker = Links([KEY], None, book, HOUR, Clock(NOON))
    assert not maker.possible
    with pytest.raises(NoPublicAddress, match="public_url"):
        await issued(maker)
    assert book.links == {}


async def test_a_link_ends_with_its_time_and_not_before() -> None:
    clock = Clock(NOON)
    maker = links(clock=clock)
    link = await issued(maker)
    clock.forward(minutes=59, seconds=59)
    await maker.open(link)
    clock.forward(seconds=1)
    with pytest.raises(Expired, match="Play or Download"):
        await maker.open(link)


async def test_a_revoked_link_opens_nothing() -> None:
    book = Book()
    maker = links(book=book)
    link = await issued(maker)
    book.revoke_all()
    with pytest.raises(Revoked):
        await maker.open(link)
    assert book.openings == 0


async def test_a_link_that_the_book_does_not_know_is_forged() -> None:
    book = Book()
    maker = links(book=book)
    link = await issued(maker)
    book.links.clear()
    with pytest.raises(Forged):
        await maker.open(link)


async def test_each_opening_is_counted_and_a_check_is_not() -> None:
    book = Book()
    maker = links(book=book)
    link = await issued(maker)
    await maker.check(link)
    await maker.open(link)
    await maker.open(link)
    assert book.openings == 2


async def test_the_first_key_signs_and_the_older_ones_still_read() -> None:
    book = Book()
    before, between, after = links(OLDER, book=book), links(KEY, OLDER, book=book), links(KEY, book=book)
    old, new = await issued(before), await issued(between)

    assert (await between.open(old)).recording == "17"
    assert (await after.open(new)).recording == "17"
    for maker, link in ((before, new), (after, old)):
        with pytest.raises(Forged):
            maker.read(link)


async def test_another_key_makes_no_link_of_ours() -> None:
    with pytest.raises(Forged):
        links().read(await issued(links(FOREIGN)))


@pytest.mark.parametrize("keys", [(), ("short",), (KEY, "fifteen letters")])
def test_a_key_that_could_be_guessed_is_refused_at_the_start(keys: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="key"):
        Links(keys, "https://recbot.example", Book(), HOUR, Clock(NOON))


async def test_every_changed_letter_is_noticed() -> None:
    maker = links()
    link = await issued(maker)
    for at, letter in enumerate(link):
        for other in {"A", "b", "_", "."} - {letter}:
            with pytest.raises(Forged):
                maker.read(link[:at] + other + link[at + 1 :])
    # Base64 lets the last letter vary without another meaning.
    for other in set(string.ascii_letters + string.digits + "-_=") - {link[-1]}:
        with pytest.raises(Forged):
            maker.read(link[:-1] + other)
    for added in (link + "=", link + "A", link + "!", link[:-1]):
        with pytest.raises(Forged):
            maker.read(added)


@given(st.one_of(st.text(max_size=80), st.text(".abcDEF012-_=", max_size=80), st.just("." * 3000)))
def test_nonsense_is_forged_and_nothing_worse(nonsense: str) -> None:
    with pytest.raises(Forged):
        links().read(nonsense)


async def test_the_file_inside_a_page_outlives_the_link_but_not_its_revocation() -> None:
    clock, book = Clock(NOON), Book()
    maker = links(clock=clock, book=book)
    page = await maker.open(await issued(maker, "play"))
    clock.forward(minutes=59)
    inside = maker.for_page(page, timedelta(hours=3))

    clock.forward(hours=5)
    assert (await maker.check(inside)).opens == "media"
    book.revoke_all()
    with pytest.raises(Revoked):
        await maker.check(inside)
    clock.forward(hours=2)
    with pytest.raises(Expired):
        await maker.check(inside)


def test_a_refusal_is_one_kind_of_error() -> None:
    assert all(issubclass(kind, LinkRefused) for kind in (Forged, Expired, Revoked))
