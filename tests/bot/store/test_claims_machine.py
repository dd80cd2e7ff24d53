"""Whatever processes do in whatever order, a request is one process's at a time, and ends once."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from functools import partial

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from bot.domain.requests import Request
from bot.store import Claimed, LostClaim, Store
from bot.store.inbox import Inbox

from .conftest import OFF, Home
from .samples import a_request

KEYS = st.sampled_from(["k1", "k2", "k3"])
DELAYS = st.integers(0, 5).map(lambda s: timedelta(seconds=s))
LEASES = st.integers(1, 4).map(lambda s: timedelta(seconds=s))


class Model:
    """What a careful reader would expect of one request."""

    def __init__(self, at: datetime) -> None:
        self.due = at
        self.until = at
        self.holder: int | None = None
        self.attempts = 0
        self.ended = False


class Processes(RuleBasedStateMachine):
    claims = Bundle("claims")

    def __init__(self, home: Home) -> None:
        super().__init__()
        self.home, self.clock = home, home.clock

    @initialize()
    def begin(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.home.empty()
        self.model: dict[str, Model] = {}
        self.turn = 0
        self.stack = AsyncExitStack()
        self.stores: list[Store] = [
            self.loop.run_until_complete(self.stack.enter_async_context(self.home.open(off)))
            for off in (OFF, -OFF)
        ]

    @rule(key=KEYS, side=st.integers(0, 1))
    def keep(self, key: str, side: int) -> None:
        kept = self.loop.run_until_complete(self.stores[side].inbox.keep(key, a_request(key)))
        assert kept == (key not in self.model)
        self.model.setdefault(key, Model(self.clock()))

    @rule(target=claims, side=st.integers(0, 1), lease=LEASES, limit=st.integers(1, 3))
    def claim(self, side: int, lease: timedelta, limit: int) -> object:
        now = self.clock()
        open_to_all = [k for k, m in self.model.items() if not m.ended and m.due <= now and m.until <= now]
        got = self.loop.run_until_complete(self.stores[side].inbox.claim(f"p{side}", lease, limit))
        assert [c.id for c in got] == open_to_all[:limit]
        for claimed in got:
            self.turn += 1
            model = self.model[claimed.id]
            model.holder, model.until, model.attempts = self.turn, now + lease, model.attempts + 1
            assert (claimed.value, claimed.attempts, claimed.at) == (
                a_request(claimed.id),
                model.attempts,
                now,
            )
        first = self.turn - len(got) + 1
        return multiple(*((side, first + n, claimed) for n, claimed in enumerate(got)))

    @rule(claim=consumes(claims))
    def finish(self, claim: tuple[int, int, Claimed[Request]]) -> None:
        if self._writes(claim, lambda inbox, c: inbox.finish(c, "done")):
            self.model[claim[2].id].ended = True

    @rule(claim=claims, delay=DELAYS)
    def put_off(self, claim: tuple[int, int, Claimed[Request]], delay: timedelta) -> None:
        if self._writes(claim, lambda inbox, c: inbox.put_off(c, delay)):
            model = self.model[claim[2].id]
            model.due, model.until = self.clock() + delay, self.clock()
            model.attempts -= 1

    @rule(by=DELAYS)
    def wait(self, by: timedelta) -> None:
        self.clock.forward(by)

    @invariant()
    def nothing_is_lost(self) -> None:
        if hasattr(self, "stores"):
            pending = self.loop.run_until_complete(self.stores[0].inbox.pending())
            assert pending == sum(not m.ended for m in self.model.values())

    def _writes(
        self,
        claim: tuple[int, int, Claimed[Request]],
        write: Callable[[Inbox, Claimed[Request]], Coroutine[None, None, None]],
    ) -> bool:
        side, turn, claimed = claim
        model = self.model[claimed.id]
        mine = model.holder == turn
        try:
            self.loop.run_until_complete(write(self.stores[side].inbox, claimed))
        except LostClaim:
            assert not mine
            return False
        assert mine
        model.holder = None
        return True

    def teardown(self) -> None:
        if hasattr(self, "stores"):
            self.loop.run_until_complete(self.stack.aclose())
            self.loop.close()


def test_processes_keep_out_of_each_others_way(home: Home) -> None:
    run_state_machine_as_test(
        partial(Processes, home),
        settings=settings(
            max_examples=8,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
        ),
    )
