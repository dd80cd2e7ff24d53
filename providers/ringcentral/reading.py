"""JSON as RingCentral writes it, also where one name in it holds what no text may hold."""

import re
from collections.abc import Callable
from typing import Any

from pydantic import ValidationError, WrapValidator
from pydantic_core import from_json

_CONTROL = re.compile("[\x00-\x1f]")
# A character beyond the first 65,536 is written as two halves, and names are cut off between them.
_HALVES = re.compile(
    r"(\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|\\u[dD][89a-fA-F][0-9a-fA-F]{2}"
)


def read_json(body: bytes) -> Any:
    """What is said there, or ValueError. One bad name must not hide the good ones beside it."""
    try:
        return from_json(body)
    except ValueError:
        return from_json(_mended(body))


def or_else(default: Any) -> WrapValidator:
    """What a field says, or this where it says null, or something that it cannot say."""

    def read(value: Any, read_it: Callable[[Any], Any]) -> Any:
        try:
            return read_it(value)
        except ValidationError:
            return default

    return WrapValidator(read)


def _mended(body: bytes) -> str:
    """The same with a replacement character for what is none, and spaces for control characters."""
    text = _CONTROL.sub(" ", body.decode("utf-8-sig", "replace"))
    return _HALVES.sub(lambda match: match[1] or "\\ufffd", text)
