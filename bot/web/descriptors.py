"""How many files and connections this process may have open, and how many of them are the gateway's."""

import logging
import sys

log = logging.getLogger(__name__)

_OUR_OWN = 256
"""For the database, Slack and the providers, whoever is connected to the gateway."""


def for_connections(wanted: int, allowed: int | None = None) -> int:
    """How many connections there may be: as many as are wanted, if the machine allows the process enough files.

    One may need two, since a file that goes out comes in from a provider.
    """
    files = _allowed() if allowed is None else allowed
    if files is None:
        return wanted
    most = max(1, (files - min(_OUR_OWN, files // 2)) // 2)
    if most < wanted:
        log.warning(
            "This process may open %d files (ulimit -n), so that %d may be connected to its gateway at once instead of "
            "the %d that web.connections allows.",
            files,
            most,
            wanted,
        )
    return min(most, wanted)


def _allowed() -> int | None:
    if sys.platform == "win32":  # which has no such limit
        return None
    import resource

    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return None if soft == resource.RLIM_INFINITY else soft
