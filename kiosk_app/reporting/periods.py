"""Calendar periods: month, quarter, year; free ranges exist only as unions of them."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kiosk_app.core.errors import RuleError

_FORM = re.compile(r"^(?P<year>[0-9]{4})(?:-(?:(?P<month>[0-9]{2})|Q(?P<quarter>[1-4])))?$")

EARLIEST, LATEST = 1900, 2200
"""Years that a period may lie in: beyond them nothing is counted, and calendars end."""


@dataclass(frozen=True)
class Period:
    """A calendar period: its key as in addresses, and its months yyyymm."""

    key: str
    months: tuple[int, ...]

    @property
    def kind(self) -> str:
        """month, quarter or year."""
        return {1: "month", 3: "quarter"}.get(len(self.months), "year")

    @property
    def first_day(self) -> date:
        """Its first day."""
        return date(self.months[0] // 100, self.months[0] % 100, 1)

    @property
    def last_day(self) -> date:
        """Its last day."""
        year, month = divmod(self.months[-1], 100)
        return date(year, month, monthrange(year, month)[1])


def parse(text: str) -> Period:
    """``2018-10``, ``2018-Q4`` or ``2018``; RuleError for anything else."""
    match = _FORM.match(text)
    if match is None:
        raise RuleError("period_unknown", "a period is like 2018-10, 2018-Q4 or 2018", field="period")
    year = int(match["year"])
    if not EARLIEST <= year <= LATEST:
        raise RuleError("period_unknown", f"years are {EARLIEST} to {LATEST}", field="period")
    if match["month"]:
        month = int(match["month"])
        if not 1 <= month <= 12:
            raise RuleError("period_unknown", "months are 01 to 12", field="period")
        return Period(text, (year * 100 + month,))
    if match["quarter"]:
        first = 3 * int(match["quarter"]) - 2
        return Period(text, tuple(year * 100 + first + i for i in range(3)))
    return Period(text, tuple(year * 100 + i for i in range(1, 13)))


def of_month(month: int) -> Period:
    """The period of one month yyyymm."""
    return Period(f"{month // 100}-{month % 100:02d}", (month,))


def _moved(period: Period, by: int) -> Period:
    """The same kind of period, ``by`` months on."""
    at = period.months[0] // 100 * 12 + period.months[0] % 100 - 1 + by
    year, month = divmod(at, 12)
    return {
        "month": lambda: of_month(year * 100 + month + 1),
        "quarter": lambda: parse(f"{year}-Q{month // 3 + 1}"),
    }.get(period.kind, lambda: parse(str(year)))()


def before(period: Period) -> Period:
    """The period of the same length just before."""
    return _moved(period, -len(period.months))


def year_before(period: Period) -> Period:
    """The same season of the year before."""
    return _moved(period, -12)


def last_quarter(period: Period) -> Period:
    """The quarter that the period's last month lies in."""
    last = period.months[-1]
    return parse(f"{last // 100}-Q{(last % 100 + 2) // 3}")


def choices(months: list[int]) -> list[Period]:
    """Every period that has data: months and quarters, newest first, then years."""
    found: dict[str, Period] = {}
    for month in sorted(months, reverse=True):
        found[of_month(month).key] = of_month(month)
    for month in sorted(months, reverse=True):
        quarter = parse(f"{month // 100}-Q{(month % 100 + 2) // 3}")
        found.setdefault(quarter.key, quarter)
    for month in sorted(months, reverse=True):
        found.setdefault(str(month // 100), parse(str(month // 100)))
    return list(found.values())


COURSE = 36
"""Months that a course shows: three years, however many there are."""


def course(months: Sequence[int], period: Period) -> list[int]:
    """Of the months with data, the last ``COURSE`` up to the period's end, or the first that follow.

    >>> course([201801, 201802, 201803], parse("2018-02"))
    [201801, 201802, 201803]
    """
    known = sorted(months)
    upto = sum(month <= period.months[-1] for month in known)
    first = max(0, upto - COURSE)
    return known[first : first + COURSE]
