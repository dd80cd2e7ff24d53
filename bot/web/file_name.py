"""Names for files on a reader's machine, made from titles that anybody may have typed."""

import re
import unicodedata
from urllib.parse import quote

_FORBIDDEN = re.compile(r'[/\\:*?"<>|]')
_SPACES = re.compile(r"\s+")
_UNSAFE_IN_QUOTES = re.compile(r"[^A-Za-z0-9 ._()+,=@&#!~\[\]{}$^'-]")
# Windows keeps these names for its devices, with any ending.
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_LONGEST = 150


def file_name(title: str, suffix: str, which: str = "") -> str:
    """A name that every file system takes: no path, no control or direction characters, at most 150 bytes of the title.

    `which` tells it from others of the same title.
    """
    stem = _harmless(title)
    if suffix and stem.lower().endswith(suffix.lower()):
        stem = stem[: -len(suffix)].rstrip(" .")
    stem = stem.encode()[:_LONGEST].decode(errors="ignore").rstrip(" .")
    if _DEVICE.fullmatch(stem):
        stem = f"_{stem}"
    return " ".join(filter(None, (stem or "recording", _harmless(which)))) + suffix


def _harmless(text: str) -> str:
    plain = "".join(" " if c.isspace() else c for c in text if c.isspace() or _is_visible(c))
    return _SPACES.sub(" ", _FORBIDDEN.sub("_", plain)).strip(" .")


def disposition(kind: str, name: str) -> str:
    """The value of a Content-Disposition header: plain letters for old clients, all of them for the others.

    RFC 6266. A name in quotes keeps no percent sign, since some browsers decode it there.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = _UNSAFE_IN_QUOTES.sub("_", plain)
    if plain.rpartition(".")[0].strip() == "":
        plain = f"recording{plain[plain.rfind('.') :] if '.' in plain else ''}"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _is_visible(character: str) -> bool:
    # C: control, format (direction marks too), surrogates, private use, unassigned.
    return not unicodedata.category(character).startswith("C")
