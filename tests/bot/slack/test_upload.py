"""A file's way into somebody's direct messages, and what a person is told when it ends half-way."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from urllib.parse import urlsplit

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import CannotDo, NotNow
from bot.slack.hosts import SlackHosts
from bot.slack.upload import Uploader
from providers.errors import ProviderError, Unavailable
from providers.interfaces import Media
from providers.memory import MemoryProvider
from providers.model import ByteRange, Recording
from sandbox.slack.faults import Fault
from sandbox.slack.server import SlackSandbox

LIMIT = 3_000_000


@pytest.fixture
def library() -> MemoryProvider:
    return MemoryProvider("memory")


@pytest.fixture
def recording(library: MemoryProvider) -> Recording:
    return library.backend.add_recording(title="Weekly *sync* <@U0ANNA>", size=2_000_000)


@pytest.fixture
def uploader(slack: SlackSandbox, client: AsyncWebClient, session: aiohttp.ClientSession) -> Uploader:
    return Uploader(client, session, SlackHosts(slack.api_url), LIMIT)


async def test_the_file_arrives_whole_and_the_words_above_say_why_it_is_one(
    uploader: Uploader, library: MemoryProvider, recording: Recording, slack: SlackSandbox
) -> None:
    await uploader.send("U0SAM", library, recording)
    dm = slack.dm("sam")
    message = await slack.see(dm.id, "Weekly", user="sam")
    [file] = message.files
    assert file.sha256 == hashlib.sha256(library.backend.content(recording.id)).hexdigest()
    assert message.text.startswith(f"The file of “Weekly *sync* &lt;@U0ANNA&gt;”, recording {recording.id}")
    assert "since Recbot has no public address for a link" in message.text
    assert slack.messages("#general") == []
    assert library.backend.open_files == 0


async def test_what_is_too_large_is_not_begun(
    uploader: Uploader, library: MemoryProvider, slack: SlackSandbox
) -> None:
    large = library.backend.add_recording(title="A long day", size=LIMIT + 1)
    with pytest.raises(CannotDo, match="“A long day” has 3 MB, and files of more than 3 MB are not sent"):
        await uploader.send("U0SAM", library, large)
    assert slack.workspace.journal.calls("files.getUploadURLExternal") == []
    assert library.backend.open_files == 0


async def test_a_file_that_breaks_off_is_the_librarys_fault_and_is_not_shown(
    uploader: Uploader, library: MemoryProvider, recording: Recording, slack: SlackSandbox
) -> None:
    library.backend.fail_next("open", Unavailable("The library broke off."), after_the_work=True)
    with pytest.raises(Unavailable, match="The library broke off"):
        await uploader.send("U0SAM", library, recording)
    assert slack.files == []
    assert library.backend.open_files == 0


@pytest.mark.parametrize(
    ("method", "kind", "sentence"),
    [
        ("conversations.open", "error:user_not_found", r"did not take the file \(user_not_found\)"),
        ("files.getUploadURLExternal", "error:file_uploads_disabled", r"\(file_uploads_disabled\)"),
        ("files.getUploadURLExternal", "error:missing_scope", r"\(missing_scope\)"),
        ("upload", "500", r"did not take the file's bytes \(status 500\)"),
        ("upload", "reset_before", "connection to Slack broke while the file was sent"),
        ("files.completeUploadExternal", "reset_before", "connection to Slack broke"),
    ],
)
async def test_whatever_slack_does_not_take_is_a_sentence(
    method: str,
    kind: str,
    sentence: str,
    uploader: Uploader,
    library: MemoryProvider,
    recording: Recording,
    slack: SlackSandbox,
) -> None:
    slack.faults.add(Fault(method, kind, times=None))
    with pytest.raises(CannotDo, match=sentence):
        await uploader.send("U0SAM", library, recording)
    assert slack.files == []
    assert library.backend.open_files == 0


@pytest.mark.parametrize("method", ["conversations.open", "files.getUploadURLExternal"])
@pytest.mark.parametrize("kind", ["503", "reset_before", "error:ratelimited", "error:token_revoked"])
async def test_a_file_of_which_no_byte_was_sent_may_be_sent_later(
    method: str,
    kind: str,
    uploader: Uploader,
    library: MemoryProvider,
    recording: Recording,
    slack: SlackSandbox,
) -> None:
    slack.faults.add(Fault(method, kind))
    with pytest.raises(NotNow):
        await uploader.send("U0SAM", library, recording)
    await uploader.send("U0SAM", library, recording)
    assert len(slack.files) == 1


async def test_the_bytes_go_to_no_address_but_slacks(
    client: AsyncWebClient,
    session: aiohttp.ClientSession,
    library: MemoryProvider,
    recording: Recording,
    slack: SlackSandbox,
) -> None:
    elsewhere = Uploader(client, session, SlackHosts("https://slack.example.org/api/"), LIMIT)
    with pytest.raises(CannotDo, match="nothing was sent there"):
        await elsewhere.send("U0SAM", library, recording)
    assert slack.workspace.journal.of("upload") == []


async def test_a_file_of_unknown_length_is_not_sent(
    uploader: Uploader, library: MemoryProvider, recording: Recording
) -> None:
    with pytest.raises(CannotDo, match="Nobody knows how large"):
        await uploader.send("U0SAM", Careless(b"0123456789"), replace(recording, size=None))


class Careless(MemoryProvider):
    """A library that gives out these bytes and says that length."""

    def __init__(self, *sent: bytes, said: int | None = None) -> None:
        super().__init__("careless")
        self.sent = sent
        self.said = said

    @asynccontextmanager
    async def open(self, recording: Recording, part: ByteRange | None = None) -> AsyncIterator[Media]:
        async def chunks() -> AsyncIterator[bytes]:
            for piece in self.sent:
                yield piece

        yield Media(chunks(), "video/mp4", self.said, None)


@pytest.mark.parametrize(
    ("library", "sentence"),
    [
        (Careless(b"0123"), "broke off after 4 of 10 bytes"),
        (Careless(), "broke off after 0 of 10 bytes"),
        (Careless(b"0123456789", b"and more"), "goes on after its 10 bytes"),
        (Careless(b"0123", said=4), "came with 4 bytes instead of 10"),
        (Careless(said=0), "came empty"),
    ],
)
async def test_what_is_not_the_whole_file_is_not_shown_as_one(
    library: Careless, sentence: str, uploader: Uploader, recording: Recording, slack: SlackSandbox
) -> None:
    with pytest.raises(ProviderError, match=sentence):
        await uploader.send("U0SAM", library, replace(recording, size=10))
    assert slack.files == []


async def test_where_a_proxy_leads_to_slack_the_bytes_go_through_it_too(
    uploader: Uploader,
    client: AsyncWebClient,
    library: MemoryProvider,
    recording: Recording,
    slack: SlackSandbox,
) -> None:
    passed = 0
    there = urlsplit(slack.api_url)

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal passed
        while piece := await reader.read(65536):
            passed += len(piece)
            writer.write(piece)
            await writer.drain()
        writer.close()

    async def lead(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answers, asks = await asyncio.open_connection(there.hostname, there.port)
        await asyncio.gather(pump(reader, asks), pump(answers, writer))

    async with await asyncio.start_server(lead, "127.0.0.1", 0) as proxy:
        client.proxy = f"http://127.0.0.1:{proxy.sockets[0].getsockname()[1]}"
        await uploader.send("U0SAM", library, recording)
        assert client.session is not None
        await client.session.close()
    assert recording.size is not None
    assert passed > recording.size
    assert len((await slack.see(slack.dm("sam").id, "Weekly", user="sam")).files) == 1
