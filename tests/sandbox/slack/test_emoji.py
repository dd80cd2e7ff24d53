"""What people type as an emoji reaches the app by its name, as with Slack."""

from sandbox.slack.server import SlackSandbox
from tests.sandbox.slack.conftest import ScriptedApp


async def test_an_emoji_in_a_command_arrives_by_its_name(slack: SlackSandbox, app: ScriptedApp) -> None:
    await slack.command("vova", "#standup", "/recordings search ☕️ title:🎉")
    assert app.last["text"] == "search :coffee: title::tada:"
