"""Questions that go wrong on the way: what is asked again, what is not, and what is said of it."""

import pytest

from providers.errors import BadAnswer, NotLicensed, Refused, Unavailable, UnsafeLink
from providers.model import RecordingQuery
from providers.ringcentral import RingCentralProvider
from sandbox.ringcentral.server import RingCentralSandbox
from tests.clock import lasting

from .answering import Answering, http, log, said
from .conftest import Connect

ANYTHING = RecordingQuery()


@pytest.mark.parametrize("kind", ["408", "500", "502", "503", "504", "reset_before", "reset_after"])
async def test_what_fails_for_a_moment_is_asked_again(
    ringcentral: RingCentralSandbox, provider: RingCentralProvider, kind: str
) -> None:
    ringcentral.world.faults.add(kind, match="/call-log", times=2)
    assert (await provider.search(ANYTHING)).recordings
    assert ringcentral.world.journal.count("/call-log") == 3


async def test_what_fails_for_good_is_told_after_a_few_attempts(
    ringcentral: RingCentralSandbox, connected: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "providers")
    provider = await connected(ringcentral, read_retries=2)
    ringcentral.world.faults.add("503", match="/call-log", times=6)
    for _ in range(2):
        with pytest.raises(Unavailable, match=r"cannot answer now \(HTTP 503\)"):
            await provider.search(ANYTHING)
    assert ringcentral.world.journal.count("/call-log") == 6
    assert (await provider.search(ANYTHING)).recordings
    assert [record.message.rsplit(" ", 2)[-2:] for record in caplog.records] == [
        ["not", "answer."],
        ["answers", "again."],
    ]


async def test_a_server_that_is_not_there_was_not_asked(answering: Answering, connected: Connect) -> None:
    provider = await connected(answering, read_retries=0)
    answering.answer = log()
    await provider.search(ANYTHING)
    await answering.__aexit__()
    with pytest.raises(Unavailable):
        await provider.search(ANYTHING)
    with pytest.raises(Unavailable, match="cannot be reached") as caught:
        await provider.search(ANYTHING)
    assert not caught.value.asked


async def test_a_web_page_instead_of_json_is_told_with_its_status(
    ringcentral: RingCentralSandbox, provider: RingCentralProvider
) -> None:
    ringcentral.world.faults.add("html", match="/call-log")
    with pytest.raises(BadAnswer, match=r"web page when we wanted to read the call log \(HTTP 200\)"):
        await provider.search(ANYTHING)


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (http(b"<html></html>", "404 Not Found", "text/html"), BadAnswer, "web page.*404"),
        (http(b"<html></html>", "500 Oops", "text/html"), Unavailable, "HTTP 500"),
        (http(b"", "403 Forbidden", "text/html"), NotLicensed, "HTTP 403"),
        (
            said({"errors": [{"errorCode": "CMN-101", "parameterName": "dateFrom"}]}, "400 Bad"),
            BadAnswer,
            "dateFrom",
        ),
        (said({"errorCode": "CMN-101", "message": "secret words"}, "400 Bad"), BadAnswer, "CMN-101"),
        (
            said(
                {
                    "errorCode": "InsufficientPermissions",
                    "errors": [{"errorCode": "CMN-401", "permissionName": "ReadCallLog"}],
                },
                "403 Forbidden",
            ),
            NotLicensed,
            "lacks the permission ReadCallLog",
        ),
        (
            said({"errors": [{"errorCode": "CMN-408"}]}, "403 Forbidden"),
            NotLicensed,
            "the user we sign in as",
        ),
        (said({"errorCode": "x\n<!channel>"}, "400 Bad"), BadAnswer, r"\(HTTP 400\)"),
        (said({"errors": "none"}, "409 Conflict"), Refused, "HTTP 409"),
        (said({}, "418 Teapot"), BadAnswer, "HTTP 418"),
        (http(b"x" * 70_000, "400 Bad"), BadAnswer, r"\(HTTP 400\)"),
        (said({}, "501 Not Implemented"), Unavailable, "failed inside"),
        (http(b"x" * 70_000), BadAnswer, "more than"),
    ],
)
async def test_a_refusal_is_put_into_words_and_not_repeated(
    answering: Answering, connected: Connect, answer: bytes, error: type[Exception], words: str
) -> None:
    answering.answer = answer
    provider = await connected(answering, read_retries=0, max_answer=2**16)
    with pytest.raises(error, match=words) as caught:
        await provider.search(ANYTHING)
    assert "secret words" not in str(caught.value)
    assert str(caught.value).endswith(".")
    assert len(answering.requests) == 1


