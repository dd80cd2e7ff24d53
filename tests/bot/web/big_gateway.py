"""A gateway in a process of its own, with one large recording: `python -m tests.bot.web.big_gateway BYTES`.

It prints the address of a download and serves until its standard input ends.
"""

import asyncio
import sys

import uvloop

from .world import BlockLibrary, gateway_with


async def main(size: int) -> None:
    async with gateway_with(BlockLibrary(size)) as world:
        print(await world.link("download", provider="blocks"), flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1])))
