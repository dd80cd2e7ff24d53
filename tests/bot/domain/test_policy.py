"""Who may do what: the default, the configured rules, and what is not known."""

from dataclasses import replace

import pytest

from bot.domain.answers import Explained
from bot.domain.conversation import Asker, Conversation
from bot.domain.errors import NotAllowed
from bot.domain.policy import Person, Policy, Rule, Target, Verb

VIEW, START, STOP, SHARE, DOWNLOAD = Verb.VIEW, Verb.START, Verb.STOP, Verb.SHARE, Verb.DOWNLOAD
SUBSCRIBE, EDIT, DELETE, ADMINISTER = Verb.SUBSCRIBE, Verb.EDIT, Verb.DELETE, Verb.ADMINISTER

GENERAL = Conversation("slack", "C0GENERAL", "T0")
THREAD = replace(GENERAL, thread="1.0")
STANDUP = Conversation("slack", "C0STANDUP", "T0")
FAR_GENERAL = replace(GENERAL, team="T0ELSEWHERE")
TERMINAL = Conversation("cli", "terminal")


def asker(user: str, team: str = "T0") -> Asker:
    return Asker("slack", user, team)


ANNA = Person(asker("U0ANNA"), where=GENERAL)
VOVA = Person(asker("U0VOVA"), where=GENERAL)  # an administrator
LEAD = Person(asker("U0LEAD"), groups=frozenset({"S0LEADS"}), where=GENERAL)
CHIEF = Person(asker("U0CHIEF"), groups=frozenset({"S0CHIEFS"}), where=GENERAL)  # an administrator by group
GUEST = Person(asker("U0GUEST"), guest=True, where=GENERAL)
EVE = Person(asker("U0EVE", "T0ELSEWHERE"), foreign=True, where=GENERAL)
OLD = Person(asker("U0VOVA"), deactivated=True, where=GENERAL)
OPERATOR = Person(Asker("cli", "operator"), where=TERMINAL)


def there(person: Person) -> Person:
    """The same person, asking in #standup."""
    return replace(person, where=STANDUP)


ROOM = Target("vidyo", frozenset({"4092492", "Nf5kaN9tWo", "Board room", "230301302"}))
OTHER_ROOM = Target("vidyo", frozenset({"77", "Weekly4711", "Weekly"}))
CALL = Target("calls", frozenset({"s-1", "101"}))
NO_ROOM = Target("vidyo", frozenset())
FILE = Target("vidyo", frozenset({"Board room"}), owner="anna")
VOVAS_FILE = replace(FILE, owner="vova")
NOBODYS_FILE = replace(FILE, owner="")
WITH_PIN = Target("vidyo", frozenset({"2303013021234"}), owner="vova")
VOVAS = replace(ROOM, started_by=VOVA.asker, belongs_to=GENERAL)
ANNAS_IN_STANDUP = replace(ROOM, started_by=ANNA.asker, belongs_to=STANDUP)
NOBODYS = replace(ROOM, unclaimed=True)
ANYTHING = Target()


def rule(name: str, *verbs: Verb, allow: bool = True, **lists: set[str]) -> Rule:
    return Rule(name, frozenset(verbs), allow, **{key: frozenset(ids) for key, ids in lists.items()})


def deny(name: str, *verbs: Verb, **lists: set[str]) -> Rule:
    return rule(name, *verbs, allow=False, **lists)


PLAIN = Policy(
    administrators=frozenset({"U0VOVA", "S0CHIEFS"}),
    owners={"U0ANNA": frozenset({"anna"}), "U0LEAD": frozenset({"vidyo/vova"})},
)


def ruled(*rules: Rule, **more: frozenset[Verb]) -> Policy:
    return replace(PLAIN, rules=rules, **more)


