"""A place to start bots from, warm: most of a start is Python's imports, and what else a process does once.

    python -m tests.stories.cradle SOCKET OWNER

Whoever connects to the socket asks for one bot by a line of JSON, and is told in such lines what becomes of it. Each
bot has its own beginning, its own memory and its own end; it is killed when nobody listens any more. The cradle goes
when the process with the number OWNER has gone.
"""

import gc
import json
import os
import select
import signal
import socket
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NoReturn

import click
import uvloop

from tests.compiled import share_what_is_compiled
from tests.guessing import make_guessing_cheap
from tests.stories.killable import run
from tests.stories.unhurried import PATIENCE, UNHURRIED
from tests.stories.world import ROOM_NAME, open_world

_LOOK = 1.0
_SPEED = 40.0
_LATE = (
    "apscheduler.executors.asyncio",
    "apscheduler.triggers.interval",
    "bot.cli.run",
    "uvicorn.lifespan.off",
)


def rock(address: Path, owner: int) -> None:
    """Start a bot for each that asks for one."""
    share_what_is_compiled()
    make_guessing_cheap()
    for name in _LATE:
        import_module(name)
    with TemporaryDirectory() as directory:
        uvloop.run(_dream(Path(directory)))
    gc.collect()
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those who mind the bots
    with socket.socket(socket.AF_UNIX) as door:
        unheard = address.with_suffix(".new")
        door.bind(str(unheard))
        door.listen(64)
        door.settimeout(_LOOK)
        unheard.rename(address)
        try:
            while _is_there(owner):
                with suppress(TimeoutError):
                    caller, _ = door.accept()
                    with caller:
                        if os.fork() == 0:
                            door.close()
                            _mind(caller)
        finally:
            for file in (address, address.with_suffix(".lock")):
                file.unlink(missing_ok=True)


def _is_there(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


async def _dream(directory: Path) -> None:
    """Live through a recording, so that those who come after need not find out anew what Python then remembers."""
    async with open_world(directory, speed=_SPEED, patience=PATIENCE, pace=UNHURRIED) as world:
        await world.start()
        card = await world.card(f"Recording {ROOM_NAME}")
        await world.slack.press("anna", card, "Pause")
        await world.offers(card, "Resume")
        await world.slack.press("anna", card, "Stop")
        await world.card(f"Ready: {ROOM_NAME}")


def _mind(caller: socket.socket) -> NoReturn:
    """Start a bot, and tell its number and how it ended."""
    caller.setblocking(True)
    with caller.makefile("r", encoding="utf-8") as lines:
        order = json.loads(lines.readline())
    bell, clapper = socket.socketpair()
    clapper.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(clapper.fileno())
    pid = os.fork()
    if pid == 0:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for inherited in (caller, bell, clapper):
            inherited.close()
        _become(order)
    _tell(caller, pid=pid)
    while True:
        heard, _, _ = select.select([bell, caller], [], [])
        if caller in heard:
            os.kill(pid, signal.SIGKILL)
            os._exit(0)
        bell.recv(64)
        changed, status = os.waitpid(pid, os.WNOHANG | os.WUNTRACED)
        if changed and os.WIFSTOPPED(status):
            _tell(caller, stands=os.WSTOPSIG(status))
        elif changed:
            _tell(caller, code=os.waitstatus_to_exitcode(status))
            os._exit(0)


def _tell(caller: socket.socket, **what: int) -> None:
    with suppress(ConnectionError):  # whoever asked may have left
        caller.sendall(json.dumps(what).encode() + b"\n")


def _become(order: dict[str, Any]) -> NoReturn:
    """Be the bot, with what it says in a file of its own."""
    said = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for new, old in ((nothing, 0), (said, 1), (said, 2)):
        os.dup2(new, old)
    code: Any = 1
    try:
        blow = signal.Signals(order["blow"])
        run(Path(order["config"]), order["point"], order["command"], blow=blow, mutant=order["mutant"])
    except SystemExit as ended:
        code = ended.code
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 1)


if __name__ == "__main__":
    rock(Path(sys.argv[1]), int(sys.argv[2]))
