"""A gateway in a process of its own, with one large recording: `python -m tests.bot.web.big_gateway BYTES`.

It prints the addresses of some downloads and serves until its standard input ends.
"""

import asyncio
import sys

import uvloop

from .world import BlockLibrary, gateway_with

LINKS = 11
"""Each opens its file a few times at once."""


async def main(size: int) -> None:
    async with gateway_with(BlockLibrary(size)) as world:
        links = [await world.link("download", provider="blocks") for _ in range(LINKS)]
        print(*links, flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1])))
