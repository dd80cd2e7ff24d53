"""Each call of Slack's Web API says what the method's reference knows, and nothing else."""

from tests.stories.world import World

POSTING = "channel text blocks attachments thread_ts metadata unfurl_links unfurl_media reply_broadcast mrkdwn parse"
UPDATING = "channel ts text blocks attachments metadata parse link_names reply_broadcast file_ids as_user"
EPHEMERAL = "channel user text blocks attachments thread_ts parse link_names"
KNOWN = {"chat.postMessage": POSTING, "chat.update": UPDATING, "chat.postEphemeral": EPHEMERAL}


async def test_a_card_is_posted_and_updated_with_documented_arguments(world: World) -> None:
    await world.start()
    await world.card("Recording")
    await world.slack.command("vova", "#general", "/record stop")
    await world.card("Ready")
    calls = {name: world.slack.workspace.journal.calls(name) for name in KNOWN}
    assert calls["chat.postMessage"]
    assert calls["chat.update"]
    for name, made in calls.items():
        for call in made:
            assert set(call.detail) <= set(KNOWN[name].split()), name
    for call in calls["chat.postMessage"]:
        assert (call.detail["unfurl_links"], call.detail["unfurl_media"]) == (False, False)
