"""The bot's settings: one TOML file, each key also as an environment variable.

A section, key or value that is wrong stops the start with its name and what was expected.
"""

import os
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import (
    Field,
    ValidationError,
    WrapValidator,
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
from bot.settings.tables import (
    AuditSettings,
    DatabaseSettings,
    LogSettings,
    PaceSettings,
    PolicySettings,
    SecuritySettings,
    SlackSettings,
    WebSettings,
)
from providers.kinds import CannotLoad, ProviderSettings, known
from providers.kinds import load as load_kind
from providers.section import read_text

PREFIX = "RECBOT_"
CONFIG = "RECBOT_CONFIG"


class SettingsError(Exception):
    """The configuration cannot be used; the text names what is wrong, a line each."""


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
