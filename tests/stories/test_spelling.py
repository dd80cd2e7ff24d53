"""What people type finds what was written, from Slack to the library and back, however either is spelled."""

import pytest

from tests.stories.world import World


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("☕", "☕\ufe0f break"),
        ("title:“☕ break”", "☕ break"),
        ("Mu\u0308ller", "Müller weekly"),
        ("Anna’s", "Anna's day"),
        ("title：“Q1 plan”", "Q1\u00a0plan"),
        ("Q1‑Q2", "Q1–Q2"),
    ],
)
async def test_what_is_typed_finds_what_is_written(world: World, typed: str, title: str) -> None:
    world.vidyo.world.add_recording(title)
    world.vidyo.world.add_recording("Something else")
    await world.slack.command("sam", "#general", f"/recordings search {typed}")
    await world.told("1 recording", user="sam")


async def test_a_title_is_edited_as_it_was_typed(world: World) -> None:
    row = world.vidyo.world.add_recording("Break", owner="vova")
    await world.slack.command("vova", "#general", f"/recordings show {row.id}")
    await world.slack.press("vova", await world.told("Break"), "Edit…")
    view = await world.slack.see_view("vova", "Break")
    await world.slack.submit("vova", view, {"title": "☕ break"})
    await world.told("☕ break")
    assert row.title == "☕ break"
