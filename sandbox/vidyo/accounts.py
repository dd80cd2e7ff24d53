"""Who may sign in, by Basic on each request, and when the portal locks them out."""

from __future__ import annotations

import base64
import binascii
import hmac
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from sandbox.clock import Clock
from sandbox.vidyo.settings import Settings

Role = Literal["normal", "operator", "admin"]


class SignInRefused(Exception):
    """Missing, wrong or locked: the caller is not told which."""


@dataclass(slots=True)
class Account:
    login: str
    full_name: str
    password: str = field(repr=False)
    member_id: str
    role: Role = "normal"
    locked: bool = False
    failures: deque[float] = field(default_factory=deque, repr=False)

    @property
    def sees_the_tenant(self) -> bool:
        """Whether every recording of the tenant is visible, and the admin service open, to this login."""
        return self.role != "normal"


class Accounts:
    """The tenant's logins. Names compare in lower case; wrong passwords in a row lock the account."""

    def __init__(self, clock: Clock, settings: Settings) -> None:
        self._clock = clock
        self._settings = settings
        self._by_login: dict[str, Account] = {}

    def __iter__(self) -> Iterator[Account]:
        return iter(self._by_login.values())

    def add(self, account: Account) -> None:
        self._by_login[account.login.lower()] = account

    def get(self, login: str) -> Account | None:
        return self._by_login.get(login.lower())

    def full_name(self, login: str) -> str:
        account = self.get(login)
        return account.full_name if account else login

    def change_password(self, login: str, password: str) -> None:
        """Give an account a new password, and unlock it."""
        account = self._by_login[login.lower()]
        account.password, account.locked = password, False
        account.failures.clear()

    def sign_in(self, authorization: str | None) -> Account:
        """The account behind an Authorization header, or `SignInRefused`."""
        login, password = _read_basic(authorization)
        account = self.get(login)
        if account is None or account.locked:
            raise SignInRefused
        if not hmac.compare_digest(account.password.encode(), password.encode()):
            self._failed(account)
            raise SignInRefused
        return account

    def _failed(self, account: Account) -> None:
        now = time.monotonic()
        window = self._clock.scaled(self._settings.lock_window)
        account.failures.append(now)
        while account.failures[0] < now - window:
            account.failures.popleft()
        account.locked = len(account.failures) >= self._settings.lock_after


def _read_basic(authorization: str | None) -> tuple[str, str]:
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        raise SignInRefused
    try:
        login, colon, password = base64.b64decode(token, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise SignInRefused from None
    if not colon:
        raise SignInRefused
    return login, password
