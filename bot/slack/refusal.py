"""How Slack says no: the code of it, and when to come back.

What stands before Slack (a proxy, a load balancer) answers in plain words or a page, and slack_sdk hands that on in
three shapes, of which only one is a dictionary.
"""

from datetime import timedelta

import aiohttp
from slack_sdk.errors import SlackApiError

NOT_TAKEN = (SlackApiError, aiohttp.ClientError, OSError, TimeoutError)
"""How a call fails that Slack refused, or that may never have reached it."""

_TOO_MUCH = {"ratelimited", "rate_limited"}
_PASSING = {
    *_TOO_MUCH,
    "internal_error",
    "fatal_error",
    "service_unavailable",
    "request_timeout",
}
_PASSING_STATUSES = {408, 429, 500, 502, 503, 504}


def code_of(error: SlackApiError) -> str:
    """Slack's own code, such as `not_in_channel`; `http_503` where it was not Slack that answered."""
    data = getattr(error.response, "data", error.response)
    code = data.get("error") if isinstance(data, dict) else None
    return str(code) if code else f"http_{status_of(error)}"


def status_of(error: SlackApiError) -> int:
    """The HTTP status; 0 where there is none."""
    response = error.response
    found = getattr(response, "status_code", None) or getattr(response, "status", None)
    return found if isinstance(found, int) else 0


def is_passing(error: SlackApiError) -> bool:
    """Whether the same call may go well later: Slack is too busy, or is not there."""
    return code_of(error) in _PASSING or status_of(error) in _PASSING_STATUSES


def is_too_much(error: SlackApiError) -> bool:
    """Whether Slack was asked more often than it likes."""
    return code_of(error) in _TOO_MUCH or status_of(error) == 429


def method_of(error: SlackApiError) -> str:
    """The method that was refused, such as `chat.update`; empty if it is not known."""
    return str(getattr(error.response, "api_url", "")).rpartition("/")[2]


def retry_after(error: SlackApiError) -> timedelta | None:
    """How long Slack wants to be left alone; None if it does not say."""
    headers = getattr(error.response, "headers", None) or {}
    said = {str(name).lower(): str(value) for name, value in headers.items()}.get("retry-after", "")
    return timedelta(seconds=int(said)) if said.isdecimal() and len(said) < 7 else None
