"""A table of the configuration: every key known, secrets wherever the operator keeps them."""

import codecs
import unicodedata
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, SecretStr, model_validator

_ONE_LINE = (str, str | None, SecretStr, SecretStr | None)
_AROUND = "\ufeff\u00a0 \t\r\n"
_QUOTES = ('""', "''", "“”")


class Section(BaseModel):
    """One table. An unknown key is an error; a secret `key` may be a file named by `key_file`."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _read_secret_files(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        values = dict(data)
        secrets = [name for name, info in cls.model_fields.items() if _is_secret(info.annotation)]
        for name in secrets:
            where = values.pop(f"{name}_file", None)
            if where is None:
                continue
            if name in values:
                raise ValueError(f"give either {name} or {name}_file, not both")
            try:
                values[name] = read_text(Path(str(where)).expanduser()).strip()
            except (OSError, ValueError, RuntimeError) as error:
                # What stands there is not repeated: it may be the secret itself.
                reason = getattr(error, "strerror", None) or "it is not text, or no file's name"
                raise ValueError(
                    f"{name}_file names a file that cannot be read ({reason}); the secret itself is written as {name}"
                ) from None
        for name, value in values.items():
            info = cls.model_fields.get(name)
            values[name] = _bare(name, value) if name in secrets else _trimmed(value)
            if info is not None and info.annotation in _ONE_LINE:
                _refuse_lines(name, values[name])
        return values


def read_text(file: Path) -> str:
    """What an editor wrote: UTF-8, or UTF-16 where the mark at its beginning says so. The mark is no letter."""
    data = file.read_bytes()
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return data.decode("utf-16" if wide else "utf-8-sig")


def _bare(name: str, value: Any) -> Any:
    """A secret without what shells, containers and clipboards leave around it. A password may hold all but lines."""
    if isinstance(value, list):
        return [_bare(name, one) for one in value]
    if not isinstance(value, str):
        return value
    value = value.strip("\ufeff\r\n")
    if name == "password":
        return value
    seen = "".join(letter for letter in value if unicodedata.category(letter) != "Cf").strip()
    return seen[1:-1] if len(seen) > 1 and seen[0] + seen[-1] in _QUOTES else seen


def _trimmed(value: Any) -> Any:
    """A value without the line end that a file, a container's secret or an old editor leaves behind it."""
    return value.strip(_AROUND) if isinstance(value, str) else value


def _refuse_lines(name: str, value: Any) -> None:
    """Two secrets in one would be shown as a wrong login, and a file's name with a line end is another file."""
    if isinstance(value, str) and any(unicodedata.category(letter) == "Cc" for letter in value):
        raise ValueError(f"{name} is more than one line, or holds control characters")


def _is_secret(annotation: Any) -> bool:
    return annotation is SecretStr or SecretStr in get_args(annotation)
