"""What a run did, in one number: two runs with the same one went alike."""

import zlib


class Trace:
    """The moments that time jumped to, and how many tasks had begun by then.

    How many turns the loop took is not in it: the machine decides into how many pieces TCP cuts a large file.
    """

    def __init__(self) -> None:
        self.jumps = 0
        self._passed = 0.0
        self._digest = 0

    def jumped(self, passed: float, begun: int) -> None:
        """Time jumped to `passed` seconds since the start, when so many tasks had begun."""
        self.jumps += 1
        self._passed = passed
        self._digest = zlib.crc32(f"{passed:.6f} {begun}".encode(), self._digest)

    def __str__(self) -> str:
        return f"{self._digest:08x} after {self.jumps} jumps to {self._passed:.6f} s"
