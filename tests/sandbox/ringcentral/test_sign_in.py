"""Signing in: four grants, five sessions, and every way to be refused."""

from __future__ import annotations

import asyncio
import base64
import hashlib

import pytest

from sandbox.ringcentral.sign_in import JWT_GRANT


@pytest.fixture
def me(caller):
    """Whether a token opens anything."""

    async def status(token, scheme="Bearer"):
        url = f"{caller.rc.api_url}/restapi/v1.0/account/~"
        return (await caller.http.get(url, headers={"Authorization": f"{scheme} {token}"})).status_code

    return status


async def test_a_jwt_gets_a_token_that_opens_the_account(caller, me):
    answer = await caller.ask_for_token()
    told = answer.json()
    assert (answer.status_code, told["token_type"]) == (200, "bearer")
    assert told["expires_in"] == 3600
    assert "ReadCallLog" in told["scope"].split()
    assert "refresh_token" not in told
    assert await me(told["access_token"]) == 200
    assert await me(told["access_token"], "bearer") == 200
    assert await me(told["access_token"], "Basic") == 401


@pytest.mark.parametrize(
    "who",
    [
        {"username": "16505550199", "extension": "101"},
        {"username": "+16505550199", "extension": "101"},
        {"username": "16505550199*101"},
    ],
)
async def test_a_password_gets_a_token_however_the_number_is_written(caller, who):
    answer = await caller.ask_for_token(grant_type="password", password="recbot-secret", **who)
    assert answer.status_code == 200


async def test_a_code_works_once_and_only_with_its_proof(caller, world):
    challenge = base64.urlsafe_b64encode(hashlib.sha256(b"proof").digest()).decode().rstrip("=")
    home = "http://127.0.0.1/back"

    async def bring(code, **more):
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": home}
        return (await caller.ask_for_token(**form, **more)).status_code

    code = world.sign_in.issue_code(home, challenge)
    assert await bring(code, code_verifier="proof") == 200
    assert await bring(code, code_verifier="proof") == 400
    assert await bring(world.sign_in.issue_code(home, challenge), code_verifier="guess") == 400


async def test_a_lifetime_out_of_range_is_clamped(caller):
    for told, seconds in (("60", 600), ("900", 900), ("99999", 3600)):
        assert (await caller.ask_for_token(access_token_ttl=told)).json()["expires_in"] == seconds


@pytest.mark.parametrize(
    ("form", "auth", "status", "error", "code"),
    [
        ({"assertion": "no"}, None, 400, "invalid_grant", "OAU-213"),
        ({"grant_type": "guess"}, None, 400, "invalid_request", "OAU-250"),
        ({}, ("nobody", "x"), 400, "invalid_client", "OAU-153"),
        ({}, ("recbot-client", "x"), 401, "invalid_client", "OAU-146"),
        ({"access_token_ttl": "soon"}, None, 400, "invalid_request", "CMN-101"),
        ({"grant_type": "password", "username": "16505550199"}, None, 400, "invalid_grant", "OAU-140"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, None, 400, "invalid_grant", "OAU-213"),
    ],
)
async def test_who_is_refused_is_told_in_the_shape_of_oauth(caller, form, auth, status, error, code):
    answer = await caller.ask_for_token(auth, **form)
    told = answer.json()
    assert (answer.status_code, told["error"], told["errors"][0]["errorCode"]) == (status, error, code)


async def test_the_account_refuses_what_was_switched_off(caller, world):
    async def refused(**form):
        return (await caller.ask_for_token(**form)).json()["errors"][0]["errorCode"]

    by_password = {"grant_type": "password", "username": "16505550199*101", "password": "recbot-secret"}
    world.settings.mfa = True
    assert await refused(**by_password) == "OAU-168"
    world.settings.password_grant = False
    assert await refused(**by_password) == "OAU-251"
    world.sign_in.grants.discard(JWT_GRANT)
    assert await refused() == "OAU-251"
    world.settings.app_enabled = False
    assert await refused() == "OAU-165"


async def test_wrong_passwords_in_a_row_lock_the_account(caller, world):
    wrong = {"grant_type": "password", "username": "16505550199*101", "password": "no"}
    world.settings.wrong_login_status = 401
    for _ in range(5):
        assert (await caller.ask_for_token(**wrong)).status_code == 401
    assert (await caller.ask_for_token()).json()["errors"][0]["errorCode"] == "OAU-147"
    world.sign_in.unlock()
    assert (await caller.ask_for_token()).status_code == 200


