"""The promise as a value: we will say what became of this recording.

A watch neither waits nor speaks. Each look gives a `Step`: the next watch, when to look again, and what is
to be asked of the provider now. Hours come in from outside (`at`, by the store's clock, so that processes
whose clocks differ agree); what goes out are delays.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.calls import in_words
from bot.domain.conversation import Asker, Conversation
from bot.domain.pace import Pace
from providers.model import Recorder, Recording, RecordingId, Room, RoomView


class State(StrEnum):
    """Where a recording stands, as far as it is proven."""

    PREPARED = "prepared"  # kept; the provider was surely not asked yet
    ASKED = "asked"  # the provider was asked, or may have been
    RECORDING = "recording"
    PAUSED = "paused"  # what the provider reports: there it is a request
    STOPPING = "stopping"
    NOT_STARTED = "not started"
    PROCESSING = "processing"  # the recorder has left; the file is awaited
    OVERDUE = "overdue"
    READY = "ready"
    GONE = "gone"  # nothing more will come of it: no file in all our patience, or the provider kept none


HOLDING = frozenset({State.PREPARED, State.ASKED, State.RECORDING, State.PAUSED, State.STOPPING})
"""States in which a recorder is, or may yet be, in the room: one watch a room."""


@dataclass(frozen=True, slots=True)
class Watch:
    """One recording that somebody asked for, from the request to the file.

    `open` False: nothing more is looked for. `unsure`: the provider's answer to our request was lost; where looks then
    proved that nothing came of it, it was sent once more at `sent_again_at`; `seen_to` is until when the room was seen
    without a break since that request. `asks`
    counts how often a recorder was wanted: after a second time two may come, of which one was last asked to leave at
    `twin_sent_at`. `listed` are the recordings that the library showed before the request, so none of them is ours;
    None: it could not be asked. `candidates` are what may be the file: a single one is the file, and of several none
    is guessed. `unseen_since`: since then no look succeeded; `blind`: that has gone on for long enough to be told.
    `begun_by` names the request that began it last, and `wanted_at` is when that was made; `steered_at` is when
    somebody made the request by which the recorder was last asked to pause or to go on. A request that is carried out a
    second time, since a process died in it, thereby finds its own work, and one that had to wait what came after it.

    `call`: the room stands for a phone call. Its recording has from the first the id that the library will list,
    ends with the call and cannot be stopped.

    `ran_already`: the recorder was there before it was asked for, so that it may be somebody else's.
    """

    id: str
    provider: str
    room: Room
    conversation: Conversation
    asker: Asker
    asked_at: datetime
    profile: str = ""
    webcast: bool = False
    state: State = State.PREPARED
    open: bool = True
    unsure: bool = False
    sent_again_at: datetime | None = None
    seen_to: datetime | None = None
    asks: int = 1
    recorder: Recorder | None = None
    people: int | None = None
    confirmed_at: datetime | None = None
    vanished_at: datetime | None = None
    ended_at: datetime | None = None
    lost: bool = False
    everyone_left: bool = False
    stop_asked_at: datetime | None = None
    stop_asker: Asker | None = None
    stop_sent_at: datetime | None = None
    twin_sent_at: datetime | None = None
    unseen_since: datetime | None = None
    unseen_why: str = ""
    blind: bool = False
    misses: int = 0
    reason: str = ""
    listed: frozenset[RecordingId] | None = None
    bound: RecordingId | None = None
    candidates: tuple[Recording, ...] = field(default=())
    begun_by: str = ""
    wanted_at: datetime | None = None
    steered_at: datetime | None = None
    call: bool = False
    ran_already: bool = False

    @property
    def subject(self) -> str:
        """What is recorded, as it stands in a sentence."""
        return in_words(self.room, call=self.call)

    @property
    def holds_room(self) -> bool:
        """True while a second start in this room would bring a second recorder."""
        return self.open and (self.state in HOLDING or self.state is State.NOT_STARTED)

    @property
    def abandoned(self) -> bool:
        """True if it ended because nobody can look any more, and so without an end that is known."""
        return self.blind and not self.open

    @property
    def sent_away(self) -> bool:
        """True if a recorder that comes late is no longer wanted."""
        return self.state is State.NOT_STARTED and self.stop_asked_at is not None

    @property
    def last_sent_at(self) -> datetime:
        """When the provider was last asked for a recorder."""
        return self.sent_again_at or self.asked_at

    @property
    def may_have_a_twin(self) -> bool:
        """True if a recorder was asked for more than once, so that two may come."""
        return not self.call and (self.asks > 1 or self.sent_again_at is not None)

    @property
    def awaits_file(self) -> bool:
        """True while a look into the library may tell us something."""
        if not self.open or self.confirmed_at is None:
            return False
        return self.bound is None or self.state in (State.PROCESSING, State.OVERDUE)

    # -- asking -----------------------------------------------------------------------------------

    def asking(self, at: datetime, pace: Pace) -> "Step":
        """About to ask the provider. This is written down first: from here on it may have been asked."""
        asked = replace(self, state=State.ASKED, asked_at=at, unsure=True, seen_to=at)
        return Step(asked, look_in=pace.confirm_first)

    def again(self, asker: Asker, at: datetime) -> "Step":
        """Somebody pressed Start again on a recording that did not start: the same card begins anew."""
        fresh = replace(
            self,
            state=State.PREPARED,
            open=True,
            asker=asker,
            asked_at=at,
            unsure=False,
            sent_again_at=None,
            seen_to=None,
            reason="",
            asks=self.asks + 1,
            stop_asked_at=None,
            stop_asker=None,
            stop_sent_at=None,
        )
        return Step(fresh, look_in=timedelta())

    def accepted(self, pace: Pace) -> "Step":
        """The provider took the request; that proves nothing yet."""
        return Step(replace(self, unsure=False), look_in=pace.confirm_first)

    def refused(self, reason: str, pace: Pace) -> "Step":
        """The provider would not. Of a request that was sent again, the first may have been taken all the same."""
        if self.sent_again_at is None:
            return self.gave_up(reason)
        return Step(replace(self, reason=reason), look_in=pace.confirm_first)

    def gave_up(self, reason: str) -> "Step":
        """Nothing will come of it, for this reason: not started, and no recorder can come."""
        return Step(
            replace(self, state=State.NOT_STARTED, reason=reason, open=False, unseen_since=None, blind=False)
        )

    # -- looking ----------------------------------------------------------------------------------

    def saw(self, view: RoomView, at: datetime, pace: Pace) -> "Step":
        """Take in one complete look into the room."""
        watch = replace(self, people=view.people, unseen_since=None, unseen_why="", blind=False, misses=0)
        if watch.state is State.STOPPING or (watch.sent_away and view.recorder is not None):
            return replace(watch, state=State.STOPPING)._saw_while_stopping(view.recorder, at, pace)
        if view.recorder is not None:
            return watch._recording(view.recorder, at, pace)
        if watch.state in (State.RECORDING, State.PAUSED):
            return watch._vanished(at, pace)
        if watch.state in (State.ASKED, State.NOT_STARTED):
            return watch._nobody_came(at, pace)
        return Step(watch, look_in=pace.recording_look)

    def missed(self, why: str, at: datetime, pace: Pace) -> "Step":
        """A look that failed. A dead network or a changed password ends no watch."""
        since = self.unseen_since or at
        if at - since >= pace.blind_patience:
            return self._blind_to_the_end(why, at, pace)
        blind = at - since >= pace.blind_told
        watch = replace(self, unseen_since=since, unseen_why=why, blind=blind, misses=self.misses + 1)
        delay = min(pace.blind_look * 2 ** min(self.misses, 16), pace.blind_longest)
        if self.state is State.ASKED:
            delay = min(delay, pace.confirm_later)
        return Step(watch, look_in=delay)

    def room_gone(self, why: str, at: datetime, pace: Pace, last: Recorder | None = None) -> "Step":
        """The provider no longer knows the room: no recorder can be in it. `last` was there to the end."""
        watch = self._recording(last, at, pace).watch if last else self
        if watch.confirmed_at is None:
            return self.gave_up(why)
        return watch._ended(at, pace, lost=False)

    def _recording(self, recorder: Recorder, at: datetime, pace: Pace) -> "Step":
        watch = replace(
            self,
            state=State.PAUSED if recorder.paused else State.RECORDING,
            recorder=recorder,
            confirmed_at=self.confirmed_at or at,
            unsure=False,
            reason="",
            vanished_at=None,
        )
        watch = replace(watch, ran_already=self.ran_already or self.state is State.PREPARED)
        if self.call:
            return Step(
                replace(watch, bound=self.bound or RecordingId(recorder.id)), look_in=pace.recording_look
            )
        first = self.confirmed_at is None
        return Step(watch, look_in=pace.recording_look, library=first)

    def _vanished(self, at: datetime, pace: Pace) -> "Step":
        if self.vanished_at is None:  # one look may have fallen into a gap: look again before an alarm
            return Step(replace(self, vanished_at=at), look_in=pace.vanished_look)
        return self._ended(self.vanished_at, pace, lost=bool(self.people))

    def _nobody_came(self, at: datetime, pace: Pace) -> "Step":
        waited = at - self.last_sent_at
        if waited >= pace.late_patience:
            reason = self.reason or self._nobody(pace)
            return Step(replace(self, state=State.NOT_STARTED, reason=reason, open=False))
        if waited >= pace.confirm_patience:
            watch = replace(self, state=State.NOT_STARTED, reason=self.reason or self._nobody(pace))
            return Step(watch, look_in=pace.late_look)
        if self.unsure and self.sent_again_at is None:
            return self._nothing_came_of_it(at, waited, pace)
        return Step(self, look_in=self._next_look(waited, pace))

    def _nothing_came_of_it(self, at: datetime, waited: timedelta, pace: Pace) -> "Step":
        """One more look at which no recorder is there, of those that together prove that the request was lost.

        While nobody looked, one may have come and have been sent away; and whoever has left wants none any more.
        """
        unbroken = self.seen_to is not None and at - self.seen_to < pace.blind_told
        if unbroken and waited >= pace.start_again and self.people != 0:
            return Step(replace(self, sent_again_at=at), look_in=pace.confirm_first, start=True)
        watch = replace(self, seen_to=at) if unbroken else self
        return Step(watch, look_in=self._next_look(waited, pace))

    @staticmethod
    def _next_look(waited: timedelta, pace: Pace) -> timedelta:
        return pace.confirm_first if waited < pace.confirm_quick else pace.confirm_later

    def _nobody(self, pace: Pace) -> str:
        missed = "No recording began" if self.call else "No recorder joined"
        return f"{missed} within {max(1, round(pace.confirm_patience.total_seconds()))} s."

    def _blind_to_the_end(self, why: str, at: datetime, pace: Pace) -> "Step":
        if self.confirmed_at is not None:
            return self._ended(at, pace, lost=False)
        return self.gave_up(f"It could not be seen for too long, so nobody knows. {why}")

    def left_alone(self, why: str, at: datetime) -> "Step":
        """Nobody can look any more, for this reason. Whatever became of it, the watch ends without knowing."""
        if self.state is State.PREPARED:
            return self.gave_up(f"{why} Nothing was asked for.")
        if self.state is State.NOT_STARTED:
            return Step(replace(self, reason=f"{self.reason} {why}".strip(), open=False))
        since = self.unseen_since or at
        return Step(replace(self, open=False, blind=True, unseen_since=since, unseen_why=why))

    # -- stopping ---------------------------------------------------------------------------------

    def stopping(self, asker: Asker, at: datetime) -> "Step":
        """Somebody wants it stopped. The next look asks the recorder to leave, as often as it takes."""
        if self.state is State.PREPARED:
            return self.gave_up("It was stopped before a recorder was asked for.")
        if not self.holds_room:
            return Step(self)
        if self.state is State.STOPPING:
            return Step(self, look_in=timedelta())
        watch = replace(self, state=State.STOPPING, stop_asked_at=at, stop_asker=asker)
        return Step(watch, look_in=timedelta())

    def _saw_while_stopping(self, recorder: Recorder | None, at: datetime, pace: Pace) -> "Step":
        since = at - (self.stop_asked_at or at)
        look_in = pace.stopping_look if since < pace.stopping_quick else pace.stopping_later
        if recorder is not None:
            known = self.recorder is not None and self.recorder.id == recorder.id
            sent = self.stop_sent_at if known else None
            watch = replace(
                self, recorder=recorder, confirmed_at=self.confirmed_at or at, unsure=False, vanished_at=None
            )
            if sent is None or at - sent >= pace.stop_again:
                watch = replace(watch, stop_sent_at=at, reason=self.reason if sent else "")
                return Step(watch, look_in=look_in, stop=recorder)
            return Step(watch, look_in=look_in)
        # An invitation that is on its way may still bring one; of two that were sent, a second one.
        invited = at - self.last_sent_at < pace.confirm_patience
        if self.confirmed_at is not None:
            left_at = self.vanished_at or at
            if invited and self.sent_again_at is not None and self.twin_sent_at is None:
                return Step(replace(self, vanished_at=left_at), look_in=look_in)
            return self._ended(left_at, pace, lost=False)
        if invited or since < pace.stopping_quick:
            return Step(self, look_in=look_in)
        stopped = replace(self, state=State.NOT_STARTED, reason="It was stopped before a recorder came.")
        return stopped._nobody_came(at, pace)

    # -- the file ---------------------------------------------------------------------------------

    def _ended(self, at: datetime, pace: Pace, *, lost: bool) -> "Step":
        watch = replace(
            self,
            state=State.PROCESSING,
            ended_at=at,
            lost=lost,
            everyone_left=self.people == 0 and self.stop_asked_at is None,
            vanished_at=None,
            unseen_since=None,
            blind=False,
        )
        return Step(watch, look_in=pace.file_overdue, library=True, alarm=lost)

    def belongs_to(self, recording: Recording) -> "Step":
        """The recording that runs in the room is ours: proven while the recorder was seen there."""
        return Step(replace(self, bound=recording.id))

    def file_found(self, candidates: tuple[Recording, ...]) -> "Step":
        """The finished file, or several of which one must be it: both are shown and none is guessed."""
        bound = candidates[0].id if len(candidates) == 1 else None
        return Step(replace(self, state=State.READY, bound=bound, candidates=candidates, open=False))

    def nothing_kept(self, why: str) -> "Step":
        """The provider says that it kept no file, and never will have one."""
        return Step(replace(self, state=State.GONE, reason=why, open=False))

    def still_no_file(self, at: datetime, pace: Pace) -> "Step":
        """The watch fell due while it waits for its file."""
        waited = at - (self.ended_at or at)
        if waited >= pace.file_patience:
            return Step(replace(self, state=State.GONE, open=False))
        if waited >= pace.file_overdue:
            return Step(replace(self, state=State.OVERDUE), look_in=pace.file_patience - waited)
        return Step(self, look_in=pace.file_overdue - waited)


@dataclass(frozen=True, slots=True)
class Step:
    """What follows from a look: the next watch, and what is owed now.

    `look_in`: the delay to the next look; None: leave it as it is due. `start`: a recorder is to be asked for, `stop`:
    this one is to be asked to leave, after this step was written. `library`: a look into the library is wanted soon.
    `alarm`: people must hear of it, not only see the card change.
    """

    watch: Watch
    look_in: timedelta | None = None
    start: bool = False
    stop: Recorder | None = None
    library: bool = False
    alarm: bool = False
