"""A table of the configuration: every key known, secrets wherever the operator keeps them."""

from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, SecretStr, model_validator


class Section(BaseModel):
    """One table. An unknown key is an error; a secret `key` may be a file named by `key_file`."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _read_secret_files(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        values = dict(data)
        for name, info in cls.model_fields.items():
            where = values.pop(f"{name}_file", None) if _is_secret(info.annotation) else None
            if where is None:
                continue
            if name in values:
                raise ValueError(f"give either {name} or {name}_file, not both")
            try:
                values[name] = Path(str(where)).expanduser().read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                reason = getattr(error, "strerror", None) or "it is not text"
                raise ValueError(f"{name}_file names {where}, which cannot be read: {reason}") from None
        return values


def _is_secret(annotation: Any) -> bool:
    return annotation is SecretStr or SecretStr in get_args(annotation)
