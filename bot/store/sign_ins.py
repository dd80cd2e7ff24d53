"""Refused credentials, remembered across processes and restarts."""

from sqlalchemy import bindparam, delete, select

from bot.domain.audit import Entry
from bot.store.audit import note
from bot.store.conflict import insert
from bot.store.database import Database
from bot.store.tables import sign_ins
from providers.memories import Refusal

_OF = sign_ins.c.credential == bindparam("fingerprint")
_GET = select(sign_ins).where(_OF)
_NEW = insert(sign_ins)
_REFUSE = _NEW.on_conflict_do_update(
    index_elements=[sign_ins.c.credential],
    set_={"refused_at": _NEW.excluded.refused_at, "sentence": _NEW.excluded.sentence},
)
_CLEAR = delete(sign_ins).where(_OF)


class SignIns:
    """What providers' adapters ask before they send a credential. A credential is its fingerprint here."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def refusal(self, credential: str) -> Refusal | None:
        """When and how this credential was refused. None does not mean that it is right."""
        rows = await self._database.read(_GET, fingerprint=credential)
        return Refusal(rows[0].refused_at, rows[0].sentence) if rows else None

    async def refuse(self, credential: str, sentence: str) -> None:
        """It was refused just now."""
        now = self._database.now()
        refusal = {"credential": credential, "refused_at": now, "sentence": sentence}
        # Whoever has a fingerprint can try passwords on it: it stays here.
        entry = Entry(now, "sign-in", "refused", detail={"why": sentence})
        async with self._database.transaction() as connection:
            await connection.execute(_REFUSE, refusal)
            await note(connection, entry)

    async def clear(self, credential: str) -> None:
        """It was let in."""
        await self._database.write(_CLEAR, fingerprint=credential)
