"""What RingCentral says that means harm."""

from __future__ import annotations

from starlette.responses import Response

from sandbox import hostile
from sandbox.ringcentral.misbehaviour import Rule

_JSON = "application/json"
_BEGINNING = b'{"records":['
_DEPTH = 100_000


def answer(rule: Rule) -> Response | None:
    """The answer that a rule asks for, None if it asks for no such thing."""
    if rule.kind == "deep":
        return Response(b'{"records":' + b"[" * _DEPTH + b"]" * _DEPTH + b"}", media_type=_JSON)
    return hostile.answer(rule.kind, rule.target, _BEGINNING, _JSON)
