"""What any provider must do: contracts for the tests of adapters, in this repository and outside of it.

A provider's tests inherit the classes of what it promises, and bring two fixtures: `provider`, and `backend`, which is
the far side as these tests see it (`ContractBackend`). They are plain pytest with pytest-asyncio; let it rewrite their
asserts before they are imported: `pytest.register_assert_rewrite("providers.testing")` in a `conftest.py`.

The far side may keep rooms and recordings of its own: every test makes what it needs under a word of its own
(`mark`), and looks for nothing else.
"""

from providers.testing.backend import NOON, ContractBackend, read
from providers.testing.calls import CallRecorderContract
from providers.testing.control import RecordingControlContract, RoomMakerContract
from providers.testing.editor import RecordingEditorContract
from providers.testing.library import FreshLibraryContract, RecordingLibraryContract

__all__ = [
    "NOON",
    "CallRecorderContract",
    "ContractBackend",
    "FreshLibraryContract",
    "RecordingControlContract",
    "RecordingEditorContract",
    "RecordingLibraryContract",
    "RoomMakerContract",
    "read",
]
