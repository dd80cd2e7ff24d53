"""The calls that the account has made so far: those of a few days, a third of them recorded."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from sandbox.ringcentral.calls import Direction, RecordingKind
from sandbox.ringcentral.ledger import Ledger
from sandbox.ringcentral.media_file import Form

CALLS = 42
_SPAN = timedelta(days=6)
_TRANSFERRED = 4
_SHORT = 8

_OWNERS = (("101", "Vova Tareiev"), ("102", "Anna Lindqvist"), ("103", "Sam Okafor"))
_OTHERS = (
    ("Ada Byron", "+16505550100"),
    ("Grace Hopper", "+16505550101"),
    ("Katherine Johnson", "+16505550102"),
    ("Edsger Dijkstra", "+31205550103"),
    ("Équipe Lovelace", "+33155550104"),
    ("WIRELESS CALLER", "+16505550105"),
)


def fill(ledger: Ledger, now: datetime) -> None:
    """The newest recorded calls are a few hours old; each extension has some in both directions."""
    dice = random.Random(19640415)  # noqa: S311 (repeatable, not secret)
    for number in range(CALLS, 0, -1):
        age = timedelta(hours=1) + number / CALLS * _SPAN
        extension, owner = _OWNERS[number % len(_OWNERS)]
        other, phone = dice.choice(_OTHERS)
        direction: Direction = "Inbound" if number // 3 % 2 else "Outbound"
        recorded = number % 3 == number // 3 % 3
        missed = not recorded and dice.random() < 0.3
        kind: RecordingKind = "Automatic" if number % 4 == 0 else "OnDemand"
        form: Form = "mp3" if number % 2 else "wav"
        minutes = timedelta(seconds=0 if missed else dice.randrange(40, 3000))
        call = ledger.add_call(
            other=other,
            number=phone,
            extension=extension,
            owner=owner,
            direction=direction,
            started=(now - age).replace(microsecond=0) - minutes,
            duration=minutes,
            recording=kind if recorded else None,
            media=form,
            result="Missed" if missed and direction == "Inbound" else "Call connected",
        )
        if number == _SHORT:
            call.leg.recording, call.short_recording = None, True
        if number == _TRANSFERRED:
            ledger.add_transfer(call, extension="103", owner="Sam Okafor")
