"""What one database's engine has compiled, the next one in this process need not compile again.

A bot has one database for all its life, and a test has a new one: without this, a third of what a test of the workflows
costs goes into turning the same statements into the same text.
"""

from typing import Any

from sqlalchemy.engine import Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache


def share_what_is_compiled() -> None:
    """From now on, engines of one kind of database share what they have compiled."""
    shared: LRUCache[Any, Any] = LRUCache(2_000)
    # A statement is found again by its form and the dialect that it was compiled for, of which each engine has its own.
    dialect: Any = DefaultDialect
    dialect.__eq__ = lambda one, other: type(one) is type(other)
    dialect.__hash__ = lambda one: hash(type(one))
    engine: Any = Engine
    engine._compiled_cache = property(lambda _: shared, lambda *_: None)
