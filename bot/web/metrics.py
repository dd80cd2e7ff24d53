"""`/metrics`: the figures, for Prometheus and whoever it lets see them."""

import hmac
from collections.abc import Awaitable, Callable, Mapping
from ipaddress import IPv6Address, ip_address

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from bot.metrics import CONTENT_TYPE, Ears, Metrics
from bot.store import Store, StoreError

_FRESH = {"Cache-Control": "no-store"}
_NOT_HERE = "The figures are not told here: set web.metrics_token, and ask with it as a bearer token.\n"


class Figures:
    """Tells the figures to whoever has the token; without one, to this machine, where nobody else reaches the gateway.

    `reachable`: somebody else does, through a proxy whose requests may all come from this machine.
    """

    def __init__(
        self,
        metrics: Metrics,
        store: Store,
        ears: Callable[[], Awaitable[Ears]],
        left: Callable[[], Mapping[str, Mapping[str, int]]],
        *,
        token: str | None,
        reachable: bool,
    ) -> None:
        self._metrics = metrics
        self._store = store
        self._ears = ears
        self._left = left
        self._token = token
        self._reachable = reachable

    async def show(self, request: Request) -> Response:
        """The figures as they are now, or 401 or 403."""
        if self._token is not None:
            given = request.headers.get("authorization", "")
            if not hmac.compare_digest(given.encode(), f"Bearer {self._token}".encode()):
                headers = {"WWW-Authenticate": "Bearer"}
                return PlainTextResponse("This needs web.metrics_token as a bearer token.\n", 401, headers)
        elif self._reachable or request.client is None or not _is_here(request.client.host):
            return PlainTextResponse(_NOT_HERE, 403)
        try:
            standing = await self._store.standing()
        except StoreError:
            standing = None
        page = self._metrics.page(standing, await self._ears(), self._left())
        return Response(page, headers=_FRESH | {"Content-Type": CONTENT_TYPE})


def _is_here(host: str) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback
