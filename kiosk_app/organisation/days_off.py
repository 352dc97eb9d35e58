"""Days on which offices rest: the law's holidays, those announced for a year, weekends.

The moon's days (Tết, Giỗ Tổ) come from the ``holidays`` library; what is announced late or differs
in one place is in the table, which rules (``kiosk import holidays``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from sqlalchemy import Connection, select

from kiosk_app.organisation.models import Holiday

SATURDAY = 5
KNOWN = range(1995, 2099)
"""Years whose moons the library has, and the law in its present form."""
IN_LIEU = "nghỉ bù"
KINDS = (
    ("Tết Dương lịch", "new_year"), ("Tết", "tet"), ("Giỗ Tổ", "hung_kings"),
    ("Chiến thắng", "reunification"), ("Lao động", "labour"), ("Quốc khánh", "national"),
    ("Văn hóa", "culture"), ("Ngày nghỉ (thay", "swapped"),
)
"""By a part of the library's name, the first that fits: all days of Tết are one holiday."""


@dataclass(frozen=True)
class DayOff:
    """A day on which offices rest; ``kind`` as in KINDS, ``weekend``, or '' with names of its own."""

    day: date
    kind: str
    name_vi: str = ""
    name_en: str = ""
    in_lieu: bool = False
    """It stands for a holiday that fell on a weekend."""

    @property
    def weekend(self) -> bool:
        """Whether it is only a Saturday or Sunday."""
        return self.kind == "weekend"


@dataclass(frozen=True)
class RestDays:
    """Of a span, the days off and the days off that are worked."""

    off: Mapping[date, DayOff]
    worked: frozenset[date]


@lru_cache(maxsize=64)
def by_law(year: int) -> tuple[Mapping[date, DayOff], frozenset[date]]:
    """Holidays of a year by day, and the weekend days that are worked for a day swapped."""
    if year not in KNOWN:
        return {}, frozenset()
    import holidays  # rules of every country: only who asks for days waits for it

    # A day swapped over New Year's Eve is listed under the year of the other.
    known = holidays.country_holidays("VN", years=range(year - 1, year + 2), language="vi")
    return (
        {day: _named(day, name) for day, name in sorted(known.items()) if day.year == year},
        frozenset(day for day in known.weekend_workdays if day.year == year),
    )


def prepare() -> None:
    """Load the library's rules, which takes half a second."""
    by_law(KNOWN[0])


def _named(day: date, name: str) -> DayOff:
    kind = next((kind for part, kind in KINDS if part in name), "")
    return DayOff(day, kind, "" if kind else name, in_lieu=IN_LIEU in name)


def between(conn: Connection, first: date, last: date) -> RestDays:
    """Days off from ``first`` to ``last``, weekends too; the installation's own table rules."""
    off: dict[date, DayOff] = {}
    worked: set[date] = set()
    for year in range(first.year, last.year + 1):
        days, made_up = by_law(year)
        off |= days
        worked |= made_up
    for row in conn.execute(select(Holiday.__table__).where(Holiday.day.between(first, last))):
        worked.discard(row.day)
        off.pop(row.day, None)
        if row.kind == "work":
            worked.add(row.day)
        else:
            off[row.day] = DayOff(row.day, "", row.name_vi, row.name_en)
    for step in range((last - first).days + 1):
        day = first + timedelta(days=step)
        if day.weekday() >= SATURDAY and day not in worked:
            off.setdefault(day, DayOff(day, "weekend"))
    return RestDays(
        {day: off[day] for day in sorted(off) if first <= day <= last},
        frozenset(day for day in worked if first <= day <= last),
    )
