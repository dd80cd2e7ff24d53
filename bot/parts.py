"""The store and the providers: what the bot and the command line are both made of."""

import os
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import uuid4

from bot.domain.budget import Budget
from bot.recording.services import Messenger, Services
from bot.settings import Settings
from bot.store import Store, open_store
from providers.memories import Memories
from providers.registry import Providers, connect_all


@dataclass(frozen=True, slots=True)
class Parts:
    """What both the bot and the command line are made of."""

    store: Store
    providers: Providers


@asynccontextmanager
async def open_parts(settings: Settings) -> AsyncIterator[Parts]:
    """The store and the providers. Nothing is asked of a provider yet."""
    async with (
        open_store(
            settings.database.url,
            keep_closed=settings.paces().keep_closed,
            keys=[key.get_secret_value() for key in settings.security.keys],
            budget=Budget.of(settings.paces()),
        ) as store,
        connect_all(settings.providers, Memories(store.sign_ins, store.tokens, store.slates)) as providers,
    ):
        yield Parts(store, providers)


def new_owner() -> str:
    """A name for this process among those that share the store."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


def services_of(parts: Parts, settings: Settings, messenger: Messenger, owner: str) -> Services:
    """The workflows' services, with this way of speaking to people."""
    return Services(
        store=parts.store,
        providers=parts.providers,
        messenger=messenger,
        policy=settings.policy.policy(),
        pace=settings.paces(),
        new_id=lambda: uuid4().hex,
        owner=owner,
        lease=settings.paces().lease,
    )
