"""Whether a card must be drawn again."""

from dataclasses import fields
from operator import attrgetter

from bot.domain.watch import Step, Watch

_UNTOLD = {
    "misses",
    "seen_to",
    "unseen_since",
    "unseen_why",
    "vanished_at",
    "stop_sent_at",
    "twin_sent_at",
    "listed",
    "bound",
    "begun_by",
    "wanted_at",
    "steered_at",
}
_TOLD = attrgetter(*(field.name for field in fields(Watch) if field.name not in _UNTOLD))


def shows_the_same(old: Watch, new: Watch) -> bool:
    """True if a card drawn from either would look alike, so that nobody is to be told of the change.

    What only the looking itself needs does not count, nor a look that failed until that is worth telling.
    """
    return _shown(old) == _shown(new)


def is_quiet(old: Watch, step: Step) -> bool:
    """True if nobody is owed anything by this step: no card drawn again, no alarm, no look into a library."""
    return (
        not (step.library or is_heard(step))
        and old.bound == step.watch.bound
        and shows_the_same(old, step.watch)
    )


def is_heard(step: Step) -> bool:
    """True if the step is said aloud: on the command line there is no conversation to raise an alarm in."""
    return step.alarm and step.watch.conversation.front != "cli"


def _shown(watch: Watch) -> tuple[object, ...]:
    return *_TOLD(watch), watch.unseen_since if watch.blind else None
