"""Column types that behave alike on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from sqlalchemy import BigInteger, Dialect
from sqlalchemy.types import TypeDecorator

LOCAL_ZONE = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")
"""Viet Nam has kept UTC+07:00 without summer time since 1975."""


def to_ms(moment: datetime) -> int:
    """Milliseconds since 1970-01-01 UTC of an aware ``moment``."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone has no place on the time line")
    delta = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return (delta.days * 86_400 + delta.seconds) * 1000 + delta.microseconds // 1000


def from_ms(value: int) -> datetime:
    """The aware UTC moment of ``value`` milliseconds since 1970."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=value)


def local_day(value_ms: int) -> int:
    """The day ``yyyymmdd`` that the centre calls it, of a UTC millisecond time."""
    moment = from_ms(value_ms).astimezone(LOCAL_ZONE)
    return moment.year * 10_000 + moment.month * 100 + moment.day


def local_hour(value_ms: int) -> int:
    """The hour 0–23 on the centre's wall clock."""
    return from_ms(value_ms).astimezone(LOCAL_ZONE).hour


def day_number(day: date) -> int:
    """``yyyymmdd`` of a calendar day."""
    return day.year * 10_000 + day.month * 100 + day.day


def day_of(number: int) -> date:
    """The calendar day of a ``yyyymmdd`` number; ValueError if there is none."""
    return date(number // 10_000, number // 100 % 100, number % 100)


class UTCDateTime(TypeDecorator[datetime]):
    """An aware moment stored as UTC milliseconds; naive values are refused."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> int | None:
        """To the database."""
        return None if value is None else to_ms(value)

    def process_result_value(self, value: Any | None, _dialect: Dialect) -> datetime | None:
        """From the database."""
        return None if value is None else from_ms(value)
