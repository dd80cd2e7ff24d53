"""The secrets of the sandbox's one app. None of them is worth anything elsewhere."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Credentials:
    bot_token: str
    app_token: str
    signing_secret: str
    verification_token: str = "sandbox-verification"  # noqa: S105 - a sandbox's

    def signature(self, timestamp: str, body: bytes) -> str:
        """Slack's v0 signature over the raw body."""
        signed = b"v0:" + timestamp.encode() + b":" + body
        return "v0=" + hmac.new(self.signing_secret.encode(), signed, hashlib.sha256).hexdigest()
