"""Commands, clicks and forms, and what people see when the app answers well, badly or not at all."""

from __future__ import annotations

import asyncio
import functools
import json
import time
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack.model import SlashCommand
from sandbox.slack.reading import text_of
from sandbox.slack.server import SlackSandbox
from tests.clock import lasting
from tests.sandbox.slack.conftest import Request, ScriptedApp, actions, button, modal, section, text_input

Json = dict[str, Any]


async def post(session: aiohttp.ClientSession, url: str, **body: Any) -> int:
    async with session.post(url, json=body) as answer:
        return answer.status


async def test_a_command_arrives_signed_and_whole(slack: SlackSandbox, app: ScriptedApp) -> None:
    assert (await slack.command("vova", "#standup", "/record start Nf5kaN9tWo")).ok
    [request] = app.requests
    assert SignatureVerifier("sandbox-signing-secret").is_valid_request(request.raw, request.headers)
    told = dict(request.body)
    assert told.pop("response_url").startswith(slack.url + "/response/")
    assert told.pop("trigger_id")
    assert told == {
        "token": "sandbox-verification",
        "team_id": "T0SANDBOX",
        "team_domain": "sandbox",
        "channel_id": "C0STANDUP",
        "channel_name": "standup",
        "user_id": "U0VOVA",
        "user_name": "vova",
        "command": "/record",
        "text": "start Nf5kaN9tWo",
        "api_app_id": "A0RECBOT",
        "is_enterprise_install": "false",
    }


async def test_mentions_in_a_command_arrive_as_typed_or_as_ids_where_the_manifest_says_so(
    slack: SlackSandbox, app: ScriptedApp
) -> None:
    typed = "can @anna start #standup or@nobody @ghost"
    await slack.command("vova", "leads", f"/record {typed}")
    assert (app.last["text"], app.last["channel_name"]) == (typed, "privategroup")
    escaping = SlashCommand("/record", should_escape=True)
    async with SlackSandbox(commands=[escaping], request_url=app.url) as other:
        await other.command("vova", "leads", f"/record {typed}")
    assert app.last["text"] == "can <@U0ANNA|anna> start <#C0STANDUP|standup> or@nobody @ghost"


async def test_what_the_ack_says_is_shown_to_the_caller_unless_it_says_otherwise(
    slack: SlackSandbox, app: ScriptedApp
) -> None:
    app.answer = lambda request: {"text": "Only you."}
    result = await slack.command("vova", "standup", "/record help")
    assert result.message is not None
    assert result.message.ephemeral
    app.answer = lambda request: web.Response(text="Plain words.")
    await slack.command("vova", "standup", "/record help")
    app.answer = lambda request: {"text": "All of you.", "response_type": "in_channel"}
    await slack.command("vova", "standup", "/record help")
    assert [m.text for m in slack.messages("standup", "vova")] == [
        "Only you.",
        "Plain words.",
        "All of you.",
    ]
    assert [m.text for m in slack.messages("standup", "anna")] == ["All of you."]


async def late(request: Request) -> web.Response:
    await asyncio.sleep(3.1)
    return web.Response()


async def test_a_person_sees_when_the_app_is_late(slack: SlackSandbox, app: ScriptedApp) -> None:
    app.answer = late
    with lasting(3):
        assert (await slack.command("vova", "standup", "/record status")).error == "operation_timeout"
    assert slack.failures[0].text == '/record failed with the error "operation_timeout"'


async def test_a_person_sees_when_the_app_is_wrong_or_away(slack: SlackSandbox, app: ScriptedApp) -> None:
    app.answer = lambda request: web.Response(status=404)
    assert (await slack.command("vova", "standup", "/record status")).error == "dispatch_failed"
    app.answer = lambda request: {"blocks": [section("")]}
    bad = await slack.command("vova", "standup", "/record status")
    assert bad.error is not None
    assert bad.error.startswith("invalid_command_response (invalid_blocks")
    await slack.set_request_url("http://127.0.0.1:9/")
    assert (await slack.command("vova", "standup", "/record status")).error == "dispatch_failed"
    # Commands are not repeated.
    assert len(app.requests) == 2


