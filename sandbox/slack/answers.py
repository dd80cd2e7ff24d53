"""What the app says back to a person: in its acknowledgement, or at a response address."""

from __future__ import annotations

from aiohttp import web

from sandbox.slack import arguments
from sandbox.slack.content import Content, read_content
from sandbox.slack.faults import Faults
from sandbox.slack.limits import Limits
from sandbox.slack.model import BOT_USER, Json, Message
from sandbox.slack.refusal import RateLimited, Refused
from sandbox.slack.tickets import ResponseUrl, ResponseUrls
from sandbox.slack.workspace import Workspace


def say(workspace: Workspace, body: Json, *, user: str, channel: str, public: bool) -> Message:
    """Show an answer to its person, or to all when it says so and may. Raises Refused."""
    content = read_content(body)
    message = Message(
        ts=workspace.new_ts(),
        channel=channel,
        user=BOT_USER,
        text=content.text,
        blocks=content.blocks,
        attachments=content.attachments,
        by_app=True,
        thread_ts=_thread(workspace, channel, body),
        ephemeral_to=None if public else user,
    )
    return workspace.add(message)


class ResponseAddresses:
    """Answers `/response/…`, where the app speaks to whoever acted, without a token."""

    def __init__(self, workspace: Workspace, urls: ResponseUrls, limits: Limits, faults: Faults) -> None:
        self._workspace = workspace
        self._urls = urls
        self._limits = limits
        self._faults = faults

    async def answer(self, request: web.Request) -> web.StreamResponse:
        try:
            return await self._faults.around("response_url", request, lambda: self._work(request))
        except Refused as refused:
            return web.json_response({"ok": False, "error": refused.error}, status=400)

    async def _work(self, request: web.Request) -> web.StreamResponse:
        key = request.match_info["key"]
        body: Json = {}
        try:
            body = await arguments.read(request)
            self._limits.admit("response_url", None)
            self._limits.admit_post(f"response_url {key}")
            self._say(self._urls.use(key), body)
        except RateLimited as limited:
            self._note(limited.error, body)
            headers = {"Retry-After": str(limited.retry_after)}
            return web.json_response({"ok": False, "error": "rate_limited"}, status=429, headers=headers)
        except Refused as refused:
            self._note(refused.error, body)
            status = 404 if refused.error.endswith("_url") else 400
            return web.json_response({"ok": False, "error": refused.error} | refused.extra, status=status)
        self._note("ok", body)
        return web.Response(text="ok")

    def _say(self, url: ResponseUrl, body: Json) -> None:
        source = url.source
        if source is not None and arguments.flag(body.get("delete_original")):
            self._workspace.remove(source)
        elif source is not None and arguments.flag(body.get("replace_original")):
            # A message for one person stays that, whatever response_type says.
            content: Content = read_content(body)
            edited = not content.blocks
            self._workspace.change(source, text=content.text, blocks=content.blocks, edited=edited)
        else:
            hidden = source is not None and source.ephemeral
            public = body.get("response_type") == "in_channel" and not hidden
            say(self._workspace, body, user=url.user, channel=url.channel, public=public)

    def _note(self, outcome: str, body: Json) -> None:
        self._workspace.journal.add("response_url", "response_url", outcome, body)


def _thread(workspace: Workspace, channel: str, body: Json) -> str | None:
    parent = workspace.conversations[channel].find(body.get("thread_ts"))
    return parent.ts if parent else None
