"""Everything that stands between a person and a recording, one by one, and the words that tell it apart."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass

from sandbox.vidyo.server import VidyoSandbox


@dataclass(frozen=True)
class Trouble:
    """`meanwhile` makes it and takes it back. `typed` is what a person writes in either place.

    `words` stand in no other trouble's answer; `code` is how the command line ends.
    """

    name: str
    typed: tuple[str, ...]
    words: str
    code: int = 1
    meanwhile: Callable[[VidyoSandbox], AbstractAsyncContextManager[object]] = lambda vidyo: nullcontext()

    def __str__(self) -> str:
        return self.name


@asynccontextmanager
async def _all_busy(vidyo: VidyoSandbox) -> AsyncIterator[None]:
    idle = [slot for slot in vidyo.world.recorders.slots if not slot.busy and slot.prefix == "000"]
    for slot in idle:
        slot.busy = True
    try:
        yield
    finally:
        for slot in idle:
            slot.busy = False


@asynccontextmanager
async def _down(vidyo: VidyoSandbox) -> AsyncIterator[None]:
    await vidyo.stop()
    try:
        yield
    finally:
        await vidyo.start()


def _misbehaving(
    kind: str, match: str, seconds: float = 0
) -> Callable[[VidyoSandbox], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def meanwhile(vidyo: VidyoSandbox) -> AsyncIterator[None]:
        vidyo.world.faults.add(kind, match=match, seconds=seconds)
        try:
            yield
        finally:
            vidyo.world.faults.clear()

    return meanwhile


def _start(room: str) -> tuple[str, ...]:
    return ("record", "start", room)


TROUBLES = (
    Trouble("a foreign room", _start("ForeignRm1"), "may only record rooms it owns"),
    Trouble("a forbidden group", _start("NoRecGroup"), "may not be recorded"),
    Trouble("an unknown key", _start("NoSuchKey1"), "no room with the key or name “NoSuchKey1”"),
    Trouble("an empty room", _start("EmptyRoom01"), "Nobody is in EmptyRoom01"),
    Trouble(
        "busy recorders",
        _start("Weekly4711"),
        "No recorder with the profile 000 is free. Idle now: 01 (AUDIO-ONLY).",
        meanwhile=_all_busy,
    ),
    Trouble("a portal that is down", _start("Weekly4711"), "cannot be reached", 3, _down),
    Trouble(
        "a slow portal",
        _start("Weekly4711"),
        "did not answer within",
        3,
        _misbehaving("slow", "getEntityByRoomKey", 10_000),
    ),
    Trouble(
        "a web page instead of SOAP",
        _start("Weekly4711"),
        "answered getEntityByRoomKey with a web page instead of SOAP",
        meanwhile=_misbehaving("html", "getEntityByRoomKey"),
    ),
)
