"""The bot's settings: one TOML file, each key also as an environment variable.

A section, key or value that is wrong stops the start with its name and what was expected.
"""

import os
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import fields
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    ByteSize,
    Field,
    SecretStr,
    ValidationError,
    WrapValidator,
    create_model,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)
from pydantic_settings import SettingsError as UndecodedError

from bot.domain.pace import Pace
from bot.domain.policy import Policy, Rule, Verb
from bot.logs import Format, Level
from providers.duration import Duration, Limit
from providers.kinds import CannotLoad, ProviderSettings, known
from providers.kinds import load as load_kind
from providers.section import Section, read_text

PREFIX = "RECBOT_"
CONFIG = "RECBOT_CONFIG"


class SettingsError(Exception):
    """The configuration cannot be used; the text names what is wrong, a line each."""


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


def _read_table(value: Any, handler: Callable[[Any], ProviderSettings]) -> ProviderSettings:
    """A table of [providers], by the settings of its kind, which is imported for it."""
    if not isinstance(value, dict):
        return handler(value)
    kind = value.get("kind")
    if not isinstance(kind, str) or kind not in known():
        raise PydanticCustomError("kind", f"this key is needed, and is one of {', '.join(known())}")
    try:
        return load_kind(kind).settings.model_validate(value)
    except CannotLoad as error:
        raise ValueError(f"{error}") from error


class Settings(BaseSettings):
    """All of `recbot.toml`."""

    model_config = SettingsConfigDict(
        extra="forbid",
        frozen=True,
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        hide_input_in_errors=True,
    )

    slack: SlackSettings | None = None
    database: DatabaseSettings = DatabaseSettings()
    audit: AuditSettings = AuditSettings()
    web: WebSettings = WebSettings()
    log: LogSettings = LogSettings()
    security: SecuritySettings = SecuritySettings()
    policy: PolicySettings = PolicySettings()
    pace: PaceSettings = PaceSettings()
    providers: dict[str, Annotated[ProviderSettings, WrapValidator(_read_table)]] = Field(
        default_factory=dict
    )

    @field_validator("providers")
    @classmethod
    def _names(cls, value: dict[str, ProviderSettings]) -> dict[str, ProviderSettings]:
        wrong = [name for name in value if not re.fullmatch(r"[a-z][a-z0-9_-]{0,31}", name)]
        if wrong:
            raise ValueError(
                f"{wrong[0]!r} cannot name a provider: use small letters, digits, - and _, at most 32 of them"
            )
        return value

    @model_validator(mode="after")
    def _no_rule_about_a_stranger(self) -> Self:
        """A rule about a provider whose name is misspelt would deny nothing."""
        for rule in self.policy.rules:
            if unknown := [name for name in rule.providers if name not in self.providers]:
                raise ValueError(
                    f"policy.rules: {rule.name!r} names {unknown[0]!r}, which no provider is called"
                )
        return self

    def paces(self) -> Pace:
        """The [pace] table as the value that the domain knows."""
        return Pace(**{field.name: getattr(self.pace, field.name) for field in fields(Pace)})


def load(path: Path | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """The settings from `path`, else from RECBOT_CONFIG, else from ./recbot.toml if that is there.

    Raises SettingsError, which never repeats a value, since it may be a secret.
    """
    environ = dict(os.environ if environment is None else environment)
    named = path or (Path(environ[CONFIG]) if environ.get(CONFIG) else None)
    file = named or Path("recbot.toml")
    data: dict[str, Any] = {}
    if named is not None or file.exists():
        try:
            data = tomllib.loads(read_text(file))
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is no text in UTF-8"
            raise SettingsError(f"{file} cannot be read: {reason}.") from None
        except tomllib.TOMLDecodeError as error:
            raise SettingsError(f"{file} is no valid TOML: {error}.") from None
    _refuse_unknown_sections(environ)
    try:
        return _from(data, environ)
    except ValidationError as error:
        lines = [f"{_where(e)}: {_what(e)}" for e in error.errors(include_input=False, include_url=False)]
        raise SettingsError("\n".join(dict.fromkeys(lines))) from None
    except UndecodedError as error:
        section = re.search(r'field "(\w+)"', str(error))
        raise SettingsError(
            f"{section[1] if section else 'A variable'}: a list in a variable is written as JSON, like "
            '["one", "two"].'
        ) from None


def _from(data: dict[str, Any], environ: Mapping[str, str]) -> Settings:
    # By its type a variable is told apart that holds text from one that holds a list.
    tables: Any = Annotated[_any_of(_kinds_named(data, environ)), WrapValidator(_read_table)]

    class Loaded(Settings):
        providers: dict[str, tables] = Field(default_factory=dict)

        @classmethod
        def settings_customise_sources(
            cls, settings_cls: type[BaseSettings], *args: Any, **kwargs: Any
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            env = EnvSettingsSource(settings_cls)
            env.env_vars = {key.lower(): value for key, value in environ.items() if key.upper() != CONFIG}
            return env, InitSettingsSource(settings_cls, init_kwargs=data)

    return Loaded()


def _any_of(kinds: Iterable[str]) -> Any:
    """The type of a table of one of these kinds, as far as they are there."""
    found: Any = ProviderSettings
    for name in kinds:
        with suppress(CannotLoad):  # it is said where the table is read
            found = found | load_kind(name).settings
    return found


def _kinds_named(data: Mapping[str, Any], environ: Mapping[str, str]) -> list[str]:
    """The kinds that the file and the variables name."""
    tables = data.get("providers")
    tables = list(tables.values()) if isinstance(tables, dict) else []
    named = [table.get("kind") for table in tables if isinstance(table, dict)]
    start = f"{PREFIX}providers__".lower()
    named += [
        value
        for name, value in environ.items()
        if name.lower().startswith(start) and name.lower().endswith("__kind")
    ]
    return sorted({kind for kind in named if isinstance(kind, str)})


def _refuse_unknown_sections(environ: Mapping[str, str]) -> None:
    for variable in environ:
        name = variable.upper()
        if not name.startswith(PREFIX) or name == CONFIG:
            continue
        section, _, key = name.removeprefix(PREFIX).partition("__")
        if section.lower() not in Settings.model_fields or not key:
            known = ", ".join(sorted(Settings.model_fields))
            raise SettingsError(
                f"{variable}: there is no such setting. Variables are called {PREFIX}SECTION__KEY; "
                f"sections are {known}."
            )


def _where(error: Mapping[str, Any]) -> str:
    parts = [str(part) for part in error["loc"]]
    if error["type"] == "kind":
        parts.append("kind")
    return ".".join(parts) or "recbot.toml"


def _what(error: Mapping[str, Any]) -> str:
    if error["type"] == "extra_forbidden":
        return "there is no such key here; recbot.example.toml lists them all"
    if error["type"] == "missing":
        return "this key is needed"
    return str(error["msg"]).removeprefix("Value error, ")


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
