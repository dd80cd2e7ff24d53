import pytest

pytest.register_assert_rewrite(
    f"{__name__}.hostile",
    *(f"{__name__}.contract_{part}" for part in ("backend", "calls", "control", "editor", "library")),
)
