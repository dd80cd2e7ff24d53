"""Who may do what, as the configuration says: rules by verb, and the default where none of them speaks.

Rules are values, and so is whoever asks and what it is about: nothing here looks anything up. What is not known is held
against the person when something is carried out (`decide`), and for them where it will be looked up yet (`might`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from bot.domain.conversation import Asker, Conversation
from bot.domain.errors import NotAllowed
from bot.domain.named import Named


class Verb(StrEnum):
    """What a person may or may not do."""

    VIEW = "view"
    START = "start"
    STOP = "stop"
    SHARE = "share"
    DOWNLOAD = "download"
    SUBSCRIBE = "subscribe"
    EDIT = "edit"
    DELETE = "delete"
    ADMINISTER = "administer"


_ADMINISTRATORS = (Verb.EDIT, Verb.DELETE, Verb.ADMINISTER)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who asks, as their workspace describes them now. `where` is where they ask.

    `foreign`: they belong to another workspace. `groups` are those user groups that they are in, of the ones that the
    policy wanted to know of. `also`: the other IDs that they have. `named`: the rooms of which those rules speak that
    may concern them.
    """

    asker: Asker
    guest: bool = False
    foreign: bool = False
    deactivated: bool = False
    groups: frozenset[str] = frozenset()
    where: Conversation | None = None
    also: frozenset[str] = frozenset()
    named: Named = Named()

    @property
    def own(self) -> frozenset[str]:
        """All IDs of this one person."""
        return self.also | {self.asker.user}

    @property
    def ids(self) -> frozenset[str]:
        """What a rule may name them by."""
        return self.groups | self.own


@dataclass(frozen=True, slots=True)
class Target:
    """What somebody wants to do it with. None: not known, so that it may be anything.

    `rooms` are the words by which its room is known here: ID, key, name, extension; empty: it is in no room that a rule
    can name. `room` is the room's ID, where there is one: then no other room is meant, whatever it is called.
    `part`: any room whose name holds this. `owner` is what the provider calls the owner. `belongs_to` is the
    conversation whose recording it is, `unclaimed` says that it is nobody's. `asked_by`: who asked for the recording
    that it is.
    """

    provider: str | None = None
    rooms: frozenset[str] | None = None
    part: str = ""
    owner: str | None = None
    started_by: Asker | None = None
    belongs_to: Conversation | None = None
    unclaimed: bool = False
    asked_by: Asker | None = None
    room: str | None = None


_ANYTHING = Target()


@dataclass(frozen=True, slots=True)
class Decision:
    """Yes or no, and the rule that says so. `why` is a sentence for the person, where it is no."""

    allowed: bool
    rule: str
    why: str = ""

    @property
    def sentence(self) -> str:
        """The refusal, with the name of its rule."""
        return f"{self.why} The rule is “{self.rule}”."


@dataclass(frozen=True, slots=True)
class Rule:
    """Allows or denies some verbs. It holds where each of its lists that is not empty fits; of a list, one entry is
    enough, and `people` and `groups` are one list.

    `unless` are people and groups that it leaves alone. Guests and people of other workspaces are allowed something
    only by their own ID.
    """

    name: str
    verbs: frozenset[Verb]
    allow: bool = True
    people: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    unless: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    rooms: frozenset[str] = frozenset()
    providers: frozenset[str] = frozenset()

    def holds(self, person: Person, verb: Verb, target: Target, *, favour: bool) -> bool:
        """Whether it speaks of this. `favour`: what is not known is what helps the person."""
        if verb not in self.verbs or not self.concerns(person):
            return False
        unknown = favour == self.allow
        provider = unknown if target.provider is None else target.provider in self.providers
        return (not self.providers or provider) and (
            not self.rooms or self._is_about(target, unknown, person.named)
        )

    def is_blind(self, target: Target, named: Named) -> bool:
        """Whether it cannot be told of what it speaks there."""
        return not all(named.is_known(target.provider, room) for room in self.rooms)

    def concerns(self, person: Person) -> bool:
        """Whether it may speak of this person where they are."""
        if self.unless & person.ids:
            return False
        if self.channels and (person.where is None or person.where.channel not in self.channels):
            return False
        if self.allow and (person.guest or person.foreign):
            return bool(person.own & self.people)
        named = self.people | self.groups
        return not named or bool(named & person.ids)

    def _is_about(self, target: Target, unknown: bool, named: Named) -> bool:
        at, id, words = target.provider, target.room, target.rooms
        if not self.allow and unknown and self.is_blind(target, named):
            return words != frozenset()
        if words is None:
            return unknown and any(named.may_hold(at, room, target.part) for room in self.rooms)
        if self.allow:  # two keys may differ by a capital letter alone
            return bool(self.rooms & words) or any(
                named.is_surely(at, room, id, words) for room in self.rooms
            )
        return any(named.may_be(at, room, id, words) for room in self.rooms)


