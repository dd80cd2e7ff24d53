from bot.store import Store
from providers.interfaces import Refusal, SignInMemory

from .samples import NOON, SOON, Clock


async def test_a_refused_credential_is_known_to_every_process(
    store: Store, neighbour: Store, clock: Clock
) -> None:
    memory: SignInMemory = store.sign_ins
    await memory.refuse("print", "The password is wrong.")
    assert await neighbour.sign_ins.refusal("print") == Refusal(NOON, "The password is wrong.")
    assert await neighbour.sign_ins.refusal("other") is None

    clock.forward(SOON)
    await neighbour.sign_ins.refuse("print", "The account is locked.")
    assert await memory.refusal("print") == Refusal(NOON + SOON, "The account is locked.")
    await memory.clear("print")
    assert await neighbour.sign_ins.refusal("print") is None


async def test_the_operator_can_have_all_refusals_forgotten(store: Store) -> None:
    await store.sign_ins.refuse("a", "No.")
    await store.sign_ins.refuse("b", "No.")
    assert await store.sign_ins.clear_all() == 2
    assert await store.sign_ins.clear_all() == 0
    assert await store.sign_ins.refusal("a") is None
