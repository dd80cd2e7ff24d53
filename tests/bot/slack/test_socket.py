"""Two connections to Slack: what becomes of either, events arrive, and where they cannot it is said."""

import asyncio
import logging
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.cli.demo import free_port
from bot.domain.errors import CannotDo
from bot.slack.socket import Rhythm, Socket, socket_mode
from sandbox.slack.faults import Fault
from sandbox.slack.server import SlackSandbox

RHYTHM = Rhythm()
OPENING = "apps.connections.open"
A_MOMENT = 0.001
A_WHILE = 120.0


@dataclass
class Line:
    """A small app that is heard over these connections."""

    socket: Socket
    slack: SlackSandbox
    busy: asyncio.Event
    """Set once the app has begun to work on something."""

    async def hears(self, times: int = 4) -> None:
        """Somebody types this often, and each time it is acknowledged."""
        for number in range(times):
            result = await self.slack.command("vova", "#general", f"/record {number}")
            assert result.error is None

    async def has_connections(self, number: int) -> None:
        await self.slack.wait_for(lambda: self.slack.sockets.connections == number, A_WHILE)

    async def has_asked(self, times: int) -> None:
        """Wait until a connection was asked for so often."""
        await self.slack.wait_for(lambda: self.openings() == times, A_WHILE)

    def openings(self) -> int:
        """How often a connection was asked for."""
        return len(self.slack.workspace.journal.calls(OPENING))


@asynccontextmanager
async def line_to(slack: SlackSandbox, client: AsyncWebClient, takes: float = 0.0) -> AsyncIterator[Line]:
    """`takes`: how long the app works before it acknowledges."""
    app = AsyncApp(
        name="recbot", client=client, process_before_response=True, request_verification_enabled=False
    )
    busy = asyncio.Event()

    @app.command("/record")
    async def record(ack: Any, command: dict[str, Any]) -> None:
        busy.set()
        await asyncio.sleep(takes)
        if command["text"] == "plainly":
            await ack("As you say.")
        else:
            await ack(text=f"Heard {command['text']}.")

    @app.event("app_uninstalled")
    async def uninstalled() -> None:
        return None

    async with socket_mode(app, slack.credentials.app_token, client) as socket:
        line = Line(socket, slack, busy)
        await line.has_connections(2)
        yield line


@pytest.fixture
async def line(slack: SlackSandbox, client: AsyncWebClient) -> AsyncIterator[Line]:
    async with line_to(slack, client) as line:
        yield line


async def test_what_is_typed_comes_down_either_connection_and_is_answered(line: Line) -> None:
    await line.hears()
    said = await line.slack.command("vova", "#general", "/record plainly")
    assert said.message is not None
    assert said.message.text == "As you say."
    assert (await line.slack.emit({"type": "app_uninstalled"})).attempts == 1
    assert line.socket.deaf() == []
    assert line.socket.age() == 0


async def test_connections_that_are_open_and_silent_are_noticed_and_replaced(line: Line) -> None:
    assert line.slack.sockets.play_dead() == 2
    await asyncio.sleep(RHYTHM.doubt - A_MOMENT)
    assert line.socket.deaf() == []
    await asyncio.sleep(A_MOMENT)
    assert line.socket.deaf() == ["Slack's events cannot arrive: Socket Mode was last heard 25 s ago."]
    await asyncio.sleep(RHYTHM.silence - RHYTHM.doubt - A_MOMENT)
    assert line.socket.deaf()
    assert line.openings() == 2
    await asyncio.sleep(2 * A_MOMENT)
    assert line.openings() == 4
    assert line.socket.deaf() == []
    await line.has_connections(2)
    await line.hears()


def test_with_its_own_clocks_it_notices_and_has_another_within_a_minute_and_a_half() -> None:
    assert 2 * RHYTHM.ping < RHYTHM.doubt < RHYTHM.silence
    assert RHYTHM.silence + RHYTHM.opening <= 90


async def test_one_silent_connection_makes_nobody_deaf_and_is_replaced(line: Line) -> None:
    assert line.slack.sockets.play_dead(1) == 1
    for _ in range(int(RHYTHM.silence)):
        assert line.openings() == 2
        await asyncio.sleep(1)
        assert line.socket.deaf() == []
    await line.has_asked(3)
    await line.has_connections(2)
    await line.hears()


