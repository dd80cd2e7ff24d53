"""Which hosts Slack's own addresses may name: what a payload says never chooses where we send."""

from urllib.parse import urlsplit

from bot.domain.errors import CannotDo


class SlackHosts:
    """Slack's hosts, and the configured one that takes their place in a sandbox."""

    def __init__(self, api_url: str) -> None:
        parts = urlsplit(api_url)
        self._own = (parts.scheme, parts.hostname, parts.port)

    def check(self, url: str) -> str:
        """The address itself, or CannotDo if it is not Slack's."""
        if not self._is_slacks(url):
            raise CannotDo("Slack's message named an address that is not Slack's; nothing was sent there.")
        return url

    def _is_slacks(self, url: str) -> bool:
        try:
            parts = urlsplit(url)
            place = (parts.scheme, parts.hostname, parts.port)
        except ValueError:
            return False
        host = parts.hostname or ""
        slack = parts.scheme == "https" and (host == "slack.com" or host.endswith(".slack.com"))
        return slack or place == self._own
