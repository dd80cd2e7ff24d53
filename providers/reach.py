"""Why nobody answered at an address, and what an operator can do about it, whichever library asked."""

import errno
import os
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass

from providers.addresses import LedAstray

_RENEW = (
    "Have it renewed, write the name that it was made out for, or let this machine trust its authority "
    "(SSL_CERT_FILE)."
)

NO_MORE_FILES = "this process may open no more files and connections (EMFILE)"
_RAISE = "Raise its limit (ulimit -n, or LimitNOFILE= of its service), and look at who is connected to it."


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What stands between us and somebody, as the end of a sentence about them, and what to do about it."""

    found: str
    advice: str


def obstacle(error: BaseException, setting: str) -> Obstacle:
    """What an exception of a connection comes to. `setting` is the key that holds the address."""
    if no_more_files():
        return Obstacle(NO_MORE_FILES, _RAISE)
    for cause in _causes(error):
        match cause:
            case LedAstray():
                return Obstacle("its name leads to an address that no server has", f"Correct {setting}.")
            case socket.gaierror():
                return Obstacle(
                    "its name is not known here", f"Correct {setting}, or look at this machine's DNS."
                )
            case ssl.SSLCertVerificationError():
                # aiohttp raises one of its own in the guise of ssl's, which holds the true one.
                said = getattr(getattr(cause, "certificate_error", cause), "verify_message", "")
                return Obstacle(f"its certificate is not trusted here ({said})", _RENEW)
            case ssl.SSLError():
                return Obstacle("it speaks no TLS there", f"Look at https:// and the port in {setting}.")
            case ConnectionRefusedError():
                return Obstacle(
                    "it refuses connections", f"See that it runs, and look at the port in {setting}."
                )
            case ConnectionResetError():
                return Obstacle(
                    "it broke the connection off", f"Try again; if it stays so, look at {setting}."
                )
            case TimeoutError():
                return Obstacle(
                    "it is silent", f"Look at {setting} and at the firewalls on the way; then try again."
                )
    kind = type(error).__name__
    return Obstacle(f"the connection failed ({kind})", f"Look at {setting} and at the network.")


def no_more_files() -> bool:
    """Whether that is so now. Tried, since whoever wants to look up a name is told something else by the system."""
    try:
        os.close(os.open(os.devnull, os.O_RDONLY))
    except OSError as error:
        return error.errno in (errno.EMFILE, errno.ENFILE)
    return False


def because() -> str:
    """What is to be added to a sentence about somebody who did not answer, if it is we who lack something."""
    return f": {NO_MORE_FILES}" if no_more_files() else ""


def kind_of(error: BaseException) -> str:
    """What an exception of a connection is called in a log."""
    return NO_MORE_FILES if no_more_files() else type(error).__name__


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The exception and all that led to it, each once."""
    waiting, seen = [error], set[int]()
    while waiting:
        one = waiting.pop(0)
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        if isinstance(one, BaseExceptionGroup):
            waiting += one.exceptions
        waiting += [getattr(one, "os_error", None), one.__cause__, one.__context__]
