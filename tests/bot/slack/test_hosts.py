import pytest

from bot.domain.errors import CannotDo
from bot.slack.hosts import SlackHosts


@pytest.mark.parametrize(
    "address",
    [
        "https://hooks.slack.com/commands/T1/2/x",
        "https://slack.com/api/",
        "https://files.slack.com/upload/v1/x",
        "https://HOOKS.Slack.com/x",
    ],
)
def test_slacks_own_addresses_pass(address: str) -> None:
    assert SlackHosts("https://slack.com/api/").check(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "//hooks.slack.com/x",
        "http://hooks.slack.com/x",
        "https://slack.com.example.org/x",
        "https://example.org/slack.com",
        "https://notslack.com/x",
        "https://slack.com@example.org/x",
        "https://example.org#.slack.com",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "https://[",
        "https://example.org:x/",
        "https://someone@hooks.slack.com/x",
        "https://example.org\\@hooks.slack.com/x",
        "https://hooks.slack.com:8443/x",
        "https://hooks.slack.com./x",
        "https://hooks.slack.com/x\r\nHost: example.org",
        "https:hooks.slack.com/x",
        "http://127.0.0.1:8300/response/x",
    ],
)
def test_nothing_else_does(address: str) -> None:
    with pytest.raises(CannotDo, match="not Slack's; nothing was sent there"):
        SlackHosts("https://slack.com/api/").check(address)


def test_a_sandbox_passes_where_it_is_configured_and_only_at_its_port() -> None:
    hosts = SlackHosts("http://127.0.0.1:8300/api/")
    assert hosts.check("http://127.0.0.1:8300/response/x")
    for other in ("http://127.0.0.1:8301/response/x", "https://127.0.0.1:8300/response/x"):
        with pytest.raises(CannotDo):
            hosts.check(other)