async def test_pongs_alone_keep_a_connection(line: Line) -> None:
    for _ in range(10):
        await asyncio.sleep(RHYTHM.silence)
        assert not line.socket.deaf()
    assert line.openings() == 2


@pytest.mark.parametrize("watches", [True, False])
async def test_who_stood_still_asks_for_a_sign_of_life_before_it_believes_in_silence(
    line: Line, watches: bool
) -> None:
    if watches:
        await asyncio.sleep(RHYTHM.ping)  # both connections are waited on by then
    time.sleep(RHYTHM.silence * 1.5)
    assert line.socket.deaf(), "nothing was heard meanwhile"
    await asyncio.sleep(4 * RHYTHM.ping)
    assert not line.socket.deaf()
    assert line.openings() == 2


async def test_when_one_of_two_is_cut_off_nothing_is_lost(line: Line) -> None:
    assert line.slack.sockets.drop(1) == 1
    await line.has_connections(1)
    assert line.socket.deaf() == []
    await line.hears()
    await line.has_connections(2)
    await line.hears()


async def test_when_both_are_cut_off_others_are_there_at_once(line: Line) -> None:
    assert line.slack.sockets.drop() == 2
    await line.has_asked(4)
    await line.has_connections(2)
    assert line.socket.deaf() == []
    await line.hears()


@pytest.mark.parametrize("reason", ["warning", "refresh_requested", "something new"])
async def test_before_slack_ends_a_connection_another_is_open(reason: str, line: Line) -> None:
    await asyncio.sleep(RHYTHM.settled)
    line.slack.disconnect_soon(reason)
    await line.has_asked(4)
    await line.hears()
    await line.has_connections(2)
    changes = [entry.detail["connections"] for entry in line.slack.workspace.journal.of("socket")]
    assert min(changes[1:]) >= 2
    await line.hears()


async def test_a_connection_that_stays_although_slack_wants_it_gone_is_let_go(line: Line) -> None:
    [first, _] = line.slack.sockets._connections
    await first.socket.send_json({"type": "disconnect", "reason": "warning"})
    await line.has_connections(3)
    begun = time.monotonic()
    await line.has_connections(2)
    assert time.monotonic() - begun == RHYTHM.linger
    assert first not in line.slack.sockets._connections


