"""Until somebody says stop."""

import asyncio
import signal
from contextlib import suppress


async def told_to_stop() -> None:
    """Return at Ctrl-C or SIGTERM."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for one in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # Windows delivers Ctrl-C as KeyboardInterrupt instead
            loop.add_signal_handler(one, stop.set)
    await stop.wait()
