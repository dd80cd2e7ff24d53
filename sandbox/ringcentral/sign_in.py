"""The call for a token: four grants, one lock, and a code for each way to be refused."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import time
from collections import deque
from collections.abc import Callable, Mapping

from sandbox.clock import Clock
from sandbox.ringcentral.people import Extension, Extensions
from sandbox.ringcentral.refusal import OAuthRefused
from sandbox.ringcentral.sessions import LONGEST_REFRESH, Session, Sessions
from sandbox.ringcentral.settings import Settings

JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_TTL = (600, 3600)
_FORM = Mapping[str, str]

SCOPE = (
    "ReadAccounts",
    "ReadCallLog",
    "ReadCallRecording",
    "EditCallLog",
    "CallControl",
    "SubscriptionWebhook",
)


class SignIn:
    """The one app and the one user that may sign in, and how. Everything may be changed while it runs.

    `grants` are those that the app is registered for, `scope` the permissions that it has.
    """

    def __init__(self, clock: Clock, settings: Settings, extensions: Extensions, sessions: Sessions) -> None:
        self._clock = clock
        self._settings = settings
        self._extensions = extensions
        self._sessions = sessions
        self._codes: dict[str, tuple[str, str | None]] = {}
        self._failures: deque[float] = deque()
        self.locked = False
        self.client_id = "recbot-client"
        self.client_secret = "recbot-client-secret"  # noqa: S105
        self.jwt = "recbot-jwt"
        self.username = "16505550199"
        self.extension = "101"
        self.password = "recbot-secret"  # noqa: S105
        self.scope = list(SCOPE)
        self.grants = {"password", "refresh_token", "authorization_code", JWT_GRANT}

    def unlock(self) -> None:
        """Somebody has unlocked the account."""
        self.locked = False
        self._failures.clear()

    def issue_code(self, redirect_uri: str, challenge: str | None = None) -> str:
        """A code as the browser brings it back after a person agreed; `challenge` is that of PKCE (S256)."""
        code = secrets.token_urlsafe(16)
        self._codes[code] = (redirect_uri, challenge)
        return code

    def app(self, authorization: str | None) -> str:
        """The client that a Basic header names."""
        scheme, _, encoded = (authorization or "").partition(" ")
        try:
            id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            id = secret = ""
        if scheme.lower() != "basic" or id != self.client_id:
            raise OAuthRefused(400, "invalid_client", "OAU-153", "Client authentication is required.")
        if not hmac.compare_digest(secret.encode(), self.client_secret.encode()):
            raise OAuthRefused(401, "invalid_client", "OAU-146", "Invalid client credentials.")
        if not self._settings.app_enabled:
            raise OAuthRefused(
                401, "unauthorized_client", "OAU-165", "Application is not allowed in this environment."
            )
        return id

    def grant(self, app: str, form: _FORM) -> Session:
        """The session that a form asks for."""
        kinds: dict[str, Callable[[str, _FORM], Session]] = {
            JWT_GRANT: self._by_jwt,
            "password": self._by_password,
            "refresh_token": self._by_refresh_token,
            "authorization_code": self._by_code,
        }
        kind = form.get("grant_type", "")
        if kind not in kinds:
            raise OAuthRefused(400, "invalid_request", "OAU-250", "Unsupported grant type.")
        if kind not in self.grants or (kind == "password" and not self._settings.password_grant):
            raise OAuthRefused(400, "unauthorized_client", "OAU-251", "Grant type is not allowed.")
        return kinds[kind](app, form)

    def answer(self, session: Session) -> dict[str, object]:
        """A session as JSON. `expires_in` counts seconds of the wall clock, so that it is true at any speed."""
        told: dict[str, object] = {
            "access_token": session.access_token,
            "token_type": "bearer",
            "expires_in": max(0, self._sessions.seconds_left(session)),
            "scope": " ".join(session.scope),
            "owner_id": session.extension.id,
            "endpoint_id": f"endpoint-{session.id}",
            "session_id": session.id,
        }
        if session.refresh_token is not None:
            left = int(session.refresh_until - time.monotonic())
            told |= {"refresh_token": session.refresh_token, "refresh_token_expires_in": left}
        return told

    def _by_jwt(self, app: str, form: _FORM) -> Session:
        self._refuse_if_locked()
        if not hmac.compare_digest(form.get("assertion", "").encode(), self.jwt.encode()):
            self._failed()
            raise OAuthRefused(400, "invalid_grant", "OAU-213", "JWT token is not found.")
        return self._open(app, form, self._extensions.get(self.extension))

    def _by_password(self, app: str, form: _FORM) -> Session:
        self._refuse_if_locked()
        name, star, extension = form.get("username", "").strip().removeprefix("+").partition("*")
        extension = extension if star else form.get("extension", "")
        right = hmac.compare_digest(form.get("password", "").encode(), self.password.encode())
        if not right or (name, extension) != (self.username, self.extension):
            self._failed()
            status = self._settings.wrong_login_status
            raise OAuthRefused(status, "invalid_grant", "OAU-140", "Invalid resource owner credentials.")
        if self._settings.mfa:
            raise OAuthRefused(401, "invalid_grant", "OAU-168", "Two-factor authentication is required.")
        return self._open(app, form, self._extensions.get(extension))

    def _by_refresh_token(self, app: str, form: _FORM) -> Session:
        refresh_ttl = self._refresh_ttl(form) or LONGEST_REFRESH
        return self._sessions.refresh(form.get("refresh_token", ""), self._access_ttl(form), refresh_ttl)

    def _by_code(self, app: str, form: _FORM) -> Session:
        redirect_uri, challenge = self._codes.pop(form.get("code", ""), ("", None))
        hashed = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        proof = base64.urlsafe_b64encode(hashed).decode().rstrip("=")
        if not redirect_uri or redirect_uri != form.get("redirect_uri") or challenge not in (None, proof):
            raise OAuthRefused(400, "invalid_grant", "OAU-213", "Authorization code is not found.")
        return self._open(app, form, self._extensions.get(self.extension))

    def _open(self, app: str, form: _FORM, extension: Extension) -> Session:
        return self._sessions.open(
            extension, app, tuple(self.scope), self._access_ttl(form), self._refresh_ttl(form)
        )

    def _access_ttl(self, form: _FORM) -> int:
        """Values out of range are clamped."""
        told = form.get("access_token_ttl")
        return min(max(_number(told), _TTL[0]), _TTL[1]) if told else self._settings.access_token_ttl

    def _refresh_ttl(self, form: _FORM) -> int | None:
        if not self._settings.issue_refresh_tokens:
            return None
        told = form.get("refresh_token_ttl")
        return min(_number(told), LONGEST_REFRESH) if told else LONGEST_REFRESH

    def _refuse_if_locked(self) -> None:
        if self.locked:
            raise OAuthRefused(400, "invalid_grant", "OAU-147", "Account is locked.")

    def _failed(self) -> None:
        now = time.monotonic()
        self._failures.append(now)
        while self._failures[0] < now - self._clock.scaled(self._settings.lock_window):
            self._failures.popleft()
        self.locked = len(self._failures) >= self._settings.lock_after


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise OAuthRefused(400, "invalid_request", "CMN-101", "A lifetime is a number of seconds.")
    return int(text)
