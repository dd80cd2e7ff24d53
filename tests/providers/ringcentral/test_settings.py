"""What an operator may write about a RingCentral account, and what is said of the rest."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from providers.errors import UnsafeLink
from providers.ringcentral import RingCentralSettings
from providers.ringcentral.http import Hosts

LOGIN = {"password_grant": True, "username": "+16505550199", "password": "secret", "jwt": None}


def settings(**changes: Any) -> RingCentralSettings:
    values = {"kind": "ringcentral", "client_id": "app", "client_secret": "hush", "jwt": "a.b.c"} | changes
    return RingCentralSettings(**{key: value for key, value in values.items() if value is not None})


def test_little_is_needed_and_secrets_are_not_shown(tmp_path: Path) -> None:
    (tmp_path / "jwt").write_text("a.b.c\n")
    read = settings(jwt=None, jwt_file=str(tmp_path / "jwt"))
    assert read.jwt is not None
    assert read.jwt.get_secret_value() == "a.b.c"
    assert read.server_url == "https://platform.ringcentral.com"
    assert read.media_hosts == ["media.ringcentral.com"]
    assert "hush" not in repr(read)
    assert "a.b.c" not in repr(read)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"jwt": None}, "set jwt"),
        ({"password": "x"}, "password_grant = true"),
        ({"username": "x"}, "password_grant = true"),
        (LOGIN | {"jwt": "a.b.c"}, "not both"),
        (LOGIN | {"username": ""}, "needs username and password"),
        ({"server_url": "platform.ringcentral.com"}, "write an address like"),
        ({"server_url": "https://app:x@platform.ringcentral.com"}, "leave the login out"),
        ({"server_url": "https://platform.ringcentral.com/restapi"}, "must end with the host"),
        ({"media_hosts": ["https://media.ringcentral.com"]}, "write a host like"),
        ({"media_hosts": ["media.ringcentral.com/x"]}, "write a host like"),
        ({"media_hosts": ["*.ringcentral.com"]}, "write a host like"),
        ({"media_hosts": ["me@ringcentral.com"]}, "write a host like"),
        ({"media_hosts": [""]}, "write a host like"),
        ({"media_hosts": ["media.ringcentral.com:x"]}, "write a host like"),
        ({"look_back": "0s"}, "longer than nothing"),
        ({"connect_timeout": "30s"}, "shorter than request_timeout"),
        ({"level": "company"}, "account"),
    ],
)
def test_a_mistake_is_named(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words) as caught:
        settings(**changes)
    assert "hush" not in str(caught.value)


def test_a_password_works_where_it_is_asked_for() -> None:
    assert settings(**LOGIN, extension="101").password_grant


@pytest.mark.parametrize(
    ("link", "ours"),
    [
        ("https://media.example/x", True),
        ("https://media.example:443/x", True),
        ("https://MEDIA.example/x", True),
        ("https://other.example:8443/x", True),
        ("https://platform.example/x", True),
        ("/x", True),
        ("https://media.example:8443/x", False),
        ("https://other.example/x", False),
        ("http://media.example/x", False),
        ("http://platform.example/x", False),
        ("https://media.example.evil.example/x", False),
        ("https://media.example@evil.example/x", False),
        ("https://user:pass@media.example/x", False),
        ("https://evil.example\\@media.example/x", False),
        ("//evil.example/x", False),
        ("file:///etc/passwd", False),
        ("javascript:alert(1)", False),
        ("https://[::1", False),
    ],
)
def test_only_hosts_that_the_operator_named_are_ours(link: str, ours: bool) -> None:
    named = settings(
        server_url="https://platform.example", media_hosts=["media.example:443", "Other.example:8443"]
    )
    hosts = Hosts(named)
    if ours:
        assert hosts.any_link(link, hosts.at_server("/")).scheme == "https"
    else:
        with pytest.raises(UnsafeLink, match="nothing was sent"):
            hosts.any_link(link, hosts.at_server("/"))


def test_a_far_side_without_tls_may_have_media_without_it() -> None:
    hosts = Hosts(settings(server_url="http://127.0.0.1:80", media_hosts=["127.0.0.1:8081", "localhost:80"]))
    base = httpx.URL("http://127.0.0.1/")
    assert hosts.any_link("http://127.0.0.1:8081/x", base)
    assert hosts.any_link("http://localhost/x", base)
    with pytest.raises(UnsafeLink):
        hosts.any_link("http://127.0.0.1:8082/x", base)
    with pytest.raises(UnsafeLink):
        hosts.server_link("http://127.0.0.1:8081/x", base)
