"""Live calls: which go on, and their recordings, which begin, pause and go on, and end with the call alone.

There is no list of telephony sessions, so the calls come from the list of active calls, which is dear, and how each
stands from its session, which is cheap.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from providers.errors import BadAnswer, NotFound, NotLicensed, Refused
from providers.model import CallId, CallState, LiveCall
from providers.ringcentral.budget import Kind
from providers.ringcentral.extensions import Extensions
from providers.ringcentral.live import parts_of, read_active, read_session
from providers.ringcentral.problems import AppLacks, UserLacks
from providers.ringcentral.reading import read_json
from providers.ringcentral.service import Service
from providers.ringcentral.settings import RingCentralSettings
from providers.ringcentral.sides import Numbers

_ACTIVE = {
    "account": "/restapi/v1.0/account/~/active-calls",
    "extension": "/restapi/v1.0/account/~/extension/~/active-calls",
}
_SESSION = "/restapi/v1.0/account/~/telephony/sessions"
_A_PAGE = "250"
_MOST_PAGES = 4
_LOOKED_AT = 20
_AT_ONCE = 5
# A call that was answered just now may refuse its recording for a moment.
_SETTLES = 1.5
_NOT_NOW = {
    CallState.RINGING: "is still ringing: it can be recorded once it is answered.",
    CallState.HELD: "is on hold, or with a machine: it can be recorded once people talk again.",
    CallState.ENDED: "has ended.",
}


class Telephony:
    """The calls of one account or extension. What the list said of a call is remembered while it goes on."""

    def __init__(self, service: Service, extensions: Extensions, settings: RingCentralSettings) -> None:
        self._service = service
        self._extensions = extensions
        self._settings = settings
        self._address = service.hosts.at_server(_ACTIVE[settings.level])
        self._listed: dict[CallId, LiveCall] = {}

    async def live_calls(self) -> Sequence[LiveCall]:
        """The calls of the list, the newest ones as they really stand: of many, each would be one request more."""
        listed = sorted(await self._active(), key=lambda call: call.started, reverse=True)
        self._listed = {call.id: call for call in listed}
        few = asyncio.Semaphore(_AT_ONCE)

        async def look(call: LiveCall) -> LiveCall | None:
            async with few:
                try:
                    return await self.call(call.id)
                except NotFound:
                    return None

        seen = await asyncio.gather(*(look(call) for call in listed[:_LOOKED_AT]))
        there = [call for call in seen if call is not None and call.state is not CallState.ENDED]
        return [*there, *listed[_LOOKED_AT:]]

    async def call(self, id: CallId) -> LiveCall:
        """The call as its session stands. NotFound once the session is over, which is soon after the call."""
        session, party = self._parts(id)
        try:
            body = await self._service.read(Kind.CALL, self._service.hosts.at_server(f"{_SESSION}/{session}"))
            [call] = await self._read(lambda numbers: [read_session(body, id, party, numbers)])
        except NotFound:
            call = None
        except ValueError as error:
            raise BadAnswer(f"{self._service.title} gave a telephony session that cannot be read.") from error
        if call is None:
            raise NotFound("There is no such call any more.")
        listed = self._listed.get(id)
        if listed is None:
            return call
        return replace(
            call,
            name=call.name or listed.name,
            number=call.number or listed.number,
            extension=call.extension or listed.extension,
            owner=call.owner or listed.owner,
            extensions=tuple(dict.fromkeys((*call.extensions, *listed.extensions))),
        )

    async def record(self, call: LiveCall) -> None:
        """Begin a recording, with one more try where the call is not ready for it yet."""
        session, party = self._parts(call.id)
        address = self._service.hosts.at_server(f"{_SESSION}/{session}/parties/{party}/recordings")
        for last in (False, True):
            if not await self._can_begin(call):
                return
            try:
                await self._service.write(Kind.CALL_RECORDING, "POST", address, None)
                return
            except (AppLacks, UserLacks):
                raise
            except NotLicensed as error:
                raise Refused(
                    f"RingCentral does not let the {_named(call)} be recorded: recording on demand may be switched off "
                    "for this extension, which an administrator of the account can change."
                ) from error
            except (NotFound, Refused) as error:
                if last:
                    raise Refused(
                        f"RingCentral does not record the {_named(call)} at this moment: an announcement may still be "
                        "playing, or it is a conference. Try again in a few seconds."
                    ) from error
                await asyncio.sleep(self._settings.here(_SETTLES))

    async def switch(self, call: LiveCall, *, active: bool) -> None:
        """Ask the call's recording to pause, or to go on."""
        session, party = self._parts(call.id)
        now = await self._standing(call)
        if now.recording is None:
            raise Refused(f"The {_named(call)} is not being recorded.")
        recording = now.recording.id
        path = f"{_SESSION}/{session}/parties/{party}/recordings/{recording}"
        address = self._service.hosts.at_server(path)
        try:
            await self._service.write(Kind.CALL_RECORDING, "PATCH", address, {"active": active})
        except (AppLacks, UserLacks):
            raise
        except (NotLicensed, NotFound) as error:
            verb = "go on" if active else "be paused"
            raise Refused(
                f"RingCentral does not let this recording {verb}: if it is an automatic one, the account's rules "
                "forbid it."
            ) from error

    async def _can_begin(self, call: LiveCall) -> bool:
        """Whether a recording is still to be asked for; Refused where none may be."""
        now = await self._standing(call)
        if now.state is not CallState.CONNECTED:
            raise Refused(f"The {_named(call)} {_NOT_NOW[now.state]}")
        return now.recording is None

    async def _standing(self, call: LiveCall) -> LiveCall:
        try:
            return await self.call(call.id)
        except NotFound as error:
            raise Refused(f"The {_named(call)} has ended.") from error

    async def _active(self) -> list[LiveCall]:
        found: dict[CallId, LiveCall] = {}
        for page in range(1, _MOST_PAGES + 1):
            params = {"view": "Simple", "perPage": _A_PAGE, "page": str(page)}
            body = await self._service.read(Kind.LIVE_CALLS, self._address, params)
            try:
                answer = read_json(body)
                records = list(answer["records"])
                more = bool((answer.get("navigation") or {}).get("nextPage"))
            except (ValueError, LookupError, TypeError, AttributeError) as error:
                raise BadAnswer(f"{self._service.title} gave a list of calls that cannot be read.") from error
            calls = await self._read(partial(_read_list, records))
            found |= {call.id: call for call in calls if call is not None}
            if not more:
                break
        return list(found.values())

    async def _read(self, read: Callable[[Numbers], list[LiveCall | None]]) -> list[LiveCall | None]:
        """Calls with the short numbers of their extensions: read once more where these had to be asked for."""
        numbers = await self._extensions.numbers()
        calls = read(numbers)
        nameless = {id for call in calls if call is not None for id in call.unresolved}
        told = await self._extensions.numbers(nameless)
        return calls if told is numbers else read(told)

    def _parts(self, id: CallId) -> tuple[str, str]:
        parts = parts_of(id)
        if parts is None:
            raise NotFound("There is no such call.")
        return parts


def _read_list(records: Sequence[object], numbers: Numbers) -> list[LiveCall | None]:
    return [read_active(record, numbers) for record in records]


def _named(call: LiveCall) -> str:
    return f"call with {call.name or call.number or 'an unknown number'}"
