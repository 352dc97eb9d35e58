"""The course of weeks against the limits of chance: a p′ chart on a frozen baseline.

Weeks carry unit totals only: they straddle months, and a difference would leave single days.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection

from kiosk_app.reporting import judging, satisfaction
from kiosk_app.reporting.judging import Cell
from kiosk_app.reporting.periods import COURSE, Period
from kiosk_app.reporting.records import Figure
from survey_analysis import nhs_signals, p_prime_chart

BASELINE_WISHED, BASELINE_LEAST = 24, 12
SHOWN = 26


@dataclass(frozen=True)
class Week:
    """A week's figure and the limits of chance at its size; limits None without a baseline."""

    figure: Figure
    lower: float | None
    upper: float | None
    signal: bool

    @property
    def side(self) -> int:
        """−1 below the limits, 1 above, 0 within or not known."""
        if self.figure.share is None or self.lower is None or self.upper is None:
            return 0
        return int(self.figure.share > self.upper) - int(self.figure.share < self.lower)


@dataclass(frozen=True)
class Course:
    """Weeks in order; ``centre`` of the frozen baseline, None where it is shorter than twelve."""

    weeks: tuple[Week, ...]
    centre: float | None
    baseline: int
    """Weeks that fixed the limits."""

    @property
    def outside(self) -> tuple[Week, ...]:
        """Weeks beyond the limits of chance."""
        return tuple(week for week in self.weeks if week.side)


def weeks_between(first: date, last: date) -> list[int]:
    """ISO weeks ``yyyyww`` from the one of ``first`` to the one of ``last``."""
    day, found = first - timedelta(days=first.weekday()), []
    while day <= last:
        iso = day.isocalendar()
        found.append(iso.year * 100 + iso.week)
        day += timedelta(days=7)
    return found


def course(
    conn: Connection, period: Period, unit_ids: Sequence[int], data_months: Sequence[int]
) -> Course:
    """Weeks up to the period's end: those of a year, or the last 26 of a shorter period."""
    if not data_months:
        return Course((), None, 0)
    earliest = period.last_day - timedelta(days=366 * COURSE // 12)
    first = max(earliest, date(data_months[0] // 100, data_months[0] % 100, 1))
    weeks = weeks_between(first, period.last_day)
    levels = satisfaction.grouped(
        conn, weeks, unit_ids, "total", lambda row: row.period, grain="week"
    )
    held = [w for w in weeks if str(w) in levels]
    figures = judging.each(conn, unit_ids, [
        Cell(str(w), str(w), levels[str(w)], 0, "total", f"{w // 100}-W{w % 100:02d}")
        for w in held
    ])
    shown = [row for row in figures if row.share is not None and row.n]
    limits, centre, baseline = _limits(shown)
    found = [Week(row, *limits.get(row.key, (None, None, False))) for row in figures]
    begins = period.first_day if period.kind == "year" else date.min
    wanted = {str(w) for w in weeks if period.kind == "year" and w in set(
        weeks_between(begins, period.last_day))} if period.kind == "year" else None
    kept = [w for w in found if wanted is None or w.figure.key in wanted]
    return Course(tuple(kept if wanted is not None else kept[-SHOWN:]), centre, baseline)


def _limits(
    shown: Sequence[Figure]
) -> tuple[dict[str, tuple[float, float, bool]], float | None, int]:
    """Limits and signals of each week, the centre line, and how many weeks fixed them."""
    if len(shown) < BASELINE_LEAST:
        return {}, None, 0
    n = [row.n or 0 for row in shown]
    hits = [round((row.share or 0.0) * size) for row, size in zip(shown, n, strict=True)]
    baseline = min(BASELINE_WISHED, len(shown))
    chart = p_prime_chart(hits, n, baseline=baseline, refuse_under_dispersion=True)
    signals = nhs_signals(chart)
    limits = {
        row.key: (float(chart.low[i]), float(chart.high[i]), bool(signals.kind[i]))
        for i, row in enumerate(shown)
    }
    return limits, float(chart.centre[0]), baseline
