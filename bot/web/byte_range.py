"""Parts of a file, as HTTP asks for them and names them (RFC 9110, section 14)."""

import re
from dataclasses import dataclass

from providers.model import ByteRange

_ONE_RANGE = re.compile(r"bytes=(\d{0,19})-(\d{0,19})", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes `first` to `last`, both included, of a file that is `whole` bytes long."""

    first: int
    last: int
    whole: int

    @property
    def length(self) -> int:
        return self.last - self.first + 1

    def header(self) -> str:
        """As the value of a Content-Range header."""
        return f"bytes {self.first}-{self.last}/{self.whole}"


def read_range(header: str | None) -> ByteRange | None:
    """The one part that was asked for. None: the whole file, also if several parts or nonsense were asked."""
    match = _ONE_RANGE.fullmatch(header.strip()) if header else None
    if match is None:
        return None
    first, last = (int(digits) if digits else None for digits in match.groups())
    if first is None and last is None:
        return None
    if first is not None and last is not None and last < first:
        return None
    return ByteRange(first, last)


def cut(part: ByteRange, whole: int) -> Span | None:
    """This part of a file of that size, or None if the file has no such part."""
    if part.first is None:
        first, last = max(0, whole - (part.last or 0)), whole - 1
    else:
        first, last = part.first, whole - 1 if part.last is None else min(part.last, whole - 1)
    return Span(first, last, whole) if first <= last else None
