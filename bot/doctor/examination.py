"""The whole examination: what is asked, in which order it is told, and what needs what."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import partial

import aiohttp

from bot.doctor.database import (
    DATABASE,
    DATABASE_CLOCK,
    SCHEMA,
    SPACE,
    WRITABLE,
    DatabaseLooks,
)
from bot.doctor.rounds import Ask, Rounds
from bot.doctor.slack import (
    API,
    APP_TOKEN,
    BOT_TOKEN,
    CLOCK,
    GROUPS,
    SCOPES_GRANTED,
    SECRET,
    SOCKET,
    SlackLooks,
)
from bot.doctor.web import HEALTH, KEYS, PUBLIC, WebLooks
from bot.domain.policy import Verb
from bot.settings import Settings
from bot.slack.client import web_client
from providers.interfaces import Check

CONFIGURATION, PROVIDERS, OWNERS = "configuration", "configuration: providers", "policy: owners"
_PATIENCE = aiohttp.ClientTimeout(total=8)
_A_PROVIDERS_PATIENCE = 90.0  # it has many questions, and its own patience with each


async def examine(settings: Settings) -> AsyncGenerator[Check, None]:
    """Try everything once. A login that was refused before is tried again here, and only here.

    One thing that is wrong fails one check; those that need it are not made, and say because of which.
    """
    rounds, roots = Rounds(), Roots()
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession(timeout=_PATIENCE))
        _ask_all(settings, rounds, stack, session)
        try:
            async for check in rounds.told():
                yield roots.seen(check)
        finally:
            await rounds.end()


class Roots:
    """What has failed so far, so that the same thing seen from elsewhere is not told as another one."""

    def __init__(self) -> None:
        self._clock = ""
        self._slack = ""

    def seen(self, check: Check) -> Check:
        """The check, or that it says no more than an earlier one did.

        Two clocks that differ from ours are one that is wrong: ours. A bot that Slack does not let in says so itself.
        """
        if not check.failed:
            return check
        if check.what == CLOCK or check.what.endswith(": clock"):
            if self._clock:
                return replace(check, found="", advice="", because=self._clock)
            self._clock = check.what
        elif check.what == HEALTH and self._slack:
            return replace(check, found="", advice="", because=self._slack)
        elif check.what.startswith("slack: "):
            self._slack = self._slack or check.what
        return check


def _ask_all(
    settings: Settings, rounds: Rounds, stack: AsyncExitStack, session: aiohttp.ClientSession
) -> None:
    groups = sorted({group for verb in Verb for group in settings.policy.policy().groups(verb)})
    rounds.ask(CONFIGURATION, _at_once(_configuration(settings)))
    database = DatabaseLooks(settings, stack)
    reached = rounds.ask(DATABASE, database.reached)
    schema = rounds.ask(SCHEMA, database.schema, reached, patience=60)
    writable = rounds.ask(WRITABLE, database.writable, schema)
    if database.served:
        rounds.ask(DATABASE_CLOCK, database.clock, writable)
    ask_for_groups = _ask_slack(settings, rounds, session, groups)
    rounds.ask(PROVIDERS, _at_once(_providers(settings)))
    for name in settings.providers:
        rounds.ask(name, partial(_provider, name, database), writable, patience=_A_PROVIDERS_PATIENCE)
    web = WebLooks(settings, session)
    keys = rounds.ask(KEYS, web.keys)
    public = rounds.ask(PUBLIC, web.public, keys)
    rounds.ask(HEALTH, web.health, public)
    rounds.ask(OWNERS, _at_once(_owners(settings)))
    ask_for_groups()
    if not database.served:
        rounds.ask(SPACE, database.space, reached)


def _ask_slack(
    settings: Settings, rounds: Rounds, session: aiohttp.ClientSession, groups: Sequence[str]
) -> Callable[[], object]:
    """Ask Slack; what is left to be asked are the user groups, which are told of with the policy."""
    slack = settings.slack
    if slack is None:
        rounds.ask(
            "slack", _at_once(Check("slack", ok=True, found="not configured: only the command line works"))
        )
        return lambda: None
    client = web_client(slack.bot_token.get_secret_value(), slack.api_url, session)
    looks = SlackLooks(slack, client, groups)
    api = rounds.ask(API, looks.reached)
    bot_token = rounds.ask(BOT_TOKEN, looks.bot_token, api)
    scopes = rounds.ask(SCOPES_GRANTED, looks.scopes, bot_token)
    if slack.mode == "socket":
        app_token = rounds.ask(APP_TOKEN, looks.app_token, api)
        rounds.ask(SOCKET, looks.socket, app_token)
    else:
        rounds.ask(SECRET, looks.signing_secret)
    rounds.ask(CLOCK, looks.clock, api)
    if not groups:
        return lambda: None
    return lambda: rounds.ask(GROUPS, looks.groups, scopes)


def _at_once(check: Check) -> Ask:
    async def told() -> Check:
        return check

    return told


async def _provider(name: str, database: DatabaseLooks) -> Sequence[Check]:
    """What a provider says of itself, under its name."""
    assert database.parts is not None
    [provider] = [one for one in database.parts.providers.all if one.name == name]
    return [
        replace(one, what=f"{name}: {one.what}", because=f"{name}: {one.because}" if one.because else "")
        for one in await provider.check()
    ]


def _configuration(settings: Settings) -> Check:
    names = ", ".join(f"{name} ({one.kind})" for name, one in settings.providers.items()) or "none"
    slack = "not configured" if settings.slack is None else f'mode = "{settings.slack.mode}"'
    return Check(CONFIGURATION, ok=True, found=f"can be read; Slack: {slack}; providers: {names}")


def _providers(settings: Settings) -> Check:
    if settings.providers:
        return Check(PROVIDERS, ok=True, found=f"{len(settings.providers)}")
    advice = "Add a table under [providers] to recbot.toml; recbot.example.toml shows one of each kind."
    return Check(PROVIDERS, ok=False, found="None is configured.", advice=advice)


def _owners(settings: Settings) -> Check:
    """Whether each owner's name that has a provider before it has one that there is."""
    named = [(person, owner) for person, owners in settings.policy.owners.items() for owner in owners]
    for person, owner in named:
        provider, slash, _ = owner.partition("/")
        if slash and provider not in settings.providers:
            found = f"{person} is said to be {owner}, and no provider is called {provider}."
            return Check(OWNERS, ok=False, found=found, advice="Correct the name in [policy.owners].")
    return Check(OWNERS, ok=True, found=f"{len(named)} known" if named else "none")
