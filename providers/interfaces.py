"""What a provider promises, in small interfaces: who controls recording is not always who keeps it.

Every method raises `ProviderError`s only. A read may be tried again by the adapter itself; a write is sent
once, and whoever asked for it looks at the state before asking again.
"""

from abc import abstractmethod
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable

from providers.model import (
    ByteRange,
    CallId,
    LiveCall,
    Recorder,
    Recording,
    RecordingChange,
    RecordingId,
    RecordingPage,
    RecordingProfile,
    RecordingQuery,
    Room,
    RoomId,
    RoomKey,
    RoomView,
)

Only = Callable[[Recording], bool]
"""Whether a recording is to be found at all."""


@dataclass(frozen=True, slots=True)
class Check:
    """One finding: it is well (`ok`), it failed, or it was not made because another one failed.

    `what` names it, and stays the same however it ends. `found` is how things are, `advice` what to do. `because` is
    the name of the check that failed, where this one would say no more than that.
    """

    what: str
    ok: bool
    found: str = ""
    advice: str = ""
    because: str = ""

    @property
    def failed(self) -> bool:
        """Whether somebody must act on this very finding."""
        return not self.ok and not self.because

    def hides(self, what: str) -> "Check":
        """The check called `what`, not made because this one is not well."""
        return Check(what, ok=False, because=self.because or self.what)


@runtime_checkable
class Provider(Protocol):
    """A service that records meetings, keeps recordings, or both."""

    kind: str
    name: str

    @abstractmethod
    async def check(self) -> Sequence[Check]:
        """Try each service once, and say what was found.

        This is the one call that is sent although a refusal is remembered; being let in clears it.
        """


@runtime_checkable
class RecordingControl(Provider, Protocol):
    """Puts recorders into rooms and takes them out again."""

    default_profile: RecordingProfile

    @abstractmethod
    def key_in(self, text: str) -> RoomKey | None:
        """The key in what a person typed or pasted: a key itself, or a join link. None: it cannot be one."""

    @abstractmethod
    async def find_room(self, key: RoomKey) -> Room:
        """The room with this key, or NotFound."""

    @abstractmethod
    async def find_rooms(self, name: str) -> Sequence[Room]:
        """Rooms whose name or extension contains this, at most 20.

        An empty answer proves nothing: a provider's search may not know scheduled rooms.
        """

    @abstractmethod
    async def room(self, id: RoomId) -> Room:
        """The room with this id as it is now, or NotFound."""

    @abstractmethod
    async def profiles(self) -> Sequence[RecordingProfile]:
        """The profiles with an idle recorder right now. An absent one may be busy rather than wrong."""

    @abstractmethod
    async def start(self, room: Room, profile: RecordingProfile, *, webcast: bool = False) -> None:
        """Ask for a recorder.

        To return is to have *asked*: only `view` knows whether one came. A second call brings a second
        recorder. Unavailable with `asked` True: it may have been asked for all the same.
        """

    @abstractmethod
    async def view(self, room: Room) -> RoomView:
        """Look at everybody in the room, to the last page. The recorder reported is the one there now."""

    @abstractmethod
    async def recorders(self, room: Room) -> Sequence[Recorder]:
        """Every recorder in the room. Costs more than `view`, which reports one: for when two may have come."""

    @abstractmethod
    async def stop(self, room: Room, recorder: Recorder) -> None:
        """Ask the recorder to leave; it may stay visible for a moment. No error if it had left already."""

    @abstractmethod
    async def pause(self, room: Room, recorder: Recorder) -> None:
        """Ask the recorder to pause. To return is to have asked."""

    @abstractmethod
    async def resume(self, room: Room, recorder: Recorder) -> None:
        """Ask the recorder to go on. To return is to have asked."""


@runtime_checkable
class RoomMaker(Provider, Protocol):
    """Creates rooms that a link opens."""

    @abstractmethod
    async def create_room(self, name: str | None = None) -> Room:
        """A new scheduled room with its join link. The name is a label where the provider keeps none."""

    @abstractmethod
    async def delete_room(self, room: Room) -> None:
        """Delete a scheduled room of ours, or NotFound."""


@dataclass(frozen=True, slots=True)
class Media:
    """An open file: `chunks` are its bytes in order, as they come from the provider.

    `length` is the number of bytes of this part, None if the provider did not say. `part` is (first, last,
    whole size) where the provider gave a part, None where the whole file comes, whatever was asked for.
    """

    chunks: AsyncIterator[bytes]
    content_type: str
    length: int | None
    part: tuple[int, int, int] | None
    suffix: str = ".mp4"


