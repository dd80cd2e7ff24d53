"""What is said where a search for a phone number found nothing."""

import pytest

from bot.domain.found import Found
from bot.slack.cards import results
from providers.model import RecordingQuery


@pytest.mark.parametrize(
    ("query", "hint"),
    [
        (RecordingQuery(words="0044 20 7946 0000"), "`/recordings search number:442079460000`"),
        (RecordingQuery(words="+16505550100"), "`/recordings search number:16505550100`"),
        (RecordingQuery(number="442079460000"), "`/recordings search number:9460000`"),
        (RecordingQuery(words="2026"), "Try fewer words or filters"),
    ],
)
def test_a_number_that_is_not_found_is_answered_with_how_to_write_it(
    query: RecordingQuery, hint: str
) -> None:
    assert hint in str(results(Found((), {}, {}, 0, False), query).blocks)
