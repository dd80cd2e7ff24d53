"""Who is signed in: tokens, how long they live, and what ends them before."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from sandbox.clock import Clock
from sandbox.ringcentral.people import Extension
from sandbox.ringcentral.refusal import OAuthRefused, Refused

MOST = 5
"""Sessions of one user and app; one more ends the oldest."""
LONGEST_REFRESH = 604_800
GRACE_USED = 10.0
GRACE_UNUSED = 3600.0


@dataclass(slots=True)
class Session:
    """One sign-in. Times are seconds of this machine's monotonic clock."""

    id: str
    extension: Extension
    app: str
    scope: tuple[str, ...]
    access_token: str = field(repr=False)
    access_until: float
    refresh_token: str | None = field(default=None, repr=False)
    refresh_until: float = 0.0
    spent_token: str | None = field(default=None, repr=False)
    renewed_at: float = 0.0
    used_at: float | None = None


class Sessions:
    """All sessions, oldest first."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._sessions: list[Session] = []

    def __iter__(self) -> Iterator[Session]:
        return iter(self._sessions)

    def __len__(self) -> int:
        return len(self._sessions)

    def open(
        self,
        extension: Extension,
        app: str,
        scope: tuple[str, ...],
        access_ttl: float,
        refresh_ttl: float | None,
    ) -> Session:
        """A new session; without `refresh_ttl` it gets no refresh token."""
        mine = [s for s in self._sessions if (s.extension.id, s.app) == (extension.id, app)]
        for oldest in mine[: max(0, len(mine) - MOST + 1)]:
            self._sessions.remove(oldest)
        session = Session(secrets.token_hex(8), extension, app, scope, "", 0.0)
        self._sessions.append(session)
        self._renew(session, access_ttl, refresh_ttl)
        return session

    def refresh(self, token: str, access_ttl: float, refresh_ttl: float) -> Session:
        """The session with new tokens; within the grace of a spent token, with those it was given already."""
        now = time.monotonic()
        for session in self._sessions:
            if session.refresh_token == token:
                if now >= session.refresh_until:
                    raise OAuthRefused(400, "invalid_grant", "OAU-210", "Refresh token is expired.")
                session.spent_token = token
                self._renew(session, access_ttl, refresh_ttl)
                return session
            if session.spent_token == token and self._in_grace(session, now):
                return session
        raise OAuthRefused(400, "invalid_grant", "OAU-213", "Refresh token is not found.")

    def _in_grace(self, session: Session, now: float) -> bool:
        if session.used_at is None:
            return now < session.renewed_at + self._clock.scaled(GRACE_UNUSED)
        return now < session.used_at + self._clock.scaled(GRACE_USED)

    def _renew(self, session: Session, access_ttl: float, refresh_ttl: float | None) -> None:
        now = time.monotonic()
        session.access_token = secrets.token_urlsafe(24)
        session.access_until = now + self._clock.scaled(access_ttl)
        session.renewed_at, session.used_at = now, None
        if refresh_ttl is not None:
            session.refresh_token = secrets.token_urlsafe(24)
            session.refresh_until = now + self._clock.scaled(refresh_ttl)

    def bearer(self, token: str) -> Session:
        """Whose access token this is."""
        for session in self._sessions:
            if session.access_token == token:
                if time.monotonic() >= session.access_until:
                    raise Refused(401, "OAU-128", "Access token expired.")
                session.used_at = session.used_at or time.monotonic()
                return session
        raise Refused(401, "OAU-213", "Token not found.")

    def revoke(self, token: str) -> None:
        """End the whole session of an access or refresh token."""
        self._sessions = [s for s in self._sessions if token not in (s.access_token, s.refresh_token)]

    def expire_access_tokens(self) -> None:
        """Every access token has just run out; refresh tokens still work."""
        for session in self._sessions:
            session.access_until = 0.0

    def end_all(self) -> None:
        """Nobody is signed in any more, and no token is known."""
        self._sessions.clear()

    def seconds_left(self, session: Session) -> int:
        return int(session.access_until - time.monotonic())
