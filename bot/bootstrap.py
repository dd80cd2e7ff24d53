"""The one place where everything meets: the bot, up and running."""

import asyncio
import logging
import secrets
import time
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from starlette.routing import Route

from bot.domain.errors import CannotDo
from bot.domain.pace import Pace
from bot.links import Links
from bot.logs import tell
from bot.metrics import Ears, Metrics
from bot.parts import new_owner, open_parts, services_of
from bot.recording.announce import look_for_subscribers
from bot.recording.departed import end_departed
from bot.recording.last_look import LastLook
from bot.recording.overhear import overhear
from bot.recording.seal import forget_audit, seal_audit
from bot.recording.services import Services
from bot.recording.tick import Pools, Tick
from bot.scheduler import Beat, Errand, Pulse, beating
from bot.settings import Settings, SettingsError, SlackSettings
from bot.slack.answering import Desk
from bot.slack.app import asgi_app, bolt_app
from bot.slack.client import web_client
from bot.slack.drawing import Drawing
from bot.slack.hosts import SlackHosts
from bot.slack.messenger import SlackMessenger
from bot.slack.people import People
from bot.slack.poster import Poster
from bot.slack.refusal import code_of
from bot.slack.socket import Socket, socket_mode
from bot.slack.tasks import Tasks
from bot.slack.upload import Uploader
from bot.store import Store, StoreError, Writable, sqlite
from bot.web.app import gateway
from bot.web.connection import Limits
from bot.web.metrics import Figures
from bot.web.push import Pushes
from bot.web.server import serve
from providers.errors import ProviderError
from providers.interfaces import PushSource
from providers.reach import kind_of
from providers.registry import Providers

log = logging.getLogger(__name__)

_AT_ONCE = 20
_HAND_BACK_SECONDS = 1.0
_PURGE = timedelta(hours=1)
_SET_CLOCK = timedelta(seconds=20)
# Well within a lease: a message is posted by one process.
_PATIENCE = aiohttp.ClientTimeout(total=20, connect=5)


class Half(StrEnum):
    """What a process does of the bot's work: any number of each may share one store."""

    WEB = "web"
    """Hears Slack, answers look-ups, and keeps what is asked for."""
    WORKER = "worker"
    """Carries out what was kept, looks into rooms and libraries, and tells Slack."""


BOTH = frozenset(Half)


@dataclass(frozen=True, slots=True)
class Bot:
    """The bot, up and running: where its gateway listens."""

    url: str
    services: Services


@asynccontextmanager
async def running_bot(settings: Settings, halves: Collection[Half] = BOTH) -> AsyncIterator[Bot]:
    """Front, scheduler and gateway in one process, or one half of them, until the context is left.

    Either half has a gateway: it opens links, and says how the process is.

    Raises CannotDo or SettingsError with a sentence if Slack or the configuration will not have it; a provider that
    is down stops nothing.
    """
    slack = _complete(settings)
    pace = settings.paces()
    async with AsyncExitStack() as stack:
        parts = await stack.enter_async_context(open_parts(settings))
        if warning := sqlite.exposed(settings.database.url):
            log.warning("The database file is not ours alone: %s", warning)
        session = await stack.enter_async_context(aiohttp.ClientSession(timeout=_PATIENCE))
        client = web_client(slack.bot_token.get_secret_value(), slack.api_url, session)
        team = await _signed_in(client)
        owner, metrics = new_owner(), Metrics()
        overhear(parts.providers, metrics)
        slack_hosts = SlackHosts(slack.api_url)
        people = People(client, team)
        draw = Drawing(parts.store, pace, LastLook(parts.providers, pace))
        poster = Poster(
            client,
            parts.store,
            draw,
            owner,
            pace.lease,
            pace.card_update,
            pace.post_again,
            metrics,
            patience=pace.refusal_patience,
        )
        uploader = Uploader(client, session, slack_hosts, int(slack.upload_limit))
        messenger = SlackMessenger(client, session, slack_hosts, people, poster, uploader)
        services = replace(services_of(parts, settings, messenger, owner), metrics=metrics)
        tasks = Tasks()
        links = _links(settings, parts.store)
        secret = slack.signing_secret.get_secret_value() if slack.signing_secret else None
        app = bolt_app(client, Desk(services, tasks, messenger, people, links, team))
        pools = Pools(_AT_ONCE, services.wake)
        tick = Tick(services, poster.deliver, pools)
        socket: list[Socket] = []

        listens = Half.WEB in halves and slack.mode == "socket"

        writable = Writable(parts.store)

        async def ready() -> Sequence[str]:
            return [*await writable(), *poster.trouble(), *people.trouble(), *hears()]

        def hears() -> Sequence[str]:
            if not listens:
                return []
            return socket[0].deaf() if socket else ["Slack's events cannot arrive yet: the bot is starting."]

        pulse: list[Pulse] = []

        async def alive() -> Sequence[str]:
            return [*(pulse[0].missing() if pulse else []), *(socket[0].hopeless() if socket else [])]

        async def ears() -> Ears:
            return Ears(not hears(), socket[0].age() if socket else None)

        token = settings.web.metrics_token
        figures = Figures(
            metrics,
            parts.store,
            ears,
            parts.providers.left,
            token=token.get_secret_value() if token else None,
            reachable=settings.web.public_url is not None or slack.mode == "http",
        )
        web = gateway(
            links=links,
            providers_library=parts.providers.library,
            slack=asgi_app(app) if Half.WEB in halves and slack.mode == "http" else None,
            signing_secret=secret,
            ready=ready,
            alive=alive,
            pushes=Pushes(
                parts.providers.pushes(), lambda name: parts.store.looks.want(name, pace.push_settles)
            ),
            routes=[Route("/metrics", figures.show)],
        )
        farewell = _Farewell(pace.finish_within)

        async def finish() -> None:
            await asyncio.gather(tasks.drain(farewell.left()), pools.drain(farewell.left()))
            await _hand_back(parts.store, owner)

        stack.push_async_callback(finish)

        async def purge() -> None:
            await parts.store.purge(pace.keep_closed)
            if settings.audit.keep is not None:
                await forget_audit(parts.store, settings.audit.keep)

        async def departed() -> None:
            await end_departed(services)

        async def seal() -> None:
            await seal_audit(parts.store, owner, pace.lease)

        url = await stack.enter_async_context(
            serve(web, settings.web.host, settings.web.port, _limits(settings))
        )
        errands = [
            Errand("purge", purge, _PURGE),
            Errand("departed", departed, pace.provider_missing),
            Errand("seal", seal, pace.audit_seal),
            *_pushes(parts.providers, settings.web.public_url, pace),
        ]
        if listens:
            assert slack.app_token is not None
            socket.append(
                await stack.enter_async_context(socket_mode(app, slack.app_token.get_secret_value(), client))
            )
        if Half.WORKER in halves:  # the last to begin is the first to end: then nothing more is claimed
            pulse.append(
                await stack.enter_async_context(
                    beating(tick, pace.tick, services.woken, errands, services.metrics.lost_beat)
                )
            )
            await look_for_subscribers(services)
        else:  # nothing falls due here; but what is kept and what is given out bears an hour
            keep_time, lost = parts.store.keep_time, services.metrics.lost_beat
            pulse.append(
                await stack.enter_async_context(beating(keep_time, _SET_CLOCK, services.woken, count=lost))
            )
        stack.callback(farewell.begin)
        yield Bot(url, services)


