"""Reading what Vidyo writes and what people type: keys, lengths, moments, links and settings."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone
from string import ascii_letters, digits

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from pydantic import ValidationError

from providers.errors import BadAnswer
from providers.model import Scope
from providers.vidyo import VidyoSettings, read_key
from providers.vidyo.portal import PortalReader
from providers.vidyo.replay import read_duration, read_moment, read_records, read_records_in_turns
from providers.vidyo.soap import NotSoap, SoapFault, read_body

from .answering import REPLAY, USER, envelope
from .conftest import settings_for

KEYS = st.text(f"{ascii_letters}{digits}_-", min_size=1, max_size=64)
MOMENTS = st.datetimes(datetime(1971, 1, 1), datetime(2998, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(KEYS)
def test_a_key_is_read_from_itself_and_from_every_link(key: str) -> None:
    host = "https://test.platform.vidyo.io"
    for written in (
        key,
        f"  {key}\n",
        f"{host}/join/{key}",
        f"{host}/join/{key}/",
        f"{host}/join/{key}&noguest",
        f"{host}/join/{key}?lang=en#x",
        f"{host}/flex.html?roomdirect.html&key={key}",
        f"{host}/flex.html?roomdirect.html&key={key}&noguest",
        f"{host}/flex.html?roomdirect.html&amp;key={key}",
        f"<{host}/join/{key}>",
        f"<{host}/join/{key}|my room>",
    ):
        assert read_key(written) == key


@given(st.text())
def test_whatever_is_typed_is_a_key_or_nothing(text: str) -> None:
    key = read_key(text)
    assert key is None or read_key(key) == key


@pytest.mark.parametrize(
    "text",
    [
        "",
        "my room",
        "a" * 65,
        "ключ",
        "https://x/join/",
        "https://x/join/a b",
        "https://x/flex.html?roomdirect.html",
        "ftp://x/join/abc",
        "https://x/elsewhere/abc",
        "https://[x/join/abc",
        "join/abc",
    ],
)
def test_what_cannot_be_a_key_is_none(text: str) -> None:
    assert read_key(text) is None


@given(st.integers(0, 99 * 3600))
def test_a_length_is_read_as_written(seconds: int) -> None:
    minutes, rest = divmod(seconds, 60)
    hours, minutes_of_hour = divmod(minutes, 60)
    assert read_duration(f"{minutes:02}:{rest:02}") == timedelta(seconds=seconds)
    assert read_duration(f"{hours}:{minutes_of_hour:02}:{rest:02}") == timedelta(seconds=seconds)


@given(st.text(max_size=12))
def test_no_text_breaks_the_reading_of_lengths_and_moments(text: str) -> None:
    assert read_duration(text) is None or ":" in text
    moment = read_moment(text)
    assert moment is None or moment.tzinfo is UTC


@given(MOMENTS, st.integers(-840, 840))
def test_a_moment_is_the_same_in_utc(moment: datetime, offset: int) -> None:
    moment = moment.astimezone(timezone(timedelta(minutes=offset)))
    read = read_moment(moment.isoformat())
    assert read == moment
    assert read.utcoffset() == timedelta()


def test_moments_come_in_the_forms_of_the_server() -> None:
    noon = datetime(2022, 8, 8, 9, 48, 44, tzinfo=UTC)
    for text in ("2022-08-08T09:48:44.000+00:00", "2022-08-08T09:48:44Z", "2022-08-08T11:48:44+02:00"):
        assert read_moment(text) == noon


def records(*rows: str) -> etree._Element:
    inner = "".join(f"<v:records>{row}</v:records>" for row in rows)
    return read_body(
        envelope(f"<v:RecordsSearchResponse>{inner}</v:RecordsSearchResponse>", REPLAY), "x", "y"
    )


def test_a_record_of_an_old_server_has_neither_size_nor_links() -> None:
    [one] = read_records(
        records(
            "<v:id>7</v:id><v:dateCreated>2014-01-01T00:00:00Z</v:dateCreated>"
            "<v:endTime>2014-01-01T01:15:00Z</v:endTime><v:recordScope>Organizational</v:recordScope>"
            "<v:unheard>of</v:unheard>"
        )
    ).recordings
    assert (one.size, one.file, one.locked, one.has_pin) == (None, None, False, False)
    assert one.duration == timedelta(minutes=75)
    assert one.scope is Scope.ORGANIZATION


def test_a_row_without_id_or_date_is_left_out_and_counted() -> None:
    rows = read_records(records("<v:id>7</v:id>", "<v:dateCreated>2014-01-01T00:00:00Z</v:dateCreated>", ""))
    assert rows.recordings == ()
    assert rows.received == 3


async def test_others_have_their_turn_while_many_records_are_read() -> None:
    answer = records(
        *(f"<v:id>{n}</v:id><v:dateCreated>2014-01-01T00:00:00Z</v:dateCreated>" for n in range(200))
    )
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    waiting = asyncio.create_task(others())
    rows = await read_records_in_turns(answer)
    waiting.cancel()
    assert rows == read_records(answer)
    assert rows.received == 200
    assert turns >= 20


def test_a_pin_is_known_to_be_there_and_not_known() -> None:
    [one] = read_records(
        records("<v:id>7</v:id><v:dateCreated>2014-01-01T00:00:00Z</v:dateCreated><v:pin>246810</v:pin>")
    ).recordings
    assert one.has_pin
    assert "246810" not in repr(one)


def test_a_nil_end_means_that_it_is_running() -> None:
    [one] = read_records(
        records(
            f"<v:id>7</v:id><v:dateCreated>{datetime.now(UTC).isoformat()}</v:dateCreated>"
            '<v:endTime xsi:nil="true"/><v:duration>00:00</v:duration>'
        )
    ).recordings
    assert one.running
    assert one.duration is None


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reading_of_envelopes(data: bytes) -> None:
    with pytest.raises(NotSoap):
        read_body(data, "x", "y")


def test_a_fault_is_told_by_the_name_of_what_is_in_its_detail() -> None:
    fault = (
        "<e:Fault><faultcode>e:Server</faultcode><faultstring>Room  is\n gone</faultstring>"
        "<detail><v:ControlMeetingFault><v:ErrorMessage>InvalidArgumentFault</v:ErrorMessage>"
        "</v:ControlMeetingFault></detail></e:Fault>"
    )
    with pytest.raises(
        SoapFault, match=r"x answered y with ControlMeetingFault \(“Room is gone”\)\."
    ) as caught:
        read_body(envelope(fault), "x", "y")
    assert caught.value.name == "ControlMeetingFault"


def test_a_link_of_a_portal_behind_a_tls_proxy_is_put_right() -> None:
    reader = PortalReader(USER, "https://test.platform.vidyo.io")

    def made(url: str) -> etree._Element:
        inner = f"<v:CreateScheduledRoomResponse><v:roomURL>{url}</v:roomURL></v:CreateScheduledRoomResponse>"
        return read_body(envelope(inner), "x", "y")

    room = reader.new_room(
        made("http://test.platform.vidyo.io/flex.html?roomdirect.html&amp;key=Nf5kaN9tWo&amp;noguest")
    )
    assert room.url == "https://test.platform.vidyo.io/flex.html?roomdirect.html&key=Nf5kaN9tWo"
    assert room.key == "Nf5kaN9tWo"
    assert reader.new_room(made("http://join.example.org/join/abc")).url == "http://join.example.org/join/abc"
    for bad in ("", "javascript:alert(1)", "https://test.platform.vidyo.io/", "/join/abc"):
        with pytest.raises(BadAnswer):
            reader.new_room(made(bad))


def test_a_setting_that_is_wrong_is_named() -> None:
    valid = settings_for("https://portal", "https://replay").model_dump()
    for changes, words in (
        ({"portal_url": "test.platform.vidyo.io"}, "https://test.platform.vidyo.io"),
        ({"portal_url": "https://a:b@test"}, "login out of the address"),
        ({"replay_url": "https://test/?x"}, "before any"),
        ({"replay_url": "ftp://test"}, "address like"),
        ({"service": "root"}, "'user' or 'admin'"),
        ({"read_timeout": "soon"}, "no duration"),
        ({"read_timeout": "0s"}, "longer than nothing"),
        ({"connect_timeout": "30s", "request_timeout": "5s"}, "shorter than request_timeout"),
        ({"passwort": "x"}, "passwort"),
        ({"username": "a:b"}, "username"),
    ):
        with pytest.raises(ValidationError, match=words):
            VidyoSettings(**(valid | changes))


def test_settings_keep_their_secret_and_lose_their_slash() -> None:
    settings = settings_for("https://portal/", "https://replay:8443/base/", profile="001")
    assert isinstance(settings, VidyoSettings)
    assert (settings.portal_url, settings.replay_url) == ("https://portal", "https://replay:8443/base")
    assert settings.profile == "001"
    assert "recbot-secret" not in repr(settings)
