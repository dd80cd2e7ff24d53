"""The one place where everything meets: the bot, up and running."""

import logging
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import CannotDo
from bot.domain.pace import Pace
from bot.links import Links
from bot.parts import new_owner, open_parts, services_of
from bot.recording.announce import look_for_subscribers
from bot.recording.services import Services
from bot.recording.tick import Pools, Tick
from bot.scheduler import Beat, Errand, beating
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
from bot.store import Store
from bot.web.app import gateway
from bot.web.push import Pushes
from bot.web.server import serve
from providers.errors import ProviderError
from providers.interfaces import PushSource
from providers.registry import Providers

log = logging.getLogger(__name__)

_AT_ONCE = 20
_DRAIN_SECONDS = 8.0
_PURGE = timedelta(hours=1)
# Well within a lease: a message is posted by one process.
_PATIENCE = aiohttp.ClientTimeout(total=20, connect=5)


@dataclass(frozen=True, slots=True)
class Bot:
    """The bot, up and running: where its gateway listens."""

    url: str
    services: Services


@asynccontextmanager
async def running_bot(settings: Settings) -> AsyncIterator[Bot]:
    """Front, scheduler and gateway in one process, until the context is left.

    Raises CannotDo or SettingsError with a sentence if Slack or the configuration will not have it; a provider that
    is down stops nothing.
    """
    slack = _complete(settings)
    pace = settings.paces()
    async with AsyncExitStack() as stack:
        parts = await stack.enter_async_context(open_parts(settings))
        session = await stack.enter_async_context(aiohttp.ClientSession(timeout=_PATIENCE))
        client = web_client(slack.bot_token.get_secret_value(), slack.api_url, session)
        team = await _signed_in(client)
        owner = new_owner()
        slack_hosts = SlackHosts(slack.api_url)
        people = People(client, team)
        draw = Drawing(parts.store, pace)
        poster = Poster(client, parts.store, draw, owner, pace.lease, pace.card_update)
        uploader = Uploader(client, session, slack_hosts, int(slack.upload_limit))
        messenger = SlackMessenger(client, session, slack_hosts, people, poster, uploader)
        services = services_of(parts, settings, messenger, owner)
        tasks = Tasks()
        links = _links(settings, parts.store)
        secret = slack.signing_secret.get_secret_value() if slack.signing_secret else None
        app = bolt_app(client, Desk(services, tasks, messenger, people, links))
        pools = Pools(_AT_ONCE, services.wake)
        tick = Tick(services, poster.deliver, pools)
        socket: list[Socket] = []

        async def ready() -> Sequence[str]:
            if slack.mode == "socket" and not (socket and await socket[0].connected()):
                return ["Slack's events cannot arrive: the Socket Mode connection is down."]
            return []

        web = gateway(
            links=links,
            providers_library=parts.providers.library,
            slack=asgi_app(app) if slack.mode == "http" else None,
            signing_secret=secret,
            ready=ready,
            pushes=Pushes(
                parts.providers.pushes(), lambda name: parts.store.looks.want(name, pace.push_settles)
            ),
        )
        stack.push_async_callback(tasks.drain, _DRAIN_SECONDS)
        stack.push_async_callback(pools.drain, _DRAIN_SECONDS)

        async def purge() -> None:
            await parts.store.purge(pace.keep_closed)

        url = await stack.enter_async_context(serve(web, settings.web.host, settings.web.port))
        errands = [Errand("purge", purge, _PURGE), *_pushes(parts.providers, settings.web.public_url, pace)]
        await stack.enter_async_context(beating(tick, pace.tick, services.woken, errands))
        if slack.mode == "socket":
            assert slack.app_token is not None
            socket.append(
                await stack.enter_async_context(socket_mode(app, slack.app_token.get_secret_value(), client))
            )
        await look_for_subscribers(services)
        yield Bot(url, services)


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
    """Our team, once Slack has taken our token; Bolt is thereby spared the same question at the first request."""
    try:
        answer = await client.auth_test()
    except SlackApiError as error:
        raise CannotDo(
            f"Slack refused slack.bot_token ({code_of(error)}). It begins with xoxb-; install the app to get one."
        ) from error
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        raise CannotDo(
            f"Slack cannot be reached ({type(error).__name__}); check slack.api_url and the network."
        ) from error
    return str(answer.get("team_id") or "")


def _links(settings: Settings, store: Store) -> Links:
    # Without a public address no link is issued, and none can be read that an earlier configuration issued.
    keys = [key.get_secret_value() for key in settings.security.keys] or [secrets.token_urlsafe(32)]
    return Links(keys, settings.web.public_url, store.links, settings.web.link_ttl, lambda: datetime.now(UTC))


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
        raise SettingsError("providers: at least one provider is needed, such as [providers.vidyo]")
    return slack
