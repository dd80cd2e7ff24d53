"""Recordings: metadata, files whole and in parts, and how they end."""

from __future__ import annotations

import asyncio
import io
import json
import wave
from datetime import timedelta

import httpx
import pytest
from mutagen.mp3 import MP3


async def test_metadata_says_what_the_record_says(caller, world):
    call = world.add_call(duration=timedelta(minutes=3), media="mp3")
    [record] = await caller.log()
    told = (await caller.get(record["recording"]["uri"])).json()
    assert told == {
        "id": call.recording_id,
        "contentUri": record["recording"]["contentUri"],
        "contentType": "audio/mpeg",
        "duration": 180,
    }


@pytest.mark.parametrize(("media", "kind"), [("wav", "audio/wav"), ("mp3", "audio/mpeg")])
async def test_a_file_has_the_bytes_and_the_kind_that_are_told(caller, world, media, kind):
    call = world.add_call(media=media)
    answer = await caller.content(call.recording_id)
    assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
    assert answer.headers["content-disposition"] == f'attachment; filename="{call.recording_id}.{media}"'
    assert answer.content == world.content(call.recording_id)
    assert 5_000 < len(answer.content) < 100_000


async def test_files_are_real_sounds(world):
    wav, mp3 = world.add_call(media="wav").recording_id, world.add_call(media="mp3").recording_id
    with wave.open(io.BytesIO(world.content(wav))) as sound:
        assert sound.getnframes() == 3 * sound.getframerate()
    music = MP3(io.BytesIO(world.content(mp3)))
    assert (str(music["TIT2"]), round(music.info.length)) == (mp3, 6)
    assert not music.info.sketchy, "only some of its frames can be read"
    _, title = world.content(wav).split(b"INAM")
    assert title[4 : 4 + int.from_bytes(title[:4], "little")].rstrip(b"\0") == wav.encode()


async def test_each_recording_has_bytes_of_its_own(world):
    calls = [world.add_call(media=media) for media in ("wav", "mp3") * 10]
    assert len({world.sha256(call.recording_id) for call in calls}) == 20


@pytest.mark.parametrize(
    ("asked", "part"),
    [("bytes=0-99", slice(0, 100)), ("bytes=40000-", slice(40_000, None)), ("bytes=-500", slice(-500, None))],
)
async def test_a_range_is_a_part_of_the_same_bytes(caller, world, asked, part):
    id = world.add_call().recording_id
    whole = world.content(id)
    answer = await caller.content(id, Range=asked)
    assert (answer.status_code, answer.content) == (206, whole[part])
    assert answer.headers["content-range"].endswith(f"/{len(whole)}")


async def test_a_range_behind_the_end_is_an_error_in_json(caller, world):
    id = world.add_call().recording_id
    answer = await caller.content(id, Range="bytes=99999999-")
    assert (answer.status_code, answer.json()["errorCode"]) == (416, "CMN-107")
    assert answer.headers["content-range"] == f"bytes */{len(world.content(id))}"


async def test_a_host_may_send_a_part_unasked_or_no_parts_at_all(caller, world):
    id = world.add_call().recording_id
    world.settings.unasked_part = 1000
    answer = await caller.content(id)
    assert (answer.status_code, answer.content) == (206, world.content(id)[:1000])
    world.settings.unasked_part, world.settings.no_ranges = None, True
    assert (await caller.content(id, Range="bytes=0-9")).status_code == 200


async def test_the_token_may_stand_in_the_address_on_the_media_host_only(caller, world, http):
    id = world.add_call().recording_id
    token = await caller.sign_in()
    path = f"/restapi/v1.0/account/~/recording/{id}"
    assert (await http.get(f"{world.media_url}{path}/content?access_token={token}")).status_code == 200
    assert (await http.get(f"{world.api_url}{path}?access_token={token}")).status_code == 401
    assert (await http.get(f"{world.media_url}{path}/content")).status_code == 401
    assert all(token not in json.dumps(entry.as_json()) for entry in world.journal)


async def test_the_name_and_the_way_to_show_a_file_can_be_asked_for(caller, world):
    id = world.add_call().recording_id
    url = f"{world.media_url}/restapi/v1.0/account/~/recording/{id}/content"
    query = {"contentDisposition": "Inline", "contentDispositionFilename": 'a"b\n.wav'}
    answer = await caller.get(url, **query)
    assert answer.headers["content-disposition"] == 'inline; filename="a_b_.wav"'
    assert (await caller.get(url, contentDisposition="Loud")).status_code == 400


async def test_metadata_and_the_file_may_disagree(caller, world):
    id = world.add_call().recording_id
    world.settings.metadata_type, world.settings.wav_type = "audio/mpeg", "audio/x-wav"
    assert (await caller.get(f"/account/~/recording/{id}")).json()["contentType"] == "audio/mpeg"
    assert (await caller.content(id)).headers["content-type"] == "audio/x-wav"


