"""The public address: whether it leads to Recbot's gateway, and what the bot behind it says of itself."""

import aiohttp

from bot.settings import Settings
from providers.harmless import one_line
from providers.interfaces import Check
from providers.reach import obstacle

PUBLIC, HEALTH, KEYS = "web: public_url", "web: health", "security: keys"
_OURS = "<title>Recbot is running"
_GATEWAY_ERRORS = frozenset({502, 503, 504})
_LONGEST = 2**16
_SHOWN = 300


class WebLooks:
    """Asks the public address as a browser would, from here."""

    def __init__(self, settings: Settings, session: aiohttp.ClientSession) -> None:
        self._keys = len(settings.security.keys)
        self._public = settings.web.public_url
        self._session = session

    async def public(self) -> Check:
        """Whether the gateway's own page is there: it is, however the bot behind it is."""
        if self._public is None:
            return Check(PUBLIC, ok=True, found="not set: files are sent to direct messages instead of links")
        try:
            status, page = await self._get("/")
        except (aiohttp.ClientError, OSError) as error:
            why = obstacle(error, "web.public_url")
            advice = f"Is the bot running? {why.advice}"
            return Check(PUBLIC, ok=False, found=f"{self._public}: {why.found}.", advice=advice)
        if _OURS in page:
            return Check(PUBLIC, ok=True, found=f"{self._public} leads to Recbot's gateway")
        if status in _GATEWAY_ERRORS:
            found = f"{self._public} answers {status}: a proxy is there, and no bot behind it."
            advice = "Start the bot, or let the proxy lead to web.host and web.port."
        elif 300 <= status < 400:
            found = f"{self._public} sends us elsewhere ({status})."
            advice = "Write the address in web.public_url to which it leads in the end."
        else:
            found = f"{self._public} answers {status}, and does not lead to Recbot's gateway."
            advice = "Correct web.public_url, or what the proxy there leads to."
        return Check(PUBLIC, ok=False, found=found, advice=advice)

    async def health(self) -> Check:
        """What the bot says of itself. It is Recbot's gateway, whether that is good or not."""
        if self._public is None:
            return Check(HEALTH, ok=True, found="nobody can be asked: web.public_url is not set")
        try:
            status, said = await self._get("/healthz")
        except (aiohttp.ClientError, OSError) as error:
            why = obstacle(error, "web.public_url")
            return Check(HEALTH, ok=False, found=f"/healthz: {why.found}.", advice=why.advice)
        if status == 200:
            return Check(HEALTH, ok=True, found="the bot is well")
        found = f"The gateway is Recbot's, and says ({status}): {one_line(said, _SHOWN)}"
        return Check(HEALTH, ok=False, found=found, advice="Look at the bot's log, and start it anew.")

    async def keys(self) -> Check:
        """Whether links can be signed, where there is an address to write them with."""
        if self._keys:
            return Check(KEYS, ok=True, found=f"{self._keys}")
        if self._public is None:
            found = "none: no links are given out, and a provider's tokens are not kept over a restart"
            return Check(KEYS, ok=True, found=found)
        advice = "Put one there, of 16 characters or more: at least one is needed to sign links."
        return Check(KEYS, ok=False, found="There is none, and web.public_url is set.", advice=advice)

    async def _get(self, path: str) -> tuple[int, str]:
        async with self._session.get(f"{self._public}{path}", allow_redirects=False) as answer:
            beginning = await answer.content.read(_LONGEST)
            return answer.status, beginning.decode(errors="replace")
