"""Providers that have left the configuration: what was followed there is ended, and its card says why."""

import logging

from bot.recording.services import Services
from bot.recording.turns import turned
from bot.store import LostClaim

log = logging.getLogger(__name__)

_AT_ONCE = 50


async def end_departed(services: Services) -> int:
    """End the watches of providers that are not configured here, nor anywhere else; how many there were.

    While processes are restarted one by one, some know a provider that others do not (yet, or any more): they look at
    its watches when these are due. So only what nobody has looked at for some time is ended.
    """
    s, patience, ended = services, services.pace.provider_missing, 0
    known = [provider.name for provider in s.providers.all]
    while left := await s.store.watches.claim_left(known, patience, s.owner, s.lease, _AT_ONCE):
        for claimed in left:
            watch = claimed.value
            why = (
                f"{watch.provider} is no longer configured here, so this recording is not followed any more."
            )
            try:
                after = await s.store.watches.settle(claimed, watch.left_alone(why, await s.store.now()))
            except LostClaim:
                continue
            turned(watch, after.value, s)
            log.warning("%s is not configured any more: %s is not followed", watch.provider, watch.room.name)
            ended += 1
    if ended:
        s.wake()
    return ended
