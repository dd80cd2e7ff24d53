"""A fingerprint of a password costs 50 ms of a processor, so that guessing is slow for whoever steals one.

A bot makes one when it starts; tests start a thousand bots, and nobody steals theirs.
"""

from providers.ringcentral import credentials
from providers.vidyo import sign_in


def make_guessing_cheap() -> None:
    """From now on a fingerprint costs nothing in this process. It is another one than `recbot` itself makes."""
    sign_in._COST = credentials._COST = 2