class _Farewell:
    """How long what is under way may still take, from the moment when we are told to stop."""

    def __init__(self, within: timedelta) -> None:
        self._within = within.total_seconds()
        self._end = time.monotonic()

    def begin(self) -> None:
        self._end = time.monotonic() + self._within

    def left(self) -> float:
        return max(0.0, self._end - time.monotonic())


async def _hand_back(store: Store, owner: str) -> None:
    """Let others take over at once what we could not finish; else they wait for the end of our leases."""
    try:
        async with asyncio.timeout(_HAND_BACK_SECONDS):
            claims = await store.hand_back(owner)
    except (StoreError, TimeoutError) as error:
        log.warning("what is unfinished could not be handed back (%s)", type(error).__name__)
    else:
        tell(log, "shut down", handed_back=claims)


def _pushes(providers: Providers, public_url: str | None, pace: Pace) -> list[Errand]:
    """What keeps pushes coming, where somebody outside can reach us. Where nobody can, the clock is enough."""
    if public_url is None:
        return []

    def keep(source: PushSource) -> Beat:
        async def keep() -> None:
            try:
                await source.keep_push(f"{public_url}/push/{source.kind}/{source.name}")
            except ProviderError as error:
                log.warning("%s: pushes may not come: %s", source.name, error)

        return keep

    return [Errand(f"pushes of {source.name}", keep(source), pace.push_look) for source in providers.pushes()]


async def _signed_in(client: AsyncWebClient) -> str:
    """Our team, once Slack has taken our token."""
    try:
        answer = await client.auth_test()
    except SlackApiError as error:
        raise CannotDo(
            f"Slack refused slack.bot_token ({code_of(error)}). It begins with xoxb-; install the app to get one."
        ) from error
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        raise CannotDo(
            f"Slack cannot be reached ({kind_of(error)}); check slack.api_url and the network."
        ) from error
    return str(answer.get("team_id") or "")


def _limits(settings: Settings) -> Limits:
    web = settings.web
    return Limits(web.connections, web.head_time, web.idle_time, web.stalled_time)


def _links(settings: Settings, store: Store) -> Links:
    # Without a public address no link is issued, and none can be read that an earlier configuration issued.
    keys = [key.get_secret_value() for key in settings.security.keys] or [secrets.token_urlsafe(32)]
    return Links(keys, settings.web.public_url, store.links, settings.web.link_ttl, store.clock)


def _complete(settings: Settings) -> SlackSettings:
    """The [slack] table, if it holds what its mode needs."""
    slack = settings.slack
    if slack is None:
        raise SettingsError("slack: this table is needed to run the bot; recbot.example.toml shows it")
    if slack.mode == "socket" and slack.app_token is None:
        raise SettingsError('slack.app_token: this key is needed while mode = "socket"')
    if slack.mode == "http" and slack.signing_secret is None:
        raise SettingsError('slack.signing_secret: this key is needed while mode = "http"')
    if settings.web.public_url is not None and not settings.security.keys:
        raise SettingsError(
            "security.keys: at least one key is needed to sign links, since web.public_url is set"
        )
    if not settings.providers:
        raise SettingsError(
            "providers: at least one is needed; recbot.example.toml shows a table of each kind"
        )
    return slack
