"""Signed links to recordings: made where a person asked, read by the gateway.

A link says by itself what it opens, for whom and until when. The book beside it remembers that it was
issued, how often it was opened, and whether it was taken back.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from math import ceil
from typing import Any, Literal, Protocol, get_args

from itsdangerous import BadData, URLSafeSerializer
from itsdangerous.encoding import base64_decode, base64_encode

from providers.model import RecordingId

Purpose = Literal["download", "play"]
Opens = Literal["download", "play", "media"]

SHORTEST_KEY = 16
_LONGEST_TOKEN = 2048
_PATHS: dict[Purpose, str] = {"download": "m", "play": "play"}


class LinkRefused(Exception):
    """A link that opens nothing. The text is a sentence for the person who followed it."""


class Forged(LinkRefused):
    """We did not issue this, or not for this."""

    def __init__(self) -> None:
        super().__init__("This link is not valid. Ask for a new one with Play or Download in Slack.")


class Expired(LinkRefused):
    """Its time is over."""

    def __init__(self) -> None:
        super().__init__("This link has expired. Ask for a new one with Play or Download in Slack.")


class Revoked(LinkRefused):
    """It was taken back."""

    def __init__(self) -> None:
        super().__init__("This link was taken back. Ask for a new one with Play or Download in Slack.")


class NoPublicAddress(Exception):
    """Links cannot be made: nobody outside knows where this gateway is."""


class IssuedLink(Protocol):
    """What the book remembers of a link."""

    @property
    def revoked_at(self) -> datetime | None: ...


class LinkBook(Protocol):
    """Remembers every link that was issued."""

    async def issue(
        self,
        id: str,
        provider: str,
        recording: RecordingId,
        purpose: Purpose,
        reader: str,
        expires: datetime,
        /,
    ) -> object:
        """Write a link down before it is given to anybody."""

    async def get(self, id: str, /) -> IssuedLink | None:
        """The link with this id, or None. It stays known for as long as a page that it opened may be used."""

    async def opened(self, id: str, /) -> object:
        """Count one opening."""


@dataclass(frozen=True, slots=True)
class Link:
    """What a token says. It was signed by us and is in time; that it was not revoked, only `check` knows.

    `opens` is the purpose it was issued for, or "media": the file inside a page that a "play" link opened.
    """

    id: str
    provider: str
    recording: RecordingId
    opens: Opens
    reader: str
    expires: datetime


class Links:
    """Issues and reads links. The first key signs; all of them read, so that keys can be changed."""

    def __init__(
        self,
        keys: Sequence[str],
        public_url: str | None,
        book: LinkBook,
        ttl: timedelta,
        now: Callable[[], datetime],
    ) -> None:
        if not keys:
            raise ValueError("links need at least one key to sign with")
        if any(len(key) < SHORTEST_KEY for key in keys):
            raise ValueError(f"each key that signs links needs {SHORTEST_KEY} characters or more")
        # itsdangerous takes keys from the oldest to the newest and signs with the last.
        self._signer = URLSafeSerializer(
            list(reversed(keys)),
            salt="recbot.link",
            signer_kwargs={"key_derivation": "hmac", "digest_method": sha256},
        )
        self._public_url = public_url.rstrip("/") if public_url else None
        self._book = book
        self.ttl = ttl
        self._now = now

    @property
    def possible(self) -> bool:
        """Whether links can be issued: False where no public address is configured."""
        return self._public_url is not None

    async def issue(self, provider: str, recording_id: RecordingId, purpose: Purpose, reader: str) -> str:
        """The absolute address of a fresh link, or NoPublicAddress. It is written down first."""
        if self._public_url is None:
            raise NoPublicAddress("No public address is configured (web.public_url), so there are no links.")
        id, expires = secrets.token_urlsafe(9), self._now() + self.ttl
        await self._book.issue(id, provider, recording_id, purpose, reader, expires)
        token = self._sign(Link(id, provider, recording_id, purpose, reader, expires))
        return f"{self._public_url}/{_PATHS[purpose]}/{token}"

    def for_page(self, link: Link, length: timedelta | None) -> str:
        """The token of the file inside a page, good for as long as a person may sit in front of it.

        It opens no page, and goes with its link when that is revoked: both have the same id.
        """
        sitting = max(self.ttl, 2 * (length or timedelta()))
        return self._sign(replace(link, opens="media", expires=max(link.expires, self._now() + sitting)))

    def read(self, token: str) -> Link:
        """What this token says, or Forged or Expired. Whether it was revoked is not looked up."""
        link = self._unsign(token)
        if self._now() >= link.expires:
            raise Expired
        return link

    async def check(self, token: str) -> Link:
        """What this token says, if it opens anything still; else LinkRefused."""
        link = self.read(token)
        issued = await self._book.get(link.id)
        if issued is None:
            raise Forged
        if issued.revoked_at is not None:
            raise Revoked
        return link

    async def is_revoked(self, link: Link) -> bool:
        """Whether a link that was good when it was opened has been taken back since."""
        issued = await self._book.get(link.id)
        return issued is not None and issued.revoked_at is not None

    async def open(self, token: str) -> Link:
        """As `check`, and count the opening."""
        link = await self.check(token)
        await self._book.opened(link.id)
        return link

    def _sign(self, link: Link) -> str:
        # Rounded up: a link is never good for less than it was said to be.
        until = ceil(link.expires.timestamp())
        return self._signer.dumps([link.id, link.provider, link.recording, link.opens, link.reader, until])

    def _unsign(self, token: str) -> Link:
        if len(token) > _LONGEST_TOKEN or not token.isascii() or not _is_canonical(token):
            raise Forged
        try:
            return _link(self._signer.loads(token))
        except BadData:
            raise Forged from None


def _link(said: Any) -> Link:
    match said:
        case [str(id), str(provider), str(recording), str(opens), str(reader), int(until)]:
            for known in get_args(Opens):
                if opens == known:
                    expires = datetime.fromtimestamp(until, UTC)
                    return Link(id, provider, RecordingId(recording), known, reader, expires)
    raise Forged


def _is_canonical(token: str) -> bool:
    # Base64 has spellings that read alike; a signature is taken in one spelling only.
    signature = token.rpartition(".")[2].encode()
    try:
        return base64_encode(base64_decode(signature)) == signature
    except BadData:
        return False
