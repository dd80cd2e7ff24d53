"""The Bolt app: every listener registered, nothing decided."""

import logging
import re
from typing import cast

from slack_bolt.adapter.asgi.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient
from starlette.types import ASGIApp

from bot.domain.errors import UsageError
from bot.slack.actions import Actions
from bot.slack.answering import Desk, answering
from bot.slack.commands import Commands
from bot.slack.heard import Heard
from bot.slack.modals import Modals

log = logging.getLogger(__name__)


def bolt_app(client: AsyncWebClient, desk: Desk) -> AsyncApp:
    """An app that answers Slack within a millisecond: listeners acknowledge first and raise nothing.

    `process_before_response` makes the answer leave when the listener returns; by default Bolt looks for it
    every 10 ms only. Signatures are the guard's business, in front of it. Bolt is told whose token it is, or it would
    ask Slack before it hears the first request, and lose that where Slack does not answer.
    """

    async def ours() -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id=None, bot_token=client.token)

    app = AsyncApp(
        name="recbot",
        authorize=ours,
        process_before_response=True,
        request_verification_enabled=False,
    )
    modals = Modals(desk, client)
    Commands(desk).register(app)
    Actions(desk, modals.openers()).register(app)
    modals.register(app)
    app.action(re.compile(".*"))(answering(_unknown_button, desk))
    app.view(re.compile(".*"))(answering(_unknown_form, desk))
    app.command(re.compile(".*"))(answering(_unknown_command, desk))
    app.event(re.compile(".*"))(answering(_unheard, desk))
    app.error(_unreadable)
    return app


def asgi_app(app: AsyncApp) -> ASGIApp:
    """The app behind the gateway's route: it compares the whole path."""
    return cast(ASGIApp, AsyncSlackRequestHandler(app, path="/slack/events"))


async def _unknown_button(heard: Heard) -> None:
    raise UsageError(
        "That button is too old to be understood. Ask again with /record status or /recordings search."
    )


async def _unknown_form(heard: Heard) -> None:
    raise UsageError("That form is too old to be understood, so nothing was changed. Open it again.")


async def _unknown_command(heard: Heard) -> None:
    raise UsageError("Recbot hears /record and /recordings. /record help shows what they do.")


async def _unheard(heard: Heard) -> None:
    """Slack counts what is not acknowledged as failed, and repeats it."""


async def _unreadable(error: Exception) -> BoltResponse:
    """Bolt looks for its listener in parts of a request that need not be there. None of ours has run then."""
    log.warning("Slack sent a request that cannot be read (%s)", type(error).__name__)
    return BoltResponse(status=400, body="This request cannot be read.")
