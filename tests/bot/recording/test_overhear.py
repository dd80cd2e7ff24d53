"""What is counted and told of the work: how late it was, what was proven, who failed at what, and for whom."""

import logging
from collections.abc import Iterator

import pytest

from bot.domain.notice import Notice
from bot.domain.requests import RefreshWatch, StartRecording
from bot.logs import ForMachines, id_of, on_behalf_of
from bot.recording.overhear import overhear
from bot.recording.tick import Pools, Tick
from bot.store import Claimed
from providers.errors import AlreadyRecording, Unavailable
from providers.model import RecordingQuery
from providers.waiting import background
from tests.bot.recording.stage import ROOM, VOVA, Stage, by
from tests.bot.test_logs import Page, page
from tests.figures import counted


@pytest.fixture
def lines() -> Iterator[Page]:
    """The log of the workflows, as a machine reads it."""
    log = logging.getLogger("bot.recording")
    before = log.level
    log.setLevel(logging.INFO)
    made = page(log, ForMachines())
    yield made
    log.removeHandler(made)
    log.setLevel(before)


def told(lines: Page, *words: str) -> list[tuple[object, ...]]:
    """Of each line, what these fields of it say."""
    return [tuple(line.get(word) for word in words) for line in lines.values]


async def test_an_error_of_a_provider_is_counted_by_class_and_told_with_its_duration(
    stage: Stage, lines: Page
) -> None:
    overhear(stage.services.providers, stage.services.metrics)
    stage.provider.backend.fail_next("search", Unavailable("It is away: secret."), times=2)
    library = stage.services.providers.library("vidyo")
    for _ in range(2):
        with on_behalf_of("a-request"), pytest.raises(Unavailable):
            await library.search(RecordingQuery())
    assert await library.search(RecordingQuery())
    line = ("provider error", "vidyo", "search", "Unavailable", "a-request")
    assert told(lines, "message", "provider", "verb", "error", "request") == [line, line]
    assert all(line["seconds"] >= 0 for line in lines.values)
    assert "secret" not in lines.text
    assert counted(stage.services.metrics)["recbot_provider_errors_total Unavailable vidyo"] == 2


async def test_what_fails_again_and_again_while_nobody_waits_is_told_once_and_counted_each_time(
    stage: Stage, lines: Page
) -> None:
    overhear(stage.services.providers, stage.services.metrics)
    library = stage.services.providers.library("vidyo")
    with background():
        for failures in (3, 1):
            stage.provider.backend.fail_next("search", Unavailable("It is away."), times=failures)
            for _ in range(failures):
                with pytest.raises(Unavailable):
                    await library.search(RecordingQuery())
            await library.search(RecordingQuery())
    assert told(lines, "message") == [("provider error",)] * 2
    assert counted(stage.services.metrics)["recbot_provider_errors_total Unavailable vidyo"] == 4


async def test_a_file_that_breaks_off_counts_as_an_error_and_one_that_is_read_as_none(stage: Stage) -> None:
    overhear(stage.services.providers, stage.services.metrics)
    recording = stage.provider.backend.add_recording(title="Weekly")
    library = stage.services.providers.library("vidyo")
    async with library.open(recording) as media:
        assert [chunk async for chunk in media.chunks]
    with pytest.raises(Unavailable):
        async with library.open(recording):
            raise Unavailable("The connection was lost.")
    assert counted(stage.services.metrics)["recbot_provider_errors_total Unavailable vidyo"] == 1


async def test_from_the_request_to_its_proof_all_lines_bear_one_id(stage: Stage, lines: Page) -> None:
    await stage.services.store.inbox.keep("13.37.trigger", StartRecording(by(VOVA), ROOM))
    await _work(stage)
    stage.provider.backend.recorder_joins(ROOM)
    stage.clock.forward(seconds=4)
    await _work(stage)
    request = id_of("13.37.trigger")[:12]
    assert told(lines, "message", "request") == [
        ("asked", request),
        ("carried out", request),
        ("proven", request),
    ]
    assert lines.values[-1]["seconds"] == 4
    assert "trigger" not in lines.text

    figures = counted(stage.services.metrics)
    assert figures["recbot_proven_seconds_sum vidyo"] == 4
    assert figures["recbot_lateness_seconds_count requests"] == 1
    assert figures["recbot_lateness_seconds_sum watches"] == 3, "it was due after a second"


async def test_what_was_refused_is_told_by_its_class_and_not_in_words(stage: Stage, lines: Page) -> None:
    await stage.services.store.inbox.keep("k1", RefreshWatch(by(VOVA), "nobody's"))
    await _work(stage)
    assert told(lines, "message", "verb", "why") == [("refused", "RefreshWatch", "CannotDo")]


async def test_whoever_starts_a_second_time_is_counted_as_one_recorder_less(stage: Stage) -> None:
    await stage.started()
    with pytest.raises(AlreadyRecording):
        await stage.start()
    assert counted(stage.services.metrics)["recbot_duplicates_prevented_total recorder"] == 1


async def _work(stage: Stage) -> None:
    """What is due now is done, as a bot does it."""

    async def deliver(claimed: Claimed[Notice]) -> None:
        await stage.said.post(claimed)

    pools = Pools(9, stage.services.wake)
    await Tick(stage.services, deliver, pools)()
    await pools.drain(5)
