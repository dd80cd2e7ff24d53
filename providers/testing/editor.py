"""What any provider must do that changes recordings."""

from dataclasses import replace

import pytest

from providers.errors import NotFound, Protected
from providers.interfaces import RecordingDeleter, RecordingEditor, RecordingLibrary
from providers.model import (
    RecordingChange,
    RecordingId,
    RecordingQuery,
    Scope,
)
from providers.testing.backend import NOBODY, Contract, ContractBackend, ids, told


class RecordingEditorContract(Contract):
    """Changes and deletes recordings. The provider is a `RecordingLibrary` too."""

    @pytest.mark.parametrize(
        "change",
        [
            RecordingChange(title="Another title"),
            RecordingChange(tags="spring, planning"),
            RecordingChange(comments="Decided: <b> & more"),
            RecordingChange(scope=Scope.PUBLIC),
            RecordingChange(locked=True),
            RecordingChange(title="Both", tags="at once"),
        ],
        ids=["title", "tags", "comments", "scope", "locked", "several"],
    )
    async def test_an_edit_changes_what_was_given_and_nothing_else(
        self, provider: RecordingEditor, backend: ContractBackend, mark: str, change: RecordingChange
    ) -> None:
        assert isinstance(provider, RecordingLibrary)
        id = await backend.add_recording(title=mark)
        before = await provider.recording(id)
        given = {
            name: value
            for name in ("title", "tags", "comments", "scope", "locked")
            if (value := getattr(change, name)) is not None
        }
        after = await provider.edit(id, change)
        assert after == replace(before, **given)
        assert after == await provider.recording(id)

    async def test_a_text_can_be_emptied(
        self, provider: RecordingEditor, backend: ContractBackend, mark: str
    ) -> None:
        id = await backend.add_recording(title=mark)
        await provider.edit(id, RecordingChange(tags="spring", comments="word"))
        after = await provider.edit(id, RecordingChange(tags=""))
        assert (after.tags, after.comments) == ("", "word")

    async def test_a_pin_is_set_and_removed_and_never_shown(
        self, provider: RecordingEditor, backend: ContractBackend, mark: str
    ) -> None:
        id = await backend.add_recording(title=mark)
        with_pin = await provider.edit(id, RecordingChange(pin="864209"))
        untouched = await provider.edit(id, RecordingChange(tags="spring"))
        without = await provider.edit(id, RecordingChange(pin=""))
        assert (with_pin.has_pin, untouched.has_pin, without.has_pin) == (True, True, False)
        assert "864209" not in repr(with_pin)

    async def test_a_deleted_recording_is_gone(
        self, provider: RecordingEditor, backend: ContractBackend, mark: str
    ) -> None:
        assert isinstance(provider, RecordingLibrary)
        assert isinstance(provider, RecordingDeleter)
        id = await backend.add_recording(title=mark)
        await provider.delete(id)
        with told(NotFound):
            await provider.recording(id)
        with told(NotFound):
            await provider.delete(id)
        assert await ids(provider, RecordingQuery(title=mark, hidden=True, running=True)) == []

    async def test_a_locked_recording_is_not_deleted_until_it_is_unlocked(
        self, provider: RecordingEditor, backend: ContractBackend, mark: str
    ) -> None:
        assert isinstance(provider, RecordingLibrary)
        assert isinstance(provider, RecordingDeleter)
        id = await backend.add_recording(title=mark)
        await provider.edit(id, RecordingChange(locked=True))
        with told(Protected):
            await provider.delete(id)
        assert (await provider.recording(id)).locked
        await provider.edit(id, RecordingChange(locked=False))
        await provider.delete(id)

    async def test_an_unknown_recording_can_be_neither_edited_nor_deleted(
        self, provider: RecordingEditor
    ) -> None:
        with told(NotFound):
            await provider.edit(RecordingId(NOBODY), RecordingChange(title="Anything"))
        assert isinstance(provider, RecordingDeleter)
        with told(NotFound):
            await provider.delete(RecordingId(NOBODY))
