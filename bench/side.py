"""Far sides in processes of their own, so that the processor time we count is ours alone."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

_ROOT = Path(__file__).parents[1]
_ENDS_WITHIN = 15


@dataclass(frozen=True, slots=True)
class Side:
    """A process that serves something. `told` is what it said of itself once it was ready."""

    told: dict[str, Any]
    process: psutil.Process

    @property
    def url(self) -> str:
        return str(self.told["url"])


@contextmanager
def side(name: str, **orders: Any) -> Iterator[Side]:
    """`bench.sides.<name>`, running for as long as the context lasts; `orders` are its configuration."""
    command = [sys.executable, "-m", f"bench.sides.{name}", json.dumps(orders)]
    with subprocess.Popen(
        command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            if not line:
                raise RuntimeError(f"The far side {name} ended before it was ready; its own words are above.")
            yield Side(json.loads(line), psutil.Process(process.pid))
        finally:
            try:
                process.communicate(timeout=_ENDS_WITHIN)
            except subprocess.TimeoutExpired:
                process.kill()
