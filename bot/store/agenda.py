"""What is due now, read at once: most ticks find nothing, and to read costs a fraction of trying to claim."""

from dataclasses import dataclass

from sqlalchemy import exists, literal, select, union_all

from bot.store import inbox, looks, notice_claims, watches
from bot.store.database import Database
from bot.store.tables import watches as watch_table

_AGENDA = union_all(
    *(
        select(literal(name).label("what"), literal(None).label("provider")).where(exists().where(ready))
        for name, ready in (
            ("requests", inbox.READY),
            ("libraries", looks.READY),
            ("notices", notice_claims.READY),
        )
    ),
    select(literal("watches"), watch_table.c.provider).where(watches.READY).distinct(),
)


@dataclass(frozen=True, slots=True)
class Agenda:
    """Where a claim would find something now, unless somebody else is quicker."""

    requests: bool = False
    libraries: bool = False
    notices: bool = False
    providers: frozenset[str] = frozenset()
    """Those of whom a watch is due."""


async def read_agenda(database: Database) -> Agenda:
    """What nobody has in hand and whose time has come."""
    found = [(row.what, row.provider) for row in await database.read(_AGENDA, **database.hour())]
    names = {what for what, _ in found}
    return Agenda(
        requests="requests" in names,
        libraries="libraries" in names,
        notices="notices" in names,
        providers=frozenset(provider for what, provider in found if what == "watches"),
    )
