"""What a portal or a replay server says that means harm."""

from __future__ import annotations

from starlette.responses import Response

from sandbox import hostile
from sandbox.vidyo.misbehaviour import Rule

_XML = "text/xml;charset=UTF-8"
_BEGINNING = b'<?xml version="1.0"?><x>'
_LAUGHS = 12


def answer(rule: Rule) -> Response | None:
    """The answer that a rule asks for, None if it asks for no such thing."""
    if rule.kind == "laughs":
        return Response(_laughing(), media_type=_XML)
    return hostile.answer(rule.kind, rule.target, _BEGINNING, _XML)


def _laughing() -> str:
    """A few hundred bytes that a careless reader unfolds into gigabytes."""
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, _LAUGHS))
    return (
        f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{entities}]>'
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/">'
        f"<e:Body><x>&l{_LAUGHS - 1};</x></e:Body></e:Envelope>"
    )