async def test_a_command_nobody_declared_never_reaches_the_app(slack: SlackSandbox, app: ScriptedApp) -> None:
    assert (await slack.command("vova", "standup", "/shout")).error == "/shout is not a valid command."
    assert app.requests == []


async def test_a_response_url_takes_five_posts_for_the_caller(
    slack: SlackSandbox, app: ScriptedApp, session: aiohttp.ClientSession
) -> None:
    await slack.command("vova", "standup", "/record status")
    url = app.last["response_url"]
    statuses = []
    for text, kind in zip("012345", ["ephemeral"] * 4 + ["in_channel"] * 2, strict=True):
        statuses.append(await post(session, url, text=text, response_type=kind))
        await asyncio.sleep(1)  # one post a second is taken
    assert statuses == [200] * 5 + [404]
    assert [m.text for m in slack.messages("standup", "vova")] == ["0", "1", "2", "3", "4"]
    assert [m.text for m in slack.messages("standup", "anna")] == ["4"]


async def test_a_response_url_takes_one_post_a_second_after_a_burst(
    slack: SlackSandbox, app: ScriptedApp, session: aiohttp.ClientSession
) -> None:
    await slack.command("vova", "standup", "/record status")
    url = app.last["response_url"]
    statuses = await asyncio.gather(*(post(session, url, text=str(n)) for n in range(5)))
    assert sorted(statuses) == [200] * 4 + [429]


async def test_a_response_url_dies_after_half_an_hour(
    slack: SlackSandbox, app: ScriptedApp, session: aiohttp.ClientSession
) -> None:
    slack.clock.speed = 10
    await slack.command("vova", "standup", "/record status")
    url = app.last["response_url"]
    await asyncio.sleep(30 * 60 / 10)
    assert await post(session, url, text="in time") == 200
    await asyncio.sleep(1)
    assert await post(session, url, text="too late") == 404
    assert await post(session, slack.url + "/response/unknown", text="x") == 404


async def test_a_bad_answer_to_a_response_url_is_refused(
    slack: SlackSandbox, app: ScriptedApp, session: aiohttp.ClientSession
) -> None:
    await slack.command("vova", "standup", "/record status")
    assert await post(session, app.last["response_url"], blocks=[section("")]) == 400
    assert slack.messages("standup", "vova") == []


async def test_a_click_carries_the_message_the_value_and_the_state(
    slack: SlackSandbox, app: ScriptedApp, client: AsyncWebClient
) -> None:
    options = [{"text": {"type": "plain_text", "text": n}, "value": n} for n in ("a", "b")]
    menu = {"type": "static_select", "action_id": "profile", "options": options}
    metadata = {"event_type": "card", "event_payload": {"watch": "w1"}}
    await client.chat_postMessage(
        channel="C0STANDUP",
        text="card",
        blocks=[section("Recording"), actions(button("Stop", "stop", "r1"), menu, block_id="b")],
        metadata=metadata,
    )
    card = await slack.see("standup", "Recording")
    assert (await slack.click("anna", card, "profile", option="b")).ok
    assert app.last["actions"][0]["selected_option"]["value"] == "b"

    assert (await slack.press("anna", card, "Stop")).ok
    told = app.last
    assert told["type"] == "block_actions"
    assert told["user"]["id"] == "U0ANNA"
    assert told["channel"] == {"id": "C0STANDUP", "name": "standup"}
    assert told["message"]["metadata"] == metadata
    assert told["message"]["blocks"][1]["elements"][0]["value"] == "r1"
    assert told["container"] == {
        "type": "message",
        "message_ts": card.ts,
        "channel_id": "C0STANDUP",
        "is_ephemeral": False,
    }
    [action] = told["actions"]
    assert {key: action[key] for key in ("action_id", "block_id", "type", "value")} == {
        "action_id": "stop",
        "block_id": "b",
        "type": "button",
        "value": "r1",
    }
    assert action["text"]["text"] == "Stop"
    assert action["action_ts"]
    assert told["state"]["values"]["b"]["profile"]["selected_option"]["value"] == "b"