@pytest.fixture
def the_longest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each pause is as long as it may be."""
    monkeypatch.setattr(random, "uniform", lambda shortest, longest: longest)


@pytest.mark.usefixtures("the_longest")
@pytest.mark.parametrize("reason", ["link_disabled", "too_many_websockets"])
async def test_where_slack_wants_none_it_is_asked_now_and_then_only(reason: str, line: Line) -> None:
    line.slack.faults.add(Fault(OPENING, "error:not_now", times=None))
    await line.slack.disconnect(reason)
    assert line.socket.deaf()
    await asyncio.sleep(A_WHILE)
    asked = [entry.at for entry in line.slack.workspace.journal.calls(OPENING)[2:]]
    pauses = [(later - earlier).total_seconds() for earlier, later in pairwise(asked)]
    assert pauses == [2, 4, 8, 16, 30, 30, 30]
    line.slack.faults.clear()
    await line.has_connections(2)
    await line.hears()


async def test_a_lost_network_is_said_waited_for_and_found_again(
    line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "bot.slack.socket")
    line.slack.faults.add(Fault("*", "reset_before", times=None))
    line.slack.sockets.drop()
    await asyncio.sleep(RHYTHM.hopeless)
    assert line.socket.deaf()
    assert line.socket.hopeless() == []
    await asyncio.sleep(A_MOMENT)
    assert line.socket.hopeless() == line.socket.deaf()
    assert line.socket.hopeless()[1] == "Slack cannot be reached for Socket Mode (ClientOSError)."
    line.slack.faults.clear()
    await line.has_connections(2)
    assert line.socket.deaf() == line.socket.hopeless() == []
    await line.hears()
    told = [record.getMessage() for record in caplog.records if record.name == "bot.slack.socket"]
    assert told == [
        "Slack cannot be reached for Socket Mode (ClientOSError). It is tried again.",
        "Slack is heard again over Socket Mode",
    ]


async def test_slack_is_left_alone_for_as_long_as_it_wants(line: Line) -> None:
    line.slack.limits.demand(OPENING, times=1, retry_after=60)
    line.slack.sockets.drop(1)
    await line.has_asked(3)
    asked = time.monotonic()
    await line.has_asked(4)
    assert time.monotonic() - asked == 60
    await line.has_connections(2)


async def test_what_cannot_be_read_ends_nothing(line: Line) -> None:
    for connection in line.slack.sockets._connections:
        for text in ("{", "[]", "5", '{"type": 5, "envelope_id": 5, "payload": []}', '{"type": "new"}'):
            await connection.socket.send_str(text)
        await connection.socket.send_bytes(b"\xff")
    await line.hears()
    assert line.openings() == 2


async def test_what_came_before_the_end_is_acknowledged(slack: SlackSandbox, client: AsyncWebClient) -> None:
    async with line_to(slack, client, takes=2) as line:
        typing = asyncio.create_task(line.hears(1))
        await line.busy.wait()
    await typing
    await line.has_connections(0)


async def refusal(slack: SlackSandbox, client: AsyncWebClient, token: str | None = None) -> str:
    """Why the bot does not start."""
    app = AsyncApp(name="recbot", client=client)
    with pytest.raises(CannotDo) as refused:
        async with socket_mode(app, token or slack.credentials.app_token, client):
            raise AssertionError("nothing was to open here")
    await slack.wait_for(lambda: slack.sockets.connections in (0, 10))
    return str(refused.value)


async def test_a_wrong_token_ends_the_start(slack: SlackSandbox, client: AsyncWebClient) -> None:
    for token in ("xapp-wrong", slack.credentials.bot_token):
        assert "Check slack.app_token (it begins with xapp-" in await refusal(slack, client, token)


async def test_a_slack_that_has_a_bad_day_ends_the_start(slack: SlackSandbox, client: AsyncWebClient) -> None:
    slack.faults.add(Fault(OPENING, "503"))
    assert await refusal(slack, client) == "Slack opens no Socket Mode connection at the moment (http_503)."
    slack.faults.add(Fault("link", "503"))
    assert "cannot be reached for Socket Mode (WSServerHandshakeError)" in await refusal(slack, client)
    slack.faults.add(Fault("link", "slow", seconds=RHYTHM.opening + 1))
    assert "cannot be reached for Socket Mode (TimeoutError)" in await refusal(slack, client)
    client.base_url = f"http://127.0.0.1:{free_port()}/api/"
    assert "cannot be reached for Socket Mode (ClientConnectorError)" in await refusal(slack, client)


async def test_a_slack_with_ten_connections_ends_the_start(
    slack: SlackSandbox, client: AsyncWebClient
) -> None:
    assert client.session is not None
    others = [await client.session.ws_connect(slack.sockets.new_address()) for _ in range(10)]
    assert "as many Socket Mode connections of this app as it allows" in await refusal(slack, client)
    for other in others:
        await other.close()


@pytest.mark.usefixtures("the_longest")
async def test_where_there_is_room_for_one_connection_one_will_do_and_it_is_said(
    slack: SlackSandbox, client: AsyncWebClient, caplog: pytest.LogCaptureFixture
) -> None:
    assert client.session is not None
    others = [await client.session.ws_connect(slack.sockets.new_address()) for _ in range(9)]
    app = AsyncApp(name="recbot", client=client)
    async with socket_mode(app, slack.credentials.app_token, client) as socket:
        await asyncio.sleep(60)  # meanwhile it wants a second one, and is refused
        assert len(slack.workspace.journal.calls(OPENING)) == 8
        assert not socket.deaf()
        assert slack.sockets.connections == 10
        assert "This is the last of the 10 Socket Mode connections that Slack allows an app" in caplog.text
        for other in others[:2]:
            await other.close()
        await slack.wait_for(lambda: slack.sockets.connections == 8)
        await slack.wait_for(lambda: slack.sockets.connections == 9, A_WHILE)
    for other in others:
        await other.close()
