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
            except (OSError, ValueError, RuntimeError) as error:
                # What stands there is not repeated: it may be the secret itself.
                reason = getattr(error, "strerror", None) or "it is not text, or no file's name"
                raise ValueError(
                    f"{name}_file names a file that cannot be read ({reason}); the secret itself is written as {name}"
                ) from None
        return values


def _is_secret(annotation: Any) -> bool:
    return annotation is SecretStr or SecretStr in get_args(annotation)
