"""The page behind a link, `/play/{token}`: a player for one recording."""

import logging

from starlette.requests import Request
from starlette.responses import Response

from bot.links import Forged, Link, LinkRefused, Links
from bot.web import pages
from bot.web.pages import Html, fill, page, refusal_page, when
from bot.web.shelf import Kind, Shelf
from providers.errors import ProviderError
from providers.model import Recording

log = logging.getLogger(__name__)


class PlayerPage:
    """`GET` and `HEAD /play/{token}`. Opening it is one opening of the link; playing is none.

    The file in it has a token of its own, so that a page that was opened in time plays to the end.
    """

    def __init__(self, links: Links, shelf: Shelf) -> None:
        self._links = links
        self._shelf = shelf

    async def show(self, request: Request) -> Response:
        token = request.path_params["token"]
        try:
            if self._links.read(token).opens != "play":
                raise Forged
            link = await (self._links.check(token) if request.method == "HEAD" else self._links.open(token))
            recording = await self._shelf.recording(link)
            kind = await self._shelf.kind(link)
        except (LinkRefused, ProviderError) as error:
            if isinstance(error, ProviderError):
                log.warning("A linked recording was not shown: %s", error)
            return refusal_page(error)
        return self._page(link, recording, kind)

    def _page(self, link: Link, recording: Recording, kind: Kind) -> Response:
        title = recording.title.strip() or "Recording"
        body = fill(
            "player.html",
            title=title,
            element="audio" if kind.audio else "video",
            file=f"../m/{self._links.for_page(link, recording.duration)}",
            facts=_facts(recording, kind),
            expires=when(link.expires),
        )
        return page(title, body, script=True)


def _facts(recording: Recording, kind: Kind) -> Html:
    duration = recording.duration
    facts: list[tuple[str, str | None]] = [
        ("Owner", recording.owner_name or recording.owner),
        ("Room", recording.room),
        ("Recorded", when(recording.started)),
        ("Length", None if duration is None else pages.length(duration)),
        ("Size", None if kind.size is None else pages.size(kind.size)),
    ]
    return Html("".join(fill("fact.html", name=name, value=value) for name, value in facts if value))
