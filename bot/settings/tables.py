"""The tables of `recbot.toml`, but those of providers: each key with what it takes and what it is by default."""

import re
from dataclasses import fields
from datetime import timedelta
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    ByteSize,
    Field,
    SecretStr,
    create_model,
    field_validator,
)

from bot.domain.pace import Pace
from bot.domain.policy import Policy, Rule, Verb
from bot.logs import Format, Level
from providers.duration import Duration, Limit
from providers.section import Section


class SlackSettings(Section):
    """[slack]: how to reach the workspace."""

    mode: Literal["socket", "http"] = "socket"
    bot_token: SecretStr
    app_token: SecretStr | None = None
    signing_secret: SecretStr | None = None
    api_url: str = "https://slack.com/api/"
    upload_limit: ByteSize = Field(default=ByteSize(200_000_000))

    @field_validator("app_token", "signing_secret", mode="before")
    @classmethod
    def _left_empty(cls, value: object) -> object:
        return None if isinstance(value, str) and not value.strip() else value

    @field_validator("api_url")
    @classmethod
    def _url(cls, value: str) -> str:
        return _http_url(value).rstrip("/") + "/"


class DatabaseSettings(Section):
    """[database]: where everything that must survive is kept."""

    url: str = "sqlite:///recbot.db"


class AuditSettings(Section):
    """[audit]: how long the audit trail is kept. None: for ever."""

    keep: Limit | None = None


class WebSettings(Section):
    """[web]: the gateway. Without a public URL no links are given out."""

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    public_url: str | None = None
    link_ttl: Duration = timedelta(hours=1)
    metrics_token: SecretStr | None = None
    connections: int = Field(default=300, ge=1, le=100_000)
    head_time: Limit = timedelta(seconds=10)
    idle_time: Limit = timedelta(seconds=75)
    stalled_time: Limit = timedelta(minutes=10)

    @field_validator("public_url")
    @classmethod
    def _url(cls, value: str | None) -> str | None:
        return _http_url(value).rstrip("/") if value else None

    @field_validator("metrics_token")
    @classmethod
    def _long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not re.fullmatch(r"[!-~]{16,}", value.get_secret_value()):
            raise ValueError("it needs at least 16 characters, all of them plain and none a space")
        return value


class LogSettings(Section):
    """[log]: what `recbot run` writes to stderr, and how."""

    format: Format = "text"
    level: Level = "info"


class SecuritySettings(Section):
    """[security]: keys that sign links. The first is used, the rest are still read."""

    keys: list[SecretStr] = Field(default_factory=list)

    @field_validator("keys", mode="before")
    @classmethod
    def _lines(cls, value: object) -> object:
        return value.split() if isinstance(value, str) else value

    @field_validator("keys")
    @classmethod
    def _long_enough(cls, value: list[SecretStr]) -> list[SecretStr]:
        if any(len(key.get_secret_value().strip()) < 16 for key in value):
            raise ValueError("each key needs at least 16 characters")
        return value


_PERSON, _GROUP, _CHANNEL = r"[UW][A-Z0-9]{2,20}", r"S[A-Z0-9]{2,20}", r"[CDG][A-Z0-9]{2,20}"


def _ids(value: list[str], pattern: str, what: str) -> list[str]:
    wrong = [id for id in value if not re.fullmatch(pattern, id)]
    if wrong:
        raise ValueError(f"{wrong[0]!r} is no {what}")
    return value


