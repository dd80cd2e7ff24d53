"""A database to begin with."""

import asyncio
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

from bot.store import upgrade


@cache
def new_file() -> bytes:
    """An SQLite database in the newest form with nothing in it, made once."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "new.db"
        made = Thread(
            target=lambda: asyncio.run(upgrade(f"sqlite:///{file}"))
        )  # whoever asks may have a loop
        made.start()
        made.join()
        return file.read_bytes()
