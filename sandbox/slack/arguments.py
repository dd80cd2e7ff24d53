"""Reading what a caller sends: JSON, a form or the query string, for every method alike."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web

from sandbox.slack.model import Json
from sandbox.slack.refusal import Refused

_STRUCTURED = ("blocks", "attachments", "metadata", "view", "files")
"""These travel as JSON text in forms and query strings, and as themselves in a JSON body."""


async def read(request: web.Request) -> Json:
    """All arguments of a call, with those that hold structures already taken apart."""
    arguments: Json = dict(request.query)
    if request.method == "POST":
        if request.content_type == "application/json":
            arguments |= _json_object(await request.text())
        elif request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
            arguments |= {
                key: value for key, value in (await request.post()).items() if isinstance(value, str)
            }
    return {key: _structured(key, value) for key, value in arguments.items() if value is not None}


async def read_json(request: web.Request) -> Json:
    """The body of a request, which must call itself JSON, so that no foreign page can send it unasked."""
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(text="Send JSON, with its content type.")
    try:
        body = await request.json()
    except ValueError:
        raise web.HTTPBadRequest(text="The body is not JSON.") from None
    if not isinstance(body, dict):
        raise web.HTTPBadRequest(text="The body is not a JSON object.")
    return body


def token_of(request: web.Request, arguments: Json) -> str | None:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "bearer" and token:
        return token.strip()
    spoken = arguments.get("token")
    return str(spoken) if spoken else None


def flag(value: Any) -> bool:
    """Slack's ways to write true."""
    return value in (True, 1, "1", "true", "True")


def number(value: Any, default: int) -> int:
    if value in (None, ""):
        return default
    try:
        return int(value)
    except (TypeError, ValueError):
        raise Refused("invalid_arguments") from None


def listed(value: Any) -> list[str]:
    """A list, or names separated by commas."""
    if isinstance(value, list):
        return [str(item) for item in value]
    return [item.strip() for item in str(value or "").split(",") if item.strip()]


def _json_object(text: str) -> Json:
    if not text.strip():
        return {}
    try:
        value = json.loads(text)
    except ValueError:
        raise Refused("invalid_json") from None
    if not isinstance(value, dict):
        raise Refused("json_not_object")
    return value


def _structured(key: str, value: Any) -> Any:
    if key not in _STRUCTURED or not isinstance(value, str):
        return value
    if not value.strip():
        return None
    try:
        return json.loads(value)
    except ValueError:
        error = {"blocks": "invalid_blocks_format", "metadata": "invalid_metadata_format"}.get(key)
        raise Refused(error or "invalid_arguments") from None
