"""The whole state of the sandbox's RingCentral, with the handles that a test or a demonstration pulls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from sandbox.clock import Clock
from sandbox.ringcentral import catalogue
from sandbox.ringcentral.journal import Journal
from sandbox.ringcentral.limits import Limits
from sandbox.ringcentral.misbehaviour import Misbehaviour
from sandbox.ringcentral.sessions import Sessions
from sandbox.ringcentral.settings import Settings
from sandbox.ringcentral.sign_in import SignIn
from sandbox.ringcentral.switchboard import Switchboard

USER_PERMISSIONS = ("FullCompanyCallLog", "EditCompanyCallRecordings")


class World(Switchboard):
    """One account: its extensions, its calls, and who is signed in.

    `client_id`, `client_secret`, `jwt`, `username`, `extension` and `password` are those that work;
    `sign_in` has them too, to be changed there. `user_permissions` are those of the person behind them.
    """

    def __init__(self, clock: Clock, settings: Settings, limits: Mapping[str, int] | None = None) -> None:
        super().__init__(clock, settings)
        self.journal = Journal()
        self.faults = Misbehaviour()
        self.limits = Limits(clock, limits)
        self.sessions = Sessions(clock)
        self.sign_in = SignIn(clock, settings, self.extensions, self.sessions)
        self.user_permissions = set(USER_PERMISSIONS)
        self.api_url = ""
        self.media_url = ""
        self.streams_open: Counter[str] = Counter()
        self.bytes_sent: Counter[str] = Counter()

    @property
    def client_id(self) -> str:
        return self.sign_in.client_id

    @property
    def client_secret(self) -> str:
        return self.sign_in.client_secret

    @property
    def jwt(self) -> str:
        return self.sign_in.jwt

    @property
    def username(self) -> str:
        return self.sign_in.username

    @property
    def extension(self) -> str:
        return self.sign_in.extension

    @property
    def password(self) -> str:
        return self.sign_in.password

    @property
    def scope(self) -> list[str]:
        """The app's permissions. One taken out of this list is gone at once, for old tokens too."""
        return self.sign_in.scope

    def expire_access_tokens(self) -> None:
        """Every access token runs out now; refresh tokens still work."""
        self.sessions.expire_access_tokens()

    def populate(self) -> None:
        """The calls of the last days; the same in every run, at the same distance from now."""
        catalogue.fill(self, self.clock.now())

    def clear_log(self) -> None:
        """No call ever took place, and none is going on."""
        self.background.drop()
        self.calls.clear()
        self.forget_sync_tokens()

    def reset(self) -> None:
        """The calls, settings and budgets of the beginning, and no faults. Whoever is signed in stays so."""
        self.clear_log()
        self.faults.clear()
        self.limits.forget()
        for name, value in Settings():
            setattr(self.settings, name, value)
        self.populate()
