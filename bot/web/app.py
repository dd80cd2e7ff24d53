"""The gateway: one small web application for Slack, for readers of links, and for whoever watches over it."""

from collections.abc import Callable, Sequence

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.links import Links
from bot.web.assets_route import Assets
from bot.web.guard import SlackGuard
from bot.web.health import Health, Ready, nothing_missing
from bot.web.media import MediaFile
from bot.web.pages import notice
from bot.web.player import PlayerPage
from bot.web.push import Pushes
from bot.web.shelf import Shelf
from providers.interfaces import RecordingLibrary


def gateway(
    *,
    links: Links,
    providers_library: Callable[[str], RecordingLibrary],
    slack: ASGIApp | None,
    signing_secret: str | None,
    ready: Ready,
    pushes: Pushes,
    alive: Ready = nothing_missing,
    routes: Sequence[BaseRoute] = (),
) -> Starlette:
    """The application with all its routes, and `routes` besides (metrics).

    `providers_library` gives the library with a configured name, or raises LookupError. `slack` is Bolt's
    ASGI adapter, which sees whole paths; it needs `signing_secret`. None where Slack is heard by socket.

    Addresses of links are secrets: the server must keep no access log, as `bot.web.server` does.
    """
    shelf = Shelf(providers_library)
    health, assets = Health(ready, alive), Assets()
    app = Starlette(
        routes=[
            *_slack_routes(slack, signing_secret),
            Route("/m/{token}", MediaFile(links, shelf)),
            Route("/play/{token}", PlayerPage(links, shelf).show),
            Route("/assets/{name}", assets.show),
            Route("/push/{kind}/{name}", pushes.hear, methods=["POST"]),
            Route("/healthz", health.alive),
            Route("/readyz", health.ready),
            Route("/", _welcome),
            *routes,
        ],
        exception_handlers={Exception: _broken},
    )
    app.router.redirect_slashes = False
    return app


def _slack_routes(slack: ASGIApp | None, signing_secret: str | None) -> list[Route]:
    if slack is None:
        return []
    if not signing_secret:
        raise ValueError("Slack's requests need the signing secret (slack.signing_secret)")
    installing = _Whole(slack)
    return [
        Route("/slack/events", SlackGuard(slack, signing_secret)),
        Route("/slack/install", installing, methods=["GET"]),
        Route("/slack/oauth_redirect", installing, methods=["GET"]),
    ]


class _Whole:
    """An application at the end of a route; Starlette would take a bare function for a view."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)


async def _welcome(request: Request) -> Response:
    return notice(
        "Recbot is running", "Ask for recordings in Slack, with /record and /recordings.", status=200, up=""
    )


async def _broken(request: Request, error: Exception) -> Response:
    sentence = "Recbot could not answer. What went wrong is written in its log."
    return notice("Something went wrong", sentence, status=500)
