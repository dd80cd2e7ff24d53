"""The log: a line for each change of the world, for people or for machines, with the request that it belongs to.

A request is named at the door by what it is kept under, and so has one name in every process that has a hand in it.
What others say may stand in a line, and never begins one.
"""

import json
import logging
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import NAMESPACE_OID, uuid5

Format = Literal["text", "json"]
Level = Literal["debug", "info", "warning", "error"]

_SHORT = 12
_OURS = ("bot", "providers")
_request: ContextVar[str] = ContextVar("request", default="")


@contextmanager
def on_behalf_of(id: str) -> Iterator[None]:
    """Within this, and in tasks that are begun here, each line bears the first letters of this id."""
    token = _request.set(id[:_SHORT])
    try:
        yield
    finally:
        _request.reset(token)


def id_of(key: str) -> str:
    """The id of what was asked under this key, which is a secret for as long as Slack takes it.

    A watch knows by the same id which request began it.
    """
    return uuid5(NAMESPACE_OID, key).hex


def tell(log: logging.Logger, what: str, *, level: int = logging.INFO, **fields: object) -> None:
    """One thing that happened: a few words that are always the same, and values. No secrets, nothing people wrote."""
    if log.isEnabledFor(level):
        said = {name: value for name, value in fields.items() if value is not None}
        log.log(level, what, extra={"fields": said})


class Lines(logging.StreamHandler[Any]):
    """Writes to stderr, whatever that is by then."""

    def __init__(self) -> None:
        super().__init__(sys.stderr)

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stderr
        super().emit(record)


def set_up(format: Format = "text", level: Level = "info", *, verbose: bool = False) -> None:
    """Write the log like this from now on, unless somebody listens to it already."""
    root = logging.getLogger()
    if not root.handlers:
        root.addHandler(Lines())
    for handler in root.handlers:
        if isinstance(handler, Lines):
            handler.setFormatter(ForMachines() if format == "json" else ForPeople())
    # What libraries say for their own debugging quotes requests and rows: tokens, addresses of answers, PINs.
    root.setLevel(logging.INFO if verbose else logging.WARNING)
    for name in _OURS:
        logging.getLogger(name).setLevel("DEBUG" if verbose else level.upper())


class ForPeople(logging.Formatter):
    """A line of text; what belongs to it, a traceback, is indented below."""

    def format(self, record: logging.LogRecord) -> str:
        head = f"{_hour(record)} {record.levelname} {record.name}"
        request = f" [{_request.get()}]" if _request.get() else ""
        values = "".join(f" {name}={_word(value)}" for name, value in _fields(record).items())
        line = f"{head}{request}: {_printable(record.getMessage())}{values}"
        below = "".join(f"\n    {_printable(one)}" for one in self._fault(record).splitlines())
        return line + below

    def _fault(self, record: logging.LogRecord) -> str:
        return self.formatException(record.exc_info) if record.exc_info else ""


class ForMachines(ForPeople):
    """A JSON object, in plain ASCII, on one line."""

    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, object] = {"at": _hour(record), "level": record.levelname, "logger": record.name}
        if _request.get():
            said["request"] = _request.get()
        said["message"] = record.getMessage()
        said |= _fields(record)
        if fault := self._fault(record):
            said["fault"] = fault
        return json.dumps(said, default=str)


def _hour(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


def _fields(record: logging.LogRecord) -> Mapping[str, object]:
    found: Mapping[str, object] = getattr(record, "fields", {})
    return found


def _word(value: object) -> str:
    """A value that is seen to end where it ends."""
    text = str(value)
    return text if text.isalnum() or (text and set(text) <= _PLAIN) else json.dumps(text)


_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:_-+/")


def _printable(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
