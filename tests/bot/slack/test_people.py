"""People as the workspace describes them, asked at most once a minute."""

import asyncio
from dataclasses import replace

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.conversation import Asker
from bot.domain.errors import CannotDo
from bot.slack.people import People
from sandbox.slack.faults import Fault
from sandbox.slack.model import TEAM_ID
from sandbox.slack.server import SlackSandbox

VOVA = Asker("slack", "U0VOVA", TEAM_ID)
GUEST = Asker("slack", "U0GUEST", TEAM_ID)
NOBODY = Asker("slack", "U0NOBODY", TEAM_ID)


class Watch:
    """A clock of seconds that is moved by hand."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def people(client: AsyncWebClient, watch: Watch) -> People:
    return People(client, TEAM_ID, watch)


def asked(slack: SlackSandbox) -> int:
    return len(slack.workspace.journal.calls("users.info"))


async def test_guests_and_members_are_told_apart(people: People) -> None:
    assert (await people.person(GUEST)).guest
    assert not (await people.person(VOVA)).guest


async def test_whoever_belongs_to_another_workspace_counts_as_a_guest(client: AsyncWebClient) -> None:
    assert (await People(client, "T0ANOTHER").person(VOVA)).guest


async def test_slack_is_asked_once_a_minute_for_the_same_person(
    people: People, watch: Watch, slack: SlackSandbox
) -> None:
    for _ in range(3):
        await people.person(VOVA)
        assert await people.zone(VOVA) == "Europe/Kyiv"
    assert asked(slack) == 1
    vova = slack.workspace.people["U0VOVA"]
    slack.workspace.people["U0VOVA"] = replace(vova, is_guest=True)
    watch.seconds += 59
    assert not (await people.person(VOVA)).guest
    watch.seconds += 1
    assert (await people.person(VOVA)).guest
    assert asked(slack) == 2


async def test_nobody_but_slacks_people_is_looked_up(people: People, slack: SlackSandbox) -> None:
    assert not (await people.person(Asker("cli", "root"))).guest
    assert asked(slack) == 0


async def test_who_slack_does_not_know_may_do_nothing(people: People) -> None:
    with pytest.raises(CannotDo, match=r"did not say who you are \(user_not_found\), so nothing was done"):
        await people.person(NOBODY)


async def test_a_missing_scope_is_named(people: People, slack: SlackSandbox) -> None:
    slack.api.scopes -= {"users:read"}
    with pytest.raises(CannotDo, match="must grant it the scope users:read"):
        await people.person(VOVA)


@pytest.mark.parametrize("kind", ["503", "reset_before", "error:ratelimited"])
async def test_while_slack_is_away_nothing_is_done_and_nothing_is_remembered(
    kind: str, people: People, slack: SlackSandbox
) -> None:
    slack.faults.add(Fault("users.info", kind, times=None))
    with pytest.raises(CannotDo, match="cannot be asked who you are now"):
        await people.person(VOVA)
    slack.faults.clear()
    assert (await people.person(VOVA)).asker == VOVA


async def test_a_connection_that_ends_without_an_answer_is_a_sentence(session: aiohttp.ClientSession) -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    client = AsyncWebClient("xoxb-1", f"http://127.0.0.1:{port}/api/", session=session, retry_handlers=[])
    with pytest.raises(CannotDo, match="cannot be asked who you are now"):
        await People(client, TEAM_ID).person(VOVA)
    server.close()
    await server.wait_closed()