BOARD = ruled(deny("the board is for leads", VIEW, START, rooms={"board room"}, unless={"S0LEADS"}))
BY_KEY = ruled(deny("that room is closed", START, rooms={"Nf5kaN9tWo"}))
NUMBERED = ruled(deny("a scheduled room", VIEW, rooms={"230301302"}), deny("a short one", VIEW, rooms={"23"}))
PHONES = ruled(
    deny("calls are for the phones", VIEW, START, providers={"calls"}, unless={"S0PHONES"}),
    rule("anybody calls", VIEW, START),
)
CONTRACTOR = ruled(rule("the contractor", VIEW, START, people={"U0GUEST"}, channels={"C0STANDUP"}))
FRIENDS = ruled(rule("friends", VIEW, people={"U0EVE", "U0ANNA"}))
WIDE = ruled(rule("everybody deletes", DELETE), rule("in general", EDIT, channels={"C0GENERAL"}))
LEADS_STOP = ruled(rule("leads stop", STOP, groups={"S0LEADS"}))
ONLY_LEADS = ruled(rule("leads start", START, groups={"S0LEADS"}), default=frozenset(Verb) - {START})
ONLY_ROOM = ruled(rule("one room", START, rooms={"Nf5kaN9tWo"}), default=frozenset(Verb) - {START})
BANNED = ruled(
    rule("vova does all", *Verb, people={"U0VOVA"}), deny("vova is banned", VIEW, DELETE, people={"U0VOVA"})
)
QUIET = ruled(deny("not from standup", STOP, SHARE, channels={"C0STANDUP"}))
NOBODY_EDITS = replace(PLAIN, default=frozenset({VIEW}))

MEMBERS, REST = "members view and start", "members share, download and subscribe"
GUESTS, STRANGERS = "guests get nothing", "other workspaces' people get nothing"
STARTER, CHANNEL = "who started it stops it", "the channel it belongs to stops it"
EITHER, OWNERLESS = (
    "who started it and the channel it belongs to stop it",
    "members stop what belongs to no channel",
)
OWNER, ADMINS = "the owner edits and deletes", "administrators edit, delete and administer"
OWNER_OR_ADMIN = "the owner or an administrator edits and deletes"
Case = tuple[Policy, Person, Verb, Target, bool, str]

