"""Signs of misuse of a year: reads the ratings once, in a job, and what a figure is without them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection

from kiosk_app.dossiers import queries as dossier_queries
from kiosk_app.dossiers.queries import Ended
from kiosk_app.feedback import events
from kiosk_app.feedback import queries as feedback_queries
from kiosk_app.feedback.events import Event
from kiosk_app.integrity.records import FindingRecord, ReviewRecord
from kiosk_app.reporting import disclosure, gate, judging
from kiosk_app.reporting.judging import Cell
from kiosk_app.reporting.periods import Period, of_month
from kiosk_app.reporting.records import Figure
from survey_analysis import DEFAULTS, difference_allowed, integrity

LOCAL_MS = 7 * 3_600_000
DAY_MS = 86_400_000
BEFORE_MS = 400 * DAY_MS
"""Hand-overs this long before the year's first rating may still have been rated in it."""
FEWEST_FLAGGED = 5


@dataclass(frozen=True)
class Screened:
    """What a screening of a year found."""

    version: str
    tests: int
    families: int
    expected_false: float
    reviews: tuple[ReviewRecord, ...]


def _local(moments: Sequence[int]) -> np.ndarray:
    return np.array([(m + LOCAL_MS) // 1000 for m in moments], dtype="datetime64[s]")


def _positions(values: Sequence[object]) -> np.ndarray:
    order: dict[object, int] = {}
    return np.array([order.setdefault(v, len(order)) for v in values], dtype=np.int64)


def _linked(rows: Sequence[Event], ended: Sequence[Ended]) -> list[tuple[Event, int]]:
    """Each rating with the place of its hand-over; those given by hint only where one fits."""
    by_key = {one.code_key: i for i, one in enumerate(ended)}
    tails = Counter((one.unit_id, one.tail) for one in ended)
    by_tail = {(one.unit_id, one.tail): i for i, one in enumerate(ended)}
    found = []
    for row in rows:
        at = by_key.get(row.receipt_key or "")
        if at is None and row.receipt_hint and tails[row.unit_id, row.receipt_hint] == 1:
            at = by_tail[row.unit_id, row.receipt_hint]
        if at is not None:
            found.append((row, at))
    return found


def _cases(rows: Sequence[Event]) -> list[np.ndarray]:
    """Like cases, from coarse to fine."""
    fine = [(r.procedure_id, r.late, r.supplemented, r.filing_mode) for r in rows]
    return [_positions([case[:k] for case in fine]) for k in (1, 2, 4)]


def _month(period: int) -> int:
    return 0 if period == 0 else period // 12 * 100 + period % 12 + 1


def screen(conn: Connection, year: int) -> Screened:
    """All tests over the hand-overs of a year and their ratings; the same facts give the same."""
    version = events.version(conn)
    rows = events.in_order(
        conn, first_day=year * 10_000 + 101, last_day=year * 10_000 + 1231, step="return",
        with_set_aside=True,
    )
    start = int(np.datetime64(f"{year}-01-01", "ms").astype(np.int64)) - LOCAL_MS
    ended = dossier_queries.handed_over(
        conn, first_ms=start - BEFORE_MS, last_ms=start + 366 * DAY_MS
    )
    linked = [(row, at) for row, at in _linked(rows, ended) if row.officer_id]
    if not linked:
        return Screened(version, 0, 0, 0.0, ())
    rated = {at for _, at in linked}
    ended_kept = [i for i, one in enumerate(ended) if one.returned_ms >= start or i in rated]
    officers = sorted({ended[i].officer_id for i in ended_kept} | {r.officer_id for r, _ in linked})
    at_officer = {officer: i for i, officer in enumerate(officers)}
    steps = integrity.flow(
        [at_officer[ended[i].officer_id] for i in ended_kept],
        _local([ended[i].returned_ms for i in ended_kept]), [i in rated for i in ended_kept],
        {"late": [ended[i].late == 1 for i in ended_kept],
         "supplement": [ended[i].supplemented == 1 for i in ended_kept]},
    )
    chosen = [row for row, _ in linked]
    officer = np.array([at_officer[row.officer_id] for row in chosen], dtype=np.int64)
    level = np.array([row.level for row in chosen], dtype=np.int64)
    cases = _cases(chosen)
    seen = integrity.ratings(
        officer, cases[0], _local([row.moment_ms for row in chosen]),
        _local([ended[at].returned_ms for _, at in linked]), level,
        integrity.expected_levels(officer, level, cases),
        at_counter=[row.channel == "tablet" for row in chosen],
    )
    made = integrity.screen(seen, steps)
    places = Counter((row.officer_id, row.unit_id) for row in chosen)
    months_of: dict[int, set[int]] = {}
    for row in chosen:
        months_of.setdefault(row.officer_id, set()).add(row.day // 100)
    return Screened(
        version, made.tests, made.families, made.expected_false,
        tuple(_review(one, officers[one.officer], places, months_of) for one in made.reviews),
    )


def _review(
    one: integrity.Review, officer: int, places: Counter[tuple[int, int]],
    months_of: dict[int, set[int]],
) -> ReviewRecord:
    unit = max((unit for who, unit in places if who == officer), key=lambda u: places[officer, u])
    months = tuple(_month(p) for p in one.periods)
    if 0 in months:
        months = tuple(sorted(months_of[officer]))
    return ReviewRecord(officer, unit, months, tuple(
        FindingRecord(f.code, _month(f.period), float(f.observed), float(f.expected), int(f.n),
                      float(f.p_value)) for f in one.reasons
    ))


@dataclass(frozen=True)
class Without:
    """A figure with all that count, and without those under review; None where it may not be told."""

    with_flagged: Figure
    without: Figure | None
    flagged: int | None
    """Ratings under review that count; None under five."""
    why: str
    """'' or why the figure without them is not told: few, remain, same_level."""


def without_reviewed(
    conn: Connection, period: Period, unit_ids: Sequence[int], reviews: Sequence[ReviewRecord]
) -> Without:
    """The units' figure with and without the ratings of officers under review in their months.

    Told only where ≥ 5 are under review, ≥ 10 remain, and the difference of the two could itself
    be shown.
    """
    total = _levels(conn, period.months, unit_ids, "total", None)
    under = [0] * 5
    for review in reviews:
        months = sorted(set(review.months) & set(period.months))
        if months and review.unit_id in unit_ids:
            own = _levels(conn, months, [review.unit_id], "officer", str(review.officer_id))
            under = [a + b for a, b in zip(under, own, strict=True)]
    rest = [a - b for a, b in zip(total, under, strict=True)]
    n = sum(under)
    shown = judging.each(conn, unit_ids, [Cell("", "", _five(total), 0, "total", period.key)])[0]
    flagged = n if n >= FEWEST_FLAGGED else None
    if flagged is None:
        return Without(shown, None, None, "few")
    if min(rest) < 0 or sum(rest) < DEFAULTS.min_rate_n or shown.suppressed:
        return Without(shown, None, flagged, "remain")
    if not difference_allowed(total, rest) or not _known(conn, period, unit_ids, reviews):
        return Without(shown, None, flagged, "same_level")
    return Without(shown, disclosure.apart(_five(rest)), flagged, "")


def _known(
    conn: Connection, period: Period, unit_ids: Sequence[int], reviews: Sequence[ReviewRecord]
) -> bool:
    """Whether each month taken out is a cell that may be seen: the difference tells their sum."""
    months = {m for review in reviews for m in review.months if m in period.months}
    opened = gate.opened(
        conn, unit_ids, dimensions=["officer"], periods=[of_month(m).key for m in months],
        others=set(unit_ids),
    )
    return all(
        opened.why("officer", of_month(m).key, str(review.officer_id), unit_id=review.unit_id)
        == gate.SHOWN
        for review in reviews if review.unit_id in unit_ids
        for m in review.months if m in months
    )


def _five(levels: Sequence[int]) -> tuple[int, int, int, int, int]:
    return (levels[0], levels[1], levels[2], levels[3], levels[4])


def _levels(
    conn: Connection, months: Sequence[int], unit_ids: Sequence[int], dimension: str,
    value: str | None,
) -> list[int]:
    rows = feedback_queries.released(
        conn, grain="month", periods=months, dimension=dimension, unit_ids=unit_ids
    )
    kept = [row.levels for row in rows if value is None or row.value == value]
    return [sum(levels[i] for levels in kept) for i in range(5)]
