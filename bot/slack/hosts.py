"""Which hosts Slack's own addresses may name: what a payload says never chooses where we send."""

import re

from yarl import URL

from bot.domain.errors import CannotDo

_ADDRESS = re.compile(r"https?://[!-\[\]-~]+", re.ASCII)


class SlackHosts:
    """Slack's hosts, and the configured one that takes their place in a sandbox."""

    def __init__(self, api_url: str) -> None:
        self._own = URL(api_url).origin()

    def check(self, url: str) -> str:
        """The address itself, or CannotDo if it is not Slack's."""
        if not self._is_slacks(url):
            raise CannotDo("Slack's message named an address that is not Slack's; nothing was sent there.")
        return url

    def _is_slacks(self, url: str) -> bool:
        if not _ADDRESS.fullmatch(url):
            return False
        try:
            address = URL(url)  # read as whoever sends there reads it
            origin = address.origin()
        except ValueError:
            return False
        if address.user is not None or address.password is not None:
            return False
        host = origin.host or ""
        slack = host == "slack.com" or host.endswith(".slack.com")
        return origin == self._own or (slack and origin.scheme == "https" and origin.is_default_port())