DEFAULT: list[Case] = [
    (PLAIN, ANNA, VIEW, ROOM, True, MEMBERS),
    (PLAIN, ANNA, START, ROOM, True, MEMBERS),
    (PLAIN, ANNA, START, CALL, True, MEMBERS),
    (PLAIN, ANNA, START, NO_ROOM, True, MEMBERS),
    (PLAIN, ANNA, SHARE, FILE, True, REST),
    (PLAIN, ANNA, DOWNLOAD, VOVAS_FILE, True, REST),
    (PLAIN, ANNA, SUBSCRIBE, ANYTHING, True, REST),
    # stop: who started it, and its channel
    (PLAIN, VOVA, STOP, VOVAS, True, STARTER),
    (PLAIN, there(VOVA), STOP, VOVAS, True, STARTER),
    (PLAIN, ANNA, STOP, VOVAS, True, CHANNEL),
    (PLAIN, replace(ANNA, where=THREAD), STOP, VOVAS, True, CHANNEL),
    (PLAIN, there(ANNA), STOP, VOVAS, False, EITHER),
    (PLAIN, replace(ANNA, where=FAR_GENERAL), STOP, VOVAS, False, EITHER),
    (PLAIN, replace(ANNA, where=None), STOP, VOVAS, False, EITHER),
    (PLAIN, VOVA, STOP, ANNAS_IN_STANDUP, False, EITHER),  # not even an administrator
    (PLAIN, Person(asker("U0VOVA", "T0ELSEWHERE"), where=STANDUP), STOP, VOVAS, False, EITHER),
    (PLAIN, ANNA, STOP, NOBODYS, True, OWNERLESS),
    (PLAIN, ANNA, STOP, ANYTHING, False, EITHER),
    # edit and delete: its owner, by an explicit name, and administrators
    (PLAIN, ANNA, EDIT, FILE, True, OWNER),
    (PLAIN, ANNA, DELETE, FILE, True, OWNER),
    (PLAIN, ANNA, EDIT, VOVAS_FILE, False, OWNER_OR_ADMIN),
    (PLAIN, ANNA, DELETE, NOBODYS_FILE, False, OWNER_OR_ADMIN),
    (PLAIN, ANNA, EDIT, replace(FILE, owner="Anna"), False, OWNER_OR_ADMIN),
    (PLAIN, LEAD, EDIT, VOVAS_FILE, True, OWNER),
    (PLAIN, LEAD, EDIT, replace(VOVAS_FILE, provider="calls"), False, OWNER_OR_ADMIN),
    (PLAIN, LEAD, DELETE, replace(VOVAS_FILE, provider=None), False, OWNER_OR_ADMIN),
    (PLAIN, ANNA, EDIT, ANYTHING, False, OWNER_OR_ADMIN),
    (PLAIN, ANNA, DELETE, replace(VOVAS_FILE, asked_by=asker("U0ANNA")), True, OWNER),
    (PLAIN, ANNA, DELETE, replace(VOVAS_FILE, asked_by=asker("U0SAM")), False, OWNER_OR_ADMIN),
    (PLAIN, replace(ANNA, guest=True), DELETE, replace(FILE, asked_by=asker("U0ANNA")), False, GUESTS),
    (PLAIN, VOVA, EDIT, FILE, True, ADMINS),
    (PLAIN, VOVA, DELETE, NOBODYS_FILE, True, ADMINS),
    (PLAIN, CHIEF, DELETE, FILE, True, ADMINS),
    (PLAIN, replace(CHIEF, groups=frozenset()), DELETE, FILE, False, OWNER_OR_ADMIN),
    (PLAIN, VOVA, ADMINISTER, ANYTHING, True, ADMINS),
    (PLAIN, ANNA, ADMINISTER, ANYTHING, False, "administrators administer"),
    # those who get nothing, and the one who gets everything
    *[(PLAIN, GUEST, verb, VOVAS, False, GUESTS) for verb in Verb],
    *[(PLAIN, EVE, verb, VOVAS, False, STRANGERS) for verb in Verb],
    (PLAIN, replace(GUEST, groups=frozenset({"S0CHIEFS"})), DELETE, FILE, False, GUESTS),
    (PLAIN, replace(VOVA, guest=True), STOP, VOVAS, False, GUESTS),
    (PLAIN, OLD, VIEW, ROOM, False, "deactivated accounts get nothing"),
    (PLAIN, OPERATOR, DELETE, FILE, True, "the command line may do everything"),
    (NOBODY_EDITS, VOVA, EDIT, FILE, False, "edit only where a rule allows it"),
    (NOBODY_EDITS, ANNA, START, ROOM, False, "start only where a rule allows it"),
    (NOBODY_EDITS, ANNA, VIEW, ROOM, True, MEMBERS),
]

