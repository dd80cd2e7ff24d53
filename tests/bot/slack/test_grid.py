"""On Grid people have two IDs and belong to several workspaces: our own people stay ours, and a stranger a stranger."""

from dataclasses import replace
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.conversation import Asker, Conversation
from bot.domain.policy import Policy, Rule, Target, Verb
from bot.slack.heard import Heard
from bot.slack.people import People
from sandbox.slack.model import GRID_ID, TEAM_ID
from sandbox.slack.server import SlackSandbox

OTHER = "T0OTHER"
GENERAL = Conversation("slack", "C0GENERAL", TEAM_ID)


@pytest.fixture
def people(client: AsyncWebClient) -> People:
    return People(client, TEAM_ID)


def on_grid(slack: SlackSandbox, id: str, **more: Any) -> Asker:
    """Somebody of the organisation."""
    known = {"team": TEAM_ID, "grid_id": f"W{id[1:]}", "teams": (OTHER, TEAM_ID)} | more
    slack.workspace.people[id] = replace(slack.workspace.people["U0VOVA"], id=id, **known)
    return Asker("slack", id, TEAM_ID)


@pytest.mark.parametrize("team", [TEAM_ID, OTHER, GRID_ID, None])
async def test_whoever_belongs_to_our_workspace_is_no_stranger_whichever_is_named(
    team: str | None, people: People, slack: SlackSandbox
) -> None:
    olga = on_grid(slack, "U0OLGA", team=team)
    assert not (await people.person(olga)).foreign


@pytest.mark.parametrize("team", [OTHER, GRID_ID, None])
async def test_whoever_does_not_is_a_stranger_whatever_the_payload_says(
    team: str | None, people: People, slack: SlackSandbox
) -> None:
    eve = on_grid(slack, "U0EVE", team=team, teams=(OTHER,))
    assert eve.team == TEAM_ID
    assert (await people.person(eve)).foreign


@pytest.mark.parametrize("enterprise", [None, "T0SANDBOX", [TEAM_ID], {"teams": TEAM_ID}, {"teams": None}])
async def test_an_organisation_that_cannot_be_read_lets_nobody_in(
    enterprise: Any, people: People, slack: SlackSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    eve = on_grid(slack, "U0EVE", team=OTHER, teams=(OTHER,))
    person = slack.workspace.people["U0EVE"]
    said = person.as_slack() | {"enterprise_user": enterprise, "is_stranger": False}
    monkeypatch.setattr(type(person), "as_slack", lambda self: said)
    assert (await people.person(eve)).foreign


NO_LEADS = Rule("not the leads", frozenset(Verb), allow=False, groups=frozenset({"S0LEADS"}))


@pytest.mark.parametrize("asks_as", ["U0OLGA", "W0OLGA"])
@pytest.mark.parametrize("listed_as", ["U0OLGA", "W0OLGA"])
@pytest.mark.parametrize("described_as", ["U0OLGA", "W0OLGA"])
async def test_a_deny_on_a_group_holds_by_either_id(
    asks_as: str, listed_as: str, described_as: str, people: People, slack: SlackSandbox
) -> None:
    on_grid(slack, "U0OLGA")
    if described_as != "U0OLGA":
        # The workspace describes her by the ID of the organisation, and by that alone, whichever was asked for.
        slack.workspace.people["W0OLGA"] = replace(slack.workspace.people["U0OLGA"], id="W0OLGA")
        if asks_as == "W0OLGA":
            slack.workspace.people = dict(sorted(slack.workspace.people.items(), reverse=True))
    slack.workspace.user_groups["S0LEADS"].members[:] = ["U0ANNA", listed_as]
    person = await people.person(Asker("slack", asks_as, TEAM_ID), ["S0LEADS"])
    assert person.groups == {"S0LEADS"}
    policy = Policy(rules=(NO_LEADS,))
    assert policy.decide(person, Verb.START, Target("vidyo", frozenset({"Board"}))).rule == "not the leads"
    anna = await people.person(Asker("slack", "U0ANNA", TEAM_ID), ["S0LEADS"])
    guest = await people.person(Asker("slack", "U0GUEST", TEAM_ID), ["S0LEADS"])
    assert (anna.groups, guest.groups) == ({"S0LEADS"}, frozenset())


@pytest.mark.parametrize(
    "rule",
    [
        Rule("not Olga", frozenset({Verb.START}), allow=False, people=frozenset({"U0OLGA"})),
        Rule("all but Olga", frozenset({Verb.START}), unless=frozenset({"U0OLGA"})),
    ],
)
async def test_a_rule_holds_for_whoever_is_described_by_the_organisations_id_alone(
    rule: Rule, people: People, slack: SlackSandbox
) -> None:
    on_grid(slack, "U0OLGA")
    slack.workspace.people["W0OLGA"] = replace(slack.workspace.people["U0OLGA"], id="W0OLGA")
    slack.workspace.people = dict(sorted(slack.workspace.people.items(), reverse=True))
    policy = Policy(rules=(rule,), default=frozenset(Verb) - {Verb.START})
    named = {"U0NOBODY", *policy.people(Verb.START)}
    olga = await people.person(Asker("slack", "W0OLGA", TEAM_ID), named)
    assert not policy.decide(olga, Verb.START, Target("vidyo", frozenset({"Board"}))).allowed
    if not rule.allow:
        assert policy.decide(olga, Verb.START, Target("vidyo", frozenset({"Board"}))).rule == "not Olga"


@pytest.mark.parametrize("named", ["U0OLGA", "W0OLGA"])
async def test_a_rule_an_administrator_and_an_owner_are_known_by_either_id(
    named: str, people: People, slack: SlackSandbox
) -> None:
    olga = await people.person(on_grid(slack, "U0OLGA"))
    of_them = Rule("not Olga", frozenset({Verb.START}), allow=False, people=frozenset({named}))
    policy = Policy(frozenset(), (of_them,), {named: frozenset({"olga"})})
    hers = Target("vidyo", frozenset({"Weekly"}), owner="olga")
    assert policy.decide(olga, Verb.START, hers).rule == "not Olga"
    assert policy.decide(olga, Verb.DELETE, hers).rule == "the owner edits and deletes"
    assert Policy(frozenset({named})).decide(olga, Verb.ADMINISTER, hers).allowed
    started = Target("vidyo", frozenset({"Weekly"}), started_by=Asker("slack", named, TEAM_ID))
    assert Policy().decide(olga, Verb.STOP, started).rule == "who started it stops it"


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"team": None, "enterprise": {"id": GRID_ID}, "is_enterprise_install": True},
        {"team": {"id": OTHER}},
        {"team_id": OTHER},
        {"team": "T0SANDBOX "},
    ],
)
def test_a_payload_without_our_workspace_or_with_another_one_is_from_the_same_place(
    said: dict[str, Any],
) -> None:
    heard = Heard({"user": {"id": "U0VOVA"}, "channel": {"id": "C0GENERAL"}, **said}, TEAM_ID)
    assert heard.asker == Asker("slack", "U0VOVA", TEAM_ID)
    assert heard.reply.conversation == GENERAL
