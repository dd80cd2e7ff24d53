"""Whoever asked for a recording owns what came of it, beside the owner whom the provider names."""

from dataclasses import replace

import pytest

from bot.domain.answers import Changed, Sentence
from bot.domain.errors import NotAllowed
from bot.domain.policy import Rule, Verb
from bot.domain.requests import DeleteRecording, EditRecording, StartRecording
from bot.domain.watch import State, Watch
from bot.recording.edit import delete_recording, edit_recording
from bot.recording.explain import Question, explain
from bot.recording.start import start_recording
from providers.model import Recording, RecordingChange
from tests.bot.recording.stage import ANNA, ROOM, VOVA, Stage, by

RENAMED = RecordingChange(title="Renamed")


async def recorded(stage: Stage) -> Recording:
    """Anna asks for a recording; it is stopped, and its file belongs to the service account."""
    policy = replace(stage.services.policy, administrators=frozenset())
    stage.services = replace(stage.services, policy=policy)
    watch = await stage.start(asker=ANNA)
    stage.provider.backend.recorder_joins(ROOM)
    await stage.forward(1)
    await stage.change("stop")
    await stage.forward(3)
    stage.provider.backend.finish(ROOM)
    await stage.forward(20, step=2)
    now = await stage.now(watch)  # type: ignore[arg-type]
    assert now.state is State.READY
    [file] = now.candidates
    return file


async def test_who_asked_edits_and_deletes_and_nobody_else(stage: Stage) -> None:
    file = await recorded(stage)
    assert file.owner not in (None, ANNA.user)
    with pytest.raises(NotAllowed, match="the owner or an administrator edits and deletes"):
        await edit_recording(EditRecording(by(VOVA), "vidyo", file.id, RENAMED), stage.services)
    changed = await edit_recording(EditRecording(by(ANNA), "vidyo", file.id, RENAMED), stage.services)
    assert isinstance(changed, Changed)
    with pytest.raises(NotAllowed):
        await delete_recording(DeleteRecording(by(VOVA), "vidyo", file.id), stage.services)
    gone = await delete_recording(DeleteRecording(by(ANNA), "vidyo", file.id), stage.services)
    assert isinstance(gone, Sentence)
    assert not stage.provider.backend.recordings


async def test_what_somebody_else_began_is_not_owned_by_who_pressed_start_again_meanwhile(
    stage: Stage,
) -> None:
    policy = replace(stage.services.policy, administrators=frozenset())
    stage.services = replace(stage.services, policy=policy)
    watch = await stage.started()
    await stage.forward(400, step=20)
    assert (await stage.now(watch)).state is State.NOT_STARTED
    stage.provider.backend.recorder_joins(ROOM)  # somebody began it in the portal itself
    again = await start_recording(StartRecording(by(ANNA), again=watch.id), stage.services)
    assert isinstance(again, Watch)
    assert stage.provider.backend.starts(ROOM) == 1
    await stage.forward(2)
    await stage.change("stop")
    await stage.forward(3)
    stage.provider.backend.finish(ROOM)
    await stage.forward(20, step=2)
    [file] = (await stage.now(watch)).candidates
    for asker in (ANNA, VOVA):
        with pytest.raises(NotAllowed, match="the owner or an administrator edits and deletes"):
            await delete_recording(DeleteRecording(by(asker), "vidyo", file.id), stage.services)


async def test_a_rule_that_denies_it_wins(stage: Stage) -> None:
    file = await recorded(stage)
    deny = Rule("kept for ever", frozenset({Verb.DELETE}), allow=False)
    policy = replace(stage.services.policy, rules=(deny,))
    stage.services = replace(stage.services, policy=policy)
    with pytest.raises(NotAllowed, match="kept for ever"):
        await delete_recording(DeleteRecording(by(ANNA), "vidyo", file.id), stage.services)


async def test_what_one_may_do_with_it_is_explained_by_who_asked(stage: Stage) -> None:
    file = await recorded(stage)
    for asker, allowed in ((ANNA, True), (VOVA, False)):
        question = Question(by(asker), Verb.DELETE, target=str(file.id))
        said = await explain(question, stage.services)
        assert said.decision.allowed is allowed
        assert not said.depends
