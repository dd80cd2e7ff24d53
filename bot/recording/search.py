"""Look recordings up: nothing here changes anything."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import TypeVar

from bot.domain.conversation import ReplyTo
from bot.domain.errors import CannotDo, NotAllowed
from bot.domain.filters import leave_out
from bot.domain.found import FIRST, Found, Row, Silence, Turn, page, part
from bot.domain.policy import Person, Target, Verb
from bot.recording.patience import ask_all
from bot.recording.permission import of_recording, reachable
from bot.recording.services import Services
from providers.errors import NotFound, NotSupported, ProviderError, Unavailable
from providers.interfaces import RecordingLibrary
from providers.model import Recording, RecordingId, RecordingPage, RecordingQuery

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Shown:
    """The one recording of this number, and the libraries that may have another one but did not answer."""

    row: Row
    silences: tuple[Silence, ...] = ()


async def search_recordings(
    query: RecordingQuery, on: str | None, reply: ReplyTo, services: Services, turn: Turn = FIRST
) -> Found:
    """One page of what matches in the library named `on`, or in all of them. Private recordings are never listed.

    A library that does not answer, or cannot apply a filter, is named on the page; if no other one answered, its
    error is raised. What the person may not view is as if it were not there, and the page says that there may be such.
    """
    person = await services.require(reply, Verb.VIEW)
    every = services.providers.libraries(on)
    libraries = reachable(person, Verb.VIEW, every, services)
    query, alone = replace(query, hidden=False), len(libraries) == 1
    parts = {library.name: part(query, turn, library.name, alone=alone) for library in libraries}
    answers, errors = await _ask_all(
        libraries,
        lambda library: _search(library, parts[library.name], person, services),
        services.pace.answer_patience,
    )
    if not answers:
        raise _told(_gravest([*errors.values()]))
    silences = [
        Silence(name, str(_told(error)), isinstance(error, NotSupported)) for name, error in errors.items()
    ]
    found = page(query, turn, {name: (parts[name], answer) for name, answer in answers.items()}, silences)
    return _saying_so(found, person, every, services)


async def show_recording(on: str | None, id: RecordingId, reply: ReplyTo, services: Services) -> Shown:
    """The recording of this number in the library named `on`, or in whichever has it.

    CannotDo if several libraries have one; NotFound if none has. What may not be shown is not there; NotAllowed instead
    where a rule may keep some from this person, whether there is one of this number or not.
    """
    person = await services.require(reply, Verb.VIEW)
    libraries = reachable(person, Verb.VIEW, services.providers.libraries(on), services)
    pace = services.pace
    answers, errors = await _ask_all(
        libraries,
        lambda library: _visible(library, id, person, services),
        pace.answer_patience,
        one_will_do=pace.another_patience,
    )
    if len(answers) > 1:
        raise CannotDo(f"There is a recording {id} in {_and(answers)}: say which with {_or(answers)}.")
    if len(libraries) == 1 and (failed := [*errors.values()]):
        known = reply.asker.front == "cli" or not isinstance(failed[0], NotFound)
        raise failed[0] if known else _no_such(id, libraries, person, services)
    silent = {name: error for name, error in errors.items() if not isinstance(error, NotFound | NotSupported)}
    silences = tuple(Silence(name, str(error)) for name, error in silent.items())
    if answers:
        [(name, recording)] = answers.items()
        return Shown(Row(name, recording), silences)
    if not silent:
        raise _no_such(id, libraries, person, services)
    said = " ".join([f"Recording {id} was not found.", *map(str, silences)])
    passing = all(isinstance(error, Unavailable) for error in silent.values())
    raise Unavailable(said) if passing else CannotDo(said)


async def find_recording(
    provider: str, id: RecordingId, reply: ReplyTo, services: Services
) -> tuple[str, Recording]:
    """One recording of a provider. A private one, or one whose scope nobody can read, is not found, whoever asks."""
    row = (await show_recording(provider, id, reply, services)).row
    return row.provider, row.recording


async def _search(
    library: RecordingLibrary, query: RecordingQuery, person: Person, services: Services
) -> RecordingPage:
    """What the person may view of this. The library itself leaves out the rest.

    To leave it out of a page that was cut would tell of it: by a short page, by Older, by the numbers of the rows.
    """

    def in_sight(recording: Recording) -> bool:
        return services.policy.decide(person, Verb.VIEW, of_recording(library.name, recording)).allowed

    whole = not services.policy.limits(person, Verb.VIEW, Target(library.name))
    return await (library.search(query) if whole else library.search(query, in_sight))


def _saying_so(
    found: Found, person: Person, libraries: Sequence[RecordingLibrary], services: Services
) -> Found:
    """The page, which says that something may be left out, whether there is any such thing or not."""
    rules = _rules_that_hide(person, libraries, services)
    if not rules:
        return found
    said = f"What you may not view is left out, by the {'rule' if len(rules) == 1 else 'rules'} {_quoted(rules)}."
    return replace(found, doubts=(*found.doubts, said))


def _rules_that_hide(
    person: Person, libraries: Sequence[RecordingLibrary], services: Services
) -> tuple[str, ...]:
    """The rules by which something in these libraries may be kept from the person, whether there is any or not."""
    rules = [services.policy.limits(person, Verb.VIEW, Target(library.name)) for library in libraries]
    return tuple(dict.fromkeys(rule for some in rules for rule in some))


async def _visible(
    library: RecordingLibrary, id: RecordingId, person: Person, services: Services
) -> Recording:
    """The recording. One that is kept from the person is as if it were not there."""
    recording = await library.recording(id)
    hidden = recording.private and person.asker.front != "cli"
    if hidden or not services.policy.decide(person, Verb.VIEW, of_recording(library.name, recording)).allowed:
        raise NotFound(f"There is no recording {id} that may be shown here.")
    return recording


def _no_such(
    id: RecordingId, libraries: Sequence[RecordingLibrary], person: Person, services: Services
) -> NotFound | NotAllowed:
    """The same of what is not there, of what is private and of what a rule keeps from the person.

    Whoever tries one number after the other would else learn how many there are, and by the rule in which room.
    """
    where = _and(library.name for library in libraries)
    if rules := _rules_that_hide(person, libraries, services):
        these = f"The rule is {_quoted(rules)}." if len(rules) == 1 else f"The rules are {_quoted(rules)}."
        return NotAllowed(f"There is no recording {id} in {where} that you may view. {these}")
    return NotFound(f"There is no recording {id} in {where} that may be shown here.")


async def _ask_all(
    libraries: Sequence[RecordingLibrary],
    ask: Callable[[RecordingLibrary], Awaitable[T]],
    patience: timedelta,
    *,
    one_will_do: timedelta | None = None,
) -> tuple[dict[str, T], dict[str, ProviderError]]:
    """What each library answered, all asked at once, and the errors of those that did not."""
    reads = [(library.name, partial(ask, library)) for library in libraries]
    found = await ask_all(reads, patience, one_will_do=one_will_do)
    answers: dict[str, T] = {}
    errors: dict[str, ProviderError] = {}
    for library, answer in zip(libraries, found, strict=True):
        if isinstance(answer, ProviderError):
            errors[library.name] = answer
        else:
            answers[library.name] = answer
    return answers, errors


def _gravest(errors: Sequence[ProviderError]) -> ProviderError:
    """The first failure; that a library cannot be searched like this counts only where nothing else went wrong."""
    return next((error for error in errors if not isinstance(error, NotSupported)), errors[0])


def _told(error: ProviderError) -> ProviderError:
    """The same, with the filters to leave out as people type them."""
    if isinstance(error, NotSupported) and error.filters:
        return NotSupported(f"{error} {leave_out(error.filters)}")
    return error


def _quoted(rules: Iterable[str]) -> str:
    return _and(f"“{rule}”" for rule in rules)


def _and(names: Iterable[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def _or(names: Iterable[str]) -> str:
    return " or ".join(f"on:{name}" for name in names)
