"""The chain: whoever changes it is found out, and the first row that shows it is named."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.domain.chain import NOTHING, Broken, Walk, hash_of

Link = tuple[dict[str, Any], str]


def chain(length: int = 6) -> list[Link]:
    made, hash = [], NOTHING
    for number in range(1, length + 1):
        said = {"number": number, "what": "request", "detail": {"why": "Ünlike\ud800\0"}}
        hash = hash_of(hash, said)
        made.append((said, hash))
    return made


def walk(links: list[Link], sought: str | None = None) -> Walk:
    done = Walk(sought=sought)
    for said, hash in links:
        done.step(said, hash)
    done.end()
    return done


def changed(links: list[Link]) -> None:
    links[2] = (links[2][0] | {"what": "nothing"}, links[2][1])


def changed_with_its_hash(links: list[Link]) -> None:
    said = links[2][0] | {"what": "nothing"}
    links[2] = (said, hash_of(links[1][1], said))


def removed(links: list[Link]) -> None:
    del links[2]


def several_removed(links: list[Link]) -> None:
    del links[2:4]


def put_in(links: list[Link]) -> None:
    links.insert(3, links[1])


def swapped(links: list[Link]) -> None:
    links[2], links[3] = links[3], links[2]


def swapped_with_their_numbers(links: list[Link]) -> None:
    links[2], links[3] = links[3], links[2]
    links[2] = (links[2][0] | {"number": 3}, links[2][1])
    links[3] = (links[3][0] | {"number": 4}, links[3][1])


@pytest.mark.parametrize(
    ("meddle", "sentence"),
    [
        (changed, "Row 3 is not what was sealed"),
        (changed_with_its_hash, "Row 4 is not what was sealed"),
        (removed, "Row 3 is missing: row 2 is followed by row 4"),
        (several_removed, "Rows 3 to 4 are missing"),
        (put_in, "Row 2 stands after row 3: it was put in"),
        (swapped, "Row 3 is missing: row 2 is followed by row 4"),
        (swapped_with_their_numbers, "Row 3 is not what was sealed"),
    ],
)
def test_the_first_row_that_is_not_as_it_was_is_named(
    meddle: Callable[[list[Link]], None], sentence: str
) -> None:
    links = chain()
    assert walk(links).rows == 6
    meddle(links)
    with pytest.raises(Broken, match=sentence):
        walk(links)


def test_a_tail_that_was_cut_shows_by_a_head_that_was_noted_elsewhere() -> None:
    links = chain()
    head = links[-1][1]
    assert walk(links, head).hash == head
    assert walk(links, links[2][1]).number == 6, "the trail may have gone on since"
    assert walk(links[:-2]).rows == 4, "a shorter chain is a chain"
    with pytest.raises(Broken, match=r"not in the trail, which ends with row 4: its tail was cut"):
        walk(links[:-2], head)


def test_a_chain_may_begin_after_what_was_forgotten() -> None:
    links = chain()
    late = Walk(2, links[1][1], sought=links[1][1])
    for said, hash in links[2:]:
        late.step(said, hash)
    late.end()
    assert (late.rows, late.number) == (4, 6)
    with pytest.raises(Broken, match="lies before row 2, and was forgotten"):
        Walk(2, links[1][1], sought=links[0][1]).end()
