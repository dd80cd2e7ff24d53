"""A file into somebody's direct messages, in Slack's three steps, streamed."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import CannotDo, NotNow
from bot.slack.blockkit import cut, mrkdwn
from bot.slack.hosts import SlackHosts
from bot.slack.refusal import NOT_TAKEN, code_of, is_worth_waiting
from providers.errors import ProviderError
from providers.interfaces import RecordingLibrary
from providers.model import Recording
from providers.whole import exactly, whole_size

_NO_LIMIT = aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=60)


class Uploader:
    """Sends recordings as files, in constant memory, up to `limit` bytes."""

    def __init__(
        self, client: AsyncWebClient, session: aiohttp.ClientSession, hosts: SlackHosts, limit: int
    ) -> None:
        self._client = client
        self._session = session
        self._hosts = hosts
        self._limit = limit

    async def send(self, user: str, library: RecordingLibrary, recording: Recording) -> None:
        """Put the file into the person's direct messages. CannotDo if it is too large or Slack will not have it.

        NotNow if Slack cannot be asked for a place to put it, and no byte was sent.
        """
        try:
            with _before_the_first_byte():
                dm = str((await self._client.conversations_open(users=user))["channel"]["id"])
            async with library.open(recording) as media:
                length = whole_size(media, recording)
                if length is None:
                    raise CannotDo(
                        f"Nobody knows how large “{recording.title}” is, so Slack will not take it."
                    )
                if length > self._limit:
                    raise CannotDo(
                        f"“{recording.title}” has {length / 1e6:.0f} MB, and files of more than "
                        f"{self._limit / 1e6:.0f} MB are not sent to Slack. "
                        "With public_url set under [web], Recbot gives a link instead."
                    )
                name = f"recording-{recording.id}{media.suffix}"
                with _before_the_first_byte():
                    place = await self._client.files_getUploadURLExternal(filename=name, length=length)
                chunks = exactly(media.chunks, length, recording)
                await self._put(str(place["upload_url"]), chunks, length)
            await self._client.files_completeUploadExternal(
                files=[{"id": place["file_id"], "title": recording.title[:200] or name}],
                channel_id=dm,
                initial_comment=_comment(recording),
            )
        except SlackApiError as error:
            raise CannotDo(f"Slack did not take the file ({code_of(error)}).") from error
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            if isinstance(error.__cause__, ProviderError):  # it broke at the file's other end
                raise error.__cause__ from error
            raise CannotDo("The connection to Slack broke while the file was sent. Try again.") from error

    async def _put(self, url: str, chunks: AsyncIterator[bytes], length: int) -> None:
        headers = {"Content-Type": "application/octet-stream", "Content-Length": str(length)}
        target = self._hosts.check(url)
        async with self._session.post(
            target,
            data=chunks,
            headers=headers,
            timeout=_NO_LIMIT,
            allow_redirects=False,
            proxy=self._client.proxy,
            ssl=self._client.ssl or True,
        ) as answer:
            if answer.status != 200:
                raise CannotDo(f"Slack did not take the file's bytes (status {answer.status}).")


@contextmanager
def _before_the_first_byte() -> Iterator[None]:
    try:
        yield
    except NOT_TAKEN as error:
        if is_worth_waiting(error):
            raise NotNow(
                "Slack takes no files from Recbot now, so none was sent. Try again in a moment."
            ) from error
        raise


def _comment(recording: Recording) -> str:
    """What stands above the file: Slack shows no blocks there."""
    title = mrkdwn(cut(recording.title, 120))
    return (
        f"The file of “{title}”, recording {recording.id}, as you asked. "
        "It comes as a file, and to you alone, since Recbot has no public address for a link."
    )
