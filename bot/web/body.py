"""The body of a request, read no further than it may go."""

from starlette.types import Receive


class HungUp(Exception):
    """Nobody is there any more to answer."""


class TooLarge(Exception):
    """More came, or was announced, than may."""


async def read_body(announced: str, receive: Receive, largest: int) -> bytes:
    """All of it. `announced` is the Content-Length header: what says that it is too large is not read at all."""
    if announced.isdecimal() and int(announced[:20]) > largest:
        raise TooLarge
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise HungUp
        body += message.get("body", b"")
        if len(body) > largest:
            raise TooLarge
        if not message.get("more_body", False):
            return bytes(body)
