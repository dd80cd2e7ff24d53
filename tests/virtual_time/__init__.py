"""Time that belongs to the test: it stands still while anybody works, and jumps to the next timer when nobody does.

Bot and sandbox run in one process, on real sockets, as they are. What a test waits for is an event or a state; how fast
the machine is, and what else runs on it, changes nothing but how long the test takes.
"""

from tests.virtual_time.clocks import BEGINNING
from tests.virtual_time.loop import VirtualLoop, in_thread
from tests.virtual_time.turn_about import lend, turn_about

__all__ = ["BEGINNING", "VirtualLoop", "in_thread", "lend", "turn_about"]