RULED: list[Case] = [
    # a room that is denied to all but a group
    (BOARD, ANNA, VIEW, ROOM, False, "the board is for leads"),
    (BOARD, ANNA, START, ROOM, False, "the board is for leads"),
    (BOARD, LEAD, START, ROOM, True, MEMBERS),
    (BOARD, replace(LEAD, groups=frozenset()), START, ROOM, False, "the board is for leads"),
    (BOARD, VOVA, VIEW, FILE, False, "the board is for leads"),  # an administrator too
    (BOARD, ANNA, VIEW, OTHER_ROOM, True, MEMBERS),
    (BOARD, ANNA, DOWNLOAD, FILE, True, REST),  # it must be viewed first
    (BOARD, ANNA, VIEW, ANYTHING, False, "the board is for leads"),
    (BOARD, ANNA, VIEW, Target("vidyo", part="stand"), True, MEMBERS),
    (BOARD, ANNA, VIEW, Target("vidyo", part="OARD"), False, "the board is for leads"),
    (BOARD, ANNA, VIEW, Target("vidyo", part="999"), True, MEMBERS),
    (NUMBERED, ANNA, VIEW, Target("vidyo", part="stand"), True, MEMBERS),
    (NUMBERED, ANNA, VIEW, Target("vidyo", part="999"), False, "a scheduled room"),  # it may be its PIN
    (BY_KEY, ANNA, START, ROOM, False, "that room is closed"),
    (BY_KEY, ANNA, START, NO_ROOM, True, MEMBERS),
    (NUMBERED, ANNA, VIEW, WITH_PIN, False, "a scheduled room"),
    (NUMBERED, ANNA, VIEW, replace(WITH_PIN, rooms=frozenset({"234"})), True, MEMBERS),
    # providers
    (PHONES, ANNA, START, CALL, False, "calls are for the phones"),
    (PHONES, replace(ANNA, groups=frozenset({"S0PHONES"})), START, CALL, True, "anybody calls"),
    (PHONES, ANNA, START, ROOM, True, "anybody calls"),
    (PHONES, GUEST, START, ROOM, False, GUESTS),
    # guests and strangers: by their own ID alone
    (CONTRACTOR, there(GUEST), START, ROOM, True, "the contractor"),
    (CONTRACTOR, GUEST, START, ROOM, False, GUESTS),
    (CONTRACTOR, there(GUEST), STOP, VOVAS, False, GUESTS),
    (CONTRACTOR, there(replace(GUEST, asker=asker("U0GUEST2"))), START, ROOM, False, GUESTS),
    (FRIENDS, EVE, VIEW, FILE, True, "friends"),
    (FRIENDS, EVE, DOWNLOAD, FILE, False, STRANGERS),
    (WIDE, ANNA, DELETE, NOBODYS_FILE, True, "everybody deletes"),
    (WIDE, GUEST, DELETE, NOBODYS_FILE, False, GUESTS),
    (WIDE, EVE, EDIT, FILE, False, STRANGERS),
    (LEADS_STOP, replace(GUEST, groups=frozenset({"S0LEADS"})), STOP, VOVAS, False, GUESTS),
    # channels
    (WIDE, ANNA, EDIT, VOVAS_FILE, True, "in general"),
    (WIDE, there(ANNA), EDIT, VOVAS_FILE, False, OWNER_OR_ADMIN),
    (QUIET, there(VOVA), STOP, VOVAS, False, "not from standup"),
    (QUIET, there(ANNA), SHARE, FILE, False, "not from standup"),
    (QUIET, ANNA, SHARE, FILE, True, REST),
    # groups, and what the default does not speak of
    (LEADS_STOP, there(LEAD), STOP, VOVAS, True, "leads stop"),
    (LEADS_STOP, there(replace(LEAD, groups=frozenset())), STOP, VOVAS, False, EITHER),
    (ONLY_LEADS, LEAD, START, ROOM, True, "leads start"),
    (ONLY_LEADS, ANNA, START, ROOM, False, "start only where a rule allows it"),
    (ONLY_ROOM, ANNA, START, ROOM, True, "one room"),
    (ONLY_ROOM, ANNA, START, OTHER_ROOM, False, "start only where a rule allows it"),
    (
        ONLY_ROOM,
        ANNA,
        START,
        replace(ROOM, rooms=frozenset({"nf5kan9two"})),
        False,
        "start only where a rule",
    ),
    (ONLY_ROOM, ANNA, START, ANYTHING, False, "start only where a rule allows it"),
    # who denies, wins
    (BANNED, VOVA, VIEW, ROOM, False, "vova is banned"),
    (BANNED, VOVA, DELETE, FILE, False, "vova is banned"),
    (BANNED, VOVA, START, ROOM, True, "vova does all"),
    (BANNED, VOVA, STOP, ANNAS_IN_STANDUP, True, "vova does all"),
    (BANNED, OPERATOR, VIEW, ROOM, True, "the command line may do everything"),
]


@pytest.mark.parametrize(("policy", "person", "verb", "target", "allowed", "rule"), [*DEFAULT, *RULED])
def test_each_case_is_decided_by_its_rule(
    policy: Policy, person: Person, verb: Verb, target: Target, allowed: bool, rule: str
) -> None:
    decision = policy.decide(person, verb, target)
    assert (decision.allowed, decision.rule[: len(rule)]) == (allowed, rule)
    assert allowed or (decision.why.endswith(".") and rule in decision.sentence)


