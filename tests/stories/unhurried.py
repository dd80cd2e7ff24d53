"""Patience for stories on the machine's own clock: it may be slow, and nobody waits for patience while all is well."""

from typing import Any

PATIENCE = 180.0
"""Seconds."""

UNHURRIED: dict[str, Any] = {
    "confirm_patience": "60s",
    "late_patience": "10m",
    "stale_start": "10m",
    "blind_told": "10m",
    "listing_patience": "60s",
    "answer_patience": "60s",
    "finish_within": "60s",
    "lease": "5m",
}
"""[pace]: what the bot waits for where something is amiss, however fast the world runs."""

STANDSTILL = 360.0
"""Seconds: longer than a lease. Nobody waits for them; by the clock of whoever stood still they have passed."""

PATIENT: dict[str, Any] = {"connect_timeout": "60s", "read_timeout": "60s", "request_timeout": "2m"}
"""[providers.vidyo]: the same."""
