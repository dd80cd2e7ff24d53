"""A room's key, taken out of whatever a person pasted."""

import re
from urllib.parse import parse_qsl, urlsplit

from providers.model import RoomKey

_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_JOIN = re.compile(r"/join/([^/]+)/?\Z")


def read_key(text: str) -> RoomKey | None:
    """The room key in a join link, or the text itself where it has the form of a key; else None.

    Links come as `…/join/KEY` and as `…/flex.html?roomdirect.html&key=KEY`, and may end in `&noguest`. The
    host is not looked at and nothing is asked of it: a returned key need not belong to any room of ours.
    """
    written = text.strip().strip("<>").split("|")[0].replace("&amp;", "&")
    if _KEY.fullmatch(written):
        return RoomKey(written)
    try:
        parts = urlsplit(written)
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        return None
    if join := _JOIN.search(parts.path.split("&")[0]):
        return _key(join[1])
    if parts.path.endswith("/flex.html"):
        for part in (parts.query, parts.fragment):
            for name, value in parse_qsl(part):
                if name == "key":
                    return _key(value)
    return None


def _key(text: str) -> RoomKey | None:
    return RoomKey(text) if _KEY.fullmatch(text) else None
