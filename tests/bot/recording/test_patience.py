"""One provider is silent: what the others say comes all the same, and the silent one is named."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.domain.answers import WhichRoom
from bot.domain.pace import Pace
from bot.domain.watch import Watch
from bot.recording.calls import live_calls
from bot.recording.patience import ask_all
from bot.recording.search import search_recordings, show_recording
from bot.recording.targets import Several, find_place
from providers.errors import NotFound, ProviderError, SignInFailed, Unavailable
from providers.memories import Memories
from providers.memory import MemoryProvider
from providers.memory_calls import MemoryCalls
from providers.memory_phone import MemoryPhone
from providers.model import Direction, RecordingId, RecordingQuery, RoomId
from providers.registry import Providers
from providers.ringcentral import connect
from providers.waiting import told_of_waits
from sandbox.ringcentral.server import RingCentralSandbox
from tests.bot.recording.stage import ROOM, VOVA, Stage, by
from tests.clock import lasting
from tests.providers.ringcentral.conftest import settings_for

PATIENCE = Pace().answer_patience
LONGER = 3 * PATIENCE.total_seconds()
AGES = 3600.0
NO_WORD_YET = "calls has not answered yet; with on:calls Recbot waits for longer."
NO_WORD = "calls has not answered within 10 s; with on:calls Recbot waits for longer."


@pytest.fixture
def phone(stage: Stage) -> MemoryPhone:
    """A telephone system beside the rooms."""
    phone = MemoryPhone("calls", now=stage.clock)
    connected_to(stage, stage.provider, phone)
    return phone


def connected_to(stage: Stage, *providers: MemoryProvider | MemoryPhone) -> None:
    """These are asked."""
    stage.services = replace(stage.services, providers=Providers(providers))


class Silent:
    """Lets a far side not answer what it is asked, or not for some seconds."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self.listening = 0
        self.asked = asyncio.Event()

    def __call__(self, backend: MemoryCalls, *methods: str, seconds: float = AGES) -> None:
        usual = backend.begin

        async def begin(method: str) -> ProviderError | None:
            if method in methods:
                self.asked.set()
                self.listening += 1
                try:
                    await asyncio.sleep(seconds)
                finally:
                    self.listening -= 1
            return await usual(method)

        self._monkeypatch.setattr(backend, "begin", begin)


@pytest.fixture
async def silent(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Silent]:
    """At the end nobody listens any more, and nobody has heard all of the silence."""
    began = time.monotonic()
    silent = Silent(monkeypatch)
    yield silent
    assert time.monotonic() - began < AGES
    assert silent.listening == 0


# -- rooms and calls --------------------------------------------------------------------------------


async def test_a_room_that_is_known_by_its_key_is_recorded_though_the_telephones_are_silent(
    stage: Stage, phone: MemoryPhone, silent: Silent
) -> None:
    stage.provider.backend.add_room("101")
    silent(phone.backend, "live_calls")
    watch = await stage.started("101")
    assert (watch.provider, watch.call) == ("vidyo", False)


async def test_a_room_that_is_known_by_its_extension_is_asked_about(
    stage: Stage, phone: MemoryPhone, silent: Silent
) -> None:
    room = stage.provider.backend.add_room("board", name="Board room", extension="101")
    silent(phone.backend, "live_calls")
    answer = await stage.start("101")
    assert isinstance(answer, WhichRoom)
    assert [place.room for place in answer.places] == [room]
    with pytest.raises(Several, match="Board room") as several:
        await find_place("101", None, stage.services)
    assert NO_WORD in str(several.value)


async def test_where_nothing_else_fits_it_is_said_who_was_silent(
    stage: Stage, phone: MemoryPhone, silent: Silent
) -> None:
    silent(phone.backend, "live_calls")
    with lasting(PATIENCE.total_seconds()), pytest.raises(Unavailable) as error:
        await stage.start("101")
    assert str(error.value) == NO_WORD


async def test_whoever_is_asked_by_name_is_waited_for(
    stage: Stage, phone: MemoryPhone, silent: Silent
) -> None:
    call = phone.backend.place_call()
    silent(phone.backend, "live_calls", seconds=LONGER)
    with pytest.raises(Unavailable):
        await stage.start("101")
    watch = await stage.start("101", on="calls")
    assert isinstance(watch, Watch)
    assert (watch.room.id, watch.call) == (RoomId(call.id), True)


async def test_a_silent_search_by_name_does_not_stand_in_the_way_of_a_key(
    stage: Stage, phone: MemoryPhone, silent: Silent
) -> None:
    stage.provider.backend.add_room("101")
    silent(stage.provider.backend, "find_rooms")
    assert (await stage.started("101")).room.key == "101"


