"""What a call to Slack costs: our processor time for an update of a live card, against a bare aiohttp post of the same.

At most 1.5 times. With a session of its own for each call, as the client does by default, it takes 7.5 times.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import aiohttp
import uvloop

from bench.finding import Finding
from bench.sampling import async_cpu_in_turns, ratio
from bench.side import side
from bench.watched import a_watch
from bot.domain.pace import Pace
from bot.slack import cards
from bot.slack.client import web_client

_CALLS = 300
_ROUNDS = 9


def one_call() -> Iterator[Finding]:
    """`chat.update`, as the bot makes it."""
    with side("slack") as slack:
        value = uvloop.run(_one_call(slack.url))
    yield Finding("a Slack call, CPU, against a bare aiohttp post", value, 1.5)


async def _one_call(url: str) -> float:
    drawn = cards.live(a_watch("vidyo", "4093000", datetime.now(UTC)), pace=Pace())
    message: dict[str, Any] = {
        "channel": "C1",
        "ts": "1700000000.000100",
        "text": drawn.text,
        "blocks": drawn.blocks,
    }
    address = f"{url}/api/chat.update"
    headers = {"Authorization": "Bearer xoxb-bench"}
    async with aiohttp.ClientSession() as session:
        client = web_client("xoxb-bench", f"{url}/api/", session)

        async def ours() -> None:
            for _ in range(_CALLS):
                answer = await client.chat_update(**message)
                assert answer["ok"]

        async def bare() -> None:
            for _ in range(_CALLS):
                async with session.post(address, json=message, headers=headers) as answer:
                    assert (await answer.json())["ok"]

        return ratio(await async_cpu_in_turns(ours, bare, _ROUNDS))
