"""What is known of an account's budget: a value that all who spend it share, and change one after the other.

Hours are seconds by the clock of the memory that keeps it.
"""

from dataclasses import dataclass, field

from pydantic import TypeAdapter, ValidationError

LIMITS = {"light": 50, "medium": 40, "heavy": 10, "auth": 5}
"""As documented. Which group a request really is in, and how many are allowed, the first answer says."""

_LONGEST_WAIT = 2 * 86_400.0


@dataclass(slots=True)
class Sent:
    """A request of somebody's, sent after `at`, that counts until `gone`.

    As long as its sender has not said that it is over, `gone` is the latest hour that it may count to, if he died.
    """

    number: int
    at: float
    gone: float
    over: bool = False


@dataclass(slots=True)
class Told:
    """What an answer said is left, and after which request; it holds until `over`."""

    number: int = -1
    left: int = 0
    over: float = 0.0


@dataclass(slots=True)
class Heard:
    """What an answer said.

    `shut`: nothing may be sent for so long and a `margin`; or, `everywhere`, nothing of any group.
    """

    group: str = ""
    limit: int | None = None
    window: float | None = None
    left: int | None = None
    shut: float | None = None
    margin: float = 0.0
    everywhere: bool = False


@dataclass(slots=True)
class Group:
    """The budget of one group, as far as it is known."""

    limit: int
    window: float
    shut_until: float = 0.0
    sent: list[Sent] = field(default_factory=list)
    told: Told = field(default_factory=Told)

    def delay(self, at: float, *, behind: bool = False) -> float:
        """Seconds until one more request may be sent, at the least; 0.0 if it may be now.

        Whoever is `behind` leaves a fifth of the budget to people, who would else wait for a whole window.
        """
        spared = max(1, self.limit // 5) if behind and self.limit > 1 else 0
        if at < self.shut_until:
            return self.shut_until - at
        counting = [one for one in self.sent if one.gone > at]
        if len(counting) >= self.limit - spared:
            # What is under way may be over at any moment, and counts for a whole window from then on.
            look_again = at + self.window / 30
            return (
                min(one.gone if one.over else max(one.at + self.window, look_again) for one in counting) - at
            )
        if at < self.told.over and self.told.left - spared <= self._since(counting):
            return self.told.over - at
        return 0.0

    def left(self, at: float) -> int:
        """How many may be sent now without a wait."""
        if self.delay(at) > 0:
            return 0
        counting = [one for one in self.sent if one.gone > at]
        ours = self.limit - len(counting)
        return ours if at >= self.told.over else max(0, min(ours, self.told.left - self._since(counting)))

    def expected(self, at: float, ahead: int) -> float:
        """About how many seconds it takes until somebody's turn with so many others before him."""
        delay = self.delay(at)
        free = max(0, self.limit - sum(one.gone > at for one in self.sent)) if not delay else 0
        turns = -((free - ahead - 1) // self.limit) if ahead >= free else 0
        first = min(delay, self.window) if delay else (self.window if turns else 0.0)
        return first + max(0, turns - 1) * self.window

    def shut(self, until: float) -> None:
        self.shut_until = max(self.shut_until, until)

    def forget(self, at: float, longest: float) -> None:
        """Leave out what counts no more. A clock that was put back makes nobody wait for longer than is possible."""
        for one in self.sent:
            one.gone = min(one.gone, at + longest)
        self.sent = [one for one in self.sent if one.gone > at]
        self.shut_until = min(self.shut_until, at + _LONGEST_WAIT)
        self.told.over = min(self.told.over, at + self.window)

    def _since(self, counting: list[Sent]) -> int:
        return sum(one.number > self.told.number for one in counting)


@dataclass(slots=True)
class Account:
    """All groups of one account. `names` says in which one a kind of request is, as far as an answer has told."""

    groups: dict[str, Group]
    names: dict[str, str] = field(default_factory=dict)
    numbers: int = 0

    def take(self, name: str, at: float, longest: float) -> Sent:
        """One request more, that may be under way for so long."""
        group = self.groups[name]
        sent = Sent(self.numbers, at, at + longest + group.window)
        self.numbers += 1
        group.sent.append(sent)
        return sent

    def over(self, name: str, number: int, at: float) -> None:
        """The request counts for a window from now on: nobody knows when it arrived, if it did."""
        for one in self.groups[name].sent if name in self.groups else ():
            if one.number == number:
                one.gone, one.over = at + self.groups[name].window, True

    def learn(self, kind: str, name: str, number: int, heard: Heard, at: float) -> str:
        """Take in what an answer said, and return the group that its request was counted in."""
        name = name if name in self.groups else "heavy"
        if heard.group:
            self.names[kind] = heard.group
            name = self._counted_in(heard.group, name, number)
        group = self.groups[name]
        group.limit = heard.limit or group.limit
        group.window = heard.window or group.window
        if heard.left is not None and number > group.told.number:
            group.told = Told(number, heard.left, at + group.window)
        if heard.left == 0:
            group.shut(at + group.window + heard.margin)
        if heard.shut is not None:
            for one in self.groups.values() if heard.everywhere else [group]:
                one.shut(at + heard.margin + heard.shut)
        return name

    def forget(self, at: float, longest: float) -> None:
        """Leave out what counts no more, and groups that nothing is known to be in."""
        for group in self.groups.values():
            group.forget(at, longest + group.window)
        known = {*LIMITS, *self.names.values()}
        self.groups = {name: one for name, one in self.groups.items() if name in known or one.sent}

    def _counted_in(self, there: str, name: str, number: int) -> str:
        before = self.groups[name]
        group = self.groups.setdefault(there, Group(before.limit, before.window))
        if group is not before:
            moved = [one for one in before.sent if one.number == number]
            before.sent = [one for one in before.sent if one.number != number]
            group.sent += moved
        return there


_ACCOUNT: TypeAdapter[Account] = TypeAdapter(Account)


def keep(account: Account) -> str:
    """An account as one text, for a memory that all share."""
    return _ACCOUNT.dump_json(account).decode()


def read_kept(kept: str | None, window: float) -> Account:
    """The account in such a text. What another version kept may be illegible: then it is as if nothing were."""
    try:
        account = _ACCOUNT.validate_json(kept or "")
    except ValidationError:
        account = Account({})
    for name, limit in LIMITS.items():
        account.groups.setdefault(name, Group(limit, window))
    return account
