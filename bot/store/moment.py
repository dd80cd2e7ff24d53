"""Points in time, as every database counts them alike."""

from datetime import UTC, datetime, timedelta
from secrets import randbelow
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, bindparam
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Moment(TypeDecorator[datetime]):
    """An aware time, kept as microseconds since 1970: exact, and cheap to compare."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else EPOCH + value * MICROSECOND


def utc_now() -> datetime:
    """The time by this machine's clock."""
    return datetime.now(UTC)


def phase(longest: timedelta) -> timedelta:
    """A random delay of at most `longest`, so that what began together does not fall due together."""
    return randbelow(longest // MICROSECOND + 1) * MICROSECOND if longest else longest


class _Now(FunctionElement[datetime]):
    type = Moment()
    inherit_cache = True


@compiles(_Now)
def _as_we_are_told(element: _Now, compiler: Any, **options: Any) -> str:
    """A file has no clock: whoever writes to it brings the hour along."""
    return str(compiler.process(element.clauses, **options))


@compiles(_Now, "postgresql")
def _as_the_database_knows(element: _Now, compiler: Any, **options: Any) -> str:
    return "recbot_now()"


NOW: ColumnElement[datetime] = _Now(bindparam("claim_now", type_=Moment()))
"""The hour by the clock that all who share the store go by; a statement with it is handed `Database.hour()`."""
