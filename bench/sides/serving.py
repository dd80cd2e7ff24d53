"""The manners of every far side: say where you are, and serve until nobody needs you."""

import asyncio
import json
import sys
from typing import Any


def orders() -> Any:
    """What we were started with."""
    return json.loads(sys.argv[1])


async def serve(**told: Any) -> None:
    """Say that we are ready, and return when standard input ends."""
    print(json.dumps(told), flush=True)
    await asyncio.to_thread(sys.stdin.read)
