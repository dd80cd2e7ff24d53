"""The program's streams, made fit for whatever stands behind them: an old terminal, a pipe that ends, or nothing."""

import codecs
import errno
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG}
_STREAMS = (("stdin", "r"), ("stdout", "w"), ("stderr", "w"))


def make_fit() -> None:
    """Have all three open, and none that fails at a letter which it cannot write.

    Where one was closed, the next file or socket would take its place and be written to as if it were a terminal.
    """
    for number, (name, mode) in enumerate(_STREAMS):
        if not _is_open(number):
            os.set_inheritable(
                os.open(os.devnull, os.O_RDWR), True
            )  # the lowest number that is free: this one
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


@contextmanager
def printing() -> Iterator[None]:
    """Have all printed that was to be printed. Where the disk behind it is full, say so in one sentence, and end."""
    told = False
    try:
        try:
            yield
        except SystemExit as error:
            told = bool(error.code)
            raise
        finally:
            sys.stdout.flush()  # the interpreter does it after us, and ends in a traceback
    except OSError as error:
        if error.errno not in _FULL or error.filename is not None:
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not told:
            with suppress(OSError):
                print(f"{os.strerror(error.errno)}.", file=sys.stderr)
        sys.exit(1)


def takes_every_letter() -> bool:
    """Whether what is printed can hold any letter as it is."""
    return codecs.lookup(getattr(sys.stdout, "encoding", None) or "utf-8").name.startswith("utf")


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True
