"""Tokens: as RingCentral gives them, as we hold them, and as they are kept for those who come after."""

import json
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from providers.ringcentral.reading import or_else

_HOUR, _WEEK = 3_600.0, 604_800.0
_Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]


@dataclass(frozen=True, slots=True)
class Token:
    """What lets us in, until when (by the clock on the wall), and what for."""

    access: str = field(repr=False)
    refresh: str | None = field(repr=False)
    renew: float
    ends: float
    scopes: frozenset[str]
    refresh_ends: float | None = None


class Granted(BaseModel):
    """What a call for a token gave."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    access_token: str = Field(min_length=1, pattern=r"^[\x21-\x7e]+$", repr=False)
    refresh_token: Annotated[str | None, or_else(None)] = Field(default=None, repr=False)
    refresh_token_expires_in: Annotated[_Seconds, or_else(_WEEK)] = _WEEK
    expires_in: Annotated[_Seconds, or_else(_HOUR)] = _HOUR
    scope: Annotated[str, or_else("")] = ""


class _Kept(BaseModel):
    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    access: str = Field(repr=False)
    refresh: str | None = Field(repr=False)
    renew: float
    ends: float
    scopes: list[str]
    refresh_ends: float | None = None


def keep(token: Token) -> str:
    """A token as one secret text, for a memory that keeps it safe."""
    kept = {name: getattr(token, name) for name in ("access", "refresh", "renew", "ends", "refresh_ends")}
    return json.dumps(kept | {"scopes": sorted(token.scopes)})


def read_kept(secret: str | None) -> Token | None:
    """The token in such a text. What another version of us kept may be illegible: then it is as if nothing were."""
    try:
        kept = _Kept.model_validate_json(secret or "")
    except ValidationError:
        return None
    return Token(kept.access, kept.refresh, kept.renew, kept.ends, frozenset(kept.scopes), kept.refresh_ends)
