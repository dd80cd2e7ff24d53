"""Chance that comes again: what is drawn while a loop lives follows from the seed of the run."""

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch


@contextmanager
def drawn_from_the_seed() -> Iterator[None]:
    """`secrets`, `uuid4` and `os.urandom` draw from what pytest-randomly has seeded for this test."""
    source = random.Random(random.getrandbits(64))
    # SystemRandom, which `secrets` draws from, keeps the system's source by a name of its own.
    with patch.object(os, "urandom", source.randbytes), patch.object(random, "_urandom", source.randbytes):
        yield
