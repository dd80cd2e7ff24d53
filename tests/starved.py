"""Runs the tests; where the machine was taken away from them meanwhile, what failed is tried once more, alone.

Many tests measure time. Where the host of a virtual machine gives its cores to others for seconds at a time, as it may,
what they measured is the host; a machine that was there all the time is given no second try.

python -m tests.starved -n 3 -m "not story"
"""

import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

_STAT = Path("/proc/stat")
_STARVED = 0.1
_FAILED = 1  # pytest's own word for: some tests failed; whatever else went wrong is not tried again

Ticks = tuple[int, int]


def ticks() -> Ticks:
    """How long the cores have worked for us since they were started, and for others while we wanted them.

    Linux tells it; elsewhere nobody is known to take anything.
    """
    if not _STAT.exists():
        return 0, 0
    user, nice, system, _idle, _waiting, irq, soft_irq, stolen = map(
        int, _STAT.read_text("ascii").split()[1:9]
    )
    return user + nice + system + irq + soft_irq, stolen


def run(pytest: Sequence[str], arguments: Sequence[str], look: Callable[[], Ticks] = ticks) -> int:
    """The exit code of `pytest` with these arguments, or of its second try."""
    worked, stolen = look()
    code = subprocess.call([*pytest, *arguments])
    worked, stolen = (now - before for now, before in zip(look(), (worked, stolen), strict=True))
    share = stolen / max(1, worked + stolen)
    if code != _FAILED or share < _STARVED:
        return code
    print(
        f"\nThis machine's host took {share:.0%} of the time that the tests wanted: what failed is tried once more, "
        "alone.\n",
        flush=True,
    )
    alone = [*arguments, "-n", "1", "--last-failed", "--last-failed-no-failures", "none"]
    return subprocess.call([*pytest, *alone])


if __name__ == "__main__":
    sys.exit(run([sys.executable, "-m", "pytest"], sys.argv[1:]))
