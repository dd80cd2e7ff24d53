"""A rule about a room holds however its name was written, in the configuration and by the provider."""

import unicodedata

import pytest

from bot.domain.conversation import Asker, Conversation
from bot.domain.policy import Person, Policy, Rule, Target, Verb

ANNA = Person(Asker("slack", "U0ANNA", "T0"), where=Conversation("slack", "C0GENERAL", "T0"))


@pytest.mark.parametrize(
    ("ruled", "named"),
    [
        ("Anna’s Büro", "anna's büro"),
        ("Büro", unicodedata.normalize("NFD", "Büro")),
        ("Board room", "Board\u00a0room"),
        ("Q1-room", "Q1‑room"),
        ("230301302", "２３０３０１３０２1234"),
    ],
)
def test_a_room_is_denied_in_every_spelling(ruled: str, named: str) -> None:
    deny = Rule("closed", frozenset({Verb.START}), allow=False, rooms=frozenset({ruled}))
    policy = Policy(rules=(deny,))
    assert not policy.decide(ANNA, Verb.START, Target("vidyo", frozenset({named}))).allowed
    assert not policy.decide(ANNA, Verb.START, Target("vidyo", part=named[:5])).allowed
    assert policy.decide(ANNA, Verb.START, Target("vidyo", frozenset({"Weekly"}))).allowed