class RuleSettings(Section):
    """[[policy.rules]]: one rule; see `Rule`."""

    name: str = Field(min_length=1, max_length=80)
    effect: Literal["allow", "deny"] = "allow"
    verbs: list[Verb] = Field(min_length=1)
    people: list[str] = Field(default_factory=list)
    groups: list[str] = Field(default_factory=list)
    unless: list[str] = Field(default_factory=list)
    channels: list[str] = Field(default_factory=list)
    rooms: list[str] = Field(default_factory=list)
    providers: list[str] = Field(default_factory=list)

    @field_validator("people")
    @classmethod
    def _people(cls, value: list[str]) -> list[str]:
        return _ids(value, _PERSON, "Slack user ID (they look like U012ABCDEF)")

    @field_validator("groups")
    @classmethod
    def _groups(cls, value: list[str]) -> list[str]:
        return _ids(value, _GROUP, "ID of a Slack user group (they look like S012ABCDEF)")

    @field_validator("unless")
    @classmethod
    def _unless(cls, value: list[str]) -> list[str]:
        return _ids(value, f"{_PERSON}|{_GROUP}", "ID of a Slack user or user group")

    @field_validator("channels")
    @classmethod
    def _channels(cls, value: list[str]) -> list[str]:
        return _ids(value, _CHANNEL, "ID of a Slack channel (they look like C012ABCDEF)")

    @field_validator("rooms", "providers")
    @classmethod
    def _words(cls, value: list[str]) -> list[str]:
        return _ids(value, r".*\S.*", "name: it is empty")

    @field_validator("rooms")
    @classmethod
    def _rooms(cls, value: list[str]) -> list[str]:
        """A number would hold for none of its recordings, and nobody would notice."""
        return _ids(value, r"(?!\s*[+＋]).*", "room: rules know rooms and extensions, and no phone numbers")

    def rule(self) -> Rule:
        """The rule as the value that the domain knows."""
        return Rule(
            name=self.name,
            verbs=frozenset(self.verbs),
            allow=self.effect == "allow",
            people=frozenset(self.people),
            groups=frozenset(self.groups),
            unless=frozenset(self.unless),
            channels=frozenset(self.channels),
            rooms=frozenset(self.rooms),
            providers=frozenset(self.providers),
        )


class PolicySettings(Section):
    """[policy]: who may do what, by IDs."""

    administrators: list[str] = Field(default_factory=list)
    default: list[Verb] = Field(default_factory=lambda: list(Verb))
    owners: dict[str, list[str]] = Field(default_factory=dict)
    rules: list[RuleSettings] = Field(default_factory=list)

    @field_validator("administrators")
    @classmethod
    def _administrators(cls, value: list[str]) -> list[str]:
        what = "Slack user ID (they look like U012ABCDEF), nor one of a user group (S012ABCDEF)"
        return _ids(value, f"{_PERSON}|{_GROUP}", what)

    @field_validator("owners")
    @classmethod
    def _owners(cls, value: dict[str, list[str]]) -> dict[str, list[str]]:
        _ids(list(value), _PERSON, "Slack user ID (they look like U012ABCDEF)")
        return value

    @field_validator("rules")
    @classmethod
    def _named_once(cls, value: list[RuleSettings]) -> list[RuleSettings]:
        names = [rule.name for rule in value]
        twice = [name for name in names if names.count(name) > 1]
        if twice:
            raise ValueError(f"two rules are called {twice[0]!r}; a refusal names its rule")
        return value

    def policy(self) -> Policy:
        """The table as the value that the domain knows."""
        return Policy(
            administrators=frozenset(self.administrators),
            rules=tuple(rule.rule() for rule in self.rules),
            owners={person: frozenset(names) for person, names in self.owners.items()},
            default=frozenset(self.default),
        )


_PACES: dict[str, Any] = {field.name: (Duration, field.default) for field in fields(Pace)}
PaceSettings: Any = create_model(
    "PaceSettings",
    __base__=Section,
    __doc__="[pace]: every delay and patience, by the names of `Pace`.",
    **_PACES,
)


def _http_url(value: str) -> str:
    """A web address of a host and perhaps a path, or ValueError, which repeats nothing of it."""
    try:
        parts = urlsplit(value)
        named = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # it would tell of the login too
        named = False
    # A login whose password holds a stroke leaves its end and the @ in the path.
    if not named or re.search(r"[@?#\\\s\x00-\x1f\x7f]", value.strip()):
        raise ValueError("expected an address such as https://recbot.example.org")
    return value.strip()
