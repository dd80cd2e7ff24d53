"""Join links as mail, chat and browsers leave them."""

from urllib.parse import quote

import pytest

from bot.domain.grammar import read_record
from providers.vidyo import read_key

KEY = "Nf5kaN9tWo"
LINK = f"https://test.platform.vidyo.io/join/{KEY}"
FLEX = f"https://test.platform.vidyo.io/flex.html?roomdirect.html&key={KEY}"
PASTED = [
    "{}",
    "<{}>",
    "<{}|Join>",
    "<{0}|{0}>",
    "{}.",
    "{},",
    "{})",
    "({})",
    "({}).",
    "{}!",
    "“{}”",
    "`{}`",
    "*{}*",
    "_{}_",
    "~{}~",
    "[Join]({})",
    "Join: {}",
    "Join my meeting: <{}>",
    "Vova invites you to {}…",
    "See https://wiki.example/page and {}",
    "{0} <{0}>",
    "{}\u200b",
    "{}\u00a0",
    "\ufeff{}",
]
GUARDED = [
    "https://nam02.safelinks.protection.outlook.com/?url={}&data=05%7C01%7C&sdata=x%3D&reserved=0",
    "https://www.google.com/url?q={}&sa=D&source=calendar&ust=1",
    "https://slack-redir.net/link?url={}",
    "https://l.facebook.com/l.php?u={}&h=x",
    "https://secure-web.cisco.com/1abc-def/{}",
    "https://protect.example/s/?x=1&url={}#top",
]


@pytest.mark.parametrize("link", [LINK, FLEX])
@pytest.mark.parametrize("pasted", PASTED)
def test_a_link_is_read_however_it_was_pasted(pasted: str, link: str) -> None:
    assert read_key(read_record(f"start {pasted.format(link)}").target or "") == KEY
    assert read_key(pasted.format(link)) == KEY


@pytest.mark.parametrize(
    "written",
    [
        f"test.platform.vidyo.io/join/{KEY}",
        f"HTTPS://Test.Platform.Vidyo.IO/join/{KEY}",
        f"https://test.platform.vidyo.io:443/join/{KEY}",
        f"https://test.platform.vidyo.io/join/%4E{KEY[1:]}",
        f"https:\\\\test.platform.vidyo.io\\join\\{KEY}",
        f"ｈｔｔｐｓ：／／test.platform.vidyo.io／join／{KEY}",
        f"{LINK}?redirect=https%3A%2F%2Felsewhere.example%2F",
        f"{LINK}%20",
        f"{LINK}?utm_source=mail#top",
        f"{KEY}.",
        f"“{KEY}”,",
    ],
)
def test_a_link_is_read_however_it_is_written(written: str) -> None:
    assert read_key(read_record(f"start {written}").target or "") == KEY


@pytest.mark.parametrize("link", [LINK, FLEX])
@pytest.mark.parametrize("guard", GUARDED)
def test_a_link_is_found_inside_the_one_of_a_guard(guard: str, link: str) -> None:
    once = guard.format(quote(link, safe=""))
    assert read_key(once) == KEY
    assert read_key(GUARDED[0].format(quote(once, safe=""))) == KEY


def test_a_link_is_found_inside_proofpoints() -> None:
    assert read_key(f"https://urldefense.com/v3/__{LINK}__;!!abc!def$") == KEY
    assert read_key(f"https://urldefense.com/v3/__{LINK.replace('//', '/')}__;!!abc!def$") == KEY
    second = "https-3A__test.platform.vidyo.io_join_Nf5-2Da-5Fo"
    assert read_key(f"https://urldefense.proofpoint.com/v2/url?u={second}&d=DwMF&c=x") == "Nf5-a_o"


@pytest.mark.parametrize(
    "text",
    [
        f"{LINK} {LINK}2",
        f"{LINK} or the other one",
        "https://www.google.com/url?q=https%3A%2F%2Fwiki.example%2Fpage",
        "https://elsewhere.example/" + "%2Fjoin%2F" * 200,
        "https://x/?u=" * 300,
        "." * 4_000 + "x",
        "https://test.platform.vidyo.io/join/a/b",
        f"https://test.platform.vidyo.io/join/{KEY}%2F..%2Fx",
        "https://[x/?u=https://y/join/a b",
    ],
)
def test_what_names_no_room_or_several_is_none(text: str) -> None:
    assert read_key(text) is None
