"""Whatever is sent to the gateway's route for Slack: no fault of ours, and nothing that was not asked for."""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.slack.values import Action
from sandbox.slack.server import SlackSandbox
from tests.bot.recording.stage import open_stage
from tests.stories.door import JSON, Door, command_body, over_the_wire, payload
from tests.stories.inside import App
from tests.stories.world import ROOM, World, open_world

TEXTS = 1_000
A_TIME = 25


class Faults(logging.Handler):
    """Everything that must not happen: an error in any log, an exception that nobody caught."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.seen.append(self.format(record))

    def unhandled(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        self.seen.append(f"{context.get('message')}: {context.get('exception')!r}")


@pytest.fixture
async def faults() -> AsyncIterator[Faults]:
    faults = Faults()
    logging.getLogger().addHandler(faults)
    asyncio.get_running_loop().set_exception_handler(faults.unhandled)
    yield faults
    logging.getLogger().removeHandler(faults)
    assert faults.seen == []


@pytest.fixture
async def world(faults: Faults, tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(tmp_path, speed=100, slack={"mode": "http"}) as world:
        yield world


@pytest.fixture
async def door(world: World) -> AsyncIterator["Door"]:
    async with aiohttp.ClientSession() as session:
        yield Door(over_the_wire(session, f"{world.bot.url}/slack/events"), world.slack.credentials)


@pytest.fixture
async def app(faults: Faults, tmp_path: Path) -> AsyncIterator[App]:
    async with (
        open_stage(tmp_path) as stage,
        SlackSandbox(speed=20) as slack,
        aiohttp.ClientSession() as session,
    ):
        app = App(stage, slack, session)
        yield app
    assert app.pad.answers


async def test_what_slack_did_not_sign_or_nobody_can_read_is_turned_away(door: Door) -> None:
    body = command_body("/record", "start Nf5kaN9tWo", "U0VOVA")
    now = int(time.time())
    assert await door.send(body, X_Slack_Signature="v0=" + "0" * 64) == 401
    assert await door.send(body, X_Slack_Signature="") == 401
    assert await door.send(body, X_Slack_Request_Timestamp=str(now - 400)) == 401
    assert await door.send(body, X_Slack_Request_Timestamp="yesterday") == 401
    assert await door.send(body, X_Slack_Request_Timestamp="٣" * 10) == 401
    assert await door.send(b"text=\xff\xfe&command=%2Frecord") == 400
    assert await door.send(b"payload={") == 400
    assert await door.send(b"{", JSON) == 400
    assert await door.send(b"[" * 100_000, JSON) == 400
    assert await door.send(b"text=" + b"x" * (2 << 20)) == 413


async def test_what_is_signed_and_unknown_is_acknowledged_and_does_nothing(world: World, door: Door) -> None:
    event = {"type": "event_callback", "event_id": "Ev1", "team_id": "T0SANDBOX"}
    for kind in ("message", "app_mention", "channel_rename", "nobody_knows"):
        body = json.dumps(event | {"event": {"type": kind, "channel": "C0GENERAL", "text": "x"}})
        assert await door.send(body.encode(), JSON) == 200
    assert await door.command("/record", "help payload={") == 200
    assert await door.click("nobody_knows", "x") == 200
    assert await door.submit("nobody_knows") == 200
    assert await door.command("/nobody", "knows") == 200
    for kind in ("shortcut", "message_action", "block_suggestion", "view_closed", "dialog_submission"):
        assert await door.interaction(payload(kind, "U0VOVA") | {"callback_id": "x", "view": {}}) < 500
    await world.told("That button is too old")
    await world.told("That form is too old")
    await world.told("Recbot hears /record and /recordings")
    assert world.cards() == []


NONSENSE = (
    "",
    "null",
    "[]",
    '{"watch":"nobody"}',
    '{"watch":5,"more":1}',
    '{"watch":"nobody","change":"stop"}',
    '{"provider":"vidyo","recording":"4908","room":"1"}',
    '{"provider":"another","recording":"4908"}',
    '{"provider":"another","room":"4092486"}',
    '{"provider":"vidyo","recording":"99999999999999999999999999999999"}',
    '{"provider":"vidyo","room":"99999999999999999999999999999999"}',
    "edit|another|4908",
    "delete|vidyo|\u0664\u0669",
    "start|vidyo|4908",
    '{"s":-62135596800,"b":253402300799,"m":3200000000,"n":3200000000,"z":200,"i":1000000}',
    '{"s":253402300799,"o":"duration","d":false,"on":"another"}',
    '{"q":"\\u0000\\ud800"}',
    '{"i":1e400}',
    "\u202e<!channel> \ufffe",
)
HUGE = ("[" * 100_000, '{"q":"' + "x" * 500_000 + '"}', "details|vidyo|" + "9" * 500_000)


async def test_no_value_of_a_button_makes_the_bot_stumble(app: App) -> None:
    backend = app.stage.provider.backend
    kept = backend.add_recording()
    nonsense = [value.replace("4908", kept.id) for value in NONSENSE]
    for action in Action:
        assert {await app.door.click(action, value) for value in nonsense} == {200}, action
    for action in (Action.OLDER, Action.MORE, Action.STOP):
        assert {await app.door.click(action, value) for value in HUGE} == {200}
    for callback in ("edit_recording", "delete_recording"):
        for value in nonsense:
            assert await app.door.submit(callback, private_metadata=value[:3000]) == 200
    await app.tasks.drain(5)
    await app.stage.tick()
    assert app.pad.problems == []
    assert backend.recordings == {kept.id: kept}
    assert backend.starts(ROOM) == 0
    assert app.stage.cards() == []


SHAPES: tuple[dict[str, Any], ...] = (
    {"state": None},
    {"state": {"values": []}},
    {"state": {"values": {"title": []}}},
    {"state": {"values": {"title": {"title": {"value": 5}}}}},
    {"state": {"values": {"scope": {"scope": {"selected_option": {"value": ["x"]}}}}}},
    {"state": {"values": {"scope": {"scope": {"selected_option": "public"}}}}},
    {"state": {"values": {"pin_removal": {"pin_removal": {"selected_options": "remove"}}}}},
    {"state": {"values": {"pin_removal": {"pin_removal": {"selected_options": [1]}}}}},
    {"state": {"values": {"scope": {"scope": {"selected_option": {"value": {}}}}}}},
    {"blocks": None},
    {"blocks": [1, "x", None]},
    {"blocks": {"block_id": "title"}},
    {"blocks": [{"block_id": 1, "element": "x"}]},
    {"blocks": [{"element": {"initial_option": "x"}}]},
    {"private_metadata": 5},
    {"private_metadata": None},
    {"callback_id": None},
)


async def test_no_shape_of_a_form_makes_the_bot_stumble(world: World, door: Door) -> None:
    about = '{"provider":"vidyo","recording":"4908"}'
    for shape in SHAPES:
        assert await door.submit("edit_recording", **{"private_metadata": about, **shape}) < 500, shape
        assert await door.submit("delete_recording", "U0ANNA", **{"private_metadata": about, **shape}) < 500
    clicks: tuple[dict[str, Any], ...] = (
        {},
        {"action_id": "play"},
        {"action_id": "more", "selected_option": 5},
    )
    for click in clicks:
        assert await door.interaction(payload("block_actions", "U0VOVA") | {"actions": [click]}) < 500
    containers: tuple[Any, ...] = (5, [], {"thread_ts": 5}, {"is_ephemeral": "x"})
    for container in containers:
        assert await door.click("play", "x", container=container) < 500
    assert {await door.click(Action.MORE, value) for value in HUGE} == {200}
    row = world.vidyo.world.library.by_id(4908)
    assert row is not None
    assert row.title == "vova conference recording."


async def test_an_answer_goes_to_no_address_but_slacks(world: World, door: Door) -> None:
    called: list[bytes] = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        called.append(await reader.read(100))
        writer.close()

    foreign = await asyncio.start_server(listen, "127.0.0.1", 0)
    port = foreign.sockets[0].getsockname()[1]
    for address in (
        f"http://127.0.0.1:{port}/response/x",
        "http://[",
        "http://127.0.0.1:x/",
        "//",
        "file:///x",
    ):
        assert await door.click("play", "x", response_url=address) == 200
        await world.told("That button is too old")
        conversation = world.slack.workspace.conversation("#general")
        conversation.messages.clear()
    foreign.close()
    await foreign.wait_closed()
    assert called == []


# -- what people may type -------------------------------------------------------------------------

WORDS = st.sampled_from(
    (
        *("start", "stop", "pause", "resume", "status", "room", "profiles", "help", "webcast"),
        *("search", "latest", "show", "Nf5kaN9tWo", "4908", "20", "vova", "Weekly", "on:vidyo", "on:x"),
        *("profile:000", "profile:", "user:vova", "room:", "title:“x”", "since:7d", "until:yesterday"),
        *(
            'since:"last week"',
            "longer:10m",
            "shorter:1e9h",
            "scope:public",
            "sort:title",
            "since:0000-00-00",
        ),
        *("https://t.platform.vidyo.io/join/Nf5kaN9tWo", "https://[", "https://t/flex.html?key=", "://"),
        *(
            "<@U0VOVA>",
            "<!channel>",
            "&lt;",
            '"',
            "“",
            "'",
            ":",
            "::",
            "-",
            "`",
            "*",
            "\\",
            "\u202e",
            "payload",
            "0" * 400,
        ),
    )
)
VERBS = st.sampled_from(("start", "stop", "status", "room", "can", "search", "latest", "show", "subscribe"))
SOME = st.lists(WORDS | st.text(max_size=12), max_size=6).map(" ".join)
TYPED = SOME | st.tuples(VERBS, SOME).map(" ".join) | st.text(max_size=60)
COMMANDS = st.tuples(st.sampled_from(("/record", "/recordings")), TYPED)
_HURRIED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]


@settings(max_examples=TEXTS // A_TIME, deadline=None, suppress_health_check=_HURRIED, database=None)
@given(typed=st.lists(COMMANDS, min_size=A_TIME, max_size=A_TIME))
async def test_whatever_is_typed_gets_an_answer_that_slack_shows(
    app: App, faults: Faults, typed: list[tuple[str, str]]
) -> None:
    assert {await app.door.command(command, text) for command, text in typed} == {200}
    await app.tasks.drain(5)
    await app.stage.tick()
    assert app.pad.problems == []
    assert faults.seen == []


@settings(max_examples=4, deadline=None, suppress_health_check=_HURRIED, database=None)
@given(typed=st.lists(COMMANDS, min_size=A_TIME, max_size=A_TIME))
async def test_whatever_is_typed_is_acknowledged_over_the_wire(
    door: Door, faults: Faults, typed: list[tuple[str, str]]
) -> None:
    assert {await door.command(command, text) for command, text in typed} == {200}
    assert faults.seen == []
