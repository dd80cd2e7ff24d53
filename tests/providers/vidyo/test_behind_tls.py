"""Behind a TLS proxy a server writes links in the clear: they are asked for on the configured origin, or not at all."""

from datetime import UTC, datetime

import pytest
from yarl import URL

from providers.errors import UnsafeLink
from providers.memories import ForgetfulSignInMemory
from providers.model import Recording, RecordingId
from providers.vidyo.http import Http, behind_tls
from providers.vidyo.media import MediaDoor
from providers.vidyo.sign_in import SignIn

from .conftest import settings_for

REPLAY = "https://test.replay.platform.vidyo.io"
PLAIN = "http://test.replay.platform.vidyo.io"
MOMENT = datetime(2026, 5, 17, tzinfo=UTC)


async def asked_for_nothing() -> None:
    raise AssertionError("no file is opened here")


def asked(link: str, replay: str = REPLAY) -> str:
    """The address that would be asked for the file of a recording with this link."""
    settings = settings_for("https://test.platform.vidyo.io", replay)
    sign_in = SignIn("The replay server", settings, "", ForgetfulSignInMemory(), form=True)
    door = MediaDoor(Http(None, None, None), sign_in, asked_for_nothing, settings)  # type: ignore[arg-type]
    row = Recording(RecordingId("1"), "", "", None, None, MOMENT, MOMENT, None, None, None, file=link)
    return str(door.address(row))


@pytest.mark.parametrize(
    ("link", "reached"),
    [
        ("/replay/downloadRecording.do?file=bce75e5c", "/replay/downloadRecording.do?file=bce75e5c"),
        (":80/replay/downloadRecording.do?file=1", "/replay/downloadRecording.do?file=1"),
        (":8080/replay/downloadRecording.do?file=1", "/replay/downloadRecording.do?file=1"),
        ("/replay/d.do?file=a%2Fb+c&x=%26&y", "/replay/d.do?file=a/b+c&x=%26&y"),
        ("//other.example.org/x?y", "//other.example.org/x?y"),
        ("/x%2F..%2Fy", "/x%2F..%2Fy"),
    ],
)
def test_a_link_in_the_clear_is_asked_for_over_tls_with_its_path_and_query(link: str, reached: str) -> None:
    assert asked(PLAIN + link) == REPLAY + reached
    assert asked("HTTP://Test.Replay.Platform.Vidyo.IO" + link) == REPLAY + reached


def test_the_port_and_the_host_are_the_configured_ones() -> None:
    assert asked(f"{PLAIN}:8080/x?y=1", f"{REPLAY}:8443") == f"{REPLAY}:8443/x?y=1"


@pytest.mark.parametrize(
    "link",
    [
        "http://other.example.org/x",
        "http://test.replay.platform.vidyo.io.example.org/x",
        "http://user:pass@test.replay.platform.vidyo.io/x",
        "http://test.replay.platform.vidyo.io@other.example.org/x",
        f"{REPLAY}:8443/x",
        "ftp://test.replay.platform.vidyo.io/x",
        "ws://test.replay.platform.vidyo.io/x",
    ],
)
def test_no_other_link_becomes_ours_by_that(link: str) -> None:
    with pytest.raises(UnsafeLink):
        asked(link)


def test_where_no_tls_is_configured_a_link_over_tls_is_not_asked_for_in_the_clear() -> None:
    with pytest.raises(UnsafeLink):
        asked(f"{REPLAY}/x", PLAIN)


def test_a_join_link_keeps_the_key_that_stands_in_its_fragment() -> None:
    link = URL("http://portal.example.org:8080/flex.html?a#key=Nf5kaN9tWo")
    reached = behind_tls(link, URL("https://portal.example.org"))
    assert str(reached) == "https://portal.example.org/flex.html?a#key=Nf5kaN9tWo"
