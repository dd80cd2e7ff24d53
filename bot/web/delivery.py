"""How an open file is delivered to the reader who asked: which bytes, under which headers."""

import re
from dataclasses import dataclass

from bot.web.byte_range import Span, cut
from bot.web.file_name import disposition, file_name
from providers.errors import BadAnswer, Refused
from providers.interfaces import Media
from providers.model import ByteRange, Recording
from providers.whole import whole_size

OCTETS = "application/octet-stream"
_PASSED = re.compile(r"(?:video|audio)/[a-z0-9][a-z0-9.+-]{0,60}|application/octet-stream", re.ASCII)
_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}", re.ASCII)
_BY_SUFFIX = {
    ".flv": "video/x-flv",
    ".m4a": "audio/mp4",
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
    ".ogg": "audio/ogg",
    ".wav": "audio/wav",
    ".webm": "video/webm",
}

# A browser must neither guess that a file is a page, nor run it as one, nor keep it, nor tell where it was.
GUARDED = (
    (b"cache-control", b"private, no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; media-src 'self'; sandbox allow-same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"x-robots-tag", b"noindex, nofollow"),
)


class NoSuchPart(Refused):
    """The file, `whole` bytes long, ends before the part that was asked for."""

    def __init__(self, whole: int) -> None:
        super().__init__(f"The file has no such part, it is {whole} bytes long.")
        self.whole = whole


@dataclass(frozen=True, slots=True)
class Delivery:
    """Leave out `skip` bytes of what comes, then send `length` (None: all). `span` None: the whole file."""

    span: Span | None
    length: int | None
    skip: int = 0

    @property
    def status(self) -> int:
        return 200 if self.span is None else 206


def plan(media: Media, part: ByteRange | None, recording: Recording) -> Delivery:
    """How to give this part of what the provider opened, or NoSuchPart; BadAnswer if it cannot be the file.

    A provider may ignore that a part was asked for and send everything: then we cut. Where nobody knows
    the size, the whole file is sent instead, which HTTP allows.
    """
    whole = whole_size(media, recording)
    if media.part is not None:
        given = Span(*media.part)
        if part is None and given.length != given.whole:
            raise BadAnswer("The provider gave a part of the file where all of it was asked for.")
        return Delivery(None if part is None else given, given.length)
    if part is None or whole is None:
        return Delivery(None, whole)
    span = cut(part, whole)
    if span is None:
        raise NoSuchPart(whole)
    return Delivery(span, span.length, skip=span.first)


def headers(
    delivery: Delivery, media: Media, recording: Recording, *, inline: bool
) -> list[tuple[bytes, bytes]]:
    """What is said about the file. Nothing is passed on from the provider unread."""
    kind = content_type(media, inline=inline)
    suffix = media.suffix if _SUFFIX.fullmatch(media.suffix) else ""
    which = f"{recording.started:%Y-%m-%d %H.%M} UTC {recording.id}" if recording.of_call else ""
    name = file_name(recording.title, suffix, which)
    said = [
        (b"content-type", kind.encode()),
        (b"content-disposition", disposition("inline" if inline else "attachment", name).encode()),
        (b"accept-ranges", b"bytes"),
        *GUARDED,
    ]
    if delivery.span is not None:
        said.append((b"content-range", delivery.span.header().encode()))
    if delivery.length is not None:
        said.append((b"content-length", str(delivery.length).encode()))
    return said


def content_type(media: Media, *, inline: bool) -> str:
    """The provider's word for video and sound, "bytes" for all else: no page is ever served from here.

    A player is told the kind by the file's ending where the provider only says "bytes".
    """
    said = media.content_type.partition(";")[0].strip().lower()
    kind = said if _PASSED.fullmatch(said) else OCTETS
    if inline and kind == OCTETS and said in ("", OCTETS):
        return _BY_SUFFIX.get(media.suffix.lower(), kind)
    return kind
