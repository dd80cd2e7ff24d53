"""Owners: who asked for a recording. It is theirs for as long as there is one, and so for longer than their watch."""

from datetime import timedelta

from pydantic import TypeAdapter
from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.conversation import Asker
from bot.domain.watch import State, Watch
from bot.store.conflict import insert
from bot.store.database import Database
from bot.store.tables import owners
from providers.model import Recording

_ASKER: TypeAdapter[Asker] = TypeAdapter(Asker)
_OF = select(owners).where(
    owners.c.provider == bindparam("of_provider"), owners.c.recording == bindparam("of_recording")
)
_NEW = insert(owners)
_OWN = _NEW.on_conflict_do_update(
    index_elements=[owners.c.provider, owners.c.recording],
    set_={"started": _NEW.excluded.started, "asker": _NEW.excluded.asker},
)
# A library that was set up anew may give out its numbers from the first on. When a call began may be told otherwise
# once a second part of it is listed.
_THE_SAME = timedelta(days=1)


class Owners:
    """Who asked for what the libraries keep."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, provider: str, recording: Recording) -> Asker | None:
        """Who asked for it. None: nobody did here, or it is not known which of several recordings is theirs."""
        for row in await self._database.read(_OF, of_provider=provider, of_recording=recording.id):
            if abs(row.started - recording.started) <= _THE_SAME:
                return _ASKER.validate_json(row.asker)
        return None


async def own_within(connection: AsyncConnection, watch: Watch) -> None:
    """Write down whose its file is, where it is sure which that is, and that it was begun for them."""
    if watch.state is not State.READY or len(watch.candidates) != 1:
        return
    if watch.ran_already or watch.asker.front == "cli":
        return
    [file] = watch.candidates
    row = {
        "provider": watch.provider,
        "recording": file.id,
        "started": file.started,
        "asker": _ASKER.dump_json(watch.asker).decode(),
    }
    await connection.execute(_OWN, row)
