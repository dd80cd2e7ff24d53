"""Handing back what a process has claimed, so that another one takes it over at once."""

from bot.store.claims import handed_back
from bot.store.database import Database
from bot.store.tables import inbox, looks, notices, owed, sealer, waiting, watched, watches

_ALL = (
    handed_back(inbox, waiting),
    handed_back(watches, watched),
    handed_back(looks),
    handed_back(notices, owed),
)
_TRAIL = handed_back(sealer)


async def hand_back(database: Database, owner: str) -> int:
    """End the leases of this owner, who does no more; how many there were, but for the trail's, which is no work."""
    ended = 0
    await database.write(_TRAIL, claim_owner=owner, **database.hour())
    for statement in _ALL:
        ended += len(await database.write(statement, claim_owner=owner, **database.hour()))
    return ended
