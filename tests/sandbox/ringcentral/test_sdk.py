"""RingCentral's own Python library, unchanged, finds in the sandbox what it expects."""

from __future__ import annotations

import hashlib

import pytest
from ringcentral import SDK
from ringcentral.http.api_exception import ApiException

from tests.virtual_time import in_thread


@pytest.fixture
def platform(rc):
    world = rc.world
    return SDK(world.client_id, world.client_secret, rc.api_url).platform()


@pytest.fixture(params=["jwt", "password"])
async def signed_in(request, platform, world):
    if request.param == "jwt":
        await in_thread(platform.login, jwt=world.jwt)
    else:
        with pytest.warns(UserWarning, match="deprecated"):
            await in_thread(
                platform.login, username=world.username, extension=world.extension, password=world.password
            )
    return platform


async def test_it_signs_in_and_lists_the_log_page_by_page(signed_in, world, ago):
    for number in range(5):
        world.add_call(other=f"C{number}", started=ago(hours=number + 1))

    def names():
        query = {"dateFrom": ago(days=2).isoformat(), "perPage": 2, "showBlocked": True}
        page = signed_in.get("/account/~/extension/~/call-log", query).json_dict()
        seen = [record["from"]["name"] for record in page["records"]]
        while following := page["navigation"].get("nextPage"):
            page = signed_in.get(following["uri"]).json_dict()
            seen += [record["from"]["name"] for record in page["records"]]
        return seen

    assert await in_thread(names) == ["C0", "C1", "C2", "C3", "C4"]


async def test_it_reads_metadata_and_downloads_the_file(signed_in, world):
    call = world.add_call(media="mp3")

    def download():
        [record] = signed_in.get("/account/~/call-log", {"recordingType": "All"}).json().records
        metadata = signed_in.get(record.recording.uri).json_dict()
        file = signed_in.get(record.recording.contentUri)
        return metadata, file.response().headers["Content-Type"], file.body()

    metadata, kind, body = await in_thread(download)
    assert metadata["contentType"] == kind == "audio/mpeg"
    assert hashlib.sha256(body).hexdigest() == world.sha256(call.recording_id)


async def test_it_reads_several_records_at_once(signed_in, world):
    ids = [world.add_call(other=name).id for name in ("Ada", "Bo")]

    def read():
        answer = signed_in.get(f"/account/~/call-log/{','.join(ids)}")
        return [(part.ok(), part.json_dict()["from"]["name"]) for part in answer.multipart()]

    assert await in_thread(read) == [(True, "Ada"), (True, "Bo")]


async def test_it_refreshes_and_signs_out(platform, world):
    world.settings.issue_refresh_tokens = True

    def live():
        platform.login(jwt=world.jwt)
        before = platform.auth().access_token()
        platform.refresh()
        renewed = platform.auth().access_token() != before
        platform.get("/account/~")
        platform.logout()
        return renewed

    assert await in_thread(live)
    assert len(world.sessions) == 0


async def test_it_reads_our_refusals(platform, world):
    def fail():
        platform.login(jwt=world.jwt)
        with pytest.raises(ApiException) as caught:
            platform.get("/account/~/recording/1")
        return caught.value.api_response().response()

    answer = await in_thread(fail)
    assert (answer.status_code, answer.json()["errorCode"]) == (404, "CMN-102")
