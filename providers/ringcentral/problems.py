"""What RingCentral says when it says no. Two shapes of it are in use everywhere; neither may be relied on."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from providers.errors import BadAnswer, NotFound, NotLicensed, ProviderError, Refused, Unavailable
from providers.streaming import PAGES

_WORD = re.compile(r"[\w.-]{1,60}", re.ASCII)
_MOST = 5
_STALE = frozenset({"OAU-128", "OAU-129", "OAU-149", "OAU-151", "OAU-210", "OAU-213"})


class _One(BaseModel):
    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True, alias_generator=to_camel)

    error_code: str = ""
    permission_name: str = ""
    parameter_name: str = ""


class _Body(_One):
    error: str = ""
    errors: list[_One] = []


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


def read_problem(status: int, content_type: str, body: bytes) -> Problem:
    """What an answer says of an error, in whichever shape; only the status where it says nothing legible."""
    if content_type in PAGES:
        return Problem(status, page=True)
    try:
        said = _Body.model_validate_json(body)
    except ValidationError:
        return Problem(status)
    ones = [*said.errors[:_MOST], said]
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
        if problem.permission:
            return NotLicensed(
                f"{service} does not let us {what}: the app lacks the permission {problem.permission}, which an "
                "operator can add to it."
            )
        return NotLicensed(
            f"{service} does not let us {what} ({problem.named}): the user we sign in as may not, which an "
            "administrator of the account can change."
        )
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