MIGHT: list[tuple[Policy, Person, Verb, Target, bool]] = [
    (BOARD, ANNA, VIEW, ANYTHING, True),
    (BOARD, ANNA, VIEW, Target("vidyo"), True),
    (ONLY_ROOM, ANNA, START, ANYTHING, True),
    (ONLY_ROOM, ANNA, START, OTHER_ROOM, False),
    (ONLY_LEADS, ANNA, START, ANYTHING, False),
    (PHONES, ANNA, START, ANYTHING, True),
    (PHONES, ANNA, START, Target("calls"), False),
    (PLAIN, ANNA, STOP, ANYTHING, True),
    (PLAIN, there(ANNA), STOP, VOVAS, False),
    (PLAIN, ANNA, EDIT, ANYTHING, True),
    (PLAIN, Person(asker("U0SAM")), EDIT, ANYTHING, True),  # he may have asked for it
    (PLAIN, Person(asker("U0SAM")), EDIT, FILE, False),
    (PLAIN, GUEST, STOP, ANYTHING, False),
    (PLAIN, EVE, VIEW, ANYTHING, False),
    (CONTRACTOR, there(GUEST), START, ANYTHING, True),
    (CONTRACTOR, GUEST, START, ANYTHING, False),
]


@pytest.mark.parametrize(("policy", "person", "verb", "target", "allowed"), MIGHT)
def test_before_it_is_known_what_it_is_about_only_the_hopeless_are_refused(
    policy: Policy, person: Person, verb: Verb, target: Target, allowed: bool
) -> None:
    assert policy.might(person, verb, target).allowed is allowed


@pytest.mark.parametrize(("policy", "person", "verb", "target", "allowed", "rule"), [*DEFAULT, *RULED])
def test_whoever_may_also_might(
    policy: Policy, person: Person, verb: Verb, target: Target, allowed: bool, rule: str
) -> None:
    assert policy.might(person, verb, target).allowed >= allowed
    assert policy.might(person, verb).allowed >= allowed


def test_a_refusal_says_what_to_do_and_names_its_rule() -> None:
    with pytest.raises(NotAllowed) as caught:
        PLAIN.require(GUEST, VIEW)
    assert str(caught.value) == (
        "Guests of this workspace cannot use Recbot. Ask a full member to do it for you. "
        "The rule is “guests get nothing”."
    )
    with pytest.raises(
        NotAllowed, match=r"ruled that you may not start this\. The rule is “the board is for"
    ):
        BOARD.require(ANNA, START, ROOM)
    BOARD.require(ANNA, START)


def test_only_groups_that_decide_are_asked_for() -> None:
    assert PLAIN.groups(VIEW) == frozenset()
    assert PLAIN.groups(DELETE) == {"S0CHIEFS"}
    assert BOARD.groups(START) == {"S0LEADS"}
    assert BOARD.groups(STOP) == frozenset()
    assert ONLY_LEADS.groups(START) == {"S0LEADS"}
    assert NOBODY_EDITS.groups(EDIT) == frozenset()


@pytest.mark.parametrize(
    ("policy", "verb", "target", "said"),
    [
        (PLAIN, VIEW, ANYTHING, "may view whatever it is. The rule is “members view and start”."),
        (PLAIN, STOP, ANYTHING, "may stop some and not others: it depends on what it is."),
        (BOARD, START, ROOM, "may not start Board room. The rule is “the board is for leads”."),
        (PLAIN, ADMINISTER, ANYTHING, "may not administer Recbot. The rule is “administrators administer”."),
    ],
)
def test_an_explanation_says_yes_no_or_that_it_depends(
    policy: Policy, verb: Verb, target: Target, said: str
) -> None:
    about = "Board room" if target is ROOM else ""
    assert Explained.of(policy, ANNA, verb, target, about).sentence.startswith(said)
