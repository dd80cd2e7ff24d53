"""The secrets of the sandbox's one app. None of them is worth anything elsewhere."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Credentials:
    bot_token: str = "xoxb-sandbox"  # noqa: S105 - a sandbox's
    app_token: str = "xapp-sandbox"  # noqa: S105
    signing_secret: str = "sandbox-signing-secret"  # noqa: S105
    verification_token: str = "sandbox-verification"  # noqa: S105

    def signature(self, timestamp: str, body: bytes) -> str:
        """Slack's v0 signature over the raw body."""
        signed = b"v0:" + timestamp.encode() + b":" + body
        return "v0=" + hmac.new(self.signing_secret.encode(), signed, hashlib.sha256).hexdigest()