async def test_a_missing_permission_is_named(
    ringcentral: RingCentralSandbox, provider: RingCentralProvider
) -> None:
    ringcentral.world.scope.remove("ReadCallLog")
    ringcentral.world.scope.remove("ReadCallRecording")
    with pytest.raises(NotLicensed, match="ReadCallLog"):
        await provider.search(ANYTHING)


async def test_no_token_follows_a_redirect_out_of_the_house(answering: Answering, connected: Connect) -> None:
    answering.answer = http(b"", "302 Found", more="Location: https://evil.example/call-log\r\n")
    with pytest.raises(UnsafeLink):
        await (await connected(answering)).search(ANYTHING)
    assert len(answering.requests) == 1


async def test_cookies_are_not_kept(answering: Answering, connected: Connect) -> None:
    answering.answer = http(b'{"records": []}', more="Set-Cookie: a=b; Path=/\r\n")
    provider = await connected(answering)
    await provider.search(ANYTHING)
    await provider.search(ANYTHING)
    assert not any("cookie:" in head.lower() for head in answering.requests)


async def test_a_server_that_does_not_answer_in_time_is_told(
    ringcentral: RingCentralSandbox, connected: Connect
) -> None:
    provider = await connected(ringcentral, read_retries=0)
    await provider.search(ANYTHING)
    ringcentral.world.faults.add("slow", match="/call-log", seconds=60)
    with lasting(15), pytest.raises(Unavailable, match="did not answer when we wanted to read the call log"):
        await provider.search(ANYTHING)


async def test_a_thousand_codes_make_no_long_sentence(answering: Answering, connected: Connect) -> None:
    answering.answer = said({"errors": [{"errorCode": f"CMN-{n}"} for n in range(2_000)]}, "400 Bad")
    with pytest.raises(BadAnswer, match="CMN-0") as caught:
        await (await connected(answering)).search(ANYTHING)
    assert len(str(caught.value)) < 400


async def test_an_answer_that_breaks_off_is_asked_for_again(answering: Answering, connected: Connect) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    answers = iter([head + b"no number\r\n", log()])
    answering.answer = lambda head: next(answers)
    assert (await (await connected(answering)).search(ANYTHING)).recordings == ()
    assert len(answering.requests) == 2


@pytest.mark.parametrize(
    ("errors", "words"),
    [
        (
            [{"errorCode": "CMN-401", "permissionName": "ReadCallLog"}],
            "the app lacks the permission ReadCallLog",
        ),
        (
            [{"errorCode": "CMN-408", "permissionName": "FullCompanyCallLog"}],
            "the user we sign in as lacks the right FullCompanyCallLog",
        ),
        (
            [{"errorCode": "CMN-402", "permissionName": "ReadCallLog"}],
            "the user we sign in as lacks the right ReadCallLog",
        ),
        ([{"errorCode": "CMN-408"}], "CMN-408.*the user we sign in as may not"),
        ([{"errorCode": "CMN-419"}], "CMN-419.*the user we sign in as may not"),
        ([{"errorCode": "CMN-401"}], "CMN-401.*the app lacks a permission"),
        ([{"errorCode": "CMN-109"}], "CMN-109.*switched off"),
        ([{"errorCode": "SUB-505"}], "SUB-505.*as many"),
        ([{"permissionName": "ReadCallLog"}], "ReadCallLog is missing, of the app or of the user"),
        (
            [
                {"errorCode": "CMN-408", "permissionName": "A"},
                {"errorCode": "CMN-401", "permissionName": "B"},
            ],
            "the user we sign in as lacks the right A",
        ),
    ],
)
@pytest.mark.parametrize("older", [True, False])
async def test_whose_right_is_missing_the_code_says(
    answering: Answering, connected: Connect, errors: list[dict[str, str]], words: str, older: bool
) -> None:
    first = errors[0]
    top = {"errorCode": "InsufficientPermissions", **{k: v for k, v in first.items() if k != "errorCode"}}
    answering.answer = said({"errors": errors} | (top if older else {}), "403 Forbidden")
    with pytest.raises((NotLicensed, Refused), match=words):
        await (await connected(answering)).search(ANYTHING)


async def test_the_sandbox_names_the_right_of_the_user_as_ringcentral_does(
    ringcentral: RingCentralSandbox, provider: RingCentralProvider
) -> None:
    ringcentral.world.user_permissions.remove("FullCompanyCallLog")
    with pytest.raises(NotLicensed, match="the user we sign in as lacks the right FullCompanyCallLog"):
        await provider.search(ANYTHING)
