import pytest

pytest.register_assert_rewrite(
    *(f"{__name__}.contract_{part}" for part in ("backend", "control", "editor", "library"))
)