async def test_nobody_is_in_a_hurry_where_only_one_portal_can_know_the_room(
    stage: Stage, silent: Silent, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = MemoryProvider("other", now=stage.clock)
    monkeypatch.setattr(other, "key_in", lambda text: None)
    connected_to(stage, stage.provider, other)
    silent(stage.provider.backend, "find_room", seconds=LONGER)
    link = stage.provider.backend.add_room("board").join_url or ""
    assert "://" in link
    assert (await find_place(link, None, stage.services)).room.key == "board"


# -- look-ups ---------------------------------------------------------------------------------------


async def test_a_page_shows_what_one_library_has_and_names_the_silent_one(
    stage: Stage, phone: MemoryPhone, silent: Silent
) -> None:
    meeting = stage.provider.backend.add_recording(title="meeting")
    silent(phone.backend, "search")
    found = await search_recordings(RecordingQuery(), None, by(VOVA), stage.services)
    assert [row.recording for row in found.rows] == [meeting]
    assert list(map(str, found.silences)) == [f"calls did not answer: {NO_WORD}"]


async def test_a_slow_search_in_one_library_takes_its_time(
    stage: Stage, phone: MemoryPhone, silent: Silent
) -> None:
    phone.backend.add_recording()
    silent(phone.backend, "search", seconds=LONGER)
    found = await search_recordings(RecordingQuery(), "calls", by(VOVA), stage.services)
    assert len(found.rows) == 1


async def test_the_one_library_that_knows_such_a_filter_is_waited_for(
    stage: Stage, phone: MemoryPhone, silent: Silent
) -> None:
    phone.backend.add_recording()
    silent(phone.backend, "search", seconds=LONGER)
    inbound = RecordingQuery(direction=Direction.INBOUND)
    found = await search_recordings(inbound, None, by(VOVA), stage.services)
    assert len(found.rows) == 1
    assert [silence.provider for silence in found.silences] == ["vidyo"]


async def test_a_recording_is_shown_and_the_library_named_that_may_have_another(
    stage: Stage, phone: MemoryPhone, silent: Silent
) -> None:
    meeting = stage.provider.backend.add_recording(title="meeting")
    silent(phone.backend, "recording")
    shown = await show_recording(None, meeting.id, by(VOVA), stage.services)
    assert shown.row.recording == meeting
    assert list(map(str, shown.silences)) == [f"calls did not answer: {NO_WORD_YET}"]


async def test_where_all_are_silent_nobody_waits_for_longer(
    stage: Stage, phone: MemoryPhone, silent: Silent
) -> None:
    silent(stage.provider.backend, "search", "recording")
    silent(phone.backend, "search", "recording")
    with pytest.raises(Unavailable, match="vidyo has not answered within"):
        await search_recordings(RecordingQuery(), None, by(VOVA), stage.services)
    with pytest.raises(Unavailable, match=r"Recording 9 was not found\. vidyo did .* calls did not answer"):
        await show_recording(None, RecordingId("9"), by(VOVA), stage.services)


async def test_live_calls_are_listed_though_another_telephone_system_is_silent(
    stage: Stage, phone: MemoryPhone, silent: Silent
) -> None:
    other = MemoryPhone("other", now=stage.clock)
    connected_to(stage, other, phone)
    call = other.backend.place_call()
    silent(phone.backend, "live_calls")
    found = await live_calls(None, by(VOVA), stage.services)
    assert found.calls == {"other": (call,)}
    assert list(map(str, found.silences)) == [f"calls did not answer: {NO_WORD}"]


# -- who waits for a turn ---------------------------------------------------------------------------


async def test_a_library_that_waits_for_its_turn_is_named_with_how_long_that_takes(stage: Stage) -> None:
    async with RingCentralSandbox(limits={"heavy": 1}) as sandbox:
        settings = settings_for(sandbox.api_url, sandbox.media_url, search_bound=1)
        async with connect("calls", settings, Memories()) as calls:
            services = replace(stage.services, providers=Providers([stage.provider, calls]))
            heard: list[str] = []

            async def say(sentence: str) -> None:
                heard.append(sentence)

            with told_of_waits(say):
                first = await search_recordings(RecordingQuery(), None, by(VOVA), services)
                assert (first.silences, heard) == ((), [])
                second = await search_recordings(RecordingQuery(), None, by(VOVA), services)
            assert heard == [], "nobody waits for it"
            [silence] = second.silences
            assert silence.why == (
                "calls has to wait for its turn; with on:calls Recbot waits for longer: "
                "RingCentral allows 1 requests a minute; yours is next in about 60 s."
            )
            third = await search_recordings(RecordingQuery(), "calls", by(VOVA), services)
            assert third.rows, "whoever gave up has left the queue"


# -- the questions ----------------------------------------------------------------------------------


async def test_the_answers_come_in_the_order_of_the_questions_errors_among_them() -> None:
    async def late() -> str:
        await asyncio.sleep(PATIENCE.total_seconds() / 2)
        return "late"

    async def refused() -> str:
        raise SignInFailed("The password is wrong.")

    async def soon() -> str:
        return "soon"

    answers = await ask_all([("a", late), ("b", refused), ("c", soon)], PATIENCE)
    assert list(map(str, answers)) == ["late", "The password is wrong.", "soon"]
    nobody: list[str | ProviderError] = await ask_all([], PATIENCE)
    assert nobody == []


async def test_a_fault_of_ours_is_raised() -> None:
    async def broken() -> str:
        raise KeyError("a fault")

    async def never() -> str:
        await asyncio.sleep(AGES)
        return "never"

    with pytest.raises(KeyError):
        await ask_all([("a", broken), ("b", never), ("c", never)], PATIENCE)


async def test_whoever_stops_asking_leaves_no_question_behind(
    stage: Stage, phone: MemoryPhone, silent: Silent
) -> None:
    silent(phone.backend, "live_calls")
    asking = asyncio.create_task(find_place("101", None, stage.services))
    await silent.asked.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking


async def test_a_room_that_nobody_has_is_not_found_though_one_was_slow(
    stage: Stage, phone: MemoryPhone, silent: Silent
) -> None:
    silent(phone.backend, "live_calls", seconds=PATIENCE.total_seconds() - 1)
    with pytest.raises(NotFound, match="no call with the extension or number “101”"):
        await stage.start("101")
    silent.asked.clear()
    assert (await stage.started(ROOM)).room.key == ROOM
    assert not silent.asked.is_set(), "nobody asks for a call by letters"
