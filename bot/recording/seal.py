"""Seal the audit trail: what happened lately is put into its chain, and the chain's head into the log."""

import logging
from datetime import timedelta

from bot.logs import tell
from bot.store import MOST_SEALED, LostClaim, Store

log = logging.getLogger(__name__)


async def seal_audit(store: Store, owner: str, lease: timedelta) -> None:
    """Seal all that is new, unless somebody else is at it.

    The head that is logged shows later that what came before it was neither changed nor cut off.
    """
    while claimed := await store.audit.claim(owner, lease):
        before = claimed.value.number
        try:
            head = await store.audit.seal(claimed)
        except LostClaim:
            return
        if head.number > before:
            tell(log, "audit: sealed", up_to=head.number, head=head.hash)
        if head.number < before + MOST_SEALED:
            return


async def forget_audit(store: Store, older_than: timedelta) -> None:
    """Cut off the old end of the trail."""
    if anchor := await store.audit.forget(older_than):
        tell(log, "audit: forgotten", up_to=anchor.number, anchor=anchor.hash)
