"""The table of one VidyoPlatform account in the configuration."""

from datetime import timedelta
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, SecretStr, model_validator

from providers.duration import Duration, Limit
from providers.kinds import ProviderSettings


def _read_address(value: str) -> str:
    """A web address without login, query and trailing slash, or ValueError with what is allowed."""
    address = value.strip()
    try:
        parts = urlsplit(address)
        named = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        named = False
    if not named or any(character.isspace() for character in address):
        raise ValueError("write an address like https://test.platform.vidyo.io")
    if "@" in parts.netloc:
        raise ValueError("leave the login out of the address; it belongs in username and password")
    if parts.query or parts.fragment or "?" in address or "#" in address:
        raise ValueError("the address must end before any ? or #")
    return address.rstrip("/")


def _read_zone(value: str) -> str:
    """The name of a time zone, or ValueError with what is allowed."""
    try:
        ZoneInfo(value)
    except (ValueError, OSError) as error:
        raise ValueError("write the name of a time zone, such as Europe/Berlin or UTC") from error
    except KeyError as error:  # ZoneInfoNotFoundError
        raise ValueError("no time zone has this name; write one such as Europe/Berlin or UTC") from error
    return value


Zone = Annotated[str, AfterValidator(_read_zone)]
Address = Annotated[str, AfterValidator(_read_address)]


class VidyoSettings(ProviderSettings):
    """One VidyoPlatform tenant: its portal, its replay server, and the login that records there."""

    kind: Literal["vidyo"]
    portal_url: Address
    replay_url: Address
    service: Literal["user", "admin"] = "user"
    tenant: str = ""
    username: str = Field(min_length=1, pattern=r"^[^:\x00-\x1f]+$")
    password: SecretStr = Field(min_length=1)
    profile: str = Field(default="000", min_length=1, max_length=64)
    connect_timeout: Limit = timedelta(seconds=5)
    read_timeout: Limit = timedelta(seconds=15)
    request_timeout: Limit = timedelta(seconds=30)
    read_retries: int = Field(default=2, ge=0, le=10)
    retry_pause: Duration = timedelta(milliseconds=500)
    timezone: Zone = "UTC"
    longest_recording: Limit = timedelta(hours=12)
    search_bound: int = Field(default=2000, ge=200, le=100_000)
    max_answer: int = Field(default=32 * 2**20, ge=2**16)

    @model_validator(mode="after")
    def _limits_fit(self) -> "VidyoSettings":
        if self.connect_timeout >= self.request_timeout:
            raise ValueError("connect_timeout must be shorter than request_timeout, which holds a whole call")
        return self