@dataclass(frozen=True, slots=True)
class Policy:
    """The configured rules, and what holds where none of them speaks. A rule that denies wins over one that allows.

    `administrators` are people and user groups; `owners` says which owners' names, with or without `PROVIDER/` before
    them, are whose; `default` are the verbs of which the default speaks. Whoever sits at the command line holds the
    credentials already: there everything is allowed.
    """

    administrators: frozenset[str] = frozenset()
    rules: tuple[Rule, ...] = ()
    owners: Mapping[str, frozenset[str]] = field(default_factory=dict)
    default: frozenset[Verb] = frozenset(Verb)

    def groups(self, verb: Verb) -> frozenset[str]:
        """The user groups that one must know of before it is decided."""
        named = {id for rule in self.rules if verb in rule.verbs for id in rule.groups | rule.unless}
        if verb in _ADMINISTRATORS and verb in self.default:
            named |= self.administrators
        return frozenset(id for id in named if id.startswith("S"))

    def people(self, verb: Verb) -> frozenset[str]:
        """The people of whom one must know whether they are who asks, by another ID of theirs."""
        named = {id for rule in self.rules if verb in rule.verbs for id in rule.people | rule.unless}
        return frozenset(id for id in named if not id.startswith("S"))

    def rooms(self, person: Person, verb: Verb) -> frozenset[str]:
        """The words for rooms of which one must know what they name before it is decided."""
        about = [rule.rooms for rule in self.rules if verb in rule.verbs and rule.concerns(person)]
        return frozenset[str]().union(*about)

    def decide(self, person: Person, verb: Verb, target: Target) -> Decision:
        """Whether the person may do this now."""
        return self._decide(person, verb, target, favour=False)

    def might(self, person: Person, verb: Verb, target: Target = _ANYTHING) -> Decision:
        """Whether there can be anything of the kind that the person may do this with."""
        return self._decide(person, verb, target, favour=True)

    def limits(self, person: Person, verb: Verb, target: Target) -> tuple[str, ...]:
        """The rules by which a part of this may be kept from the person. Empty: they may do it with all of it."""
        if person.asker.front == "cli":
            return ()
        denying = [rule for rule in self.rules if not rule.allow]
        names = [rule.name for rule in denying if rule.holds(person, verb, target, favour=False)]
        allowing = replace(self, rules=tuple(rule for rule in self.rules if rule.allow))
        otherwise = allowing.decide(person, verb, target)
        return tuple(names if otherwise.allowed else [*names, otherwise.rule])

    def require(self, person: Person, verb: Verb, target: Target | None = None) -> None:
        """Return if the person may; else NotAllowed. Without a target: if they might."""
        decision = self.might(person, verb) if target is None else self.decide(person, verb, target)
        if not decision.allowed:
            raise NotAllowed(decision.sentence)

    def _decide(self, person: Person, verb: Verb, target: Target, *, favour: bool) -> Decision:
        if person.asker.front == "cli":
            return Decision(True, "the command line may do everything")
        if person.deactivated:
            return Decision(False, "deactivated accounts get nothing", "This account is deactivated.")
        for allow in (False, True):
            for rule in self.rules:
                if rule.allow is allow and rule.holds(person, verb, target, favour=favour):
                    why = "" if allow else f"Whoever runs Recbot has ruled that you may not {_this(verb)}."
                    if not allow and rule.is_blind(target, person.named):
                        why += " It names a room, and which it means cannot be looked up now: try again in a moment."
                    return Decision(allow, rule.name, why)
        return self._by_default(person, verb, target, favour=favour)

    def _by_default(self, person: Person, verb: Verb, target: Target, *, favour: bool) -> Decision:
        if person.guest:
            why = "Guests of this workspace cannot use Recbot. Ask a full member to do it for you."
            return Decision(False, "guests get nothing", why)
        if person.foreign:
            why = "People of other workspaces cannot use Recbot. Ask a member of this one to do it for you."
            return Decision(False, "other workspaces' people get nothing", why)
        if verb not in self.default:
            why = f"Whoever runs Recbot has not let you {_this(verb)}."
            return Decision(False, f"{verb} only where a rule allows it", why)
        if verb is Verb.STOP:
            return _stop(person, target, favour=favour)
        if verb in (Verb.VIEW, Verb.START):
            return Decision(True, "members view and start")
        if verb not in _ADMINISTRATORS:
            return Decision(True, "members share, download and subscribe")
        if self.administrators & person.ids:
            return Decision(True, "administrators edit, delete and administer")
        if verb is Verb.ADMINISTER:
            why = "Only Recbot's administrators may do that. Whoever runs Recbot names them in [policy]."
            return Decision(False, "administrators administer", why)
        if self._owns(person, target, favour=favour):
            return Decision(True, "the owner edits and deletes")
        why = (
            f"Only its owner and Recbot's administrators may {verb} a recording. "
            "Whoever runs Recbot names them in [policy]."
        )
        return Decision(False, "the owner or an administrator edits and deletes", why)

    def _owns(self, person: Person, target: Target, *, favour: bool) -> bool:
        theirs = frozenset[str]().union(*(self.owners.get(id, ()) for id in person.own))
        if favour and target.owner is None:
            return True  # anybody may have asked for something
        if target.asked_by is not None and _is(person, target.asked_by):
            return True
        return bool(target.owner) and bool(theirs & {target.owner, f"{target.provider}/{target.owner}"})


def _stop(person: Person, target: Target, *, favour: bool) -> Decision:
    by, of = target.started_by, target.belongs_to
    if target.unclaimed:
        return Decision(True, "members stop what belongs to no channel")
    if by is not None and _is(person, by):
        return Decision(True, "who started it stops it")
    if of is not None and person.where is not None and of.place == person.where.place:
        return Decision(True, "the channel it belongs to stops it")
    if favour and (by is None or of is None):
        return Decision(True, "who started it and the channel it belongs to stop it")
    why = "Only whoever started it may stop, pause or resume it, and everybody in the channel it was asked for in."
    return Decision(False, "who started it and the channel it belongs to stop it", why)


def _is(person: Person, asker: Asker) -> bool:
    """Whether this is who asked then."""
    us, them = person.asker, asker
    return (us.front, us.team) == (them.front, them.team) and them.user in person.own


def _this(verb: Verb) -> str:
    return "administer Recbot" if verb is Verb.ADMINISTER else f"{verb} this"
