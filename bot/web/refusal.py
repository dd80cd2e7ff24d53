"""Why a link shows no recording: a status for the browser and a sentence for the person."""

from dataclasses import dataclass, field
from datetime import timedelta
from math import ceil

from bot.links import Expired, LinkRefused, Revoked
from bot.web.delivery import NoSuchPart
from bot.web.shelf import StillRunning
from bot.web.turnstile import TooOften
from providers.errors import (
    NotFound,
    NotLicensed,
    NotSupported,
    ProviderError,
    Refused,
    SignInFailed,
    Unavailable,
)

_LATER = 30
"""Seconds after which it is worth trying again where the provider named no time."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is said instead of the recording."""

    status: int
    title: str
    sentence: str
    headers: dict[str, str] = field(default_factory=dict)


def refusal(error: LinkRefused | ProviderError) -> Refusal:
    """What to say of this. A provider's own words stay here: they may name hosts and accounts."""
    match error:
        case Expired():
            return Refusal(410, "Link expired", str(error))
        case Revoked():
            return Refusal(410, "Link taken back", str(error))
        case LinkRefused():
            return Refusal(403, "Link not valid", str(error))
        case NoSuchPart(whole=whole):
            headers = {"Content-Range": f"bytes */{whole}"}
            return Refusal(416, "No such part", "The file ends before the part that was asked for.", headers)
        case NotFound():
            return Refusal(404, "Recording not found", "This recording is no longer there.")
        case StillRunning():
            sentence = "This is still being recorded. Try again some minutes after the recording has ended."
            return Refusal(409, "Not finished yet", sentence)
        case Refused():
            return Refusal(409, "Not to be had now", "The recording system does not give this file out now.")
        case NotSupported():
            return Refusal(501, "Not possible", "The recording system does not give out files.")
        case SignInFailed() | NotLicensed():
            sentence = "The recording system does not let Recbot in. Whoever runs Recbot must look into it."
            return Refusal(502, "Recording system locked", sentence)
        case TooOften(retry_after=wait):
            sentence = "This link is being opened too often at once. Try again in a moment."
            return Refusal(429, "Too often", sentence, {"Retry-After": _seconds(wait)})
        case Unavailable(retry_after=wait):
            sentence = "The recording system does not answer at the moment. Try again soon."
            return Refusal(503, "Not available now", sentence, {"Retry-After": _seconds(wait)})
        case _:
            sentence = "The recording system gave an answer that cannot be used, so nothing is shown."
            return Refusal(502, "Unusable answer", sentence)


def _seconds(wait: timedelta | None) -> str:
    return str(max(1, ceil(wait.total_seconds())) if wait else _LATER)
