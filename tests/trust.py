"""Reading whom this machine trusts takes 50 ms of a processor, and each RingCentral that a test connects to does."""

import ssl
from functools import cache
from typing import Any

_read = cache(ssl.create_default_context)


def read_trust_once() -> None:
    """From now on it is read once in this process."""
    trust: Any = ssl
    trust.create_default_context = _read
