"""A meeting is recorded from Slack, and its file comes back to the channel."""

import hashlib

import aiohttp

from sandbox.slack.reading import buttons_of
from tests.stories.world import ROOM_NAME, World, labels


async def test_the_whole_story(world: World) -> None:
    slack = world.slack
    await world.start()
    card = await world.card(ROOM_NAME, "Asked by @vova")
    for label, then in (("Pause", "Resume"), ("Resume", "Pause"), ("Stop", "Download")):
        await world.offers(card, label)
        await slack.press("anna", card, label)
        await world.offers(card, then)
    await world.reads(card, f"Ready: {ROOM_NAME}")
    assert world.starts() == 1
    assert [m for m in slack.messages("#general") if m.user == "U0RECBOT"] == [card]

    await slack.press("sam", card, "Download")
    link = await world.told("This link is yours", user="sam")
    url = next(b.url for b in buttons_of(link) if b.url)
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        assert answer.status == 200
        digest = hashlib.sha256(await answer.read()).hexdigest()
    newest = [row for row in world.vidyo.world.library if row.room_name == ROOM_NAME][-1]
    assert digest == world.vidyo.world.sha256(newest.guid)


async def test_a_search_pages_and_shares(world: World) -> None:
    slack = world.slack
    await slack.command("vova", "#general", "/recordings search vova")
    found = await world.told("1 to 5")
    await slack.press("vova", found, "Older")
    found = await world.told("6 to 10")
    await slack.press("vova", found, "Newer")
    found = await world.told("1 to 5")
    share = next(b for b in buttons_of(found) if b.label == "Share here")
    await slack.press("vova", found, "Share here", value=share.value)
    assert "Play" in labels(await world.card("shares a recording"))
