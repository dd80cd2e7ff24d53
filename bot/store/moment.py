"""Points in time, as every database counts them alike."""

from datetime import UTC, datetime, timedelta
from secrets import randbelow

from sqlalchemy import BigInteger
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Moment(TypeDecorator[datetime]):
    """An aware time, kept as microseconds since 1970: exact, and cheap to compare."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else _EPOCH + value * _MICROSECOND


def utc_now() -> datetime:
    """The time by this machine's clock."""
    return datetime.now(UTC)


def phase(longest: timedelta) -> timedelta:
    """A random delay of at most `longest`, so that what began together does not fall due together."""
    return randbelow(longest // _MICROSECOND + 1) * _MICROSECOND if longest else longest
