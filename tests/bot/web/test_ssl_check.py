"""Slack looks at our certificate now and then, unsigned: that is answered, and is no way in."""

import aiohttp
import pytest

from tests.bot.web.test_guard import FORM, JSON, Inner, signed

from .world import gateway_with


@pytest.mark.parametrize("body", [b"ssl_check=1", b"ssl_check=1&token=x", b"token=x&ssl_check=1"])
async def test_a_look_at_the_certificate_is_answered_and_goes_no_further(
    body: bytes, browser: aiohttp.ClientSession
) -> None:
    inner = Inner()
    async with gateway_with(slack=inner) as world:
        for kind in (FORM, f"{FORM}; charset=utf-8"):
            headers = {"Content-Type": kind}
            async with browser.post(f"{world.url}/slack/events", data=body, headers=headers) as answer:
                assert answer.status == 200
    assert inner.bodies == []


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"ssl_check=1&command=/record&text=start+abc&user_id=U1", FORM),
        (b"ssl_check=1&payload={}", FORM),
        (b"ssl_check=0", FORM),
        (b"ssl_check=", FORM),
        (b"command=/record&text=ssl_check=1", FORM),
        (b'{"ssl_check": "1"}', JSON),
        (b"ssl_check=1&token=" + b"x" * 2000, FORM),
    ],
)
async def test_whoever_asks_for_more_has_to_sign(
    body: bytes, kind: str, browser: aiohttp.ClientSession
) -> None:
    inner = Inner()
    wrong = signed(b"ssl_check=1", FORM, secret="another secret")
    async with gateway_with(slack=inner) as world:
        for data, headers in ((body, {"Content-Type": kind}), (b"ssl_check=1", wrong)):
            async with browser.post(f"{world.url}/slack/events", data=data, headers=headers) as answer:
                assert answer.status == 401
    assert inner.bodies == []
