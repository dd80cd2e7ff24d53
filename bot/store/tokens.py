"""Tokens that providers gave us, sealed, so that whoever has the database file has none of them."""

import logging
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import bindparam, delete, select

from bot.store.conflict import insert
from bot.store.database import Database
from bot.store.tables import tokens

_log = logging.getLogger(__name__)

_OF = tokens.c.key == bindparam("wanted_key")
_GET = select(tokens.c.sealed).where(_OF)
_NEW = insert(tokens)
_SAVE = _NEW.on_conflict_do_update(index_elements=[tokens.c.key], set_={"sealed": _NEW.excluded.sealed})
_FORGET = delete(tokens).where(_OF)
_PURPOSE = b"recbot: tokens of providers\0"


class Tokens:
    """What adapters keep to sign in with. The first key seals, every key opens; without a key nothing is kept."""

    def __init__(self, database: Database, keys: Sequence[str]) -> None:
        self._database = database
        self._seal = MultiFernet([Fernet(_sealing_key(key)) for key in keys]) if keys else None

    async def load(self, key: str) -> str | None:
        """The token, or None: there is none, or no key of ours opens it any more."""
        rows = await self._database.read(_GET, wanted_key=key)
        if not rows or self._seal is None:
            return None
        try:
            return self._seal.decrypt(rows[0].sealed).decode()
        except InvalidToken:
            _log.warning("A token that was kept opens with none of security.keys: it is asked for anew.")
            return None

    async def save(self, key: str, secret: str) -> None:
        """Keep it in place of any other."""
        if self._seal is not None:
            sealed = self._seal.encrypt(secret.encode()).decode()
            await self._database.write(_SAVE, key=key, sealed=sealed)

    async def forget(self, key: str) -> None:
        """It is of no use any more."""
        await self._database.write(_FORGET, wanted_key=key)


def _sealing_key(key: str) -> bytes:
    """A key for this purpose alone: the one that signs links is never used twice."""
    return urlsafe_b64encode(sha256(_PURPOSE + key.encode()).digest())
