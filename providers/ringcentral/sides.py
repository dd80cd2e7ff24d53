"""The two sides of a call, as its record, each of its legs, the list of active calls and a party tell of them.

Extensions of ours are mostly named by their ids there, and not by the short numbers that people know.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from providers.harmless import moment, one_line
from providers.model import Direction
from providers.ringcentral.reading import or_else

DIRECTIONS = {"inbound": Direction.INBOUND, "outbound": Direction.OUTBOUND}
Numbers = Mapping[str, str]
"""Short numbers by the ids of extensions; an empty one is that of an extension without any."""
NOBODY: Numbers = {}

T = TypeVar("T")

Maybe = Annotated[T | None, or_else(None)]
Name = Annotated[str, AfterValidator(one_line)]
Moment = Annotated[datetime, AfterValidator(moment)]
_Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class Shape(BaseModel):
    """What every answer has in common."""

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True, alias_generator=to_camel)


class Side(Shape):
    """Who calls, or is called. Only somebody of ours has an extension."""

    phone_number: Maybe[Name] = None
    extension_number: Maybe[Name] = None
    extension_id: Maybe[_Id] = None
    name: Maybe[Name] = None

    @property
    def is_ours(self) -> bool:
        return bool(self.extension_number or self.extension_id)


class _Extension(Shape):
    id: Maybe[_Id] = None


class _Owner(Shape):
    extension_id: Maybe[_Id] = None


class Sides(Shape):
    """A call, or a part of it. Whose it is, `extension` says of records, and `extension_id` or `owner` of parties."""

    direction: Maybe[str] = None
    from_: Maybe[Side] = Field(default=None, alias="from")
    to: Maybe[Side] = None
    extension: Maybe[_Extension] = None
    extension_id: Maybe[_Id] = None
    owner: Maybe[_Owner] = None

    @property
    def whose(self) -> str | None:
        """The id of the extension that this is of."""
        of_record = self.extension.id if self.extension else None
        return of_record or self.extension_id or (self.owner.extension_id if self.owner else None)

    def pair(self, direction: Direction | None, numbers: Numbers) -> tuple[Side, Side]:
        """Our side and the other one, with the short numbers that are known.

        A leg that goes on from an inbound call is outbound, and still leads to one of us.
        """
        caller, called = self.from_ or Side(), self.to or Side()
        whose = self.whose
        if (
            whose
            and caller.extension_id != called.extension_id
            and whose in (caller.extension_id, called.extension_id)
        ):
            calls = caller.extension_id == whose
        elif caller.is_ours != called.is_ours:
            calls = caller.is_ours
        else:
            calls = direction is Direction.OUTBOUND
        ours, theirs = (caller, called) if calls else (called, caller)
        if whose and not ours.is_ours:
            ours = ours.model_copy(update={"extension_id": whose})
        return _numbered(ours, numbers), _numbered(theirs, numbers)

    def everybody(self, direction: Direction | None, numbers: Numbers) -> list[Side]:
        """Both sides, and whose it is, if that is neither: a queue's call may be another's to answer."""
        both = self.pair(direction, numbers)
        known = self.whose is None or self.whose in {side.extension_id for side in both}
        return [*both] if known else [*both, _numbered(Side(extensionId=self.whose), numbers)]


def _numbered(side: Side, numbers: Numbers) -> Side:
    if side.extension_number or not side.extension_id:
        return side
    return side.model_copy(update={"extension_number": numbers.get(side.extension_id)})


def extensions(sides: Iterable[Side]) -> tuple[str, ...]:
    """The short numbers that are on these sides."""
    return present(*(side.extension_number for side in sides))


def unresolved(sides: Iterable[Side]) -> tuple[str, ...]:
    """The ids of extensions on these sides whose short numbers are not known."""
    return present(*(side.extension_id for side in sides if side.extension_number is None))


def present(*texts: str | None) -> tuple[str, ...]:
    """Those of them that are there, each once."""
    return tuple(dict.fromkeys(text for text in texts if text))
