"""The account and its extensions, as the interface tells of them."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from sandbox.ringcentral.asked import Asked, Endpoint
from sandbox.ringcentral.people import MAIN_NUMBER, Extension
from sandbox.ringcentral.records import Json, Records
from sandbox.ringcentral.refusal import not_found

_MOST = 1000


class Account:
    """Who we are, and who else is there."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def endpoints(self) -> list[Endpoint]:
        account = "/account/{account}"
        return [
            Endpoint("GET", account, "light", "ReadAccounts", self._account),
            Endpoint("GET", f"{account}/extension", "medium", "ReadAccounts", self._extensions),
            Endpoint("GET", f"{account}/extension/{{extension}}", "light", "ReadAccounts", self._extension),
        ]

    async def _account(self, asked: Asked) -> Response:
        asked.check_account()
        return JSONResponse(
            {
                "uri": self._records.level(None),
                "id": asked.world.account_id,
                "mainNumber": MAIN_NUMBER,
                "status": "Confirmed",
            }
        )

    async def _extensions(self, asked: Asked) -> Response:
        asked.check_account()
        everybody = [self._as_json(extension) for extension in asked.world.extensions]
        page, per_page = asked.number("page", default=1), asked.number("perPage", _MOST, 100)
        first = (page - 1) * per_page
        address = f"{self._records.level(None)}/extension"

        def at(number: int) -> Json:
            return {"uri": f"{address}?page={number}&perPage={per_page}"}

        more = {"nextPage": at(page + 1)} if first + per_page < len(everybody) else {}
        return JSONResponse(
            {
                "uri": address,
                "records": everybody[first : first + per_page],
                "paging": {"page": page, "perPage": per_page, "totalElements": len(everybody)},
                "navigation": {"firstPage": at(1), **more},
            }
        )

    async def _extension(self, asked: Asked) -> Response:
        asked.check_account()
        id = asked.request.path_params["extension"]
        found = asked.session.extension if id == "~" else asked.world.extensions.by_id(id)
        if found is None:
            raise not_found("extensionId", id)
        return JSONResponse(self._as_json(found))

    def _as_json(self, extension: Extension) -> Json:
        # a number here, as in the records of calls; a string nearly everywhere else
        return {
            "uri": self._records.level(extension),
            "id": int(extension.id),
            "extensionNumber": extension.number,
            "name": extension.name,
            "type": "User",
            "status": "Enabled",
        }
