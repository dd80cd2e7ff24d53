"""What must survive a restart, over SQLAlchemy."""

from bot.store.claims import Claimed
from bot.store.errors import AlreadyBound, AlreadyReserved, LostClaim, StoreError, TooMany, Unknown
from bot.store.links import IssuedLink
from bot.store.looks import ReadTo
from bot.store.schema import upgrade
from bot.store.showing import is_quiet
from bot.store.store import Store, open_store

__all__ = [
    "AlreadyBound",
    "AlreadyReserved",
    "Claimed",
    "IssuedLink",
    "LostClaim",
    "ReadTo",
    "Store",
    "StoreError",
    "TooMany",
    "Unknown",
    "is_quiet",
    "open_store",
    "upgrade",
]
