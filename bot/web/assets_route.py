"""The few files that pages refer to, by name: nothing else of the package can be asked for."""

from hashlib import sha256
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

_KINDS = {
    "icon.svg": "image/svg+xml",
    "player.js": "text/javascript; charset=utf-8",
    "recbot.css": "text/css; charset=utf-8",
}


class Assets:
    """`GET` and `HEAD /assets/{name}`, from memory."""

    def __init__(self) -> None:
        folder = files("bot.web.assets")
        self._files = {name: folder.joinpath(name).read_bytes() for name in _KINDS}
        self._tags = {name: f'"{sha256(content).hexdigest()[:16]}"' for name, content in self._files.items()}

    async def show(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in self._files:
            return PlainTextResponse("Not found.\n", 404)
        headers = {
            "Cache-Control": "public, max-age=300",
            "ETag": self._tags[name],
            "X-Content-Type-Options": "nosniff",
        }
        if request.headers.get("if-none-match") == self._tags[name]:
            return Response(status_code=304, headers=headers)
        return Response(self._files[name], headers=headers, media_type=_KINDS[name])
