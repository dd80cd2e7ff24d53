"""A request that was let in, and what its path and query say."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.ringcentral.people import Extension
from sandbox.ringcentral.refusal import Refused, no_right, not_found, wrong_parameter
from sandbox.ringcentral.sessions import Session
from sandbox.ringcentral.world import World

PREFIX = "/restapi/v1.0"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, signed in and allowed."""

    world: World
    request: Request
    session: Session

    def check_account(self) -> None:
        """Only our own account is there for us."""
        id = self.request.path_params["account"]
        if id not in ("~", self.world.account_id):
            raise not_found("accountId", id)

    def extension(self) -> Extension | None:
        """The extension that the path names; None at the level of the account.

        The whole account's calls, and other people's, are for those who may see them.
        """
        self.check_account()
        id = self.request.path_params.get("extension")
        mine = self.session.extension
        if id in ("~", mine.id):
            return mine
        if id is None:
            if "FullCompanyCallLog" not in self.world.user_permissions:
                raise no_right("FullCompanyCallLog")
            return None
        other = self.world.extensions.by_id(id)
        if other is None:
            raise not_found("extensionId", id)
        if "FullCompanyCallLog" not in self.world.user_permissions:
            raise Refused(403, "CMN-404", "Other extensions are not accessible.")
        return other

    def text(self, name: str) -> str | None:
        return self.request.query_params.get(name)

    def flag(self, name: str, default: bool = False) -> bool:
        """A boolean, in any case: one of RingCentral's own clients writes `True`."""
        match (self.text(name) or "").lower():
            case "":
                return default
            case "true" | "1":
                return True
            case "false" | "0":
                return False
            case value:
                raise wrong_parameter(name, value)

    def number(self, name: str, most: int | None = None, default: int | None = None) -> int:
        """A positive number, refused above `most`."""
        value = self.text(name)
        if value is None and default is not None:
            return default
        if not value or not value.isascii() or not value.isdigit() or len(value) > 9 or int(value) < 1:
            raise wrong_parameter(name, value or "")
        if most is not None and int(value) > most:
            raise wrong_parameter(name, value)
        return int(value)

    def choice(self, name: str, known: tuple[str, ...], default: str) -> str:
        value = self.text(name)
        if value is not None and value not in known:
            raise wrong_parameter(name, value)
        return value or default

    def choices(self, name: str, known: tuple[str, ...]) -> list[str]:
        """The values of a repeated parameter; none is no filter."""
        values = self.request.query_params.getlist(name)
        for value in values:
            if value not in known:
                raise wrong_parameter(name, value)
        return values

    def moment(self, name: str) -> datetime | None:
        """A time with its zone. A plus that was not encoded arrived as a space."""
        value = self.text(name)
        if value is None:
            return None
        try:
            moment = datetime.fromisoformat(value.replace(" ", "+"))
        except ValueError:
            raise wrong_parameter(name, value) from None
        if moment.tzinfo is None:
            raise wrong_parameter(name, value)
        return moment

    async def json(self) -> dict[str, Any]:
        """The body, or an empty object where there is none."""
        try:
            body = json.loads(await self.request.body() or b"{}")
        except ValueError:
            raise Refused(400, "CMN-103", "Unable to parse the request body.") from None
        if not isinstance(body, dict):
            raise Refused(400, "CMN-103", "The request body is no JSON object.")
        return body


Work = Callable[[Asked], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One call of the interface: where, in which rate group, and with which permission of the app."""

    method: str
    path: str
    group: str
    needs: str
    work: Work