async def test_an_overflow_option_is_pressed_by_its_words(
    slack: SlackSandbox, app: ScriptedApp, client: AsyncWebClient
) -> None:
    options = [{"text": {"type": "plain_text", "text": n}, "value": n.lower()} for n in ("Details", "Lock")]
    more = {"type": "overflow", "action_id": "more", "options": options}
    rows = [section(f"row {n}", accessory=button("Play", "play", f"r{n}")) for n in range(2)]
    await client.chat_postMessage(channel="C0STANDUP", text="list", blocks=[*rows, actions(more)])
    card = await slack.see("standup", "row 1")
    await slack.press("vova", card, "Lock")
    assert app.last["actions"][0]["selected_option"]["value"] == "lock"
    await slack.click("vova", card, "play", "r1")
    assert app.last["actions"][0]["value"] == "r1"
    with pytest.raises(LookupError, match="2 things to press"):
        await slack.press("vova", card, "Play")
    with pytest.raises(LookupError, match="There is nothing to press"):
        await slack.click("vova", card, "delete")


async def test_a_click_that_the_app_does_not_take_is_seen(
    slack: SlackSandbox, app: ScriptedApp, client: AsyncWebClient
) -> None:
    await client.chat_postMessage(channel="C0STANDUP", text="x", blocks=[actions(button("Stop", "stop"))])
    app.answer = lambda request: web.Response(status=500)
    result = await slack.press("vova", slack.messages("standup")[0], "Stop")
    assert result.error == "dispatch_failed"
    assert slack.failures[0].what == "Stop"
    assert len(app.requests) == 1


async def test_an_ephemeral_message_is_replaced_and_deleted_by_a_click_and_stays_private(
    slack: SlackSandbox, app: ScriptedApp, client: AsyncWebClient, session: aiohttp.ClientSession
) -> None:
    await client.chat_postEphemeral(
        channel="C0STANDUP", user="U0VOVA", text="list", blocks=[actions(button("Newer", "newer"))]
    )
    [hidden] = slack.messages("standup", "vova")
    with pytest.raises(LookupError, match="does not see"):
        await slack.press("anna", hidden, "Newer")
    await slack.press("vova", hidden, "Newer")
    assert app.last["container"]["is_ephemeral"] is True
    assert "message" not in app.last
    url = app.last["response_url"]
    blocks = [section("page 2"), actions(button("Older", "older"))]
    await post(session, url, replace_original=True, response_type="in_channel", text="p2", blocks=blocks)
    assert text_of(hidden) == "page 2"
    await post(session, url, text="psst", response_type="in_channel")
    assert slack.messages("standup", "anna") == []
    await post(session, url, delete_original=True)
    assert [m.text for m in slack.messages("standup", "vova")] == ["psst"]


async def test_a_public_message_is_replaced_through_a_click(
    slack: SlackSandbox, app: ScriptedApp, client: AsyncWebClient, session: aiohttp.ClientSession
) -> None:
    await client.chat_postMessage(channel="C0STANDUP", text="x", blocks=[actions(button("Stop", "stop"))])
    [card] = slack.messages("standup")
    await slack.press("vova", card, "Stop")
    await post(session, app.last["response_url"], text="done", replace_original=True)
    await post(session, app.last["response_url"], text="for you")
    assert [m.text for m in slack.messages("standup")] == ["done"]
    assert [m.text for m in slack.messages("standup", "vova")] == ["done", "for you"]


