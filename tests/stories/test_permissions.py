"""Who is let do what, as people in several channels see it: forged clicks, strangers, and groups that change."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from sandbox.slack.actions import find_part
from sandbox.slack.faults import Fault
from sandbox.slack.model import Message
from sandbox.slack.reading import buttons_of, text_of
from tests.stories.crowd import cards_of, open_crowd
from tests.stories.world import SPEED, World, labels

pytestmark = pytest.mark.asyncio(loop_scope="module")

EITHER = "The rule is “who started it and the channel it belongs to stop it”."
LEADS = "The rule is “share only where a rule allows it”."
RULES = [
    {"name": "leads share", "verbs": ["share"], "groups": ["S0LEADS"]},
    {"name": "leads edit", "verbs": ["edit"], "groups": ["S0LEADS"]},
    {
        "name": "only leads see Hidden",
        "effect": "deny",
        "verbs": ["view", "start"],
        "rooms": ["Hidden"],
        "unless": ["S0LEADS"],
    },
]
POLICY = {
    "administrators": ["U0VOVA"],
    "default": ["view", "start", "stop", "download", "subscribe", "edit", "delete", "administer"],
    "owners": {"U0ANNA": ["anna"]},
    "rules": RULES,
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with open_crowd(tmp_path_factory.mktemp("permissions"), policy=POLICY) as world:
        people = world.slack.workspace.people
        people["U0EVE"] = replace(people["U0SAM"], id="U0EVE", name="eve", team="T0ELSEWHERE")
        for channel in ("#general", "#standup"):
            world.slack.workspace.conversation(channel).members.append("U0EVE")
        yield world


async def forge(world: World, user: str, message: Message, action: str, value: str) -> None:
    """A click that no button offers: this value, as if the message carried it."""
    block, element = find_part(message.blocks, action, None)
    forged = {**element, "value": value}
    await world.slack.actions.in_message(world.slack.workspace.person(user).id, message, block, forged, None)


def value_of(message: Message, label: str) -> str:
    return str(next(button.value for button in buttons_of(message) if button.label == label))


async def recorded(world: World, room: str, channel: str = "#general") -> Message:
    """A card of a recording that Vova asked for and that is proven."""
    world.vidyo.world.add_room(room, people=["Guest Ada"])
    await world.start(room, channel=channel)
    card = await world.card(f"Recording {room}", channel=channel)
    await world.offers(card, "Pause")
    return card


async def test_a_forged_value_stops_nothing_in_another_channel(world: World) -> None:
    theirs = await recorded(world, "Theirs")
    ours = await recorded(world, "Ours", "#standup")
    stops = world.vidyo.world.journal.count("stopRecording")
    await forge(world, "sam", ours, "stop", value_of(theirs, "Stop"))
    await world.told(EITHER, user="sam", channel="#standup")
    await forge(world, "sam", ours, "pause", value_of(theirs, "Pause"))
    await forge(world, "sam", ours, "stop", json.dumps({"watch": "1' OR '1'='1"}))
    await world.told("too old to be understood", user="sam", channel="#standup")
    await world.slack.command("sam", "#standup", "/record stop Theirs")
    await world.slack.wait_for(
        lambda: sum(EITHER in text_of(m) for m in world.slack.messages("#standup", "sam")) == 3
    )
    assert world.vidyo.world.journal.count("stopRecording") == stops
    assert {"Pause", "Stop"} <= labels(theirs)
    await world.slack.press("sam", theirs, "Stop")
    await world.reads(theirs, "Ready: Theirs")
    await world.slack.command("vova", "#general", "/record stop Ours")
    await world.reads(ours, "Ready: Ours")


async def test_who_presses_in_somebody_elses_ephemeral_message_is_taken_for_themselves(world: World) -> None:
    row = world.vidyo.world.add_recording("Minutes", owner="anna")
    await world.slack.command("anna", "#general", f"/recordings show {row.id}")
    hers = await world.told(f"Number {row.id}", user="anna")
    assert "Share here" in labels(hers)
    for label in ("Share here", "Lock"):
        button = next(one for one in buttons_of(hers) if one.label == label)
        block, element = find_part(hers.blocks, button.action_id, button.block_id, button.value)
        for user in ("U0SAM", "U0GUEST", "U0EVE"):
            await world.slack.actions.in_message(user, hers, block, element, button.value)
    await world.told(LEADS, "share this", user="sam")
    await world.told("The rule is “the owner or an administrator edits and deletes”.", user="sam")
    for user, rule in (("gil", "guests get nothing"), ("eve", "other workspaces' people get nothing")):
        await world.slack.wait_for(
            lambda user=user, rule=rule: (  # type: ignore[misc]
                sum(f"The rule is “{rule}”." in text_of(m) for m in world.slack.messages("#general", user))
                == 2
            )
        )
    assert not row.locked
    assert cards_of(world, "Minutes") == []
    await world.slack.press("anna", hers, "Lock")
    await world.slack.wait_for(lambda: row.locked)


async def test_who_was_removed_from_the_group_between_click_and_action_is_refused(world: World) -> None:
    slack, row = world.slack, world.vidyo.world.add_recording("Board minutes", owner="vova")
    await slack.command("anna", "#general", f"/recordings show {row.id}")
    hers = await world.told(f"Number {row.id}", user="anna")
    await slack.press("anna", hers, "Edit…")
    view = await slack.see_view("anna", "Board minutes")
    leads = slack.workspace.user_groups["S0LEADS"].members
    leads.remove("U0ANNA")
    assert (await slack.submit("anna", view, {"title": "Mine now"})).ok
    await world.told("The rule is “the owner or an administrator edits and deletes”.", user="anna")
    assert row.title == "Board minutes"
    await slack.press("anna", hers, "Share here")
    await world.told(LEADS, user="anna")
    assert cards_of(world, "Board minutes") == []
    leads.append("U0ANNA")
    await slack.press("anna", hers, "Share here")
    await world.card("@anna shares a recording", "Board minutes")


async def test_while_slack_does_not_say_who_is_in_a_group_nobody_is_taken_for_a_member(world: World) -> None:
    row = world.vidyo.world.add_recording("Secret minutes")
    await world.slack.command("vova", "#general", f"/recordings show {row.id}")
    shown = await world.told(f"Number {row.id}", user="vova")
    world.slack.faults.add(Fault("usergroups.users.list", "503", times=None))
    await world.slack.press("vova", shown, "Share here")
    # It is put off for half an hour, and then given up.
    words = "cannot be asked who is in a user group now, so nothing was done"
    await world.slack.see("#general", words, user="vova", timeout=1900 / SPEED)
    world.slack.faults.clear()
    assert cards_of(world, "Secret minutes") == []


async def test_a_rule_keeps_a_room_out_of_sight(world: World) -> None:
    row = world.vidyo.world.add_recording("Plans", room_name="Hidden", owner="vova")
    world.vidyo.world.add_recording("Plans for lunch", owner="vova")
    rule = "The rule is “only leads see Hidden”."
    await world.slack.command("sam", "#standup", "/recordings search plans")
    found = await world.told(
        "Plans for lunch", "left out", "“only leads see Hidden”", user="sam", channel="#standup"
    )
    assert "Hidden  ·" not in text_of(found)
    await world.slack.command("sam", "#standup", f"/recordings show {row.id}")
    await world.told(rule, user="sam", channel="#standup")
    value = json.dumps({"provider": "vidyo", "recording": str(row.id)})
    for action in ("play", "download"):
        before = len(world.slack.messages("#standup", "sam"))
        await forge(world, "sam", found, action, value)
        await world.slack.wait_for(
            lambda before=before: len(world.slack.messages("#standup", "sam")) > before  # type: ignore[misc]
        )
        assert rule in text_of(world.slack.messages("#standup", "sam")[-1])
    await world.slack.command("anna", "#standup", f"/recordings show {row.id}")
    await world.told("Plans", user="anna", channel="#standup")


async def test_can_says_what_the_policy_says(world: World) -> None:
    slack = world.slack
    await slack.command("vova", "#general", "/record can @gil start")
    await world.told("@gil may not start whatever it is. The rule is “guests get nothing”.", user="vova")
    await slack.command("vova", "#general", "/record can @anna share")
    await world.told("@anna may share whatever it is. The rule is “leads share”.", user="vova")
    await slack.command("sam", "#general", "/record can me delete")
    await world.told("@sam may delete some and not others: it depends on what it is.", user="sam")
    await slack.command("sam", "#general", "/record can @vova delete")
    await world.told("The rule is “administrators administer”.", user="sam")
    typed = (await slack.command("sam", "#general", "/record can @nobody start")).message
    assert typed is not None
    assert "is nobody whom Slack knows" in text_of(typed)
