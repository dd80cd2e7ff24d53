"""Files in three steps, as Slack's own client takes them."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack.reading import text_of
from sandbox.slack.server import SlackSandbox

CONTENT = b"RIFF" + bytes(range(256)) * 4000


async def error(awaitable: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        await awaitable
    return str(caught.value.response["error"])


async def test_slacks_own_upload_ends_in_a_message_a_moment_later(
    slack: SlackSandbox, client: AsyncWebClient, session: aiohttp.ClientSession
) -> None:
    answer = await client.files_upload_v2(
        channel="C0STANDUP", filename="call.wav", content=CONTENT, title="The call", initial_comment="Here."
    )
    assert slack.messages("standup") == []
    message = await slack.see("standup", "The call", "Here.")
    [file] = slack.files
    assert (file.id, file.size, file.sha256) == (
        answer["file"]["id"],
        len(CONTENT),
        hashlib.sha256(CONTENT).hexdigest(),
    )
    assert message.files == [file]
    assert text_of(message) == "Here.\nThe call"
    info = (await client.files_info(file=file.id))["file"]
    assert info["shares"] == {"public": {"C0STANDUP": [{"ts": message.ts}]}}
    assert (info["name"], info["mimetype"]) == ("call.wav", "audio/x-wav")

    shown = message.as_page()["files"][0]
    async with session.get(shown["url"], headers={"Range": "bytes=4-7"}) as part:
        assert (part.status, await part.read()) == (206, CONTENT[4:8])


async def test_a_private_address_wants_the_bot_token(
    slack: SlackSandbox, client: AsyncWebClient, session: aiohttp.ClientSession
) -> None:
    await client.files_upload_v2(filename="a.txt", content="words")
    [file] = slack.files
    async with session.get(file.url_private) as page:
        assert (page.status, page.content_type) == (200, "text/html")
        assert "words" not in await page.text()
    async with session.get(file.url_private, headers={"Authorization": "Bearer xoxb-sandbox"}) as got:
        assert await got.text() == "words"
    assert file.shares == {}


async def test_an_upload_without_the_third_step_is_no_file(
    slack: SlackSandbox, client: AsyncWebClient, session: aiohttp.ClientSession
) -> None:
    begun = await client.files_getUploadURLExternal(filename="a.bin", length=4)
    unfinished = [{"id": begun["file_id"], "title": "a"}]
    assert await error(client.files_completeUploadExternal(files=unfinished)) == "file_not_found"
    async with session.post(begun["upload_url"], data=b"1234") as answer:
        assert (answer.status, answer.content_type) == (200, "text/plain")
    assert await error(client.files_info(file=begun["file_id"])) == "file_not_found"
    async with session.post(begun["upload_url"], data=b"1234") as answer:
        assert answer.status == 404
    assert (await client.files_completeUploadExternal(files=unfinished))["files"][0]["title"] == "a"
    assert await error(client.files_completeUploadExternal(files=unfinished)) == "file_not_found"


@pytest.mark.parametrize(("seconds", "dropped"), [(360, False), (361, True)])
async def test_an_upload_that_is_forgotten_is_dropped_after_an_hour(
    slack: SlackSandbox,
    client: AsyncWebClient,
    session: aiohttp.ClientSession,
    seconds: int,
    dropped: bool,
) -> None:
    slack.clock.speed = 10
    begun = await client.files_getUploadURLExternal(filename="a.bin", length=1)
    async with session.post(begun["upload_url"], data=b"1") as answer:
        assert answer.status == 200
    await asyncio.sleep(seconds)
    complete = client.files_completeUploadExternal(files=[{"id": begun["file_id"], "title": "a"}])
    if dropped:
        assert await error(complete) == "file_not_found"
    else:
        assert (await complete)["ok"]


async def test_wrong_uploads_are_refused(client: AsyncWebClient, session: aiohttp.ClientSession) -> None:
    begin = client.files_getUploadURLExternal
    assert await error(begin(filename="a.bin", length=0)) == "missing_argument"
    assert await error(begin(filename="a.bin", length=(1 << 30) + 1)) == "file_upload_size_restricted"
    for body in (b"12345", b"123"):
        begun = await begin(filename="a.bin", length=4)
        async with session.post(begun["upload_url"], data=body) as answer:
            assert answer.status == 400
    for channel, refused in (
        ("C0NOBOT", "not_in_channel"),
        ("G0LEADS", "channel_not_found"),
        ("U0VOVA", "channel_not_found"),
    ):
        upload = client.files_upload_v2(filename="a.txt", content="x", channel=channel)
        assert await error(upload) == refused


async def test_a_large_file_streams_through(
    slack: SlackSandbox, client: AsyncWebClient, session: aiohttp.ClientSession
) -> None:
    block, count = b"x" * (1 << 20), 64
    digest = hashlib.sha256()

    async def content() -> Any:
        for _ in range(count):
            digest.update(block)
            yield block

    begun = await client.files_getUploadURLExternal(filename="big.mp4", length=len(block) * count)
    headers = {"Content-Type": "application/octet-stream"}
    async with session.post(begun["upload_url"], data=content(), headers=headers) as answer:
        assert answer.status == 200
    await client.files_completeUploadExternal(files=[{"id": begun["file_id"], "title": "big"}])
    assert slack.files[0].sha256 == digest.hexdigest()
