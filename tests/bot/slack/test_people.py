"""People as the workspace describes them, asked at most once a minute."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.conversation import Asker
from bot.domain.errors import CannotDo, NotNow
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


async def test_people_of_another_workspace_and_deactivated_ones_are_told_apart_too(
    client: AsyncWebClient, people: People, slack: SlackSandbox
) -> None:
    assert (await People(client, "T0ANOTHER").person(VOVA)).foreign
    vova = slack.workspace.people["U0VOVA"]
    slack.workspace.people["U0EVE"] = replace(vova, id="U0EVE", team="T0ELSEWHERE")
    slack.workspace.people["U0OLD"] = replace(vova, id="U0OLD", deleted=True)
    eve = await people.person(replace(VOVA, user="U0EVE"))
    old = await people.person(replace(VOVA, user="U0OLD"))
    assert (eve.foreign, eve.guest, eve.deactivated) == (True, False, False)
    assert (old.foreign, old.guest, old.deactivated) == (False, False, True)


async def test_slack_is_asked_for_the_groups_that_a_rule_names_and_for_no_others(
    people: People, slack: SlackSandbox
) -> None:
    assert (await people.person(VOVA)).groups == frozenset()
    assert slack.workspace.journal.calls("usergroups.users.list") == []
    assert (await people.person(VOVA, ["S0LEADS", "S0PHONES"])).groups == {"S0LEADS"}
    assert len(slack.workspace.journal.calls("usergroups.users.list")) == 2


async def test_groups_are_remembered_for_seconds_and_for_look_ups_alone(
    people: People, watch: Watch, slack: SlackSandbox
) -> None:
    assert (await people.person(VOVA, ["S0LEADS"])).groups == {"S0LEADS"}
    slack.workspace.user_groups["S0LEADS"].members.remove("U0VOVA")
    watch.seconds += 4.9
    assert (await people.person(VOVA, ["S0LEADS"])).groups == {"S0LEADS"}
    assert (await people.person(VOVA, ["S0LEADS"], anew=True)).groups == frozenset()
    slack.workspace.user_groups["S0LEADS"].members.append("U0VOVA")
    assert (await people.person(VOVA, ["S0LEADS"])).groups == frozenset()
    watch.seconds += 5
    assert (await people.person(VOVA, ["S0LEADS"])).groups == {"S0LEADS"}


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("503", "cannot be asked who is in a user group now, so nothing was done. Try again"),
        ("reset_before", "cannot be asked who is in a user group now, so nothing was done. Try again"),
        ("error:ratelimited", "cannot be asked who is in a user group now, so nothing was done. Try again"),
        ("error:plan_upgrade_required", "This workspace has no user groups"),
        ("error:missing_scope", "must grant it the scope usergroups:read"),
    ],
)
async def test_while_slack_does_not_say_who_is_in_a_group_nothing_is_done(
    kind: str, said: str, people: People, slack: SlackSandbox
) -> None:
    await people.person(VOVA, ["S0LEADS"])
    slack.faults.add(Fault("usergroups.users.list", kind, times=None))
    with pytest.raises(CannotDo, match=said):
        await people.person(VOVA, ["S0LEADS"], anew=True)


async def test_a_group_that_is_not_there_is_named(people: People) -> None:
    with pytest.raises(CannotDo, match=r"user group S0NONE \(no_such_subteam\).*take it out of \[policy\]"):
        await people.person(VOVA, ["S0NONE"])


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
    with pytest.raises(CannotDo, match=r"did not say who that is \(user_not_found\), so nothing was done"):
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
    with pytest.raises(CannotDo, match="cannot be asked who that is now"):
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
    with pytest.raises(CannotDo, match="cannot be asked who that is now"):
        await People(client, TEAM_ID).person(VOVA)
    server.close()
    await server.wait_closed()


@pytest.mark.parametrize("user", [b"", b'"user": {},', b'"user": {"id": "U0VOVA"},', b'"user": null,'])
async def test_who_is_not_described_is_no_member(user: bytes, session: aiohttp.ClientSession) -> None:
    async with saying(b"{" + user + b'"ok": true}', session) as client:
        with pytest.raises(CannotDo, match="did not say who that is"):
            await People(client, TEAM_ID).person(VOVA)


async def test_a_group_without_its_members_is_not_an_empty_one(session: aiohttp.ClientSession) -> None:
    async with saying(b'{"user": {"team_id": "%s"}, "ok": true}' % TEAM_ID.encode(), session) as client:
        with pytest.raises(CannotDo, match="did not say who is in the user group S0LEADS"):
            await People(client, TEAM_ID).person(VOVA, ["S0LEADS"])


@asynccontextmanager
async def saying(words: bytes, session: aiohttp.ClientSession) -> AsyncIterator[AsyncWebClient]:
    """A client of somebody who says this to everything."""

    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: "
        writer.write(head + str(len(words)).encode() + b"\r\n\r\n" + words)
        writer.close()

    server = await asyncio.start_server(say, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    yield AsyncWebClient("xoxb-1", f"http://127.0.0.1:{port}/api/", session=session, retry_handlers=[])
    server.close()
    await server.wait_closed()


@pytest.mark.parametrize("code", ["token_revoked", "missing_scope", "org_login_required"])
async def test_a_refusal_of_the_app_is_said_until_it_is_over(
    people: People, slack: SlackSandbox, watch: Watch, code: str
) -> None:
    slack.faults.add(Fault("users.info", f"error:{code}", times=2))
    with pytest.raises(CannotDo, match=code):
        await people.person(VOVA)
    [said] = people.trouble()
    assert said.startswith(f"Slack does not tell Recbot who asks ({code})")
    watch.seconds += 121
    assert people.trouble() == [], "nobody may have asked since"
    with pytest.raises(CannotDo):
        await people.person(VOVA)
    assert people.trouble()
    await people.person(VOVA)
    assert people.trouble() == []


async def test_a_person_who_is_not_known_is_no_trouble(people: People) -> None:
    with pytest.raises(CannotDo):
        await people.person(NOBODY)
    assert people.trouble() == []


async def test_a_refusal_that_nobody_knows_may_pass(people: People, slack: SlackSandbox) -> None:
    slack.faults.add(Fault("users.info", "error:brand_new", times=1))
    with pytest.raises(NotNow):
        await people.person(VOVA)
    assert not (await people.person(VOVA)).guest


@pytest.mark.parametrize("method", ["users.info", "usergroups.users.list"])
@pytest.mark.parametrize("code", ["token_revoked", "account_inactive", "brand_new", "fatal_error"])
async def test_what_somebody_may_mend_in_time_is_waited_for(
    people: People, slack: SlackSandbox, method: str, code: str
) -> None:
    slack.faults.add(Fault(method, f"error:{code}"))
    with pytest.raises(NotNow):
        await people.person(VOVA, ["S0LEADS"])
    assert (await people.person(VOVA, ["S0LEADS"])).groups == {"S0LEADS"}


@pytest.mark.parametrize("method", ["users.info", "usergroups.users.list"])
async def test_a_missing_scope_is_not_waited_for(people: People, slack: SlackSandbox, method: str) -> None:
    slack.faults.add(Fault(method, "error:missing_scope"))
    with pytest.raises(CannotDo, match="must grant it the scope") as caught:
        await people.person(VOVA, ["S0LEADS"])
    assert not isinstance(caught.value, NotNow)
