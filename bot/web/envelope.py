"""Is this body shaped like what Slack sends? As far as Bolt relies on it before any listener runs."""

import json
from typing import Any
from urllib.parse import parse_qsl

_MOST_FIELDS = 1000
_LONGEST_CHECK = 1000
_JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"

# A form of Slack's has one of these fields: a slash command, and its look at our certificate.
_OURS = {"command", "ssl_check"}

# Members that say who and where: an id, or an object with one (Slack sends both, and null).
_PARTIES = ("channel", "enterprise", "team", "user")
# Members inside which Bolt looks for parties again.
_INNER = ("assistant_thread", "event", "item", "message", "previous_message", "view")


def payload(content_type: str, text: str) -> str | None:
    """What a body says, as JSON; None if it could not be read, or has not Slack's shape.

    A form's fields are put into JSON for Bolt, which would look for a payload in each form that has the word in it,
    and would lose a command in which somebody typed "payload".
    """
    kind = content_type.partition(";")[0].strip().lower()
    try:
        if kind == _JSON:
            return text if _is_payload(json.loads(text)) else None
        if kind != _FORM:
            return None
        fields = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS))
        if "payload" in fields:
            return fields["payload"] if _is_payload(json.loads(fields["payload"])) else None
        return json.dumps(fields) if _OURS & fields.keys() and _is_payload(fields) else None
    except (ValueError, RecursionError):
        return None


def is_ssl_check(content_type: str, text: str) -> bool:
    """Whether this is Slack's look at our certificate, and asks for nothing: `ssl_check=1`, with a token at most."""
    if content_type.partition(";")[0].strip().lower() != _FORM or len(text) > _LONGEST_CHECK:
        return False
    fields = parse_qsl(text, keep_blank_values=True)
    return ("ssl_check", "1") in fields and {name for name, _ in fields} <= {"ssl_check", "token"}


def _is_payload(body: Any) -> bool:
    if not _is_object(body) or not all(isinstance(body.get(name), dict | None) for name in _INNER):
        return False
    if not isinstance(body.get("view", {}), dict):  # Bolt looks into a view that is null
        return False
    match body.get("type"):
        case "event_callback":
            return isinstance(body.get("event", {}).get("type"), str)
        case "block_actions":
            actions = body.get("actions")
            return isinstance(actions, list) and bool(actions) and all(_is_action(one) for one in actions)
        case "view_submission" | "view_closed":
            return isinstance(body.get("view"), dict)
        case other:
            return other is None or isinstance(other, str)


def _is_action(one: Any) -> bool:
    return isinstance(one, dict) and isinstance(one.get("action_id"), str)


def _is_object(body: Any) -> bool:
    if not isinstance(body, dict):
        return False
    authorizations = body.get("authorizations")
    return (
        isinstance(body.get("event", {}), dict)
        and all(isinstance(body.get(name), str | dict | None) for name in _PARTIES)
        and all(_is_object(body[name]) for name in _INNER if isinstance(body.get(name), dict))
        and (
            authorizations is None
            or (isinstance(authorizations, list) and all(_is_object(one) for one in authorizations))
        )
    )
