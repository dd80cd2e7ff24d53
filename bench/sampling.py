"""Taking samples in turns, so that whatever else the machine does meets both sides alike."""

import gc
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from statistics import median

Work = Callable[[], Awaitable[object]]
PlainWork = Callable[[], object]


def percentile(samples: Sequence[float], hundredths: int) -> float:
    """The sample that so many hundredths of all lie at or below."""
    return sorted(samples)[min(len(samples) - 1, len(samples) * hundredths // 100)]


def ratio(pairs: Sequence[tuple[float, float]]) -> float:
    """The median of first to second: a disturbance of some pairs does not show."""
    return median(first / second for first, second in pairs)


def cpu_in_turns(first: PlainWork, second: PlainWork, rounds: int) -> list[tuple[float, float]]:
    """Seconds of this process's processor time that each took, round by round; a first round warms up."""
    pairs = []
    for number in range(rounds + 1):
        with quiet():
            begun = time.process_time()
            first()
            between = time.process_time()
            second()
            ended = time.process_time()
        if number:
            pairs.append((between - begun, ended - between))
    return pairs


async def cpu_of(work: Work) -> float:
    """Seconds of this process's processor time, on all its threads, that this took."""
    with quiet():
        begun = time.process_time()
        await work()
        return time.process_time() - begun


async def async_cpu_in_turns(first: Work, second: Work, rounds: int) -> list[tuple[float, float]]:
    """As `cpu_in_turns`, of what awaits."""
    await first()
    await second()
    return [(await cpu_of(first), await cpu_of(second)) for _ in range(rounds)]


@contextmanager
def quiet() -> Iterator[None]:
    """Without a collection of somebody else's garbage in between."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
