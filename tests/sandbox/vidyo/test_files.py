"""Downloading: whole, in ranges, broken off, and very large."""

from __future__ import annotations

import asyncio
import hashlib

import httpx
import pytest
from mutagen.mp4 import MP4

from sandbox.vidyo.media_file import MediaFile

GUID = "bce75e5c-e850-5c4c-8f1e-c9b705eff420"
SIZE = 1_493_016
RECBOT = ("recbot", "recbot-secret")


@pytest.fixture
def link(vidyo):
    return f"{vidyo.replay_url}/replay/downloadRecording.do?file={GUID}"


async def test_a_file_has_the_size_and_the_hash_that_are_told(http, vidyo, link):
    answer = await http.get(link, auth=RECBOT)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "video/mp4")
    assert answer.headers["content-disposition"] == 'attachment; filename="recording-4908.mp4"'
    assert len(answer.content) == SIZE
    told = (await http.get(f"{vidyo.portal_url}/control/sha256", params={"guid": GUID})).json()
    assert hashlib.sha256(answer.content).hexdigest() == told["sha256"] == vidyo.world.sha256(GUID)
    assert vidyo.world.file_bytes(GUID) == answer.content


async def test_each_recording_has_bytes_of_its_own(vidyo):
    digests = {vidyo.world.sha256(recording.guid) for recording in list(vidyo.world.library)[:20]}
    assert len(digests) == 20


async def test_a_file_is_a_film_that_can_be_played_from_the_start(http, link, tmp_path):
    film = tmp_path / "film.mp4"
    film.write_bytes((await http.get(link, auth=RECBOT)).content)
    assert film.read_bytes().index(b"moov") < film.read_bytes().index(b"mdat")
    info = MP4(film).info
    assert (info.codec_description, round(info.length)) == ("AAC LC", 8)
    assert b"avc1" in film.read_bytes()


@pytest.mark.parametrize("size", [100_000, 1_493_016, 5 << 30])
def test_the_boxes_of_a_film_fill_the_file_exactly(size):
    media = MediaFile("any", size)
    position, kinds = 0, []
    while position < size:
        header = b"".join(media.chunks(position, 16))
        length, kind = int.from_bytes(header[:4], "big"), header[4:8]
        if length == 1:
            length = int.from_bytes(header[8:16], "big")
        kinds.append(kind)
        position += length
    assert position == size
    assert (kinds[0], kinds[1], kinds[-1]) == (b"ftyp", b"moov", b"free")


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-99", 0, 99),
        ("bytes=1048000-1100000", 1_048_000, 1_100_000),
        ("bytes=1400000-", 1_400_000, SIZE - 1),
        ("bytes=-500", SIZE - 500, SIZE - 1),
        ("bytes=1490000-99999999", 1_490_000, SIZE - 1),
    ],
)
async def test_a_range_is_a_part_of_the_same_bytes(http, vidyo, link, asked, first, last):
    answer = await http.get(link, auth=RECBOT, headers={"Range": asked})
    assert answer.status_code == 206
    assert answer.headers["content-range"] == f"bytes {first}-{last}/{SIZE}"
    assert answer.content == vidyo.world.file_bytes(GUID)[first : last + 1]


async def test_a_range_behind_the_end_cannot_be_satisfied(http, link):
    answer = await http.get(link, auth=RECBOT, headers={"Range": f"bytes={SIZE}-"})
    assert (answer.status_code, answer.headers["content-range"]) == (416, f"bytes */{SIZE}")


@pytest.mark.parametrize("odd", ["bytes=0-1,5-6", "lines=1-2", "bytes=9-3", "bytes=-"])
async def test_an_odd_range_gets_the_whole_file(http, link, odd):
    assert (await http.get(link, auth=RECBOT, headers={"Range": odd})).status_code == 200


async def test_a_server_without_ranges_answers_with_everything(http, vidyo, link):
    vidyo.world.settings.no_ranges = True
    answer = await http.get(link, auth=RECBOT, headers={"Range": "bytes=0-99"})
    assert (answer.status_code, len(answer.content)) == (200, SIZE)


async def test_head_tells_the_length_and_sends_nothing(http, vidyo, link):
    answer = await http.head(link, auth=RECBOT)
    assert (answer.status_code, answer.headers["content-length"]) == (200, str(SIZE))
    assert vidyo.world.bytes_sent[GUID] == 0


async def test_a_gibibyte_is_sent_by_offset_and_stops_when_nobody_listens(http, vidyo):
    world = vidyo.world
    recording = world.add_recording("Large", size=1 << 30)
    link = f"{vidyo.replay_url}/replay/downloadRecording.do?file={recording.guid}"
    tail = await http.get(link, auth=RECBOT, headers={"Range": "bytes=-1000000"})
    *_, last = world.library.by_guid(recording.guid).media().chunks((1 << 30) - 1_000_000)
    assert tail.content.endswith(last)

    async with http.stream("GET", link, auth=RECBOT) as stream:
        await anext(stream.aiter_raw(65536))
        assert world.streams_open[recording.guid] == 1
    await asyncio.sleep(1)
    assert world.streams_open[recording.guid] == 0
    assert world.bytes_sent[recording.guid] < 1 << 28


async def test_a_broken_download_gives_half_of_the_bytes(http, vidyo, link):
    vidyo.world.faults.add("reset_after", match="download", times=1)
    got = 0

    async def read() -> None:
        nonlocal got
        async with http.stream("GET", link, auth=RECBOT) as stream:
            async for piece in stream.aiter_raw():
                got += len(piece)

    with pytest.raises(httpx.TransportError):
        await read()
    assert got <= SIZE // 2
    assert vidyo.world.bytes_sent[GUID] == SIZE // 2
    assert (await http.get(link, auth=RECBOT)).status_code == 200


async def test_a_file_is_for_those_who_may_see_it(http, vidyo, link):
    assert (await http.get(link)).status_code == 401
    assert (await http.get(link, auth=("anna", "anna-secret"))).status_code == 403
    assert (await http.get(link, auth=("vova", "vova-secret"))).status_code == 200
    unknown = f"{vidyo.replay_url}/replay/downloadRecording.do?file=none"
    assert (await http.get(unknown, auth=RECBOT)).status_code == 404


async def test_a_replay_server_may_send_a_bad_login_to_a_page_that_answers_200(http, vidyo, link):
    vidyo.world.settings.replay_login = "redirect"
    answer = await http.get(link, auth=("recbot", "wrong"))
    assert answer.status_code == 302
    page = await http.get(link, auth=("recbot", "wrong"), follow_redirects=True)
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")


async def test_a_playback_link_opens_what_is_public_and_asks_for_the_pin(http, vidyo):
    world = vidyo.world
    shown = world.add_recording("Open day", scope="Public", pin="1212")
    hidden = world.add_recording("Closed day", scope="Private")
    page = f"{vidyo.replay_url}/replay/showRecordingExternal.html"
    assert (await http.get(page, params={"key": hidden.playback_key})).status_code == 403
    assert (await http.get(page, params={"key": shown.playback_key})).status_code == 403
    opened = await http.get(page, params={"key": shown.playback_key, "pin": "1212"})
    assert "<video" in opened.text
