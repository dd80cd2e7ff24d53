"""Waiting for a state that nobody tells of."""

import asyncio
from collections.abc import Awaitable, Callable
from inspect import isawaitable
from typing import Any

PATIENCE = 60.0
_LOOK_AGAIN = 0.02


async def eventually(look: Callable[[], Awaitable[Any] | Any], patience: float = PATIENCE) -> Any:
    """What `look` returns once that is true.

    What people see is better waited for with `slack.wait_for`, which looks after each change.
    """
    async with asyncio.timeout(patience):
        while not (seen := await _result(look())):
            await asyncio.sleep(_LOOK_AGAIN)
    return seen


async def _result(seen: Any) -> Any:
    return await seen if isawaitable(seen) else seen