@runtime_checkable
class RecordingLibrary(Provider, Protocol):
    """Keeps recordings, finds them and gives out their files."""

    @abstractmethod
    async def search(self, query: RecordingQuery, only: Only | None = None) -> RecordingPage:
        """Recordings that match, newest first unless asked otherwise.

        What `only` says no to is as if it were not there: it is on no page, and neither counted nor passed over.
        No filter is ever ignored: one that this library cannot apply is NotSupported, in a sentence that names it.
        """

    @abstractmethod
    async def recording(self, id: RecordingId) -> Recording:
        """One recording, or NotFound (also when our login may not see it, or the library only knows it by a search)."""

    @abstractmethod
    def open(self, recording: Recording, part: ByteRange | None = None) -> AbstractAsyncContextManager[Media]:
        """Stream the file in constant memory; leaving the context closes the connection at once.

        Refused while the recording is running, UnsafeLink if its address is not the configured host's.
        An unsatisfiable part is Refused. Chunks may raise Unavailable when the connection is lost.
        """


@runtime_checkable
class FreshLibrary(RecordingLibrary, Protocol):
    """A library that says for next to nothing how one recording stands now: it may be asked before each telling."""

    @abstractmethod
    async def fresh(self, id: RecordingId) -> Recording:
        """The recording as it is now, and never as it was seen earlier; or NotFound, as `recording` has it."""


@dataclass(frozen=True, slots=True)
class Changes:
    """Recordings that a library completed or changed since it was asked last, and the mark for asking again.

    `whole`: nothing was known of a last time, so that these are all since the moment that was asked for.
    A recording may come again although nothing about it is new.
    """

    recordings: tuple[Recording, ...]
    mark: str = field(repr=False)
    whole: bool = False


@runtime_checkable
class RecordingFeed(RecordingLibrary, Protocol):
    """A library that can say what has changed, which costs less than to read everything anew."""

    @abstractmethod
    async def changes(self, mark: str | None, since: datetime) -> Changes:
        """What has changed since `mark` was given out, and could be opened now; private and old ones included.

        Without a mark, or with one that the library does not know any more: everything since `since`. A mark is to
        be kept only once what came with it is kept: asking again with the old one gives the same again, and more.
        """


@runtime_checkable
class RecordingEditor(Provider, Protocol):
    """Changes recordings."""

    @abstractmethod
    async def edit(self, id: RecordingId, change: RecordingChange) -> Recording:
        """Change some fields and return the recording as it then reads. Protected if it may not be."""


@runtime_checkable
class RecordingDeleter(Provider, Protocol):
    """Deletes recordings."""

    @abstractmethod
    async def delete(self, id: RecordingId) -> None:
        """Delete for good. NotFound if it is gone, Protected if it is locked."""


@runtime_checkable
class CallRecorder(Provider, Protocol):
    """Records phone calls that go on now. No such recording can be stopped: it ends with its call."""

    @abstractmethod
    async def live_calls(self) -> Sequence[LiveCall]:
        """The calls that go on now and could be recorded, as far as the provider knows: it may be some seconds late."""

    @abstractmethod
    async def call(self, id: CallId) -> LiveCall:
        """This call as it is now: ENDED as long as the provider remembers it, NotFound when it does not any more."""

    @abstractmethod
    async def recording_of(self, call: CallId, id: RecordingId) -> Recording:
        """The recording with this id of a call that is over, for one request.

        NotFound means that it is not there yet, or not any more; NotKept, that it never will be.
        """

    @abstractmethod
    async def record(self, call: LiveCall) -> None:
        """Ask for a recording. To return is to have asked: `call` says whether there is one.

        Refused where the call is not connected or may not be recorded. One that is recorded already is left as it is.
        """

    @abstractmethod
    async def pause_call(self, call: LiveCall) -> None:
        """Ask its recording to pause. Refused where the account does not let it, as with an automatic one."""

    @abstractmethod
    async def resume_call(self, call: LiveCall) -> None:
        """Ask its recording to go on."""


@dataclass(frozen=True, slots=True)
class PushAnswer:
    """What to answer to a push. `news`: something has come to its end, so that a look will soon find more."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    news: bool = False


@runtime_checkable
class PushSource(Provider, Protocol):
    """Tells by itself when something happens. Pushes may be late, twice, out of order or missing: a hint to look."""

    @abstractmethod
    async def keep_push(self, address: str) -> None:
        """Make sure that pushes come to this address, and do nothing where they do. For every few minutes.

        The address must answer while this runs: the provider tries it before it believes us.
        """

    @abstractmethod
    def heard(self, headers: Mapping[str, str], body: bytes) -> PushAnswer:
        """What to answer to a request that came to that address; names of headers are in small letters.

        Anybody may send one: what does not prove that it is the provider's gets 401 and is no news.
        """


@runtime_checkable
class Rationed(Provider, Protocol):
    """Allows only so many requests, of each of some groups."""

    @abstractmethod
    def left(self) -> Mapping[str, int]:
        """How many may be sent now without a wait, by the names of the groups, as far as is known. Asks nobody."""
