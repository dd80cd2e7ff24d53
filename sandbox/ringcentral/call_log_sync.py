"""Synchronising the log: everything once, and then what has changed since."""

from __future__ import annotations

import base64
import binascii
from datetime import timedelta

from starlette.responses import JSONResponse, Response

from sandbox.ringcentral.asked import Asked, Endpoint
from sandbox.ringcentral.call_log import RECORDING_TYPES, VIEWS, matches_kind
from sandbox.ringcentral.calls import Call
from sandbox.ringcentral.records import Records, moment
from sandbox.ringcentral.refusal import Refused, wrong_parameter

MOST = 250
_OLDEST = timedelta(days=30)


class CallLogSync:
    """A token says up to which change of the log somebody has heard, at which level, and in which view."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def endpoints(self) -> list[Endpoint]:
        levels = ("/account/{account}", "/account/{account}/extension/{extension}")
        return [
            Endpoint("GET", f"{level}/call-log-sync", "heavy", "ReadCallLog", self._sync) for level in levels
        ]

    async def _sync(self, asked: Asked) -> Response:
        extension = asked.extension()
        kind = asked.choice("syncType", ("FSync", "ISync"), "FSync")
        missed = asked.choice("statusGroup", ("All", "Missed"), "All") == "Missed"
        recorded = asked.choice("recordingType", RECORDING_TYPES, "") or None
        place = extension.id if extension else "account"
        calls = [
            call
            for call in asked.world.calls
            if call.listed
            and (extension is None or call.is_on(extension))
            and (not missed or call.result == "Missed")
            and (call.deleted or matches_kind(call, recorded))
        ]
        if kind == "FSync":
            view = asked.choice("view", VIEWS, "Simple")
            found = self._all(asked, calls)
        else:
            since, view = self._read_token(asked, place)
            if asked.choice("view", VIEWS, view) != view:
                raise wrong_parameter("view", asked.text("view") or "")
            found = self._changed(asked, calls, since)
        token = f"{asked.world.epoch}:{asked.world.revision}:{place}:{view}"
        return JSONResponse(
            {
                "uri": f"{self._records.level(extension)}/call-log-sync",
                "records": [
                    self._records.record(call, extension, detailed=view == "Detailed") for call in found
                ],
                "syncInfo": {
                    "syncType": kind,
                    "syncToken": base64.urlsafe_b64encode(token.encode()).decode(),
                    "syncTime": moment(asked.world.clock.now()),
                },
            }
        )

    def _all(self, asked: Asked, calls: list[Call]) -> list[Call]:
        """The newest calls. Without a start there are none: it is now."""
        count, now = asked.number("recordCount", MOST), asked.world.clock.now()
        since = asked.moment("dateFrom") or now
        if since < now - _OLDEST:
            raise wrong_parameter("dateFrom", asked.text("dateFrom") or "")
        kept = [call for call in calls if call.started >= since and not call.deleted]
        return sorted(kept, key=lambda call: call.started, reverse=True)[:count]

    def _changed(self, asked: Asked, calls: list[Call], since: int) -> list[Call]:
        """What changed, and as many older calls as were asked for besides."""
        deleted = asked.flag("showDeleted", default=True)
        found = [call for call in calls if call.revision > since and (deleted or not call.deleted)]
        if len(found) > MOST:
            raise Refused(400, "CLG-104", "Too many changes since the last synchronisation.")
        found.sort(key=lambda call: call.started, reverse=True)
        if asked.text("recordCount") is None:
            return found
        before = min((call.started for call in found), default=asked.world.clock.now())
        older = [call for call in calls if call.started < before and not call.deleted and call not in found]
        older.sort(key=lambda call: call.started, reverse=True)
        return [*found, *older[: asked.number("recordCount", MOST)]][:MOST]

    def _read_token(self, asked: Asked, place: str) -> tuple[int, str]:
        token = asked.text("syncToken")
        if not token:
            raise _bad_token("CLG-101", "Parameter [syncToken] is missing.")
        try:
            epoch, revision, told_place, view = base64.urlsafe_b64decode(token).decode().split(":")
            since, age = int(revision), asked.world.epoch - int(epoch)
        except (binascii.Error, ValueError):
            raise _bad_token("CLG-102", "Parameter [syncToken] is invalid.") from None
        if told_place != place:
            raise _bad_token("CLG-103", "Parameter [syncToken] is of another extension.")
        if age:
            raise _bad_token("CLG-105", "Parameter [syncToken] is expired.")
        return since, view


def _bad_token(code: str, message: str) -> Refused:
    return Refused(400, code, message, parameterName="syncToken")
