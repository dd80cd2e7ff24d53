"""`recbot sandbox`: the far sides at addresses that stay the same, for a recbot.toml that is written once."""

import asyncio
import tomllib

import pytest
from click.testing import CliRunner

from bot.cli.demo import alone, free_port
from bot.cli.main import cli
from tests.eventually import eventually


async def test_each_side_is_at_the_port_that_it_was_given(capsys: pytest.CaptureFixture[str]) -> None:
    page, portal, replay, platform, media = (free_port() for _ in range(5))
    sides = asyncio.create_task(
        alone(page, 20, lenient=False, vidyo_ports=(portal, replay), phone_ports=(platform, media))
    )
    printed = ""

    def is_told() -> bool:
        nonlocal printed
        assert not sides.done()
        printed += capsys.readouterr().out
        return "[providers.ringcentral]" in printed

    await eventually(is_told)
    sides.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sides
    told = tomllib.loads(printed)
    assert told["slack"]["api_url"] == f"http://127.0.0.1:{page}/api/"
    assert told["providers"]["vidyo"]["portal_url"] == f"http://127.0.0.1:{portal}"
    assert told["providers"]["vidyo"]["replay_url"] == f"http://127.0.0.1:{replay}"
    assert told["providers"]["ringcentral"]["server_url"] == f"http://127.0.0.1:{platform}"
    assert told["providers"]["ringcentral"]["media_hosts"] == [f"127.0.0.1:{media}"]


@pytest.mark.parametrize(
    "option", ["--port", "--portal-port", "--replay-port", "--ringcentral-port", "--media-port"]
)
def test_a_port_for_each_side_can_be_given_on_the_command_line(option: str) -> None:
    assert option in CliRunner().invoke(cli, ["sandbox", "--help"]).output
    refused = CliRunner().invoke(cli, ["sandbox", option, "70000"])
    assert (refused.exit_code, option in refused.output) == (2, True)
