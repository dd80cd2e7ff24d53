from bot.store import Store
from providers.memories import Refusal, SignInMemory
from tests.clock import Clock

from .samples import NOON, SOON


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
