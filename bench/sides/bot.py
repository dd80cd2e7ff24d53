"""The whole bot, as `recbot run` runs it. Orders: its `settings`, and `polled` rooms with the seconds of a round."""

from datetime import UTC, datetime, timedelta

import uvloop

from bench.sides.serving import orders, serve
from bench.watched import write_watches
from bot.bootstrap import running_bot
from bot.settings import Settings


async def main() -> None:
    told = orders()
    settings = Settings.model_validate(told["settings"])
    if rooms := told.get("polled"):
        every = timedelta(seconds=told["every"])
        await write_watches(settings.database.url, "vidyo", rooms, datetime.now(UTC), every)
    async with running_bot(settings) as bot:
        await serve(url=bot.url)


if __name__ == "__main__":
    uvloop.run(main())
