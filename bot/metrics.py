"""What is counted and measured, in the form that Prometheus reads.

What this process does is counted as it happens and costs no request to the store. What all processes share is read from
the store when somebody asks for the figures.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, get_args

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from bot.store import Standing

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Duplicate = Literal["request", "look-up", "recorder", "notice", "message"]

_LATE = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)
_PROVEN = (1, 2, 3, 5, 8, 12, 20, 30, 45, 60, 90, 180, 300)


@dataclass(frozen=True, slots=True)
class Ears:
    """Whether people can be heard, and seconds since Slack was, where it is heard by socket."""

    ready: bool
    silent: float | None = None


class Metrics:
    """The figures of one process."""

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        self._late = Histogram(
            "recbot_lateness_seconds",
            "How late work was claimed after it fell due, by kind.",
            ["work"],
            buckets=_LATE,
            registry=registry,
        )
        self._proven = Histogram(
            "recbot_proven_seconds",
            "From the request to a provider until its recording was seen.",
            ["provider"],
            buckets=_PROVEN,
            registry=registry,
        )
        self._errors = Counter(
            "recbot_provider_errors",
            "What providers failed at, by the class that says who must act.",
            ["provider", "error"],
            registry=registry,
        )
        self._duplicates = Counter(
            "recbot_duplicates_prevented",
            "What would have been done a second time.",
            ["what"],
            registry=registry,
        )
        self._beats = Counter(
            "recbot_beats_lost",
            "Beats of this process's clock that failed, or were left out.",
            ["beat", "outcome"],
            registry=registry,
        )
        for what in get_args(Duplicate):
            self._duplicates.labels(what)  # none is a figure too
        self._left = Gauge(
            "recbot_rate_budget_left",
            "Requests that a provider would take now, by its group.",
            ["provider", "group"],
            registry=registry,
        )
        self._ready = Gauge("recbot_ready", "1 where people can be heard.", registry=registry)
        self._silent = Gauge(
            "recbot_socket_silent_seconds", "Since anything was heard on Socket Mode.", registry=registry
        )
        self._readable = Gauge("recbot_store_readable", "1 where the store answered.", registry=registry)
        self._watches = Gauge("recbot_watches", "Open watches by state.", ["state"], registry=registry)
        self._owed = Gauge("recbot_notices_owed", "Messages that wait for delivery.", registry=registry)
        self._requests = Gauge("recbot_requests_pending", "Requests that have not ended.", registry=registry)
        self._waiting = Gauge(
            "recbot_oldest_seconds",
            "How long the oldest of it has waited: requests and notices since they came, libraries since their look "
            "fell due.",
            ["what"],
            registry=registry,
        )

    def claimed(self, work: str, late: timedelta) -> None:
        """Work was claimed, so long after it fell due."""
        self._late.labels(work).observe(max(0.0, late.total_seconds()))

    def proven(self, provider: str, after: timedelta) -> None:
        """A recording was seen, so long after it was asked for."""
        self._proven.labels(provider).observe(after.total_seconds())

    def failed(self, provider: str, error: Exception) -> None:
        """A provider failed."""
        self._errors.labels(provider, type(error).__name__).inc()

    def lost_beat(self, name: str, outcome: str) -> None:
        """A beat of the clock failed, or was missed."""
        self._beats.labels(name, outcome).inc()

    def duplicate(self, what: Duplicate) -> None:
        """Something was not done twice."""
        self._duplicates.labels(what).inc()

    def page(self, standing: Standing | None, ears: Ears, left: Mapping[str, Mapping[str, int]]) -> bytes:
        """All figures as a page. `standing` None: the store does not answer, and what it would say is left out."""
        for provider, groups in left.items():
            for group, number in groups.items():
                self._left.labels(provider, group).set(number)
        self._ready.set(ears.ready)
        self._silent.set(float("nan") if ears.silent is None else ears.silent)
        self._readable.set(standing is not None)
        self._watches.clear()
        self._waiting.clear()
        if standing is None:
            self._owed.set(float("nan"))
            self._requests.set(float("nan"))
            return generate_latest(self._registry)
        for state, number in standing.watches.items():
            self._watches.labels(state.value).set(number)
        self._owed.set(standing.notices)
        self._requests.set(standing.requests)
        for what, since in (
            ("requests", standing.requests_since),
            ("notices", standing.notices_since),
            ("libraries", standing.libraries_since),
        ):
            waited = timedelta() if since is None else max(timedelta(), standing.at - since)
            self._waiting.labels(what).set(waited.total_seconds())
        return generate_latest(self._registry)
