"""Whether a card must be drawn again."""

from dataclasses import replace

from bot.domain.watch import Watch


def shows_the_same(old: Watch, new: Watch) -> bool:
    """True if a card drawn from either would look alike, so that nobody is to be told of the change.

    What only the looking itself needs does not count, nor a look that failed until that is worth telling.
    """
    return _shown(old) == _shown(new)


def _shown(watch: Watch) -> Watch:
    return replace(
        watch,
        misses=0,
        unseen_since=watch.unseen_since if watch.blind else None,
        unseen_why="",
        vanished_at=None,
        stop_sent_at=None,
        listed=None,
        begun_by="",
        steered_at=None,
    )
