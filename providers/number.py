"""Phone numbers as people write them: `+44 (0)20 7946 0000`, `0044 20…`, `020…`; and whether one is another."""

import re

from providers.spelling import folded

_WRITTEN = re.compile(r"\+?[0-9 ()./-]*[0-9][0-9 ()./-]*")
_TRUNK = re.compile(r"\(0\)")
# Behind these countries' codes no number begins with the zero that is dialled at home. Elsewhere (Italy, Côte d'Ivoire)
# it belongs to the number.
_TRUNK_DIALLED = re.compile(
    "(20|27|3[0-346]|4[013469]|5[1-8]|6[0-6]|8[1246]|9[0-58]|21[23]|23[34]|25[4-6]|35[358]|38[15-79]|880|886|97[127])0"
)
_AMERICAN_ABROAD, _SHORTEST_FROM_AMERICA = "011", 13
_SHORTEST_WHOLE = 8
"""Digits from which a leading zero is dialled rather than part of some number's end."""


def is_written(text: str) -> bool:
    """Whether this has the form of a number, or of an extension."""
    return _WRITTEN.fullmatch(folded(text)) is not None


def digits_of(text: str) -> str:
    """The digits that name it: without the zero that is dialled at home only, and the 00 or 011 that dials abroad."""
    plain = _TRUNK.sub("", folded(text)).strip()
    digits = "".join(letter for letter in plain if letter in "0123456789")
    if plain.startswith("+"):
        abroad = digits
    elif digits.startswith(_AMERICAN_ABROAD) and len(digits) >= _SHORTEST_FROM_AMERICA:
        abroad = digits[3:]
    elif digits.startswith("00") and len(digits) > _SHORTEST_WHOLE:
        abroad = digits[2:]
    else:
        return digits
    if len(abroad) <= _SHORTEST_WHOLE or not (dialled := _TRUNK_DIALLED.match(abroad)):
        return abroad
    return dialled[1] + abroad[dialled.end() :]


def ends_with(number: str, wanted: str) -> bool:
    """Whether a number, as a provider writes it, is the wanted one or ends with it.

    A zero before the area code is dialled at home and left out from abroad: it may stand on either side, or on none.
    """
    # Some digits of a number may be masked with a letter, as in +1855201XXXX.
    kept = "".join(letter for letter in _TRUNK.sub("", folded(number)) if letter.isalnum())
    digits = digits_of(wanted)
    if not digits:
        return False
    at_home, kept_at_home = _without_zeros(digits, 1), _without_zeros(kept, 2)
    return kept.endswith((digits, at_home)) or (kept != kept_at_home and digits.endswith(kept_at_home))


def _without_zeros(digits: str, most: int) -> str:
    zeros = len(digits) - len(digits.lstrip("0"))
    return digits[min(zeros, most) :] if len(digits) >= _SHORTEST_WHOLE else digits
