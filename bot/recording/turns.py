"""The turns that a watch takes, each told in the log, and the most awaited one measured."""

import logging

from bot.domain.watch import State, Watch
from bot.logs import tell
from bot.recording.services import Services

log = logging.getLogger(__name__)

_WORDS = {State.PROCESSING: "stopped"}


def turned(old: Watch, new: Watch, services: Services) -> None:
    """The watch is now as it was written down. Nothing is told of one that stays in its state."""
    if old.state is new.state:
        return
    what, after = _WORDS.get(new.state, new.state.value), None
    if old.confirmed_at is None and new.confirmed_at is not None and not new.ran_already:
        what, after = "proven", new.confirmed_at - new.asked_at
        services.metrics.proven(new.provider, after)
    seconds = None if after is None else after.total_seconds()
    tell(log, what, watch=new.id, provider=new.provider, room=new.room.id, seconds=seconds)