async def test_a_click_in_a_thread_names_the_thread(
    slack: SlackSandbox, app: ScriptedApp, client: AsyncWebClient
) -> None:
    parent = slack.say("vova", "standup", "parent")
    blocks = [actions(button("Stop", "stop"))]
    await client.chat_postMessage(channel="C0STANDUP", text="x", blocks=blocks, thread_ts=parent.ts)
    await slack.press("vova", slack.messages("standup")[-1], "Stop")
    assert app.last["container"]["thread_ts"] == parent.ts


async def open_modal(slack: SlackSandbox, app: ScriptedApp, client: AsyncWebClient, view: Json) -> None:
    await slack.command("vova", "standup", "/record edit")
    await client.views_open(trigger_id=app.last["trigger_id"], view=view)


async def opening_error(client: AsyncWebClient, trigger_id: str) -> str:
    with pytest.raises(SlackApiError) as caught:
        await client.views_open(trigger_id=trigger_id, view=modal())
    return str(caught.value.response["error"])


async def test_a_trigger_opens_one_modal(
    slack: SlackSandbox, app: ScriptedApp, client: AsyncWebClient
) -> None:
    await open_modal(slack, app, client, modal())
    assert await opening_error(client, app.last["trigger_id"]) == "exchanged_trigger_id"


async def test_a_trigger_opens_a_modal_only_within_three_seconds(
    slack: SlackSandbox, app: ScriptedApp, client: AsyncWebClient
) -> None:
    await slack.command("vova", "standup", "/record edit")
    await asyncio.sleep(3)
    assert (await client.views_open(trigger_id=app.last["trigger_id"], view=modal()))["ok"]
    await slack.command("vova", "standup", "/record edit")
    await asyncio.sleep(3.1)
    assert await opening_error(client, app.last["trigger_id"]) == "expired_trigger_id"


async def test_a_bad_or_large_view_is_refused(
    slack: SlackSandbox, app: ScriptedApp, client: AsyncWebClient
) -> None:
    await slack.command("vova", "standup", "/record edit")
    for view, error in (
        (modal(submit=None), "invalid_arguments"),
        (modal(*[section("x" * 2900)] * 100), "view_too_large"),
    ):
        await slack.command("vova", "standup", "/record edit")
        with pytest.raises(SlackApiError) as caught:
            await client.views_open(trigger_id=app.last["trigger_id"], view=view)
        assert caught.value.response["error"] == error


async def test_a_form_is_submitted_with_what_was_entered(
    slack: SlackSandbox, app: ScriptedApp, client: AsyncWebClient
) -> None:
    options = [{"text": {"type": "plain_text", "text": n}, "value": n.lower()} for n in ("Private", "Public")]
    scope = {"type": "static_select", "action_id": "scope", "options": options, "initial_option": options[0]}
    ticks = {"type": "checkboxes", "action_id": "ticks", "options": options}
    label = {"type": "plain_text", "text": "l"}
    await open_modal(
        slack,
        app,
        client,
        modal(
            text_input("title", element={"initial_value": "Weekly"}),
            text_input("comment", optional=True),
            {"type": "input", "block_id": "scope", "label": label, "element": scope},
            {"type": "input", "block_id": "ticks", "label": label, "element": ticks, "optional": True},
            private_metadata="r1",
        ),
    )
    view = slack.view_of("vova")
    assert view is not None
    result = await slack.submit("vova", view, {"comment": "Good.", "ticks": ["public"]})
    assert result.outcome == "closed"
    assert slack.view_of("vova") is None
    told = app.last["view"]
    values = told["state"]["values"]
    assert app.last["type"] == "view_submission"
    assert (told["callback_id"], told["private_metadata"]) == ("edit", "r1")
    assert values["title"]["entered"] == {"type": "plain_text_input", "value": "Weekly"}
    assert values["comment"]["entered"]["value"] == "Good."
    assert values["scope"]["scope"]["selected_option"]["value"] == "private"
    assert [o["value"] for o in values["ticks"]["ticks"]["selected_options"]] == ["public"]


