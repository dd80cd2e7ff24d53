"""`python -m bench [NAME…]`: run all benchmarks, or those named, and print the table of what they found."""

import sys
import time
from collections.abc import Callable, Iterator

from bench import answer, answer_busy, claims, media, poll, reading, slack_call, watching
from bench.finding import Finding, table

BENCHMARKS: dict[str, Callable[[], Iterator[Finding]]] = {
    "lookup": answer.look_up,
    "kept": answer.kept,
    "polling": answer_busy.polling,
    "searching": answer_busy.searching,
    "poll": poll.one_look,
    "crowd": poll.crowded,
    "status": reading.recorder_status,
    "records": reading.search_answer,
    "watches": watching.cost,
    "late": watching.lateness,
    "media": media.throughput,
    "memory": media.memory,
    "aborted": media.broken_off,
    "claims": claims.batches,
    "call": slack_call.one_call,
}


def main(names: list[str]) -> int:
    """Run them in turn; 2 where a name is not known. A missed goal is no failure: a busy machine misses some."""
    if unknown := [name for name in names if name not in BENCHMARKS]:
        print(f"There is no benchmark {unknown[0]}. There are: {', '.join(BENCHMARKS)}.", file=sys.stderr)
        return 2
    findings: list[Finding] = []
    for name in names or BENCHMARKS:
        print(f"{name} … ", end="", file=sys.stderr, flush=True)
        begun = time.monotonic()
        findings += BENCHMARKS[name]()
        print(f"{time.monotonic() - begun:.0f} s", file=sys.stderr)
    print(table(findings))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
