"""Slack: whether it answers, lets us in, grants what we need, and can reach us."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.doctor.database import clock_check
from bot.settings import SlackSettings
from bot.slack.manifest import SCOPES
from bot.slack.refusal import code_of, is_passing
from providers.harmless import http_date, one_line
from providers.interfaces import Check
from providers.reach import obstacle

API, BOT_TOKEN, SCOPES_GRANTED, APP_TOKEN = (
    "slack: Web API",
    "slack: bot token",
    "slack: scopes",
    "slack: app token",
)
SOCKET, SECRET, CLOCK, GROUPS = "slack: Socket Mode", "slack: signing secret", "clock", "policy: user groups"

_TWICE = "an unknown outcome of a post cannot be settled {where}: a message may be said twice"
WITHOUT: Mapping[str, str] = {
    "commands": "/record and /recordings are not heard",
    "chat:write": "no card and no answer is posted",
    "im:write": "nobody is answered in direct messages, and no file is sent there",
    "files:write": "no recording's file is sent where no public address serves a link",
    "users:read": "guests are not told from members, so nothing that people ask for is done",
    "usergroups:read": "nobody knows who is in a user group, so what a rule says of one is refused",
    "channels:history": _TWICE.format(where="in public channels"),
    "groups:history": _TWICE.format(where="in private channels"),
    "im:history": _TWICE.format(where="in direct messages"),
    "mpim:history": _TWICE.format(where="in group messages"),
}
"""What cannot be promised without each scope."""
_GROUPS_SCOPE = "usergroups:read"
_AGAIN = "Try again in a moment; if it stays so, look at Slack's status page and at proxies on the way."


class SlackLooks:
    """One question to Slack says most; what it answered is read line by line. `groups` are those that rules name."""

    def __init__(self, slack: SlackSettings, client: AsyncWebClient, groups: Sequence[str]) -> None:
        self._slack = slack
        self._client = client
        self._groups = groups
        self._said: Mapping[str, Any] = {}
        self._headers: Mapping[str, str] = {}
        self._refused = ""
        self._socket = ""

    async def reached(self) -> Check:
        """Whether what answers is Slack, whatever it answers."""
        where = self._slack.api_url
        try:
            answer = await self._client.auth_test()
        except SlackApiError as error:
            self._headers = _small(getattr(error.response, "headers", None))
            self._refused = code_of(error)
            if is_passing(error):
                return Check(API, ok=False, found=f"{where} cannot answer ({self._refused}).", advice=_AGAIN)
            if self._refused.startswith("http_"):
                found = f"{where} does not answer as Slack does ({self._refused})."
                return Check(API, ok=False, found=found, advice="Correct slack.api_url.")
        except (aiohttp.ClientError, OSError) as error:
            why = obstacle(error, "slack.api_url")
            return Check(API, ok=False, found=f"{where}: {why.found}.", advice=why.advice)
        else:
            self._headers = _small(answer.headers)
            self._said = answer.data if isinstance(answer.data, dict) else {}
        return Check(API, ok=True, found=f"{where} answers")

    async def bot_token(self) -> Check:
        """Whether Slack knows the token, and for that of an app."""
        if self._refused:
            found = f"Slack refuses it ({one_line(self._refused, 80)})."
            advice = "Copy the Bot User OAuth Token (xoxb-) from the app's page into slack.bot_token."
            return Check(BOT_TOKEN, ok=False, found=found, advice=advice)
        user, team = (one_line(str(self._said.get(name)), 80) for name in ("user", "team"))
        if not self._said.get("bot_id"):
            found = f"It is that of a person ({user} in {team})."
            advice = "Put the app's own token there: it begins with xoxb-."
            return Check(BOT_TOKEN, ok=False, found=found, advice=advice)
        return Check(BOT_TOKEN, ok=True, found=f"signed in as {user} in {team}")

    async def scopes(self) -> Sequence[Check]:
        """A line for each scope that is missing."""
        granted = self._headers.get("x-oauth-scopes")
        if granted is None:
            return [Check(SCOPES_GRANTED, ok=True, found="Slack did not say which are granted")]
        held = {one.strip() for one in granted.split(",")}
        wanted = [scope for scope in SCOPES if scope != _GROUPS_SCOPE or self._groups]
        missing = [scope for scope in wanted if scope not in held]
        if not missing:
            return [Check(SCOPES_GRANTED, ok=True, found="all that are needed")]
        advice = "Add it to the app (recbot manifest lists all), and install the app again."
        return [
            Check(_scope(scope), ok=False, found=f"It is missing: {WITHOUT[scope]}.", advice=advice)
            for scope in missing
        ]

    async def app_token(self) -> Check:
        """Whether Slack gives out an address for Socket Mode."""
        if self._slack.app_token is None:
            advice = 'Create an app-level token (xapp-) with connections:write; mode = "socket" needs it.'
            return Check(APP_TOKEN, ok=False, found="slack.app_token is not set.", advice=advice)
        try:
            token = self._slack.app_token.get_secret_value()
            answer = await self._client.apps_connections_open(app_token=token)
        except SlackApiError as error:
            code = one_line(code_of(error), 80)
            if is_passing(error):
                return Check(APP_TOKEN, ok=False, found=f"Slack cannot say now ({code}).", advice=_AGAIN)
            advice = "It begins with xapp-, needs the scope connections:write, and Socket Mode switched on."
            return Check(APP_TOKEN, ok=False, found=f"Slack refuses it ({code}).", advice=advice)
        except (aiohttp.ClientError, OSError) as error:
            found = f"Slack did not say: {obstacle(error, 'slack.api_url').found}."
            return Check(APP_TOKEN, ok=False, found=found, advice=_AGAIN)
        self._socket = str(answer.get("url") or "")
        return Check(APP_TOKEN, ok=True, found="Slack takes it")

    async def socket(self) -> Check:
        """Whether the host to which the socket leads is reached; no socket is opened, as events would come down it."""
        parts = urlsplit(self._socket)
        page = urlunsplit(("http" if parts.scheme == "ws" else "https", parts.netloc, "/", "", ""))
        try:
            session = self._client.session
            assert session is not None
            async with session.get(page, allow_redirects=False, proxy=self._client.proxy):
                return Check(SOCKET, ok=True, found=f"{parts.hostname} answers")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            found = f"{one_line(str(parts.hostname), 80)}: {obstacle(error, 'the network').found}."
            advice = "Let this machine speak to wss://*.slack.com, port 443."
            return Check(SOCKET, ok=False, found=found, advice=advice)

    async def signing_secret(self) -> Check:
        """Whether there is one. Whether it is the right one only Slack's own requests can say."""
        if self._slack.signing_secret is None:
            advice = 'Copy the Signing Secret from the app\'s page; mode = "http" needs it.'
            return Check(SECRET, ok=False, found="slack.signing_secret is not set.", advice=advice)
        return Check(SECRET, ok=True, found="set; only a request from Slack can prove it")

    async def clock(self) -> Check:
        """How far our clock is from Slack's."""
        there: datetime | None = http_date(self._headers.get("date", ""))
        if there is None:
            return Check(CLOCK, ok=True, found="Slack did not say what time it is there")
        return clock_check(CLOCK, "Slack's", there)

    async def groups(self) -> Sequence[Check]:
        """Whether the members of each user group that a rule names can be read."""
        wrong = [check for group in self._groups if (check := await self._group(group)) is not None]
        return wrong or [Check(GROUPS, ok=True, found=f"{len(self._groups)} can be read")]

    async def _group(self, group: str) -> Check | None:
        what = f"policy: user group {group}"
        try:
            await self._client.usergroups_users_list(usergroup=group)
        except SlackApiError as error:
            code = one_line(code_of(error), 80)
            advice = "Take it out of [policy], or correct it there." if not is_passing(error) else _AGAIN
            found = f"Slack does not say who is in it ({code}), so whoever it concerns is refused."
            return Check(what, ok=False, found=found, advice=advice)
        except (aiohttp.ClientError, OSError) as error:
            found = f"Slack did not answer: {obstacle(error, 'slack.api_url').found}."
            return Check(what, ok=False, found=found, advice=_AGAIN)
        return None


def _scope(scope: str) -> str:
    return f"slack: scope {scope}"


def _small(headers: Any) -> Mapping[str, str]:
    """Headers by their names in small letters."""
    return {str(name).lower(): str(value) for name, value in dict(headers or {}).items()}
