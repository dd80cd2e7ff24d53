"""Replay servers of each generation: scopes and locks are spelled as their own WSDL spells them."""

import pytest

from providers.errors import NotSupported
from providers.model import RecordingChange, RecordingId, RecordingQuery, Scope
from providers.vidyo import VidyoProvider
from providers.vidyo.drift import Message
from providers.vidyo.spelling import scope_filter, update
from sandbox.vidyo.server import VidyoSandbox

NUMBER = RecordingId("4908")
OLDEST = ("new", "private", "organizational", "public")


def taking(**words: tuple[str, ...]) -> Message:
    """An UpdateRecord that takes these, each of these words; without words, any text."""
    return Message(
        "UpdateRecordRequest",
        dict.fromkeys(words, False),
        {name: said for name, said in words.items() if said},
    )


@pytest.mark.parametrize("generation", [1, 2, 3])
@pytest.mark.parametrize("scope", [Scope.PUBLIC, Scope.ORGANIZATION, Scope.PRIVATE])
async def test_a_scope_is_changed_in_each_generation(
    vidyo: VidyoSandbox, provider: VidyoProvider, generation: int, scope: Scope
) -> None:
    vidyo.world.settings.replay_generation = generation  # type: ignore[assignment]
    after = await provider.edit(
        NUMBER, RecordingChange(scope=scope, title="Edited", tags="a", comments="b", pin="1234")
    )
    assert (after.scope, after.title, after.tags, after.comments, after.has_pin) == (
        scope,
        "Edited",
        "a",
        "b",
        True,
    )
    [found] = (await provider.search(RecordingQuery(scope=scope, title="Edited", hidden=True))).recordings
    assert found.id == NUMBER


async def test_what_the_oldest_cannot_do_is_said_and_not_sent(
    vidyo: VidyoSandbox, provider: VidyoProvider
) -> None:
    vidyo.world.settings.replay_generation = 1
    with pytest.raises(NotSupported, match="is of a version that cannot change the lock of a recording"):
        await provider.edit(NUMBER, RecordingChange(locked=True))
    assert vidyo.world.journal.count("UpdateRecord") == 0
    assert (await provider.edit(NUMBER, RecordingChange(scope=Scope.NEW))).scope is Scope.NEW


@pytest.mark.parametrize("generation", [2, 3])
async def test_a_lock_is_changed_where_there_is_one(
    vidyo: VidyoSandbox, provider: VidyoProvider, generation: int
) -> None:
    vidyo.world.settings.replay_generation = generation  # type: ignore[assignment]
    assert (await provider.edit(NUMBER, RecordingChange(locked=True))).locked
    assert not (await provider.edit(NUMBER, RecordingChange(locked=False))).locked
    assert vidyo.world.journal.count("wsdl") == 1


async def test_a_server_that_does_not_describe_itself_is_taken_for_a_newer_one(
    vidyo: VidyoSandbox, provider: VidyoProvider
) -> None:
    vidyo.world.faults.add("503", match="wsdl")
    after = await provider.edit(NUMBER, RecordingChange(scope=Scope.ORGANIZATION, locked=True))
    assert (after.scope, after.locked) == (Scope.ORGANIZATION, True)


@pytest.mark.parametrize(
    ("words", "sent"),
    [
        ((), "organization"),
        (("private", "organization", "public"), "organization"),
        (OLDEST, "organizational"),
        (("Private", "Organizational", "Public"), "Organizational"),
    ],
)
def test_a_scope_is_a_word_of_theirs_that_we_know(words: tuple[str, ...], sent: str) -> None:
    change = RecordingChange(scope=Scope.ORGANIZATION)
    assert update(change, taking(recordScope=words), "It") == {"recordScope": sent}


@pytest.mark.parametrize(
    ("words", "sent"),
    [
        ((), ("true", "false")),
        (("true", "false"), ("true", "false")),
        (("TRUE", "FALSE"), ("TRUE", "FALSE")),
        (("locked", "unlocked"), ("locked", "unlocked")),
        (("0", "1"), ("1", "0")),
    ],
)
def test_a_lock_is_a_word_of_theirs_that_we_know(words: tuple[str, ...], sent: tuple[str, str]) -> None:
    taken = taking(locked=words)
    for locked, word in zip((True, False), sent, strict=True):
        assert update(RecordingChange(locked=locked), taken, "It") == {"locked": word}


def test_words_that_we_do_not_know_are_never_sent() -> None:
    strange = taking(recordScope=("drop table",), locked=("maybe",))
    for change in (
        RecordingChange(scope=Scope.PUBLIC),
        RecordingChange(locked=True),
        RecordingChange(scope=Scope.NEW),
    ):
        with pytest.raises(NotSupported):
            update(change, strange, "It")
    with pytest.raises(NotSupported, match="cannot search for the scope public"):
        scope_filter(Scope.PUBLIC, strange, "It")


def test_a_search_is_narrowed_by_their_word() -> None:
    assert scope_filter(Scope.ORGANIZATION, None, "It") == "organizational"
    assert scope_filter(Scope.ORGANIZATION, taking(recordScope=OLDEST), "It") == "organizational"
    later = taking(recordScope=("organization",))
    assert scope_filter(Scope.ORGANIZATION, later, "It") == "organization"