async def test_a_required_field_left_empty_never_reaches_the_app(
    slack: SlackSandbox, app: ScriptedApp, client: AsyncWebClient
) -> None:
    await open_modal(slack, app, client, modal(text_input("title", element={"min_length": 3})))
    view = slack.view_of("vova")
    assert view is not None
    assert (await slack.submit("vova", view)).errors == {"title": "Please complete this required field."}
    assert "3 characters" in (await slack.submit("vova", view, {"title": "ab"})).errors["title"]
    assert app.last["command"] == "/record"
    with pytest.raises(LookupError, match="colour"):
        await slack.submit("vova", view, {"colour": "red"})


async def test_the_answers_to_a_form_do_what_they_say(
    slack: SlackSandbox, app: ScriptedApp, client: AsyncWebClient
) -> None:
    await open_modal(slack, app, client, modal())
    first = slack.view_of("vova")
    assert first is not None
    app.answer = lambda request: {"response_action": "errors", "errors": {"title": "Taken."}}
    rejected = await slack.submit("vova", first, {"title": "x"})
    assert (rejected.outcome, rejected.errors) == ("errors", {"title": "Taken."})

    app.answer = lambda request: {
        "response_action": "update",
        "view": modal(section("Wait…"), text_input("t")),
    }
    assert (await slack.submit("vova", first)).outcome == "updated"
    assert "Wait…" in text_of(first)

    app.answer = lambda request: {"response_action": "push", "view": modal(text_input("deeper"))}
    assert (await slack.submit("vova", first, {"t": "x"})).outcome == "pushed"
    second = slack.view_of("vova")
    assert second is not None
    assert (second.previous_view_id, second.root_view_id) == (first.id, first.id)
    with pytest.raises(LookupError, match="does not have this view open"):
        await slack.submit("vova", first)

    app.answer = lambda request: web.Response()
    assert (await slack.submit("vova", second, {"deeper": "x"})).outcome == "closed"
    assert slack.view_of("vova") is first
    app.answer = lambda request: {"response_action": "clear"}
    assert (await slack.submit("vova", first, {"t": "x"})).outcome == "cleared"
    assert slack.view_of("vova") is None


def _given(answer: Any, request: Request) -> Any:
    return answer


async def test_a_form_that_the_app_does_not_take_stays_open(
    slack: SlackSandbox, app: ScriptedApp, client: AsyncWebClient
) -> None:
    await open_modal(slack, app, client, modal())
    view = slack.view_of("vova")
    assert view is not None
    answers: list[tuple[Any, str]] = [
        (web.Response(status=500), "dispatch_failed"),
        ({"response_action": "errors", "errors": {"nowhere": "x"}}, "invalid_response"),
        ({"response_action": "update", "view": modal(submit=None)}, "invalid_response (invalid_arguments"),
    ]
    for answer, error in answers:
        app.answer = functools.partial(_given, answer)
        result = await slack.submit("vova", view, {"title": "x"})
        assert result.outcome == "failed"
        assert str(result.error).startswith(error)
        assert slack.view_of("vova") is view


async def test_modals_stack_three_deep_and_are_guarded_by_their_hash(
    slack: SlackSandbox, app: ScriptedApp, client: AsyncWebClient
) -> None:
    again = modal(section("x", accessory=button("Deeper", "deeper")))
    await open_modal(slack, app, client, again)
    errors = []
    for _ in range(3):
        view = slack.view_of("vova")
        assert view is not None
        await slack.press("vova", view, "Deeper")
        assert app.last["container"] == {"type": "view", "view_id": view.id}
        assert "response_url" not in app.last
        try:
            await client.views_push(trigger_id=app.last["trigger_id"], view=again)
        except SlackApiError as error:
            errors.append(error.response["error"])
    assert errors == ["push_limit_reached"]
    top = slack.view_of("vova")
    assert top is not None
    stale = top.hash
    await client.views_update(view_id=top.id, view=modal(section("new")), hash=stale)
    with pytest.raises(SlackApiError, match="hash_conflict"):
        await client.views_update(view_id=top.id, view=modal(section("newer")), hash=stale)


