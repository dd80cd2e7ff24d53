"""What must survive a restart, over SQLAlchemy."""

from bot.store.audit import MOST_SEALED, Head, Noted
from bot.store.claims import Claimed
from bot.store.errors import AlreadyBound, AlreadyReserved, LostClaim, NoTurn, StoreError, TooMany, Unknown
from bot.store.links import IssuedLink
from bot.store.looks import ReadTo
from bot.store.notice_claims import MOST_CLAIMS
from bot.store.schema import upgrade
from bot.store.showing import is_quiet
from bot.store.standing import Standing
from bot.store.store import Store, open_store
from bot.store.writable import Writable

__all__ = [
    "MOST_CLAIMS",
    "MOST_SEALED",
    "AlreadyBound",
    "AlreadyReserved",
    "Claimed",
    "Head",
    "IssuedLink",
    "LostClaim",
    "NoTurn",
    "Noted",
    "ReadTo",
    "Standing",
    "Store",
    "StoreError",
    "TooMany",
    "Unknown",
    "Writable",
    "is_quiet",
    "open_store",
    "upgrade",
]
