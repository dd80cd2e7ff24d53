"""The paces in a world that runs faster."""

from datetime import timedelta

from bot.domain.pace import Pace


def test_a_faster_world_has_shorter_delays_but_ticks_and_networks_take_their_time() -> None:
    pace = Pace().scaled(60)
    assert pace.confirm_patience == timedelta(seconds=1)
    assert pace.tick == timedelta(milliseconds=50)
    assert pace.answer_patience == Pace().answer_patience
