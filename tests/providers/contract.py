"""What any provider must do. A provider's tests inherit these classes, and bring `provider` and `backend`.

The far side may keep rooms and recordings of its own: every test makes what it needs under a word of its own
(`mark`), and looks for nothing else.
"""

from .contract_backend import NOON, ContractBackend, read
from .contract_control import RecordingControlContract, RoomMakerContract
from .contract_editor import RecordingEditorContract
from .contract_library import FreshLibraryContract, RecordingLibraryContract

__all__ = [
    "NOON",
    "ContractBackend",
    "FreshLibraryContract",
    "RecordingControlContract",
    "RecordingEditorContract",
    "RecordingLibraryContract",
    "RoomMakerContract",
    "read",
]
