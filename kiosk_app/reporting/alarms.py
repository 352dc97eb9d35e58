"""Lasting changes of units and their procedures, watched within a budget of false alarms.

One pair of risk-adjusted CUSUMs a subject (odds ratio 2 and ½). The event is a rating below level
4: a ward has too few of the rarer levels 1 and 2. Expectations are those of like cases in a frozen
baseline, moved to the subject's own level there, so that a subject is held against itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from sqlalchemy import Connection

from kiosk_app.alerts.records import Raised
from kiosk_app.core.columns import day_number, day_of
from kiosk_app.feedback import events
from kiosk_app.feedback.events import Event
from kiosk_app.organisation import queries as organisation_queries
from kiosk_app.reporting import disclosure
from survey_analysis import (
    Alert,
    NotEstimableError,
    alerts_of,
    budget,
    one_per_fortnight,
)

BASELINE_DAYS = 182
FEWEST_BASELINE = 150
"""Ratings a subject needs in the baseline to be watched at all."""
PRIOR = 30.0
"""Ratings that a unit's level counts for in a stratum."""
MOST_CHARTS = 12
"""Subjects watched in one unit: the largest; more would starve each of its share of the budget."""


@dataclass(frozen=True)
class Subject:
    """Ratings of one chart in order of time, with expectations from its own baseline."""

    procedure_code: str
    rows: Sequence[Event]
    expected: np.ndarray
    baseline: int
    per_year: float


def _expected(rows: Sequence[Event], is_base: np.ndarray) -> np.ndarray:
    """Chance of dissatisfaction of like cases in the baseline, shrunk to the unit's own level."""
    y = np.array([row.level < 4 for row in rows], dtype=float)
    overall = (y[is_base].sum() + 0.5) / (is_base.sum() + 1.0)
    chance = np.full(len(rows), overall)
    for k in (1, 2, 3):
        groups: dict[tuple[object, ...], list[int]] = defaultdict(list)
        for i, row in enumerate(rows):
            groups[(row.procedure_id, row.late, row.supplemented)[:k]].append(i)
        for members in groups.values():
            at = np.array(members)
            own = at[is_base[at]]
            chance[at] = (y[own].sum() + PRIOR * chance[at]) / (len(own) + PRIOR)
    return np.asarray(np.clip(chance, 0.002, 0.998))


def _subjects(rows: Sequence[Event], end: date, codes: dict[int, str]) -> tuple[list[Subject], date]:
    """The unit as a whole, then its procedures by size; and the end of the baseline."""
    start = day_of(rows[0].day)
    until = min(start + timedelta(days=BASELINE_DAYS), end)
    is_base = np.array([row.day < day_number(until) for row in rows])
    expected = _expected(rows, is_base)
    parts: dict[str, list[int]] = {"": list(range(len(rows)))}
    for i, row in enumerate(rows):
        if code := codes.get(row.procedure_id):
            parts.setdefault(code, []).append(i)
    years = max((until - start).days, 1) / 365.25
    found = []
    for code, members in parts.items():
        at = np.array(members)
        base = int(is_base[at].sum())
        if base >= FEWEST_BASELINE:
            later = at[~is_base[at]]
            found.append(Subject(code, [rows[i] for i in later], expected[later], base, base / years))
    found.sort(key=lambda one: (one.procedure_code != "", -one.baseline))
    return found[:MOST_CHARTS], until


def _raised(unit: int, one: Subject, alert: Alert, budgeted: float) -> Raised | None:
    since = one.rows[alert.start : alert.at + 1]
    levels = [sum(row.level == level for row in since) for level in range(1, 6)]
    figure = disclosure.apart((levels[0], levels[1], levels[2], levels[3], levels[4]))
    if figure.suppressed or figure.n is None or figure.share is None:
        return None
    return Raised(
        unit_id=unit, procedure_code=one.procedure_code, worse=alert.worse,
        first_day=since[0].day, day=since[-1].day, n=figure.n, share=figure.share,
        expected=1 - alert.expected, low=figure.low or 0.0, high=figure.high or 1.0,
        severity=alert.severity, false_alarms=budgeted,
    )


def watched_from(today: date) -> date:
    """First day that is read: of the year before, so that a baseline stays as it is for a year.

    >>> watched_from(date(2019, 1, 1)) == watched_from(date(2019, 12, 31)) == date(2018, 1, 1)
    True
    """
    return date(today.year - 1, 1, 1)


def _watched(conn: Connection, unit_id: int, today: date, codes: dict[int, str]) -> list[Subject]:
    rows = events.in_order(
        conn, first_day=day_number(watched_from(today)),
        last_day=day_number(today - timedelta(days=1)), unit_ids=[unit_id],
    )
    rows.sort(key=lambda row: (row.day, row.moment_ms))
    if len(rows) < 2 * FEWEST_BASELINE:
        return []
    subjects, _until = _subjects(rows, today, codes)
    return [one for one in subjects if len(one.rows)]


def _spaced(found: list[Raised]) -> list[Raised]:
    """One a unit in fourteen days; of one day the unit as a whole first, then the gravest."""
    if not found:
        return []
    found.sort(key=lambda one: (one.day, one.procedure_code != "", -one.severity))
    kept = one_per_fortnight(
        [day_of(one.day).toordinal() for one in found], [one.unit_id for one in found]
    )
    return [one for one, keep in zip(found, kept.tolist(), strict=True) if keep]


def of_units(
    conn: Connection, unit_ids: Sequence[int], today: date, false_alarms: float
) -> list[Raised]:
    """Alarms up to yesterday, by day; the budget is for all charts of these units together."""
    codes = {p.id: p.code for p in organisation_queries.procedures(conn).values()}
    watched = [
        (unit, one) for unit in unit_ids for one in _watched(conn, unit, today, codes)
    ]
    if not watched:
        return []
    try:
        made = budget(
            [one.expected for _, one in watched], [one.per_year for _, one in watched],
            false_alarms=false_alarms, baseline=[one.baseline for _, one in watched],
        )
    except NotEstimableError:
        return []
    return _spaced([
        told
        for (unit, one), worse, better in zip(watched, made.worse, made.better, strict=True)
        for alert in alerts_of([row.level < 4 for row in one.rows], one.expected, worse, better)
        if (told := _raised(unit, one, alert, false_alarms)) is not None
    ])
