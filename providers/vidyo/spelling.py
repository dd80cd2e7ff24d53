"""How one generation of the replay server spells what is changed: by the enumerations of its own WSDL."""

from collections.abc import Collection

from providers.errors import NotSupported
from providers.model import RecordingChange, Scope
from providers.vidyo.contract import Value
from providers.vidyo.drift import Message

# What is sent where a server does not tell comes first. Later generations update to `organization` and filter by
# `organizational`; the oldest writes the latter for both.
_CHANGED = {
    Scope.NEW: ("new",),
    Scope.PRIVATE: ("private",),
    Scope.ORGANIZATION: ("organization", "organizational"),
    Scope.PUBLIC: ("public",),
}
_FILTERED = _CHANGED | {Scope.ORGANIZATION: ("organizational", "organization")}
_LOCKED = {True: ("true", "1", "yes", "locked"), False: ("false", "0", "no", "unlocked")}
_WORDS = {"recordScope": "scope", "locked": "lock", "pin": "PIN"}


def update(change: RecordingChange, request: Message | None, server: str) -> dict[str, Value]:
    """The values of an UpdateRecord. What is left out stays; `locked` is a word there, and no boolean.

    `request` is what the server says that it takes, None where it does not say. NotSupported for what it cannot change.
    """
    values: dict[str, Value] = {
        "title": change.title,
        "comments": change.comments,
        "tags": change.tags,
        "recordScope": None if change.scope is None else _scope(change.scope, request, server),
        "pin": change.pin,
        "locked": None if change.locked is None else _lock(change.locked, request, server),
    }
    values = {name: value for name, value in values.items() if value is not None}
    for name in values:
        if request is not None and name not in request.parts:
            raise NotSupported(
                f"{server} is of a version that cannot change the {_WORDS.get(name, name)} of a recording."
            )
    return values


def scope_filter(scope: Scope, request: Message | None, server: str) -> str:
    """The word by which a search is narrowed to a scope."""
    words = request.words.get("recordScope", ()) if request else ()
    word = _chosen(_FILTERED[scope], words)
    if word is None:
        raise NotSupported(f"{server} is of a version that cannot search for the scope {scope.value}.")
    return word


def _scope(scope: Scope, request: Message | None, server: str) -> str:
    words = request.words.get("recordScope", ()) if request else ()
    if scope is Scope.NEW and not words:
        words = ("private", "organization", "public")
    word = _chosen(_CHANGED.get(scope, ()), words)
    if word is None and scope is Scope.NEW:
        raise NotSupported(
            "A recording cannot be made new again; its scope can be private, organization or public."
        )
    if word is None:
        raise NotSupported(f"{server} is of a version that has no scope {scope.value}.")
    return word


def _lock(locked: bool, request: Message | None, server: str) -> str:
    word = _chosen(_LOCKED[locked], request.words.get("locked", ()) if request else ())
    if word is None:
        raise NotSupported(f"{server} is of a version that spells a lock in a way that is not known here.")
    return word


def _chosen(ours: tuple[str, ...], theirs: Collection[str]) -> str | None:
    """The first of our words that is theirs too, as they write it; our first one where they name none."""
    if not theirs:
        return next(iter(ours), None)
    written = {word.casefold(): word for word in sorted(theirs)}
    return next((written[word] for word in ours if word in written), None)
