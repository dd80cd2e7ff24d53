"""Recordings: what is known of one, its file on the media host, and their end."""

from __future__ import annotations

import re
from datetime import timedelta

from starlette.responses import JSONResponse, RedirectResponse, Response

from sandbox.byte_range import Unsatisfiable, asked_range
from sandbox.ringcentral.asked import Asked, Endpoint
from sandbox.ringcentral.calls import Leg, Recording
from sandbox.ringcentral.file_answer import FileAnswer
from sandbox.ringcentral.records import Records
from sandbox.ringcentral.refusal import Refused, no_right, not_found, wrong_parameter

_MOST_AT_ONCE = 100
_HOP = "hop"


class Recordings:
    """Metadata and deletion on the platform, content on the media host."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def endpoints(self) -> list[Endpoint]:
        account = "/account/{account}"
        return [
            Endpoint("GET", f"{account}/recording/{{id}}", "heavy", "ReadCallRecording", self._metadata),
            Endpoint("DELETE", f"{account}/call-recordings", "heavy", "EditCallLog", self._delete),
            Endpoint("GET", f"{account}/call-recording", "light", "ReadAccounts", self._settings),
        ]

    def media_endpoints(self) -> list[Endpoint]:
        path = "/account/{account}/recording/{id}/content"
        return [Endpoint("GET", path, "heavy", "ReadCallRecording", self._content)]

    async def _metadata(self, asked: Asked) -> Response:
        leg, recording = _kept(asked)
        return JSONResponse(
            {
                "id": recording.id,
                "contentUri": self._records.content_uri(recording),
                "contentType": asked.world.settings.metadata_type or _content_type(asked, recording),
                "duration": (leg.duration or timedelta()) // timedelta(seconds=1),
            }
        )

    async def _content(self, asked: Asked) -> Response:
        _, recording = _kept(asked)
        settings = asked.world.settings
        if settings.content_redirect is not None and asked.text(_HOP) is None:
            target = f"{settings.content_redirect}{asked.request.url.path}?{_HOP}=1"
            return RedirectResponse(target, 302)
        size = recording.media().size
        headers = {
            "content-type": _content_type(asked, recording),
            "content-disposition": _disposition(asked, recording),
        }
        part = None
        if not settings.no_ranges:
            headers["accept-ranges"] = "bytes"
            try:
                part = asked_range(asked.request.headers.get("range"), size)
            except Unsatisfiable:
                error = Refused(416, "CMN-107", "Requested range is not satisfiable.")
                error.headers["Content-Range"] = f"bytes */{size}"
                raise error from None
        if part is None and settings.unasked_part is not None:
            part = 0, min(settings.unasked_part, size)
        if part is None:
            return FileAnswer(asked.world, recording, 0, size, 200, headers)
        start, length = part
        headers["content-range"] = f"bytes {start}-{start + length - 1}/{size}"
        return FileAnswer(asked.world, recording, start, length, 206, headers)

    async def _delete(self, asked: Asked) -> Response:
        """Delete the audio of recordings; what is gone already is passed over."""
        asked.check_account()
        if "EditCompanyCallRecordings" not in asked.world.user_permissions:
            raise no_right("EditCompanyCallRecordings")
        ids = (await asked.json()).get("records")
        if not isinstance(ids, list) or not 1 <= len(ids) <= _MOST_AT_ONCE:
            raise wrong_parameter("records", "")
        for id in ids:
            # the text says ids, the examples of other calls say objects with an id
            id = str(id.get("id") if isinstance(id, dict) else id)
            if asked.world.calls.of_recording(id):
                asked.world.delete_recording(id)
        return Response(status_code=204)

    async def _settings(self, asked: Asked) -> Response:
        asked.check_account()
        settings = asked.world.settings
        return JSONResponse(
            {
                "onDemand": {"enabled": settings.on_demand, "retentionPeriod": 90},
                "automatic": {
                    "enabled": True,
                    "allowMute": settings.allow_mute,
                    "retentionPeriod": 90,
                    "maxNumberLimit": 100_000,
                },
            }
        )


def _kept(asked: Asked) -> tuple[Leg, Recording]:
    """The recording that the path names, if there is a file of it, and its leg."""
    asked.check_account()
    id = asked.request.path_params["id"]
    found = asked.world.calls.of_recording(id)
    if found is None or not found[2].has_audio:
        raise not_found("recordingId", id)
    return found[1], found[2]


def _content_type(asked: Asked, recording: Recording) -> str:
    return "audio/mpeg" if recording.form == "mp3" else asked.world.settings.wav_type


def _disposition(asked: Asked, recording: Recording) -> str:
    kind = asked.choice("contentDisposition", ("Inline", "Attachment"), "Attachment").lower()
    name = asked.text("contentDispositionFilename") or f"{recording.id}.{recording.form}"
    return f'{kind}; filename="{re.sub(r"[^ -!#-~]", "_", name)}"'
