"""A meeting is recorded from Slack, and its file comes back to the channel."""

import hashlib

import aiohttp

from sandbox.slack.reading import buttons_of, text_of
from tests.stories.world import ROOM, World


async def test_the_whole_story(world: World) -> None:
    slack = world.slack
    await world.start()
    card = await world.card("Asking")
    assert world.vidyo.world.rooms
    card = await world.card("230301302", "ecording")
    await slack.wait_for(lambda: "Pause" in {b.label for b in buttons_of(card)}, timeout=10)

    await slack.press("anna", card, "Pause")
    await slack.wait_for(lambda: "Resume" in {b.label for b in buttons_of(card)})
    await slack.press("anna", card, "Resume")
    await slack.wait_for(lambda: "Pause" in {b.label for b in buttons_of(card)})
    await slack.press("anna", card, "Stop")
    await slack.wait_for(lambda: "Download" in {b.label for b in buttons_of(card)}, timeout=10)
    assert world.starts() == 1
    print(text_of(card))

    await slack.press("sam", card, "Download")
    link = await world.told("This link is yours", user="sam")
    url = next(b.url for b in buttons_of(link) if b.url)
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        assert answer.status == 200
        digest = hashlib.sha256(await answer.read()).hexdigest()
    [row] = [r for r in world.vidyo.world.library if r.room_name == "230301302" and r.owner == "recbot"][-1:]
    assert digest == world.vidyo.world.sha256(row.guid)
    assert len([m for m in slack.messages("#general") if m.user == "U0RECBOT"]) == 1
    assert ROOM


async def test_a_search_pages_and_shares(world: World) -> None:
    slack = world.slack
    await slack.command("vova", "#general", "/recordings search vova")
    found = await world.told("1 to 5", user="vova")
    await slack.press("vova", found, "Older")
    found = await world.told("6 to 10", user="vova")
    await slack.press("vova", found, "Newer")
    found = await world.told("1 to 5", user="vova")
    share = next(b for b in buttons_of(found) if b.label == "Share here")
    await slack.press("vova", found, "Share here", value=share.value)
    shared = await world.card("shares a recording")
    assert "Play" in {b.label for b in buttons_of(shared)}