async def test_a_sixth_session_ends_the_oldest(caller, me):
    tokens = [await caller.sign_in() for _ in range(6)]
    assert [await me(token) for token in tokens] == [401, 200, 200, 200, 200, 200]


async def test_a_refresh_ends_the_old_access_token_at_once(caller, world, me):
    world.settings.issue_refresh_tokens = True
    first = (await caller.ask_for_token()).json()
    renew = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    second = (await caller.ask_for_token(**renew)).json()
    assert second["refresh_token"] != first["refresh_token"]
    assert await me(first["access_token"]) == 401
    assert len(world.sessions) == 1

    # within the grace the same new token comes again, as for somebody who never got the answer
    again = (await caller.ask_for_token(**renew)).json()
    assert again["access_token"] == second["access_token"]


async def test_a_spent_refresh_token_dies_soon_after_the_new_one_is_used(caller, world, me):
    world.settings.issue_refresh_tokens = True
    first = (await caller.ask_for_token()).json()
    renew = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    second = (await caller.ask_for_token(**renew)).json()
    assert await me(second["access_token"]) == 200

    await asyncio.sleep(9.9)
    assert (await caller.ask_for_token(**renew)).status_code == 200
    await asyncio.sleep(0.1)
    assert (await caller.ask_for_token(**renew)).status_code == 400


async def test_a_refresh_token_runs_out_too(caller, world):
    world.settings.issue_refresh_tokens = True
    token = (await caller.ask_for_token(refresh_token_ttl="1")).json()["refresh_token"]

    await asyncio.sleep(1)
    refused = await caller.ask_for_token(grant_type="refresh_token", refresh_token=token)
    assert refused.json()["errors"][0]["errorCode"] == "OAU-210"


async def test_a_token_runs_out_and_says_so(caller, world):
    await caller.sign_in()
    world.expire_access_tokens()
    answer = await caller.get("/account/~")
    assert (answer.status_code, answer.json()["errorCode"]) == (401, "OAU-128")
    world.sessions.end_all()
    world.settings.oauth_errors = True
    told = (await caller.get("/account/~")).json()
    assert (told["error"], told["errors"][0]["errorCode"]) == ("invalid_grant", "OAU-213")


async def test_a_token_lives_by_the_time_of_the_world(caller, world, me):
    world.clock.speed = 10
    world.settings.access_token_ttl = 50
    told = (await caller.ask_for_token()).json()
    assert told["expires_in"] == 5  # on the wall clock
    await asyncio.sleep(4.9)
    assert await me(told["access_token"]) == 200
    await asyncio.sleep(0.1)
    assert await me(told["access_token"]) == 401


async def test_to_revoke_any_token_ends_the_session(caller, world, me):
    token = await caller.sign_in()
    url = f"{caller.rc.api_url}/restapi/oauth/revoke"
    for _ in range(2):
        answer = await caller.http.post(
            url, data={"token": token}, auth=(world.client_id, world.client_secret)
        )
        assert (answer.status_code, answer.content) == (200, b"")
    assert await me(token) == 401


async def test_a_permission_taken_away_is_named_whatever_the_token_was_given(caller, world):
    await caller.sign_in()
    world.scope.remove("ReadAccounts")
    answer = await caller.get("/account/~")
    told = answer.json()
    assert (answer.status_code, told["errorCode"]) == (403, "InsufficientPermissions")
    assert told["errors"][0]["errorCode"] == "CMN-401"
    assert told["errors"][0]["permissionName"] == "ReadAccounts"
    world.settings.modern_errors = True
    assert list((await caller.get("/account/~")).json()) == ["errors"]


async def test_to_read_recordings_is_to_read_the_log(caller, world):
    world.scope.remove("ReadCallLog")
    assert (await caller.get("/account/~/call-log")).status_code == 200
    world.scope.remove("ReadCallRecording")
    assert (await caller.get("/account/~/call-log")).status_code == 403


async def test_nothing_shows_a_secret(caller, world):
    world.settings.issue_refresh_tokens = True
    told = (await caller.ask_for_token()).json()
    [session] = world.sessions
    assert told["access_token"] not in repr(session)
    assert told["refresh_token"] not in repr(session)
