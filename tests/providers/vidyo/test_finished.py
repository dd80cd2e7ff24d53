"""Servers that say little of their recordings: none of them is invisible for that, or running for ever."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from providers.model import Recording, RecordingId, RecordingQuery
from providers.vidyo.replay import Habits, read_moment, read_records
from sandbox.vidyo.server import VidyoSandbox

from .conftest import Connect, settings_for
from .test_media import read
from .test_readers import records

NOW = datetime.now(UTC).replace(microsecond=0)
MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)
NIL = ' xsi:nil="1"'


def row(*, began: datetime | str | None = NOW - timedelta(hours=1), **fields: str) -> str:
    """A record of id 7. What is left out is absent."""
    said = began.isoformat() if isinstance(began, datetime) else began
    told = {"id": "7", "fileLink": "/replay/downloadRecording.do?file=x", **fields}
    told |= {} if said is None else {"dateCreated": said}
    return "".join(
        f"<v:{name}{NIL}/>" if value == "nil" else f"<v:{name}>{value}</v:{name}>"
        for name, value in told.items()
    )


def the_one(text: str, habits: Habits = Habits()) -> Recording:  # noqa: B008
    [one] = read_records(records(text), habits).recordings
    return one


@pytest.mark.parametrize("nothing", ["nil", "", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00", "never"])
def test_a_file_with_a_size_is_finished_whatever_is_said_of_its_end(nothing: str) -> None:
    one = the_one(row(endTime=nothing, duration="nil", fileSize="1493016"))
    assert not one.running
    assert (one.ended, one.duration) == (None, None)


def test_where_its_length_is_said_its_end_is_known() -> None:
    one = the_one(row(endTime="nil", duration="10:30", fileSize="1"))
    assert one.ended == one.started + timedelta(minutes=10, seconds=30)
    assert one.duration == timedelta(minutes=10, seconds=30)


def test_where_its_length_is_nothing_it_is_counted() -> None:
    one = the_one(row(endTime=NOW.isoformat(), duration="00:00", fileSize="nil"))
    assert one.duration == timedelta(hours=1)


@pytest.mark.parametrize("size", ["nil", "", "0", "unknown"])
def test_without_end_and_size_it_runs_until_no_recording_runs_any_longer(size: str) -> None:
    habits = Habits(longest=timedelta(hours=3))
    assert the_one(row(endTime="nil", fileSize=size), habits).running
    old = the_one(row(began=NOW - timedelta(hours=4), endTime="nil", fileSize=size), habits)
    assert not old.running
    assert old.ended is None


def test_without_a_file_its_size_says_nothing() -> None:
    assert the_one(row(endTime="nil", fileSize="1493016", fileLink="")).running


def test_a_beginning_that_is_not_said_follows_from_end_and_length() -> None:
    one = the_one(row(began=None, endTime="2026-03-02T12:00:00Z", duration="1:00:00"))
    assert one.started == datetime(2026, 3, 2, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-01T24:00:00", MIDNIGHT),
        ("2026-03-01T24:00:00Z", MIDNIGHT),
        ("2026-03-01T24:00:00.000+01:00", MIDNIGHT - timedelta(hours=1)),
        ("2026-03-01T24:00", MIDNIGHT),
        ("2026-03-02T00:00:00.1234567Z", MIDNIGHT + timedelta(microseconds=123456)),
        ("2026-03-02T00:00:00.5-05:30", MIDNIGHT + timedelta(hours=5, minutes=30, seconds=0.5)),
        ("2026-03-02T05:45:00+0545", MIDNIGHT),
        ("2026-03-01T24:00:01", None),
        ("2026-03-01T24:30:00", None),
        ("2026-03-01T25:00:00", None),
        ("9999-12-31T24:00:00", None),
        ("2999-12-31T24:00:00", MIDNIGHT.replace(year=3000, month=1, day=1)),
        ("0001-01-01T00:00:00", None),
    ],
)
def test_a_moment_is_read_as_xml_schema_writes_it(text: str, moment: datetime | None) -> None:
    assert read_moment(text) == moment


def test_a_time_without_an_offset_is_the_servers_own() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert read_moment("2026-07-01T14:00:00", berlin) == datetime(2026, 7, 1, 12, tzinfo=UTC)
    assert read_moment("2026-01-01T14:00:00.250", berlin) == datetime(
        2026, 1, 1, 13, 0, 0, 250_000, tzinfo=UTC
    )
    assert read_moment("2026-07-01T24:00:00", berlin) == datetime(2026, 7, 1, 22, tzinfo=UTC)
    assert read_moment("2026-07-01T14:00:00Z", berlin) == datetime(2026, 7, 1, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    ("began", "zoneless"),
    [
        ("2026-07-01T14:00:00", True),
        ("2026-07-01T14:00:00.000", True),
        ("2026-07-01", True),
        ("2026-07-01T14:00:00Z", False),
        ("2026-07-01T14:00:00.000-05:00", False),
        ("2026-07-01T14:00:00+0200", False),
    ],
)
def test_whether_a_server_says_its_offset_is_seen(began: str, zoneless: bool) -> None:
    assert read_records(records(row(began=began))).zoneless == zoneless


@pytest.mark.parametrize("zone", ["", "Europe", "Nowhere/Town", "../etc/passwd", "/etc/passwd", "+02:00"])
def test_a_zone_that_is_none_is_refused_with_an_example(zone: str) -> None:
    with pytest.raises(ValidationError, match="Europe/Berlin"):
        settings_for("https://portal", "https://replay", timezone=zone)


async def test_a_finished_recording_without_an_end_is_found_and_given_out(
    vidyo: VidyoSandbox, connected: Connect
) -> None:
    vidyo.world.settings.says_end = False
    made = vidyo.world.add_recording("Endless", size=90_000)
    provider = await connected(vidyo)
    [found] = (await provider.search(RecordingQuery(title="Endless"))).recordings
    assert found.id == RecordingId(str(made.id))
    assert await read(provider, found) == vidyo.world.file_bytes(made.guid)


async def test_recordings_of_a_server_in_another_zone_are_found_by_their_date(
    vidyo: VidyoSandbox, connected: Connect
) -> None:
    vidyo.world.settings.says_offset, vidyo.world.settings.time_zone = False, "Pacific/Auckland"
    now, minute = datetime.now(UTC), timedelta(minutes=1)
    made = vidyo.world.add_recording("Far away", ended=now - 5 * minute, duration=minute)
    provider = await connected(vidyo, timezone="Pacific/Auckland")
    page = await provider.search(RecordingQuery(title="Far away", since=now - 7 * minute))
    assert [found.started for found in page.recordings] == [made.created]


async def times(provider: object) -> tuple[bool, str, str]:
    [check] = [check for check in await provider.check() if check.what == "times of recordings"]  # type: ignore[attr-defined]
    return check.ok, check.found, check.advice


async def test_the_doctor_compares_the_newest_recording_with_the_clock(
    vidyo: VidyoSandbox, connected: Connect
) -> None:
    began = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=30)
    vidyo.world.library.clear()
    vidyo.world.add_recording("Newest", ended=began + timedelta(minutes=1), duration=timedelta(minutes=1))
    provider = await connected(vidyo)
    said = f"{began:%Y-%m-%d %H:%M} UTC"
    assert await times(provider) == (True, f"they say their offset: the newest one began {said}", "")

    vidyo.world.settings.says_offset = False
    ok, found, _ = await times(provider)
    assert ok
    assert found == (
        f"they say no offset from UTC and are read as those of UTC: the newest one began {said}; if that is not so, "
        "set timezone to the server's own"
    )

    vidyo.world.settings.time_zone = "Asia/Tokyo"
    ok, found, advice = await times(provider)
    assert not ok
    assert found == (
        "The newest one is to begin in 510 minutes: they say no offset from UTC and are read as those of UTC."
    )
    assert advice == "Set timezone to the time zone of the replay server, such as Europe/Berlin."
    assert (await times(await connected(vidyo, timezone="Asia/Tokyo")))[0]


async def test_the_doctor_has_nothing_to_compare_in_an_empty_library(
    vidyo: VidyoSandbox, connected: Connect
) -> None:
    vidyo.world.library.clear()
    assert await times(await connected(vidyo)) == (True, "no recording to compare yet", "")
