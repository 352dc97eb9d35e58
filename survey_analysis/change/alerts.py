"""Alarms within a stated budget, and what an alarm says: since when, how much, how sure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from survey_analysis.arrays import Bools, Ints, codes, floats
from survey_analysis.change.bernoulli import (
    BETTER,
    WORSE,
    RiskAdjustedCusum,
    case_mix,
    guaranteed_threshold,
    risk_adjusted_cusum,
    threshold_for,
)
from survey_analysis.errors import InvalidCountsError, NotEstimableError
from survey_analysis.intervals import wilson

FALSE_ALARMS = 6.0
FEWEST_RATINGS = 10
GAP_DAYS = 14


@dataclass(frozen=True)
class Budget:
    """Thresholds of a centre's charts, two for each subject (worse and better).

    Attributes
    ----------
    worse, better : tuple of float
        Threshold of each subject for R = 2 and R = ½.
    arl0 : tuple of float
        Ratings between false alarms of each of the subject's charts.
    false_alarms : float
        Expected false alarms of all charts together in a year: to be printed beside every alert.

    """

    worse: tuple[float, ...]
    better: tuple[float, ...]
    arl0: tuple[float, ...]
    false_alarms: float


def budget(
    expectations: Sequence[ArrayLike], per_year: Sequence[float], *,
    false_alarms: float = FALSE_ALARMS, baseline: Sequence[int] | None = None,
) -> Budget:
    """Spread a budget of false alarms evenly over all charts of a centre.

    With M charts, v ratings of a subject in a year and A false alarms in all, each chart may alarm
    falsely A/M times a year: ARL₀ = M·v/A ratings. Thresholds come from each subject's own case mix.

    Parameters
    ----------
    expectations : sequence of arrays
        For each subject (officer or procedure) the expected chances of ratings like those to come.
    per_year : sequence of float
        Ratings a year of each subject.
    false_alarms : float
        A, for the centre and year.
    baseline : sequence of int, optional
        Ratings behind each subject's expectations; then thresholds hold for nine baselines in ten
        (guaranteed in-control performance) and false alarms stay under the budget on average.

    Raises
    ------
    NotEstimableError
        If a subject has no expectation, or gets so few ratings that the budget allows more alarms
        than ratings.

    Examples
    --------
    >>> found = budget([[0.05, 0.1, 0.2]] * 2, [500, 500])
    >>> len(found.worse), [round(a) for a in found.arl0]
    (2, [333, 333])

    """
    if not expectations or len(expectations) != len(per_year) or false_alarms <= 0:
        raise InvalidCountsError("expectations and ratings a year of each subject, and a budget")
    charts = 2 * len(expectations)
    arl0 = tuple(charts * float(v) / false_alarms for v in per_year)
    if min(arl0) <= 2:
        raise NotEstimableError("a subject has too few ratings a year for this budget")
    found: dict[float, list[float]] = {WORSE: [], BETTER: []}
    for i, (p, length) in enumerate(zip(expectations, arl0, strict=True)):
        mix = case_mix(p)
        for ratio, thresholds in found.items():
            thresholds.append(
                threshold_for(length, mix, ratio) if baseline is None
                else guaranteed_threshold(length, mix, int(baseline[i]), ratio)
            )
    return Budget(tuple(found[WORSE]), tuple(found[BETTER]), arl0, false_alarms)


@dataclass(frozen=True)
class Alert:
    """One alarm and the change behind it.

    Attributes
    ----------
    worse : bool
        Direction.
    start, at : int
        First rating of the change as it is thought, and the rating of the alarm; from 0.
    n : int
        Ratings since the change began.
    share, expected : float
        Share of events since then, and what the case mix leads to expect.
    change, low, high : float
        Difference of the two with its 95 % interval (Wilson); it is looked at because it is large,
        so it overstates the change.
    severity : float
        Highest sum over threshold, at least 1.

    """

    worse: bool
    start: int
    at: int
    n: int
    share: float
    expected: float
    change: float
    low: float
    high: float
    severity: float


def alerts_of(
    y: ArrayLike, p: ArrayLike, worse: float, better: float, *, fewest: int = FEWEST_RATINGS
) -> tuple[Alert, ...]:
    """Alerts of one subject's two charts, in order of time.

    An alarm with fewer than ``fewest`` ratings since its change point is not told yet: it waits for
    the rating that makes them enough.

    Parameters
    ----------
    y, p : array
        Events and expected chances in time order.
    worse, better : float
        Thresholds for R = 2 and R = ½.
    fewest : int
        Ratings an alert needs.

    Examples
    --------
    >>> y = [0, 0, 1, 0, 0, 0, 0, 0, 0, 0] + [1, 1, 0, 1, 1, 0, 1, 1, 1, 0, 1, 1]
    >>> [(one.start, one.at, one.n) for one in alerts_of(y, [0.1] * 22, 3.0, 3.0)]
    [(10, 19, 10)]

    """
    event, expected = floats(y, "events"), floats(p, "expectations")
    found = []
    for threshold, ratio in ((worse, WORSE), (better, BETTER)):
        run = risk_adjusted_cusum(event, expected, threshold, ratio)
        for alarm, start in zip(run.alarms.tolist(), run.starts.tolist(), strict=True):
            end = _told(run, alarm, start, fewest)
            if end is not None:
                found.append(_alert(event, expected, run, start, alarm, end))
    return tuple(sorted(found, key=lambda one: (one.at, one.worse)))


def _told(run: RiskAdjustedCusum, alarm: int, start: int, fewest: int) -> int | None:
    """Rating at which an alarm has ratings enough, None if they never come."""
    end = max(alarm, start + fewest - 1)
    if end == alarm:
        return alarm
    return end if end < len(run.path) else None


def _alert(
    y: np.ndarray, p: np.ndarray, run: RiskAdjustedCusum, start: int, alarm: int, end: int
) -> Alert:
    n = end - start + 1
    hits, expected = float(y[start : end + 1].sum()), float(p[start : end + 1].mean())
    found = wilson(hits, n)
    return Alert(
        run.odds_ratio > 1, start, end, n, hits / n, expected, hits / n - expected,
        found.low - expected, found.high - expected,
        max(1.0, float(run.path[alarm]) / run.threshold),
    )


def one_per_fortnight(day: ArrayLike, unit: ArrayLike, *, gap: int = GAP_DAYS) -> Bools:
    """Which alerts are sent: one a unit within ``gap`` days, the earliest first.

    Parameters
    ----------
    day, unit : array of int
        Day number and unit of each alert, in any order.
    gap : int
        Fewest days between two alerts of a unit.

    Examples
    --------
    >>> one_per_fortnight([1, 5, 15, 6], [0, 0, 0, 1]).tolist()
    [True, False, True, True]

    """
    when = np.asarray(floats(day, "days")).astype(np.int64)
    who = codes(unit, "units", len(when))
    sent: dict[int, int] = {}
    kept = np.zeros(len(when), dtype=np.bool_)
    order: Ints = np.argsort(when, kind="stable").astype(np.int64)
    for i in order.tolist():
        last = sent.get(int(who[i]))
        if last is None or when[i] - last >= gap:
            sent[int(who[i])] = int(when[i])
            kept[i] = True
    return kept
