"""How often to look, and how long to be patient. Every number is a key of the configuration."""

from dataclasses import dataclass, fields
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Pace:
    """Delays between looks, and the ends of patience.

    A recorder may ring for 30 s, and a second one is tried then: hence 60 s before we say that no
    recorder came, and minutes more in which one that comes late still counts. Where the answer to the request was lost,
    no recorder after the first ringing tells that it was not carried out: hence 35 s before it is sent once more.
    """

    confirm_first: timedelta = timedelta(seconds=1)
    confirm_quick: timedelta = timedelta(seconds=12)
    confirm_later: timedelta = timedelta(seconds=3)
    confirm_patience: timedelta = timedelta(seconds=60)
    start_again: timedelta = timedelta(seconds=35)
    late_look: timedelta = timedelta(seconds=6)
    late_patience: timedelta = timedelta(seconds=300)
    recording_look: timedelta = timedelta(seconds=15)
    vanished_look: timedelta = timedelta(seconds=1)
    stopping_look: timedelta = timedelta(seconds=1)
    stopping_quick: timedelta = timedelta(seconds=15)
    stopping_later: timedelta = timedelta(seconds=5)
    stop_again: timedelta = timedelta(seconds=10)
    blind_look: timedelta = timedelta(seconds=5)
    blind_longest: timedelta = timedelta(seconds=60)
    blind_told: timedelta = timedelta(seconds=10)
    blind_patience: timedelta = timedelta(hours=12)
    stale_start: timedelta = timedelta(seconds=120)
    request_patience: timedelta = timedelta(minutes=30)
    file_look: timedelta = timedelta(seconds=2)
    file_longest: timedelta = timedelta(seconds=60)
    call_file_look: timedelta = timedelta(seconds=30)
    file_overdue: timedelta = timedelta(minutes=30)
    file_patience: timedelta = timedelta(hours=24)
    library_look: timedelta = timedelta(seconds=60)
    look_back: timedelta = timedelta(hours=6)
    library_whole: timedelta = timedelta(days=1)
    unfinished_longest: timedelta = timedelta(days=2)
    notice_gap: timedelta = timedelta(seconds=1)
    clock_skew: timedelta = timedelta(minutes=5)
    tick: timedelta = timedelta(milliseconds=250)
    lease: timedelta = timedelta(seconds=90)
    card_update: timedelta = timedelta(seconds=3)
    updates_apart: timedelta = timedelta(milliseconds=1400)
    posts_apart: timedelta = timedelta(milliseconds=300)
    post_again: timedelta = timedelta(seconds=2)
    refusal_patience: timedelta = timedelta(hours=1)
    provider_missing: timedelta = timedelta(minutes=10)
    keep_closed: timedelta = timedelta(days=30)
    listing_patience: timedelta = timedelta(seconds=3)
    answer_patience: timedelta = timedelta(seconds=10)
    another_patience: timedelta = timedelta(seconds=1)
    push_look: timedelta = timedelta(minutes=10)
    push_settles: timedelta = timedelta(seconds=30)
    audit_seal: timedelta = timedelta(seconds=10)
    finish_within: timedelta = timedelta(seconds=8)

    def scaled(self, speed: float) -> "Pace":
        """The same pace in a world that runs `speed` times as fast.

        A tick costs what it costs, and keeps 50 ms; nor do networks answer, or processes end, any sooner.
        """
        faster = {f.name: getattr(self, f.name) / speed for f in fields(self)}
        tick = min(self.tick, max(faster["tick"], timedelta(milliseconds=50)))
        slow = {
            name: getattr(self, name) for name in ("answer_patience", "another_patience", "finish_within")
        }
        return Pace(**{**faster, "tick": tick, **slow})
