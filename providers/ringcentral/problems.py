"""What RingCentral says when it says no. Two shapes of it are in use everywhere; neither may be relied on."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from providers.errors import BadAnswer, NotFound, NotLicensed, ProviderError, Refused, Unavailable
from providers.ringcentral.reading import or_else, read_json
from providers.streaming import PAGES

_WORD = re.compile(r"[\w.-]{1,60}", re.ASCII)
_MOST = 5
_OF_APP = frozenset({"CMN-401"})
_OF_USER = frozenset({"CMN-402", "CMN-404", "CMN-408", "CMN-419"})
_SWITCHED_OFF = "CMN-109"
_TOO_MANY = "SUB-505"
_DECIDES = _OF_APP | _OF_USER | {_SWITCHED_OFF, _TOO_MANY}
_STALE = frozenset({"OAU-128", "OAU-129", "OAU-149", "OAU-151", "OAU-210", "OAU-213"})


_Text = Annotated[str, or_else("")]


class _One(BaseModel):
    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True, alias_generator=to_camel)

    error_code: _Text = ""
    permission_name: _Text = ""
    parameter_name: _Text = ""


class _Body(_One):
    error: _Text = ""
    errors: Annotated[tuple[Annotated[_One | None, or_else(None)], ...], or_else(())] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """An answer that is not what was asked for: its status, and the codes it gave, if any."""

    status: int
    codes: tuple[str, ...] = ()
    error: str = ""
    permission: str = ""
    parameter: str = ""
    page: bool = False

    @property
    def token_is_stale(self) -> bool:
        """True if the token was refused and not the request: a new one may help."""
        return self.status == 401 or (self.status == 400 and not _STALE.isdisjoint(self.codes))

    @property
    def named(self) -> str:
        """Status and codes, for whoever has to find out."""
        return ", ".join((f"HTTP {self.status}", *self.codes))


class NotTaken(BadAnswer):
    """Our words were not taken. `problem` says which, as far as it was told."""

    def __init__(self, sentence: str, problem: Problem) -> None:
        super().__init__(sentence)
        self.problem = problem


class AppLacks(NotLicensed):
    """A permission of the app is missing."""


class UserLacks(NotLicensed):
    """A right of the user on whose behalf we ask is missing."""


def read_problem(status: int, content_type: str, body: bytes) -> Problem:
    """What an answer says of an error, in whichever shape; only the status where it says nothing legible."""
    if content_type in PAGES:
        return Problem(status, page=True)
    try:
        said = _Body.model_validate(read_json(body))
    except ValueError:
        return Problem(status)
    ones = [*filter(None, said.errors[:_MOST]), said]
    return Problem(
        status,
        tuple(_words(one.error_code for one in ones)),
        next(_words([said.error]), ""),
        next(_words(one.permission_name for one in ones), ""),
        next(_words(one.parameter_name for one in ones), ""),
    )


def _words(texts: Iterable[str]) -> Iterator[str]:
    """Those that may stand in a sentence of ours, each once."""
    return filter(_WORD.fullmatch, dict.fromkeys(texts))


def refusal(problem: Problem, service: str, what: str) -> ProviderError:
    """The same as an error for whoever must act. `what` is what we wanted to do."""
    status = problem.status
    if status == 403:
        return _forbidden(problem, f"{service} does not let us {what}")
    if status >= 500:
        return Unavailable(f"{service} failed inside when we wanted to {what} (HTTP {status}).")
    if problem.page:
        return BadAnswer(f"{service} answered with a web page when we wanted to {what} (HTTP {status}).")
    if status == 404:
        return NotFound(f"{service} found nothing when we wanted to {what} ({problem.named}).")
    if status == 409:
        return Refused(f"{service} does not let us {what} at this moment ({problem.named}).")
    about = f"; it minds {problem.parameter}" if problem.parameter else ""
    return NotTaken(
        f"{service} did not take our words when we wanted to {what} ({problem.named}{about}).", problem
    )


def _forbidden(problem: Problem, refused: str) -> ProviderError:
    """Whose right is missing. The code says it: app and user have rights of the same names."""
    by_name, by_code = f"{refused}: ", f"{refused} ({problem.named}): "
    code = next((code for code in problem.codes if code in _DECIDES), "")
    if code in _OF_APP:
        which = f"{by_name}the app lacks the permission {problem.permission}"
        if not problem.permission:
            which = f"{by_code}the app lacks a permission"
        return AppLacks(f"{which}, which an operator can add to it.")
    if problem.permission and code in _OF_USER:
        return UserLacks(
            f"{by_name}the user we sign in as lacks the right {problem.permission}, which an administrator of the "
            "account can give to it."
        )
    if code == _SWITCHED_OFF:
        return NotLicensed(
            f"{by_code}it is switched off there, which an administrator of the account can change."
        )
    if code == _TOO_MANY:
        return Refused(f"{by_code}there are as many webhooks as there may be.")
    if problem.permission:
        return NotLicensed(
            f"{by_code}{problem.permission} is missing, of the app or of the user we sign in as."
        )
    return UserLacks(
        f"{by_code}the user we sign in as may not, which an administrator of the account can change."
    )
