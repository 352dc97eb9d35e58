"""Weekday × hour of one quarter: shares, sizes, and which hours differ beyond chance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from kiosk_app.reporting import change, disclosure, judging, periods, satisfaction
from kiosk_app.reporting.judging import Cell, Levels
from kiosk_app.reporting.periods import Period
from kiosk_app.reporting.records import Figure
from survey_analysis import DEFAULTS, bh_rejected

FIRM = 30
"""Fewest ratings of an hour that is held against the others."""


@dataclass(frozen=True)
class Hours:
    """Cells keyed ``weekday-hour`` (ISO weekday, ``1-09``: Monday, nine o'clock)."""

    quarter: Period
    cells: tuple[Figure, ...]
    lower: tuple[Figure, ...]
    """Hours clearly below the rest, by Benjamini–Hochberg among those of 30 ratings or more."""

    whole_week: tuple[Figure, ...] = ()
    """Busy hours over the weekdays, keyed ``09``: the sums of the cells shown, nothing more is known."""
    lower_hours: tuple[Figure, ...] = ()
    """Hours of ``whole_week`` clearly below the rest, judged like ``lower``."""

    @property
    def busy(self) -> frozenset[str]:
        """Hours that have thirty ratings on some weekday, or all hours where none has."""
        shown = [(cell.key.partition("-")[2], cell.n or 0) for cell in self.cells if cell.share is not None]
        return frozenset(hour for hour, n in shown if n >= FIRM) or frozenset(h for h, _n in shown)

    @property
    def hidden(self) -> int:
        """How many cells of the busy hours are hidden."""
        return sum(1 for c in self.cells if c.suppressed and c.key.partition("-")[2] in self.busy)


def by_hour(conn: Connection, period: Period, unit_ids: Sequence[int]) -> Hours:
    """The quarter that the period ends in: other lengths are not published by hour."""
    quarter = periods.last_quarter(period)
    levels = satisfaction.grouped(
        conn, quarter.months, unit_ids, "weekday_hour", lambda row: row.value,
        over_periods=True,
    )
    names = sorted(name for name, found in levels.items() if sum(found))
    cells = judging.table(conn, unit_ids, [
        Cell(name, name, levels[name], 0, "weekday_hour", quarter.key, name) for name in names
    ])
    week = _whole_week(cells)
    found = Hours(quarter, tuple(cells), _lower(cells), week)
    busy = tuple(row for row in week if row.key in found.busy)
    return replace(found, whole_week=busy, lower_hours=_lower(busy))


def _whole_week(cells: Sequence[Figure]) -> tuple[Figure, ...]:
    """Sums of published cells: what any reader could add up."""
    sums: dict[str, list[Levels]] = defaultdict(list)
    for cell in cells:
        if cell.levels is not None:
            sums[cell.key.partition("-")[2]].append(cell.levels)
    return tuple(
        disclosure.pooled(hour, hour, satisfaction.added(held), 0, shown=True)
        for hour, held in sorted(sums.items())
    )


def _lower(cells: Sequence[Figure]) -> tuple[Figure, ...]:
    shown = [c for c in cells if c.share is not None and c.n]
    total = sum(c.n or 0 for c in shown)
    satisfied = [round((c.share or 0.0) * (c.n or 0)) for c in shown]
    everybody = sum(satisfied)
    held = [
        (cell, x, change.p_of_difference(x, n, everybody - x, total - n))
        for cell, x in zip(shown, satisfied, strict=True)
        if (n := cell.n or 0) >= FIRM and total > n
    ]
    if not held:
        return ()
    chosen = bh_rejected([p for _, _, p in held], DEFAULTS.fdr_q)
    return tuple(
        cell for (cell, _, _), hit in zip(held, chosen, strict=True)
        if hit and (cell.share or 0.0) < everybody / total
    )
