"""The table of one RingCentral account in the configuration."""

from datetime import timedelta
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, model_validator

from providers.duration import Duration, Limit
from providers.kinds import ProviderSettings


def _read_server(value: str) -> str:
    """A web address without path, or ValueError with what is allowed."""
    address = value.strip().rstrip("/")
    try:
        parts = urlsplit(address)
        named = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        named = False
    if not named or any(character.isspace() for character in address):
        raise ValueError("write an address like https://platform.ringcentral.com")
    if "@" in parts.netloc:
        raise ValueError("leave the login out of the address; it belongs in client_id, client_secret and jwt")
    if parts.path or parts.query or parts.fragment or "?" in address or "#" in address:
        raise ValueError("the address must end with the host; the path is the same for everybody")
    return address


def _read_host(value: str) -> str:
    """A host name, with a port if need be, or ValueError with what is allowed."""
    host = value.strip().lower()
    try:
        parts = urlsplit(f"//{host}")
        named = bool(parts.hostname) and parts.netloc == host and "@" not in host and parts.port != 0
    except ValueError:
        named = False
    if not named or any(character.isspace() or character in "\\*%" for character in host):
        raise ValueError("write a host like media.ringcentral.com, without https:// and path")
    return host


Server = Annotated[str, AfterValidator(_read_server)]
Host = Annotated[str, AfterValidator(_read_host)]


class RingCentralSettings(ProviderSettings):
    """One RingCentral account: where it is, the app that asks, and the user on whose behalf.

    Files come from `media_hosts` and from the server itself, from nowhere else. `look_back` is how far a search
    goes that names no beginning, `search_bound` how many pages of the call log it may read, `extensions_for` how long
    the list of the account's extensions is believed. One second of the far
    side lasts 1 / `rate_scale` seconds here: what it says of waits is divided by it.
    """

    kind: Literal["ringcentral"]
    server_url: Server = "https://platform.ringcentral.com"
    media_hosts: list[Host] = Field(default=["media.ringcentral.com"], max_length=20)
    client_id: str = Field(min_length=1, pattern=r"^[^:\x00-\x1f]+$")
    client_secret: SecretStr = Field(min_length=1)
    jwt: SecretStr | None = Field(default=None, min_length=1)
    password_grant: bool = False
    username: str = ""
    extension: str = ""
    password: SecretStr | None = Field(default=None, min_length=1)
    level: Literal["account", "extension"] = "account"
    live_calls: bool = False
    look_back: Limit = timedelta(days=90)
    search_bound: int = Field(default=20, ge=1, le=1000)
    extensions_for: Limit = timedelta(hours=1)
    connect_timeout: Limit = timedelta(seconds=5)
    read_timeout: Limit = timedelta(seconds=15)
    request_timeout: Limit = timedelta(seconds=30)
    longest_wait: Limit = timedelta(minutes=10)
    read_retries: int = Field(default=4, ge=0, le=10)
    retry_pause: Duration = timedelta(seconds=2)
    sign_in_pause: Duration = timedelta(seconds=10)
    rate_scale: float = Field(default=1.0, gt=0, le=1000)
    max_answer: int = Field(default=32 * 2**20, ge=2**16)

    @model_validator(mode="after")
    def _limits_fit(self) -> "RingCentralSettings":
        if self.connect_timeout >= self.request_timeout:
            raise ValueError("connect_timeout must be shorter than request_timeout, which holds a whole call")
        return self

    @model_validator(mode="after")
    def _one_way_to_sign_in(self) -> "RingCentralSettings":
        if self.password_grant:
            if self.jwt is not None:
                raise ValueError("give either jwt or password_grant = true, not both")
            if not self.username or self.password is None:
                raise ValueError("password_grant = true needs username and password")
        elif self.username or self.extension or self.password is not None:
            raise ValueError(
                "username, extension and password work only with password_grant = true, which RingCentral takes "
                "away; create a JWT credential for the user and set jwt instead"
            )
        elif self.jwt is None:
            raise ValueError("set jwt: a JWT credential of the user on whose behalf calls are read")
        return self

    def here(self, seconds: float) -> float:
        """How long so many seconds of the far side last on our own clock."""
        return seconds / self.rate_scale