async def test_audio_that_was_kept_long_enough_is_gone_while_the_record_speaks_of_it(caller, world):
    id = world.add_call().recording_id
    world.expire_audio(id)
    [record] = await caller.log(recordingType="All")
    assert record["recording"]["id"] == id
    for answer in (await caller.content(id), await caller.get(f"/account/~/recording/{id}")):
        [error] = answer.json()["errors"]
        assert (answer.status_code, error["errorCode"], error["parameterName"]) == (
            404,
            "CMN-102",
            "recordingId",
        )


@pytest.mark.parametrize("listed", [False, True])
async def test_a_deleted_recording_leaves_its_call(caller, world, listed):
    world.settings.deleted_stay_listed = listed
    call, another = world.add_call(), world.add_call()
    id, other = call.recording_id, another.recording_id
    path = "/account/~/call-recordings"
    assert (await caller.ask("DELETE", path, json={"records": [id, "1"]})).status_code == 204
    records = {record["id"]: record for record in await caller.log()}
    assert records.keys() == {call.id, another.id}
    assert ("recording" in records[call.id]) is listed
    assert (await caller.content(id)).status_code == 404
    assert (await caller.content(other)).status_code == 200
    assert (await caller.ask("DELETE", path, json={"records": []})).status_code == 400
    world.user_permissions.discard("EditCompanyCallRecordings")
    assert (await caller.ask("DELETE", path, json={"records": [other]})).status_code == 403


async def test_a_request_for_content_may_be_sent_on(caller, world):
    id = world.add_call().recording_id
    world.settings.content_redirect = world.media_url
    answer = await caller.content(id)
    assert (answer.status_code, answer.content) == (302, b"")
    assert (await caller.get(answer.headers["location"])).content == world.content(id)
    world.settings.content_redirect = "http://elsewhere.invalid"
    assert (await caller.content(id)).headers["location"].startswith("http://elsewhere.invalid/restapi/")


async def test_a_large_file_exists_only_while_it_is_sent_and_stops_when_nobody_listens(caller, world, http):
    id = world.add_call(size=200 << 20).recording_id
    tail = await caller.content(id, Range="bytes=-10000")
    assert len(tail.content) == 10_000
    url = f"{world.media_url}/restapi/v1.0/account/~/recording/{id}/content"
    async with http.stream("GET", url, headers={"Authorization": f"Bearer {caller.token}"}) as stream:
        assert stream.headers["content-length"] == str(200 << 20)
        await anext(stream.aiter_raw(65536))
        assert world.streams_open[id] == 1
    await asyncio.sleep(1)
    assert world.streams_open[id] == 0
    assert world.bytes_sent[id] < 200 << 20


async def test_a_padded_file_is_still_a_sound(world):
    content = world.content(world.add_call(size=100_000).recording_id)
    assert len(content) == 100_000
    with wave.open(io.BytesIO(content)) as sound:
        assert sound.getnframes() > 0
    with pytest.raises(ValueError, match="MP3"):
        world.add_call(media="mp3", size=100_000)


async def test_a_broken_download_gives_half_of_the_bytes(caller, world):
    id = world.add_call().recording_id
    world.faults.add("reset_after", match="/content", times=1)
    with pytest.raises(httpx.TransportError):
        await caller.content(id)
    assert world.bytes_sent[id] == len(world.content(id)) // 2
    assert (await caller.content(id)).status_code == 200


async def test_a_stream_that_is_open_outlives_its_token(caller, world, http):
    id = world.add_call(size=8 << 20).recording_id
    await caller.sign_in()
    url = f"{world.media_url}/restapi/v1.0/account/~/recording/{id}/content"
    async with http.stream("GET", url, headers={"Authorization": f"bearer {caller.token}"}) as stream:
        await asyncio.sleep(3600)
        assert len(await stream.aread()) == 8 << 20
    assert (await caller.content(id)).status_code == 401


async def test_the_accounts_settings_for_recordings_are_told(caller, world):
    world.settings.allow_mute = True
    told = (await caller.get("/account/~/call-recording")).json()
    assert (told["onDemand"]["enabled"], told["automatic"]["allowMute"]) == (True, True)


async def test_the_account_and_its_people_are_told(caller, world):
    assert (await caller.get("/account/~")).json()["id"] == world.account_id
    me = (await caller.get("/account/~/extension/~")).json()
    assert (me["extensionNumber"], me["name"]) == ("101", "Vova Tareiev")
    anna = await caller.get(f"/account/{world.account_id}/extension/{world.extensions.get('102').id}")
    assert anna.json()["name"] == "Anna Lindqvist"
    assert len((await caller.get("/account/~/extension")).json()["records"]) == 3
    assert (await caller.get("/account/~/extension/1")).status_code == 404


async def test_extensions_are_listed_page_by_page(caller, world):
    first = (await caller.get("/account/~/extension", perPage=2)).json()
    last = (await caller.get(first["navigation"]["nextPage"]["uri"])).json()
    assert [one["extensionNumber"] for one in (*first["records"], *last["records"])] == ["101", "102", "103"]
    assert "nextPage" not in last["navigation"]
    assert (await caller.get("/account/~/extension", perPage=1001)).status_code == 400
