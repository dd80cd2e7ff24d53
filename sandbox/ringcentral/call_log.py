"""The call log: lists with their filters and pages, single records, and several at once."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import timedelta
from urllib.parse import urlencode

from starlette.responses import JSONResponse, Response

from sandbox.ringcentral.asked import Asked, Endpoint
from sandbox.ringcentral.calls import Call
from sandbox.ringcentral.people import Extension
from sandbox.ringcentral.records import Json, Records, moment
from sandbox.ringcentral.refusal import Refused, not_found, wrong_parameter

VIEWS = ("Simple", "Detailed")
RECORDING_TYPES = ("Automatic", "OnDemand", "All")
_DAY = timedelta(days=1)
_MOST = 1000
_MOST_AT_ONCE = 50
_NOT_WITH_SESSION = (
    "dateFrom",
    "dateTo",
    "direction",
    "extensionNumber",
    "phoneNumber",
    "recordingType",
    "transport",
    "type",
)


class CallLog:
    """The calls of the interface that read the log, at the level of the account and of an extension."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def endpoints(self) -> list[Endpoint]:
        levels = ("/account/{account}", "/account/{account}/extension/{extension}")
        return [
            *(Endpoint("GET", f"{at}/call-log", "heavy", "ReadCallLog", self._list) for at in levels),
            *(Endpoint("GET", f"{at}/call-log/{{ids}}", "heavy", "ReadCallLog", self._read) for at in levels),
            *(Endpoint("GET", f"{at}/active-calls", "heavy", "ReadCallLog", self._active) for at in levels),
            Endpoint("DELETE", f"{levels[1]}/call-log", "heavy", "EditCallLog", self._delete),
        ]

    async def _list(self, asked: Asked) -> Response:
        extension = asked.extension()
        found = sorted(_found(asked, extension), key=lambda call: call.started, reverse=True)
        detailed = asked.choice("view", VIEWS, "Simple") == "Detailed"
        page = asked.number("page", _MOST, 1)
        per_page = _per_page(asked, detailed=detailed)
        first = (page - 1) * per_page
        shown = found[first : first + per_page]
        paging: Json = {"perPage": per_page}
        if shown:
            paging = {"page": page, **paging, "pageStart": first, "pageEnd": first + len(shown) - 1}
        pages = -(-len(found) // per_page)
        totals = asked.world.settings.totals
        if totals:
            paging |= {"totalPages": pages, "totalElements": len(found)}
        numbers = {"firstPage": 1}
        if page > 1:
            numbers["previousPage"] = page - 1
        if page < pages:
            numbers["nextPage"] = page + 1
        if totals and pages:
            numbers["lastPage"] = pages

        def address(number: int) -> str:
            return _address(asked, f"{self._records.level(extension)}/call-log", number, per_page)

        return JSONResponse(
            {
                "uri": address(page),
                "records": [self._records.record(call, extension, detailed=detailed) for call in shown],
                "paging": paging,
                "navigation": {name: {"uri": address(number)} for name, number in numbers.items()},
            }
        )

    async def _read(self, asked: Asked) -> Response:
        """One record as JSON; several, each with its own status, as parts of one answer."""
        extension = asked.extension()
        detailed = asked.choice("view", VIEWS, "Simple") == "Detailed"
        ids = asked.request.path_params["ids"].split(",")
        if len(ids) > _MOST_AT_ONCE:
            raise wrong_parameter("callRecordId", ",".join(ids))

        def read(id: str) -> Json:
            call = asked.world.calls.by_id(id)
            if call is None or not call.listed or call.deleted or (extension and not call.is_on(extension)):
                raise not_found("callRecordId", id)
            return self._records.record(call, extension, detailed=detailed)

        if len(ids) == 1:
            return JSONResponse(read(ids[0]))
        return _in_parts(ids, read, f"{self._records.level(extension)}/call-log")

    async def _active(self, asked: Asked) -> Response:
        extension = asked.extension()
        world = asked.world
        now = world.clock.now()
        delay = timedelta(seconds=world.clock.scaled(world.settings.active_delay))
        linger = timedelta(seconds=world.clock.scaled(world.settings.active_linger))
        directions = asked.choices("direction", ("Inbound", "Outbound"))
        shown = [
            call
            for call in world.calls
            if call.answered  # one that is still being routed is not listed
            and (call.live or (call.ended and now - call.ended < linger))
            and now - call.started >= delay
            and (extension is None or call.is_on(extension))
            and (not directions or call.direction in directions)
        ]
        page = asked.number("page", _MOST, 1)
        per_page = _per_page(asked, detailed=False)
        first = (page - 1) * per_page
        address = f"{self._records.level(extension)}/active-calls"
        numbers = {"firstPage": 1} | ({"nextPage": page + 1} if first + per_page < len(shown) else {})
        return JSONResponse(
            {
                "uri": _address(asked, address, page, per_page),
                "records": [self._records.active(call) for call in shown[first : first + per_page]],
                "paging": {"page": page, "perPage": per_page},
                "navigation": {
                    name: {"uri": _address(asked, address, number, per_page)}
                    for name, number in numbers.items()
                },
            }
        )

    async def _delete(self, asked: Asked) -> Response:
        """Delete the calls of one extension up to a moment, or all of them."""
        extension, until = asked.extension(), asked.moment("dateTo")
        assert extension is not None
        for call in asked.world.calls:
            if call.listed and call.is_on(extension) and (until is None or call.started <= until):
                asked.world.delete_call(call)
        return Response(status_code=204)


def matches_kind(call: Call, kind: str | None) -> bool:
    """Whether a call has a recording of this type; None also lets through those that have none."""
    kinds = {recording.kind for recording in call.recordings if recording.ready}
    return kind is None or bool(kinds if kind == "All" else kind in kinds)


def _found(asked: Asked, extension: Extension | None) -> list[Call]:
    session = asked.text("sessionId")
    if session and any(asked.text(name) for name in _NOT_WITH_SESSION):
        raise Refused(400, "CLG-110", "Parameter [sessionId] cannot be combined with other filters.")
    number, short = asked.text("phoneNumber"), asked.text("extensionNumber")
    if number and short:
        raise wrong_parameter("extensionNumber", short)
    until = asked.moment("dateTo") or asked.world.clock.now()
    since = asked.moment("dateFrom") or until - _DAY
    if since > until:
        raise wrong_parameter("dateFrom", asked.text("dateFrom") or "")
    kind = asked.choice("recordingType", RECORDING_TYPES, "") or None
    if kind is None and asked.flag("withRecording"):
        kind = "All"
    if asked.world.settings.leaky_filter:
        kind = None
    types = asked.choices("type", ("Voice", "Fax"))
    directions = asked.choices("direction", ("Inbound", "Outbound"))
    transports = asked.choices("transport", ("PSTN", "VoIP"))
    telephony_session = asked.text("telephonySessionId")
    deleted, blocked = asked.flag("showDeleted"), asked.flag("showBlocked", default=True)
    digits = number.strip().lstrip("+") if number else ""
    return [
        call
        for call in asked.world.calls
        if call.listed
        and (deleted or not call.deleted)
        and (blocked or call.result != "Blocked")
        and (session == call.session_id if session else since <= call.started <= until)
        and telephony_session in (None, call.telephony_session_id)
        and (not types or call.type in types)
        and (not directions or call.direction in directions)
        and (not transports or call.transport in transports)
        and (not digits or digits in (call.number.lstrip("+"), *_phones(call)))
        and (not short or short in {extension.number for extension in call.extensions})
        and (extension is None or call.is_on(extension))
        and matches_kind(call, kind)
    ]


def _phones(call: Call) -> Sequence[str]:
    return [leg.phone.lstrip("+") for leg in call.legs]


def _per_page(asked: Asked, *, detailed: bool) -> int:
    """How many records a page has. More than there may be are cut down without a word."""
    told = _MOST if asked.text("perPage") == "max" else asked.number("perPage", default=100)
    return min(told, asked.world.settings.most_detailed if detailed else _MOST)


def _address(asked: Asked, path: str, page: int, per_page: int) -> str:
    """The address of a page, with every filter, and with the start of the window even if nobody named it."""
    query = asked.request.query_params
    kept = [(name, value) for name, value in query.multi_items() if name not in ("page", "perPage")]
    until = asked.moment("dateTo") or asked.world.clock.now()
    if "dateFrom" not in query:
        kept.append(("dateFrom", moment(until - _DAY)))
    if "view" not in query:
        kept.append(("view", "Simple"))
    return f"{path}?{urlencode([*kept, ('page', page), ('perPage', per_page)])}"


def _in_parts(ids: list[str], read: Callable[[str], Json], path: str) -> Response:
    """The first part tells the status of each of the others."""
    statuses: list[Json] = []
    bodies: list[Json] = []
    for id in ids:
        try:
            bodies.append(read(id))
            statuses.append({"href": f"{path}/{id}", "status": 200, "responseDescription": "OK"})
        except Refused as error:
            bodies.append(error.body(modern=True))
            statuses.append(
                {"href": f"{path}/{id}", "status": error.status, "responseDescription": error.message}
            )
    boundary = "Boundary_12_2889055_1320887772551"
    parts = "".join(
        f"--{boundary}\r\nContent-Type: application/json\r\n\r\n{json.dumps(body)}\r\n"
        for body in ({"response": statuses}, *bodies)
    )
    return Response(f"{parts}--{boundary}--\r\n", 207, media_type=f'multipart/mixed; boundary="{boundary}"')
