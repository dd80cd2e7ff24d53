"""The Web API as a bot meets it: what it takes, what it keeps, and how it refuses."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack.server import SlackSandbox
from tests.sandbox.slack.conftest import modal, section

METADATA = {"event_type": "notice", "event_payload": {"key": "n1", "count": 2}}


async def refusal(awaitable: Any) -> Any:
    with pytest.raises(SlackApiError) as caught:
        await awaitable
    return caught.value.response


async def test_auth_test_tells_who_we_are_and_what_we_may(client: AsyncWebClient) -> None:
    answer = await client.auth_test()
    assert (answer["team_id"], answer["user_id"], answer["bot_id"]) == ("T0SANDBOX", "U0RECBOT", "B0RECBOT")
    assert "chat:write" in answer.headers["X-OAuth-Scopes"].split(",")


@pytest.mark.parametrize("way", ["json", "form", "query", "get"])
async def test_every_method_takes_json_form_query_and_get(
    slack: SlackSandbox, session: aiohttp.ClientSession, way: str
) -> None:
    arguments = {"channel": "C0STANDUP", "text": "hello", "blocks": json.dumps([section("from blocks")])}
    sent: dict[str, Any] = {"json": {"json": arguments}, "form": {"data": arguments}}.get(
        way, {"params": arguments}
    )
    verb = "GET" if way == "get" else "POST"
    headers = {"Authorization": "Bearer xoxb-sandbox"}
    async with session.request(verb, slack.api_url + "chat.postMessage", headers=headers, **sent) as answer:
        assert (await answer.json())["ok"] is True
    [message] = slack.messages("#standup")
    assert message.blocks[0]["text"]["text"] == "from blocks"


async def test_a_token_may_travel_as_an_argument(slack: SlackSandbox, session: aiohttp.ClientSession) -> None:
    async with session.post(slack.api_url + "auth.test", data={"token": "xoxb-sandbox"}) as answer:
        assert (await answer.json())["ok"] is True
    assert "xoxb" not in str(list(slack.workspace.journal))


async def test_wrong_tokens_are_refused(slack: SlackSandbox, session: aiohttp.ClientSession) -> None:
    def with_token(token: str | None) -> AsyncWebClient:
        return AsyncWebClient(token=token, base_url=slack.api_url, session=session)

    assert (await refusal(with_token(None).auth_test()))["error"] == "not_authed"
    assert (await refusal(with_token("xoxb-other").auth_test()))["error"] == "invalid_auth"
    assert (await refusal(with_token("xapp-sandbox").auth_test()))["error"] == "not_allowed_token_type"
    opening = with_token("xoxb-sandbox").apps_connections_open(app_token="xoxb-sandbox")
    assert (await refusal(opening))["error"] == "not_allowed_token_type"


async def test_an_unknown_method_and_a_broken_body_are_refused(
    slack: SlackSandbox, client: AsyncWebClient, session: aiohttp.ClientSession
) -> None:
    assert (await refusal(client.api_call("chat.shout")))["error"] == "unknown_method"
    headers = {"Authorization": "Bearer xoxb-sandbox", "Content-Type": "application/json"}
    for body, error in (("{", "invalid_json"), ("[]", "json_not_object")):
        async with session.post(slack.api_url + "auth.test", data=body, headers=headers) as answer:
            assert (await answer.json())["error"] == error


async def test_a_missing_scope_is_named(slack: SlackSandbox, client: AsyncWebClient) -> None:
    slack.api.scopes = frozenset({"commands"})
    answer = await refusal(client.chat_postMessage(channel="C0STANDUP", text="x"))
    assert (answer["error"], answer["needed"], answer["provided"]) == (
        "missing_scope",
        "chat:write",
        "commands",
    )


async def test_who_is_in_a_user_group_is_told_to_whoever_has_the_scope(
    slack: SlackSandbox, client: AsyncWebClient
) -> None:
    assert (await client.usergroups_users_list(usergroup="S0LEADS"))["users"] == ["U0VOVA", "U0ANNA"]
    unknown = await refusal(client.usergroups_users_list(usergroup="S0NONE"))
    assert unknown["error"] == "no_such_subteam"
    slack.api.scopes -= {"usergroups:read"}
    answer = await refusal(client.usergroups_users_list(usergroup="S0LEADS"))
    assert (answer["error"], answer["needed"]) == ("missing_scope", "usergroups:read")


async def test_people_of_another_workspace_are_strangers(slack: SlackSandbox, client: AsyncWebClient) -> None:
    people = slack.workspace.people
    people["U0EVE"] = replace(people["U0SAM"], id="U0EVE", team="T0ELSEWHERE")
    eve, sam = [(await client.users_info(user=user))["user"] for user in ("U0EVE", "U0SAM")]
    assert (eve["team_id"], eve["is_stranger"]) == ("T0ELSEWHERE", True)
    assert (sam["team_id"], sam["is_stranger"]) == ("T0SANDBOX", False)


async def test_the_app_speaks_only_where_it_is(slack: SlackSandbox, client: AsyncWebClient) -> None:
    post = client.chat_postMessage
    assert (await refusal(post(channel="C0NOBOT", text="x")))["error"] == "not_in_channel"
    assert (await refusal(post(channel="G0LEADS", text="x")))["error"] == "channel_not_found"
    assert (await refusal(post(channel="C0NOWHERE", text="x")))["error"] == "channel_not_found"
    slack.workspace.archive(slack.workspace.conversation("C0STANDUP"))
    assert (await refusal(post(channel="C0STANDUP", text="x")))["error"] == "is_archived"

    slack.api.scopes |= {"chat:write.public"}
    assert (await post(channel="C0NOBOT", text="x"))["ok"]


async def test_an_invitation_opens_a_private_channel(slack: SlackSandbox, client: AsyncWebClient) -> None:
    assert (await slack.command("vova", "leads", "/invite @recbot")).ok
    assert (await client.chat_postMessage(channel="G0LEADS", text="Thanks."))["ok"]
    assert (await slack.command("vova", "leads", "/remove @recbot")).ok
    assert (await refusal(client.chat_postMessage(channel="G0LEADS", text="x")))[
        "error"
    ] == "channel_not_found"


async def test_a_message_can_go_to_a_channel_name_or_to_a_person(
    slack: SlackSandbox, client: AsyncWebClient
) -> None:
    await client.chat_postMessage(channel="#standup", text="to all")
    answer = await client.chat_postMessage(channel="U0VOVA", text="to you")
    assert answer["channel"].startswith("D")
    assert [m.text for m in slack.messages(answer["channel"], "vova")] == ["to you"]
    assert slack.messages(answer["channel"], "anna") == []
    opened = await client.conversations_open(users="U0VOVA")
    assert opened["channel"]["id"] == answer["channel"] == slack.dm("vova").id


async def test_what_a_message_may_hold_is_checked(client: AsyncWebClient) -> None:
    async def error(**arguments: Any) -> str:
        given = {"channel": "C0STANDUP"} | arguments
        return str((await refusal(client.api_call("chat.postMessage", json=given)))["error"])

    assert await error() == "no_text"
    assert await error(text="x", blocks=[section("x")] * 51) == "msg_blocks_too_many"
    assert await error(text="x", blocks=[section("")]) == "invalid_blocks"
    assert await error(text="x", attachments=[{"text": "a"}] * 101) == "too_many_attachments"
    assert await error(text="x", markdown_text="y") == "markdown_text_conflict"
    assert await error(markdown_text="y" * 12_001) == "msg_too_long"
    assert await error(text="x", metadata={"event_type": "a"}) == "invalid_metadata_format"
    nested = {"event_type": "a", "event_payload": {"deep": {"er": 1}}}
    assert await error(text="x", metadata=nested) == "invalid_metadata_format"
    large = {"event_type": "a", "event_payload": {"k": "v" * 9000}}
    assert await error(text="x", metadata=large) == "metadata_too_large"
    assert await error(text="x", thread_ts="1.000001") == "thread_not_found"


async def test_invalid_blocks_are_explained(client: AsyncWebClient) -> None:
    answer = await refusal(
        client.chat_postMessage(channel="C0STANDUP", text="x", blocks=[section("x" * 3001)])
    )
    assert "3001 characters" in answer["response_metadata"]["messages"][0]


async def test_a_very_long_text_is_cut_with_a_warning(slack: SlackSandbox, client: AsyncWebClient) -> None:
    answer = await client.chat_postMessage(channel="C0STANDUP", text="x" * 40_001)
    assert answer["warning"] == "message_truncated"
    assert len(slack.messages("standup")[0].text) == 40_000


async def test_an_update_replaces_and_removes_as_slack_does(
    slack: SlackSandbox, client: AsyncWebClient
) -> None:
    posted = await client.chat_postMessage(
        channel="C0STANDUP", text="asked", blocks=[section("asked")], metadata=METADATA
    )
    [message] = slack.messages("standup")
    await client.chat_update(channel="C0STANDUP", ts=posted["ts"], text="on", blocks=[section("on")])
    assert (message.blocks[0]["text"]["text"], message.edited, message.updates) == ("on", False, 1)
    assert message.metadata == METADATA

    await client.chat_update(channel="C0STANDUP", ts=posted["ts"], text="only words")
    assert (message.blocks, message.text, message.edited) == ([], "only words", True)
    await client.chat_update(channel="C0STANDUP", ts=posted["ts"], text="only words", metadata={})
    assert message.metadata is None


async def test_updates_are_for_ones_own_standing_messages(
    slack: SlackSandbox, client: AsyncWebClient
) -> None:
    async def error(**arguments: Any) -> str:
        return str((await refusal(client.chat_update(**arguments)))["error"])

    mine = await client.chat_postMessage(channel="C0STANDUP", text="mine")
    theirs = slack.say("anna", "standup", "hers")
    at = {"channel": "C0STANDUP", "ts": mine["ts"]}
    assert await error(**at | {"ts": theirs.ts}, text="x") == "cant_update_message"
    assert await error(**at | {"ts": "1.000001"}, text="x") == "message_not_found"
    assert await error(**at | {"ts": float(mine["ts"])}, text="x") == "message_not_found"
    assert await error(**at | {"channel": "U0VOVA"}, text="x") == "channel_not_found"
    assert await error(**at, text="x" * 4001) == "msg_too_long"
    deleted = await refusal(client.chat_delete(channel="C0STANDUP", ts=theirs.ts))
    assert deleted["error"] == "cant_delete_message"
    await client.chat_delete(channel="C0STANDUP", ts=mine["ts"])
    assert [m.text for m in slack.messages("standup")] == ["hers"]
    assert await error(**at, text="x") == "message_not_found"


async def test_an_ephemeral_message_is_for_one_and_cannot_be_found_again(
    slack: SlackSandbox, client: AsyncWebClient
) -> None:
    answer = await client.chat_postEphemeral(channel="C0STANDUP", user="U0VOVA", text="for you")
    assert [m.text for m in slack.messages("standup", "vova")] == ["for you"]
    assert slack.messages("standup", "anna") == slack.messages("standup") == []
    assert (await client.conversations_history(channel="C0STANDUP"))["messages"] == []
    gone = await refusal(client.chat_update(channel="C0STANDUP", ts=answer["message_ts"], text="x"))
    assert gone["error"] == "message_not_found"
    slack.workspace.leave(slack.workspace.conversation("standup"), "U0VOVA")
    absent = client.chat_postEphemeral(channel="C0STANDUP", user="U0VOVA", text="x")
    assert (await refusal(absent))["error"] == "user_not_in_channel"


async def test_history_is_newest_first_with_metadata_on_request(client: AsyncWebClient) -> None:
    for number in range(3):
        await client.chat_postMessage(channel="C0STANDUP", text=str(number), metadata=METADATA)
    plain = await client.conversations_history(channel="C0STANDUP", limit=2)
    assert [m["text"] for m in plain["messages"]] == ["2", "1"]
    assert plain["has_more"]
    assert "metadata" not in plain["messages"][0]
    cursor = plain["response_metadata"]["next_cursor"]
    rest = await client.conversations_history(
        channel="C0STANDUP", limit=2, cursor=cursor, include_all_metadata=True
    )
    assert [(m["text"], m["metadata"]) for m in rest["messages"]] == [("0", METADATA)]
    newer = await client.conversations_history(channel="C0STANDUP", oldest=rest["messages"][0]["ts"])
    assert [m["text"] for m in newer["messages"]] == ["2", "1"]


async def test_replies_stand_in_their_thread(slack: SlackSandbox, client: AsyncWebClient) -> None:
    parent = await client.chat_postMessage(channel="C0STANDUP", text="parent")
    reply = await client.chat_postMessage(channel="C0STANDUP", text="reply", thread_ts=parent["ts"])
    below = client.chat_postMessage(channel="C0STANDUP", text="x", thread_ts=reply["ts"])
    assert (await refusal(below))["error"] == "cannot_reply_to_message"
    history = await client.conversations_history(channel="C0STANDUP")
    assert [(m["text"], m["reply_count"]) for m in history["messages"]] == [("parent", 1)]
    thread = await client.conversations_replies(channel="C0STANDUP", ts=parent["ts"])
    assert [m["text"] for m in thread["messages"]] == ["parent", "reply"]
    assert [m.text for m in slack.messages("standup", thread_ts=parent["ts"])] == ["parent", "reply"]


async def test_people_have_their_own_time_zones(client: AsyncWebClient) -> None:
    guest = (await client.users_info(user="U0GUEST"))["user"]
    assert (guest["real_name"], guest["is_restricted"]) == ("Gil Guest", True)
    everyone = (await client.users_list())["members"]
    assert len({person["tz_offset"] for person in everyone}) == len(everyone) == 5
    assert (await refusal(client.users_info(user="U0X")))["error"] == "user_not_found"


async def test_channels_are_listed_as_the_app_may_see_them(
    slack: SlackSandbox, client: AsyncWebClient
) -> None:
    listed = await client.conversations_list(types="public_channel,private_channel")
    assert {c["id"]: c["is_member"] for c in listed["channels"]} == {
        "C0GENERAL": True,
        "C0STANDUP": True,
        "C0NOBOT": False,
    }
    assert (await client.conversations_info(channel="C0NOBOT"))["channel"]["name"] == "no-bot"
    assert (await refusal(client.conversations_info(channel="G0LEADS")))["error"] == "channel_not_found"
    assert "U0ANNA" in (await client.conversations_members(channel="C0STANDUP"))["members"]
    await client.conversations_join(channel="C0NOBOT")
    assert "U0RECBOT" in slack.workspace.conversation("no-bot").members


async def test_reactions_bookmarks_and_permalinks(
    slack: SlackSandbox, client: AsyncWebClient, session: aiohttp.ClientSession
) -> None:
    posted = await client.chat_postMessage(channel="C0STANDUP", text="x")
    at = {"channel": "C0STANDUP", "timestamp": posted["ts"], "name": "eyes"}
    await client.reactions_add(**at)
    assert slack.messages("standup")[0].reactions == {"eyes": ["U0RECBOT"]}
    assert (await refusal(client.reactions_add(**at)))["error"] == "already_reacted"
    await client.reactions_remove(**at)
    assert (await refusal(client.reactions_remove(**at)))["error"] == "no_reaction"
    await client.bookmarks_add(
        channel_id="C0STANDUP", title="Room", type="link", link="https://example.org/join"
    )
    assert slack.workspace.conversation("standup").bookmarks[0]["title"] == "Room"
    link = (await client.chat_getPermalink(channel="C0STANDUP", message_ts=posted["ts"]))["permalink"]
    async with session.get(link, allow_redirects=False) as answer:
        assert answer.headers["Location"] == "/#C0STANDUP"


async def test_blocks_can_be_validated_without_a_token(
    slack: SlackSandbox, session: aiohttp.ClientSession
) -> None:
    for blocks, ok in (([section("x")], True), ([section("")], False)):
        async with session.post(slack.api_url + "blocks.validate", json={"blocks": blocks}) as answer:
            assert (await answer.json())["ok"] is ok


async def test_a_view_needs_a_trigger(client: AsyncWebClient) -> None:
    answer = await refusal(client.views_open(trigger_id="1.2.3", view=modal()))
    assert answer["error"] == "invalid_trigger_id"
    assert (await refusal(client.views_update(view_id="V0", view=modal())))["error"] == "not_found"


async def test_home_tabs_are_guarded_by_their_hash(slack: SlackSandbox, client: AsyncWebClient) -> None:
    home = {"type": "home", "blocks": [section("Welcome")]}
    first = (await client.views_publish(user_id="U0VOVA", view=home))["view"]
    await client.views_publish(user_id="U0VOVA", view=home, hash=first["hash"])
    late = client.views_publish(user_id="U0VOVA", view=home, hash=first["hash"])
    assert (await refusal(late))["error"] == "hash_conflict"
    shown = slack.home_of("vova")
    assert shown is not None
    assert shown.blocks[0]["text"]["text"] == "Welcome"
