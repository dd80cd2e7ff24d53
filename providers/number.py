"""Phone numbers as people write them: `+44 (0)20 7946 0000`, `0044 20…`, `020…`; and whether one is another."""

import re

from providers.spelling import folded

_WRITTEN = re.compile(r"\+?[0-9 ()./-]*[0-9][0-9 ()./-]*")
_TRUNK = re.compile(r"\(0\)")
_SHORTEST_WHOLE = 8
"""Digits from which a leading zero is dialled rather than part of some number's end."""


def is_written(text: str) -> bool:
    """Whether this has the form of a number, or of an extension."""
    return _WRITTEN.fullmatch(folded(text)) is not None


def digits_of(text: str) -> str:
    """The digits that name it: without the `(0)` of those who print both ways to dial, and the 00 that dials abroad."""
    plain = _TRUNK.sub("", folded(text)).strip()
    digits = "".join(letter for letter in plain if letter in "0123456789")
    abroad = digits.startswith("00") and not plain.startswith("+") and len(digits) > _SHORTEST_WHOLE
    return digits[2:] if abroad else digits


def ends_with(number: str, wanted: str) -> bool:
    """Whether a number, as a provider writes it, is the wanted one or ends with it.

    A zero before the area code is dialled at home and left out from abroad: it may stand on either side, or on none.
    """
    # Some digits of a number may be masked with a letter, as in +1855201XXXX.
    kept = "".join(letter for letter in _TRUNK.sub("", folded(number)) if letter.isalnum())
    digits = digits_of(wanted)
    if not digits:
        return False
    at_home, kept_at_home = _without_trunk(digits), _without_trunk(kept)
    return kept.endswith((digits, at_home)) or (kept != kept_at_home and digits.endswith(kept_at_home))


def _without_trunk(digits: str) -> str:
    return digits.lstrip("0") if len(digits) >= _SHORTEST_WHOLE else digits
