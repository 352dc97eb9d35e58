"""What a session changed: the trained against untrained peers on like cases, in months.

Reads ratings once, in the worker; what leaves is of groups of five officers or more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from kiosk_app.feedback.events import Event
from kiosk_app.reporting.effect_records import Behaviour, Effect, MonthGap
from kiosk_app.training.records import Cohort
from survey_analysis import DEFAULTS, InvalidCountsError, effects, integrity

GROUP = 5
"""Fewest officers of either group."""
LONGEST_BEFORE, LONGEST_AFTER = 24, 12
RULES = effects.TrainingRules()
MONTHS_AFTER = RULES.months_after


@dataclass(frozen=True)
class _Window:
    """Months on one scale: year × 12 + month − 1."""

    first: int
    selection: int
    start: int
    session: tuple[int, ...]
    last: int


def _at(day: date) -> int:
    return day.year * 12 + day.month - 1


def _index(month: int) -> int:
    return month // 100 * 12 + month % 100 - 1


def _yyyymm(index: int) -> int:
    return index // 12 * 100 + index % 12 + 1


def window(cohort: Cohort, closed: int) -> tuple[int, int]:
    """First and last month (yyyymm) that an estimate reads."""
    place = _window(cohort, closed)
    return _yyyymm(place.first), _yyyymm(place.last)


def _window(cohort: Cohort, closed: int) -> _Window:
    begins, ends = _at(cohort.first_day), _at(cohort.last_day)
    return _Window(
        begins - LONGEST_BEFORE - 1, begins - 1, ends + 1, tuple(range(begins, ends + 1)),
        min(ends + LONGEST_AFTER, _index(closed)),
    )


def _positions(values: Sequence[object]) -> np.ndarray:
    order: dict[object, int] = {}
    return np.array([order.setdefault(v, len(order)) for v in values], dtype=np.int64)


def _expected(rows: Sequence[Event]) -> np.ndarray:
    """Share satisfied among the ratings of others in like cases."""
    fine = [(r.procedure_id, r.late, (r.supplemented, r.filing_mode)) for r in rows]
    good = np.array([r.level >= 4 for r in rows], dtype=np.int64)
    return integrity.expected_levels(
        _positions([r.officer_id for r in rows]), good + 1,
        [_positions([case[:k] for case in fine]) for k in (1, 2, 3)], levels=2,
    )[:, 1]


def estimate(rows: Sequence[Event], cohort: Cohort, closed: int) -> Effect:
    """The effect from single ratings of the audience's units; the same input, the same result.

    ``closed`` is the newest month (yyyymm) that is over. Left out of the comparison are the months
    of the session and the month before it, on which the choice of people rested.
    """
    place = _window(cohort, closed)
    kept = [
        r for r in rows
        if r.officer_id > 0 and r.procedure_id > 0 and place.first <= _index(r.day // 100) <= place.last
    ]
    month = np.array([_index(r.day // 100) for r in kept], dtype=np.int64)
    left_out = {place.selection, *place.session}
    seen = _seen(kept, month, place, left_out)
    trained, peers = sorted(cohort.trained & seen), sorted(cohort.comparison & seen)
    clean = sorted(set(month.tolist()) - left_out)
    before, after = sum(m < place.start for m in clean), sum(m >= place.start for m in clean)
    empty = Effect(
        "cannot_tell", "", len(trained), len(peers), 0, before, after,
        _yyyymm(clean[0] if clean else place.start), _yyyymm(place.last),
    )
    if before < RULES.months_before:
        return replace(empty, reason="months_before")
    if after < MONTHS_AFTER:
        per_month = _per_month(kept, cohort.trained)
        return replace(empty, reason="months_after", months_needed=MONTHS_AFTER - after,
                       ratings_needed=per_month * (MONTHS_AFTER - after))
    if min(len(trained), len(peers)) < GROUP:
        return replace(empty, reason="few_officers", trained=0, peers=0)
    try:
        return _estimated(kept, month, place, trained, peers, empty)
    except InvalidCountsError:
        return replace(empty, reason="few_officers", trained=0, peers=0)


def _per_month(rows: Sequence[Event], trained: frozenset[int]) -> int:
    """Ratings of the trained together in a usual month."""
    own = [r.day // 100 for r in rows if r.officer_id in trained]
    return round(len(own) / max(len(set(own)), 1))


def _seen(
    rows: Sequence[Event], month: np.ndarray, place: _Window, left_out: set[int]
) -> frozenset[int]:
    """Officers with ratings before and after, or with any where nothing is after yet."""
    early = {r.officer_id for r, m in zip(rows, month, strict=True)
             if m < place.start and m not in left_out}
    later = {r.officer_id for r, m in zip(rows, month, strict=True) if m >= place.start}
    return frozenset(early & later if later else early)


def _panel(
    rows: Sequence[Event], month: np.ndarray, good: np.ndarray, expected: np.ndarray,
    officers: Sequence[int],
) -> effects.OfficerMonths:
    chosen = set(officers)
    keep = np.array([r.officer_id in chosen for r in rows])
    names = [r.officer_id for r in rows if r.officer_id in chosen]
    return effects.officer_months(names, month[keep], good[keep], expected[keep])


def _estimated(
    rows: Sequence[Event], month: np.ndarray, place: _Window, trained: Sequence[int],
    peers: Sequence[int], empty: Effect,
) -> Effect:
    good = np.array([r.level >= 4 for r in rows])
    panel = _panel(rows, month, good, _expected(rows), [*trained, *peers])
    session = list(place.session)
    found = effects.evaluate_training(
        panel, trained, place.start, exclude=session, selection=[place.selection], rules=RULES
    )
    left_out = [place.selection, *session]
    study = effects.event_study(
        panel, trained, place.start, exclude=left_out, draws=RULES.draws, seed=RULES.seed
    )
    return replace(
        empty, seed=RULES.seed, draws=RULES.draws, verdict=found.verdict.code,
        reason=found.verdict.reason,        ratings=int(panel.n.sum()), months_needed=found.verdict.months_needed,
        ratings_needed=found.verdict.ratings_needed, estimate=_points(found.estimate),
        low=_points(found.low), high=_points(found.high), method=found.method,
        p=round(found.p_permutation, 4), p_positive=round(found.p_positive, 3),
        detectable=_points(found.detectable), placebo=_points(found.placebo),
        p_placebo=_rounded(found.p_placebo), p_before=_rounded(found.p_before),
        naive_selection=_points(found.naive.against_selection),
        naive_before=_points(found.naive.against_before),
        expected_return=_points(found.naive.expected_return),
        months=_months(study, panel, set(trained), place),
        behaviour=_behaviour(rows, month, place, trained, peers),
    )


def _points(share: float | None) -> float | None:
    return None if share is None or not np.isfinite(share) else round(100 * float(share), 2)


def _rounded(p: float | None) -> float | None:
    return None if p is None else round(p, 4)


def _months(
    study: effects.EventStudy, panel: effects.OfficerMonths, trained: set[int], place: _Window
) -> tuple[MonthGap, ...]:
    """Months in which five officers or more of both groups were rated, ten times or more."""
    shown = []
    own = np.array([o in trained for o in panel.officers])[panel.officer]
    for one in study.months:
        here = panel.month == one.month
        groups = [here & own, here & ~own]
        if min(int(g.sum()) for g in groups) < GROUP:
            continue
        if min(float(panel.n[g].sum()) for g in groups) < DEFAULTS.min_rate_n:
            continue
        gap, low, high = (round(100 * v, 2) for v in (one.estimate, one.low, one.high))
        role = "session" if one.month in place.session else one.role
        shown.append(MonthGap(_yyyymm(one.month), one.distance, gap, low, high, role))
    return tuple(shown)


def _behaviour(
    rows: Sequence[Event], month: np.ndarray, place: _Window, trained: Sequence[int],
    peers: Sequence[int],
) -> tuple[Behaviour, ...]:
    """Late and supplemented cases against the peers, over months that are compared."""
    found = []
    level = np.full(len(rows), 0.5)
    for code in ("late", "supplemented"):
        flag = np.array([getattr(r, code) == 1 for r in rows])
        panel = _panel(rows, month, flag, level, [*trained, *peers])
        try:
            fit = effects.two_way(
                panel, trained, place.start, [place.selection, *place.session]
            ).fit("CR2")
        except InvalidCountsError:
            continue
        low, high = fit.interval(0)
        values = [_points(float(v)) for v in (fit.coefficients[0], low, high)]
        if all(v is not None for v in values):
            found.append(Behaviour(code, *(v or 0.0 for v in values)))
    return tuple(found)
