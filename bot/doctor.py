"""What is wrong, and what to do about it: one line for each thing that can be tried."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.parts import open_parts
from bot.settings import Settings, SlackSettings
from bot.slack.client import web_client
from bot.slack.manifest import SCOPES
from bot.slack.refusal import code_of
from bot.store import StoreError
from providers.interfaces import Check, Provider

_SKEW = timedelta(minutes=2)
_PATIENCE = aiohttp.ClientTimeout(total=10)


async def examine(settings: Settings) -> AsyncIterator[Check]:
    """Try everything once. A login that was refused before is tried again here, and only here."""
    try:
        async with open_parts(settings) as parts:
            yield Check(f"database: {await parts.store.check()}", ok=True)
            if not parts.providers.all:
                yield Check(
                    "providers", ok=False, advice="None is configured; add [providers.vidyo] to recbot.toml."
                )
            for provider in parts.providers.all:
                for check in await _provider(provider):
                    yield check
    except StoreError as error:
        yield Check("database", ok=False, advice=str(error))
    async with aiohttp.ClientSession(timeout=_PATIENCE) as session:
        if settings.slack is None:
            yield Check("slack", ok=True, advice="Not configured: only the command line works.")
        else:
            for check in await _slack(settings.slack, session):
                yield check
        yield await _gateway(settings, session)


async def _provider(provider: Provider) -> list[Check]:
    return [Check(f"{provider.name}: {one.what}", one.ok, one.advice) for one in await provider.check()]


async def _slack(slack: SlackSettings, session: aiohttp.ClientSession) -> list[Check]:
    client = web_client(slack.bot_token.get_secret_value(), slack.api_url, session)
    try:
        answer = await client.auth_test()
    except SlackApiError as error:
        code = code_of(error)
        return [
            Check(
                "slack: bot token",
                ok=False,
                advice=f"Slack refuses it ({code}); put the app's xoxb- token there.",
            )
        ]
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        kind = type(error).__name__
        return [
            Check(
                "slack",
                ok=False,
                advice=f"{slack.api_url} cannot be reached ({kind}); check address and network.",
            )
        ]
    checks = [Check(f"slack: signed in as {answer.get('user')} in {answer.get('team')}", ok=True)]
    checks += _scopes(answer.headers) + _clock(answer.headers)
    if slack.mode == "socket":
        checks.append(await _socket(slack, client))
    elif slack.signing_secret is None:
        checks.append(Check("slack: signing secret", ok=False, advice='It is needed while mode = "http".'))
    return checks


def _scopes(headers: dict[str, str]) -> list[Check]:
    granted = {name.lower(): value for name, value in headers.items()}.get("x-oauth-scopes")
    if granted is None:
        return []
    missing = [scope for scope in SCOPES if scope not in {one.strip() for one in granted.split(",")}]
    if not missing:
        return [Check("slack: scopes", ok=True)]
    return [
        Check(
            f"slack: scope {scope}",
            ok=False,
            advice=f"It is missing: Recbot cannot {SCOPES[scope]}. Reinstall the app.",
        )
        for scope in missing
    ]


def _clock(headers: dict[str, str]) -> list[Check]:
    said = {name.lower(): value for name, value in headers.items()}.get("date")
    if said is None:
        return []
    off = abs(datetime.now(UTC) - parsedate_to_datetime(said).astimezone(UTC))
    if off <= _SKEW:
        return [Check("clock", ok=True)]
    advice = f"It is {off.total_seconds():.0f} s off from Slack's; signatures fail at 300 s. Synchronise it."
    return [Check("clock", ok=False, advice=advice)]


async def _socket(slack: SlackSettings, client: AsyncWebClient) -> Check:
    if slack.app_token is None:
        return Check(
            "slack: app token", ok=False, advice='It is needed while mode = "socket"; it begins with xapp-.'
        )
    try:
        await client.apps_connections_open(app_token=slack.app_token.get_secret_value())
    except SlackApiError as error:
        code = code_of(error)
        advice = (
            f"Slack refuses it ({code}); it needs the scope connections:write, and Socket Mode switched on."
        )
        return Check("slack: app token", ok=False, advice=advice)
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        kind = type(error).__name__
        return Check("slack: Socket Mode", ok=False, advice=f"Slack did not answer ({kind}); try again.")
    return Check("slack: Socket Mode", ok=True)


async def _gateway(settings: Settings, session: aiohttp.ClientSession) -> Check:
    public = settings.web.public_url
    if public is None:
        return Check("web: no public_url, so files are sent to direct messages instead of links", ok=True)
    if not settings.security.keys:
        return Check(
            "security: keys",
            ok=False,
            advice="At least one is needed to sign links, since web.public_url is set.",
        )
    try:
        async with asyncio.timeout(10), session.get(f"{public}/healthz", allow_redirects=False) as answer:
            if answer.status == 200:
                return Check(f"web: {public} answers", ok=True)
            status = answer.status
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        advice = f"It cannot be reached from here ({type(error).__name__}). Is the bot running, and the address right?"
        return Check(f"web: {public}", ok=False, advice=advice)
    return Check(
        f"web: {public}", ok=False, advice=f"It answers {status}, so it does not lead to Recbot's gateway."
    )
