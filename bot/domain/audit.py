"""What the audit trail says: who did what, where, when, and what became of it.

No secret is told: fields that are kept out of a repr are left out here too, and of a link that somebody typed only
that it was one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import Any

from bot.domain.conversation import Asker, ReplyTo
from bot.domain.notice import CardOf, Notice, NotTold, RecorderLost, RoomCreated, Subscribed
from bot.domain.requests import Request
from bot.domain.subscription import Subscription
from bot.domain.watch import State, Watch
from providers.model import RecordingChange, RecordingQuery

_ADDRESS = re.compile(r"\S+://\S+")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. `request`: the id of what was asked for that it belongs to, as in the log."""

    at: datetime
    what: str
    outcome: str = ""
    who: str = ""
    where: str = ""
    target: str = ""
    request: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)

    def said(self) -> dict[str, Any]:
        """All of it, as it is exported and sealed."""
        said = {one.name: getattr(self, one.name) for one in fields(self)}
        return said | {"at": self.at.astimezone(UTC).isoformat(timespec="microseconds")}


def asked(request: Request, id: str, at: datetime) -> Entry:
    """Something was asked for, and kept."""
    provider = getattr(request, "provider", None) or getattr(request, "on", None)
    about = getattr(request, "recording", None) or getattr(request, "room", None)
    return Entry(
        at,
        "request",
        "kept",
        who=_person(request.reply.asker),
        where=request.reply.conversation.place,
        target=_under(provider, about) if about else "",
        request=id,
        detail=_told(request),
    )


def ended(request: Request, id: str, at: datetime, outcome: str, why: str) -> Entry:
    """What was asked for has ended: it was done, or refused, and why."""
    return Entry(
        at,
        "request",
        outcome,
        who=_person(request.reply.asker),
        where=request.reply.conversation.place,
        request=id,
        detail={"why": _plainly(why)} if why else {},
    )


def stands(watch: Watch, at: datetime, outcome: str | None = None) -> Entry:
    """A recording is now as its watch says."""
    detail = {
        "watch": watch.id,
        "room": watch.room.name,
        "why": watch.reason,
        "lost": watch.lost,
        "files": [one.id for one in watch.candidates],
    }
    stopping = watch.state is State.STOPPING and watch.stop_asker is not None
    return Entry(
        at,
        "recording",
        outcome or watch.state.value,
        who=_person(watch.stop_asker if stopping and watch.stop_asker else watch.asker),
        where=watch.conversation.place,
        target=_under(watch.provider, watch.room.id),
        request=watch.begun_by,
        detail={name: value for name, value in detail.items() if value},
    )


def told(notice: Notice, at: datetime, outcome: str, **detail: str) -> Entry:
    """A message stands there, or never will."""
    body, who, target = notice.body, "", ""
    match body:
        case CardOf() | RecorderLost():
            target = f"watch {body.watch}"
        case Subscribed():
            who, target = _person(body.subscription.asker), f"subscription {body.subscription.id}"
        case RoomCreated():
            who, target = _person(body.asker), _under(body.provider, body.room.id)
        case NotTold():
            target = f"notice {body.notice}"
        case _:
            who = _person(body.asker) if hasattr(body, "asker") else ""
            target = _under(body.provider, body.recording.id)
    where = notice.conversation.place
    return Entry(at, "notice", outcome, who, where, target, detail={"kind": body.body} | detail)


def subscribed(one: Subscription, at: datetime, outcome: str, request: str) -> Entry:
    """A subscription was made, or has ended. Whose request ended it is in the entry of that request."""
    return Entry(
        at,
        "subscription",
        outcome,
        who=_person(one.asker) if outcome == "made" else "",
        where=one.conversation.place,
        target=f"subscription {one.id}",
        request=request,
        detail={"number": one.number, "fits": _plainly(one.text)},
    )


def _told(request: Request) -> dict[str, Any]:
    """What was asked for beyond what is usual, without who asked."""
    said: dict[str, Any] = {"verb": request.verb}
    for one in fields(request):
        match getattr(request, one.name):
            case RecordingChange() as change:
                said["changes"] = [f.name for f in fields(change) if getattr(change, f.name) is not None]
            case RecordingQuery() | ReplyTo():
                pass
            case str() as text if one.repr and text and text != one.default:
                said[one.name] = _plainly(text)
            case bool() | int() as value if one.repr and value != one.default:
                said[one.name] = value
    return said


def _plainly(text: str) -> str:
    """What somebody typed or was told; a link may let people in, so that it is not repeated."""
    return _ADDRESS.sub("(a link)", text)


def _person(asker: Asker) -> str:
    return "/".join((asker.front, asker.team, asker.user))


def _under(provider: str | None, id: str) -> str:
    return f"{provider}/{id}" if provider else id
