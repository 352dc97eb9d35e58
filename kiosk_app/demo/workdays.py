"""Working days of the demo year and of the weeks after it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import holidays
import numpy as np

from kiosk_app.demo.aggregates import Ints

FIRST = date(2018, 1, 1)
SPAN = 365 + 120
YEAR_DAYS = 365
EXTRA_OFF = frozenset({date(2018, 12, 31)})
"""Days off that the authorities announced for the year beside the law's holidays."""
TET = frozenset(date(2018, 2, 15) + timedelta(days=n) for n in range(6))


@dataclass(frozen=True)
class Calendar:
    """``count[d]``: working days up to and including day ``d``; ``days``: the working days."""

    working: Ints
    count: Ints
    days: Ints

    def position(self, day: Ints, *, after_hours: Ints) -> Ints:
        """Index in ``days`` of the working day on which work on a dossier begins."""
        starts_now = (self.working[day] == 1) & (after_hours == 0)
        return np.where(starts_now, self.count[day] - 1, self.count[day])


def calendar() -> Calendar:
    """Working days (Monday to Friday without holidays) from 1 January 2018."""
    law = holidays.country_holidays("VN", years=(2018, 2019))
    span = [FIRST + timedelta(days=n) for n in range(SPAN)]
    off = TET | EXTRA_OFF
    working = np.array([d.weekday() < 5 and d not in law and d not in off for d in span], np.int64)
    return Calendar(working, np.cumsum(working), np.flatnonzero(working).astype(np.int64))


def weekday(day: Ints) -> Ints:
    """Monday 0 … Sunday 6 of day numbers."""
    return (day + FIRST.weekday()) % 7


def month(day: Ints) -> Ints:
    """Month 0–11 of day numbers inside the year."""
    starts = np.array([(date(2018, m, 1) - FIRST).days for m in range(1, 13)])
    return np.asarray(np.searchsorted(starts, day, side="right") - 1, np.int64)
