"""What comes again within the hour is known again."""

from bot.slack.seen import Seen


def test_a_key_is_first_once_an_hour() -> None:
    now = 0.0
    seen = Seen(lambda: now)
    assert seen.first("a")
    assert not seen.first("a")
    assert seen.first("b")
    now = 3600.0
    assert not seen.first("a")
    now = 3601.0
    assert seen.first("a")


def test_what_has_no_key_is_new_each_time() -> None:
    seen = Seen()
    assert seen.first("")
    assert seen.first("")


def test_no_flood_fills_the_memory() -> None:
    seen = Seen()
    for number in range(30_000):
        assert seen.first(str(number))
    assert len(seen._keys) <= 10_000
    assert not seen.first("29999")
