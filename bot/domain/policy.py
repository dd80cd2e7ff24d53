"""Who may do what, as the configuration says."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.conversation import Asker
from bot.domain.errors import NotAllowed


class Verb(StrEnum):
    """What a person may or may not do."""

    VIEW = "view"
    START = "start"
    STOP = "stop"
    SHARE = "share"
    SUBSCRIBE = "subscribe"
    DOWNLOAD = "download"
    EDIT = "edit"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who asks, as their workspace describes them now."""

    asker: Asker
    guest: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    """Members may see and record; only the named administrators edit and delete; guests do nothing.

    Whoever sits at the command line holds the credentials already: there everything is allowed.
    """

    administrators: frozenset[str] = frozenset()

    def require(self, person: Person, verb: Verb) -> None:
        """Return if the person may; else NotAllowed, which names the rule."""
        if person.asker.front == "cli":
            return
        if person.guest:
            raise NotAllowed(
                "Guests of this workspace cannot use Recbot. Ask a full member to do it for you."
            )
        if verb in (Verb.EDIT, Verb.DELETE) and person.asker.user not in self.administrators:
            raise NotAllowed(
                f"Only Recbot's administrators may {verb.value} recordings. "
                "Whoever runs Recbot names them under administrators in [policy]."
            )