async def test_closing_a_modal_is_told_where_the_app_asked_for_it(
    slack: SlackSandbox, app: ScriptedApp, client: AsyncWebClient
) -> None:
    await open_modal(slack, app, client, modal(notify_on_close=True))
    view = slack.view_of("vova")
    assert view is not None
    slack.close("vova", view)
    assert slack.view_of("vova") is None
    await slack.wait_for(lambda: app.requests[-1].body.get("type") == "view_closed")
    assert app.last["view"]["id"] == view.id


async def test_an_event_is_told_again_until_it_is_taken(slack: SlackSandbox, app: ScriptedApp) -> None:
    statuses = [500, 404, 200]
    app.answer = lambda request: web.Response(status=statuses[len(app.requests) - 1])
    result = await slack.emit({"type": "app_uninstalled"})
    assert (result.acknowledged, result.attempts) == (True, 3)
    headers = [
        (r.headers.get("X-Slack-Retry-Num"), r.headers.get("X-Slack-Retry-Reason")) for r in app.requests
    ]
    assert headers == [(None, None), ("1", "http_error"), ("2", "http_error")]
    assert len({r.body["event_id"] for r in app.requests}) == 1


async def test_an_event_is_told_four_times_at_most(slack: SlackSandbox, app: ScriptedApp) -> None:
    told: list[float] = []

    async def answer(request: Request) -> web.Response:
        told.append(time.monotonic())
        return await late(request)

    app.answer = answer
    result = await slack.emit({"type": "app_uninstalled"})
    assert (result.acknowledged, result.attempts) == (False, 4)
    # At once, after a minute and after five more; three seconds are waited for each answer.
    assert [moment - told[0] for moment in told] == [0, 3, 3 + 63, 3 + 63 + 303]
    assert app.requests[-1].headers["X-Slack-Retry-Reason"] == "http_timeout"
    assert app.requests[-1].headers["X-Slack-Retry-Num"] == "3"


async def test_an_app_can_ask_not_to_be_told_again(slack: SlackSandbox, app: ScriptedApp) -> None:
    app.answer = lambda request: web.Response(status=500, headers={"X-Slack-No-Retry": "1"})
    assert (await slack.emit({"type": "tokens_revoked"})).attempts == 1


async def test_people_who_speak_to_the_app_are_heard(slack: SlackSandbox, app: ScriptedApp) -> None:
    slack.say("vova", "standup", "@recbot are you there?")
    slack.say("vova", "standup", "not to the app")
    slack.say("vova", slack.dm("vova").id, "hello")
    slack.say("vova", "no-bot", "@recbot hello?")
    await slack.wait_for(lambda: len(slack.workspace.journal.of("deliver")) == 2)
    events = sorted((r.body["event"]["type"], r.body["event"]["text"]) for r in app.requests)
    assert events == [("app_mention", "<@U0RECBOT> are you there?"), ("message", "hello")]
    assert (await slack.open_home("anna")).acknowledged
    assert app.last["event"]["tab"] == "home"


async def test_the_request_url_is_verified_by_a_challenge(slack: SlackSandbox, app: ScriptedApp) -> None:
    assert not await slack.verify_request_url()
    app.answer = lambda request: {"challenge": json.loads(request.raw)["challenge"]}
    assert await slack.verify_request_url()


async def test_waiting_ends_with_what_people_see_instead(slack: SlackSandbox) -> None:
    slack.say("vova", "standup", "only this")
    with pytest.raises(TimeoutError, match="only this"):
        await slack.see("standup", "something else")
