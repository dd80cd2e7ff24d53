"""A change of a recording that was lost, and that the record itself proves not to have been made, is sent once more."""

import pytest

from providers.errors import Unavailable
from providers.model import RecordingChange, RecordingId
from providers.vidyo import VidyoProvider
from sandbox.vidyo.server import VidyoSandbox

NUMBER = RecordingId("4908")
LOST = ["reset_before", "503"]


@pytest.mark.parametrize("kind", LOST)
async def test_an_edit_that_was_not_made_is_sent_once_more(
    vidyo: VidyoSandbox, provider: VidyoProvider, kind: str
) -> None:
    vidyo.world.faults.add(kind, match="UpdateRecord", times=1)
    assert (await provider.edit(NUMBER, RecordingChange(title="Another"))).title == "Another"
    assert vidyo.world.journal.count("UpdateRecord") == 2


@pytest.mark.parametrize("kind", LOST)
async def test_an_edit_that_is_lost_twice_is_not_sent_a_third_time(
    vidyo: VidyoSandbox, provider: VidyoProvider, kind: str
) -> None:
    vidyo.world.faults.add(kind, match="UpdateRecord")
    with pytest.raises(Unavailable) as caught:
        await provider.edit(NUMBER, RecordingChange(title="Another"))
    assert caught.value.asked
    assert vidyo.world.journal.count("UpdateRecord") == 2


async def test_an_edit_that_no_look_can_judge_is_not_sent_again(
    vidyo: VidyoSandbox, provider: VidyoProvider
) -> None:
    await provider.edit(NUMBER, RecordingChange(pin="111111"))
    vidyo.world.faults.add("reset_before", match="UpdateRecord")
    with pytest.raises(Unavailable):
        await provider.edit(NUMBER, RecordingChange(pin="222222"))
    assert vidyo.world.journal.count("UpdateRecord") == 2


@pytest.mark.parametrize("kind", LOST)
async def test_a_deletion_that_was_not_made_is_sent_once_more(
    vidyo: VidyoSandbox, provider: VidyoProvider, kind: str
) -> None:
    vidyo.world.faults.add(kind, match="DeleteRecord", times=1)
    await provider.delete(NUMBER)
    assert vidyo.world.library.by_id(4908) is None
    assert vidyo.world.journal.count("DeleteRecord") == 2


async def test_a_deletion_that_is_lost_twice_is_not_sent_a_third_time(
    vidyo: VidyoSandbox, provider: VidyoProvider
) -> None:
    vidyo.world.faults.add("503", match="DeleteRecord")
    with pytest.raises(Unavailable):
        await provider.delete(NUMBER)
    assert vidyo.world.journal.count("DeleteRecord") == 2
