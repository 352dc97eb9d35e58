"""G1: more ratings at once than the dossiers of those days can explain."""

from __future__ import annotations

import numpy as np

from survey_analysis.integrity.permuting import upper_p
from survey_analysis.integrity.records import (
    RULES,
    Finding,
    Floats,
    Flow,
    Ints,
    Ratings,
    Rules,
    month_of,
    second_of_day,
)


def crowding(times: Floats, day: Ints, window: float) -> Floats:
    """Σ over days of S(S − 1)/2, S the most ratings of the day within one window.

    Parameters
    ----------
    times : float array, shape (draws, ratings)
        Seconds of day, ascending within each day.
    day : int array, shape (ratings,)
        Ascending day of each column.
    window : float
        Seconds.

    Examples
    --------
    >>> import numpy as np
    >>> crowding(np.array([[0.0, 50.0, 90.0, 500.0]]), np.array([0, 0, 0, 0]), 100.0).tolist()
    [3.0]

    """
    total = np.zeros(len(times))
    starts = np.flatnonzero(np.r_[True, day[1:] != day[:-1]])
    for k in range(1, len(day)):
        same = day[k:] == day[:-k]
        if not same.any():
            break
        close = (times[:, k:] - times[:, :-k] <= window) & same
        if not close.any():
            break
        padded = np.zeros(times.shape, dtype=bool)
        padded[:, :-k] = close
        total += k * np.logical_or.reduceat(padded, starts, axis=1).sum(axis=1)
    return total


def _statistics(times: Floats, day: Ints, windows: tuple[float, ...]) -> Floats:
    return np.stack([crowding(times, day, w) for w in windows], axis=1)


def _within_days(times: Floats, day: Ints) -> Floats:
    """Sort each row within its days; days are far apart, so one sort does."""
    return np.asarray(np.sort(times + day * 1e6, axis=1) - day * 1e6)


class _Draws:
    """Random subsets of the days' dossiers plus latencies of others, and their crowding."""

    def __init__(
        self, steps: Floats, step_day: Ints, wanted: Ints, pool: Floats,
        rng: np.random.Generator, windows: tuple[float, ...],
    ) -> None:
        self.steps, self.step_day, self.pool, self.rng = steps, step_day, pool, rng
        self.windows = windows
        start = np.searchsorted(step_day, np.arange(len(wanted)))
        size = np.searchsorted(step_day, np.arange(len(wanted)), side="right") - start
        # More ratings than dossiers of the day: dossiers are taken again.
        self.columns = np.concatenate([
            start[d] + np.arange(w) % max(size[d], 1) for d, w in enumerate(wanted)
        ]).astype(np.int64)
        self.day = np.repeat(np.arange(len(wanted)), wanted)

    def __call__(self, draws: int) -> Floats:
        order = (self.rng.random((draws, len(self.steps))) + self.step_day).argsort(axis=1)
        moments = self.steps[order[:, self.columns]]
        moments = moments + self.rng.choice(self.pool, size=moments.shape)
        return _statistics(_within_days(moments, self.day), self.day, self.windows)


def bursts(
    seen: Ratings, steps: Flow, *, seed: int = 1, rules: Rules = RULES
) -> list[Finding]:
    """Test each officer and month for ratings that come too close together.

    Parameters
    ----------
    seen : Ratings
        Only those at the counter on the day of the step, or before it, are looked at.
    steps : Flow
        All steps that ended, rated or not.
    seed : int
        Of the permutations.
    rules : Rules
        Windows, draws, fewest ratings.

    Returns
    -------
    list of Finding
        Test "burst"; ``observed`` is the largest number in the longest window on one day.

    Notes
    -----
    Hypothesis: the rated are a random subset of the day's ended steps, and each comes after a
    latency as other officers have it. Queues are bursty by themselves, so that a homogeneous
    Poisson process would flag every busy morning. Statistic: Σ over days of S(S − 1)/2 in each
    window, standardised by the draws, the largest of the windows.

    Examples
    --------
    >>> from survey_analysis.integrity.records import flow, ratings
    >>> t = ["2024-01-02T08:00:00", "2024-01-02T09:00:00"]
    >>> bursts(ratings([0, 0], [0, 0], t, t, [5, 5], [[0.2] * 5] * 2), flow([0, 0], t, [1, 1]))
    []

    """
    rng = np.random.default_rng(seed)
    day = seen.rated.astype("datetime64[D]").astype(np.int64)
    use = seen.at_counter & (day == seen.ended.astype("datetime64[D]").astype(np.int64))
    seen, day = seen.rows(use), day[use]
    step_day = steps.ended.astype("datetime64[D]").astype(np.int64)
    month, latency = month_of(seen.rated), seen.latency
    found = []
    for officer in np.unique(seen.officer):
        pool = latency[(seen.officer != officer) & (latency >= 0)]
        if not len(pool):
            continue
        own_steps = np.flatnonzero(steps.officer == officer)
        for period in np.unique(month[seen.officer == officer]):
            rows = np.flatnonzero((seen.officer == officer) & (month == period))
            if len(rows) < rules.min_ratings:
                continue
            made = _one(
                second_of_day(seen.rated[rows]), day[rows],
                second_of_day(steps.ended[own_steps]), step_day[own_steps], pool, rng, rules,
            )
            if made is not None:
                p, observed, expected = made
                found.append(
                    Finding(int(officer), int(period), "burst", p, observed, expected, len(rows))
                )
    return found


def _one(
    times: Floats, day: Ints, steps: Floats, step_day: Ints, pool: Floats,
    rng: np.random.Generator, rules: Rules,
) -> tuple[float, float, float] | None:
    days = np.intersect1d(day, step_day)
    known, inside = np.isin(day, days), np.isin(step_day, days)
    if known.sum() < rules.min_ratings:
        return None
    times, place = times[known], np.searchsorted(days, day[known])
    order = np.lexsort((times, place))
    times, place = times[order], place[order]
    steps, step_place = steps[inside], np.searchsorted(days, step_day[inside])
    order = np.lexsort((steps, step_place))
    drawn = _Draws(
        steps[order], step_place[order], np.bincount(place, minlength=len(days)), pool, rng,
        rules.windows,
    )
    own = _statistics(times[None, :], place, rules.windows)[0]
    pilot = drawn(rules.first_draws)
    mean, spread = pilot.mean(axis=0), np.maximum(pilot.std(axis=0), 1e-9)
    p, _ = upper_p(
        float(((own - mean) / spread).max()),
        lambda b: ((drawn(b) - mean) / spread).max(axis=1), rules,
        first=((pilot - mean) / spread).max(axis=1),
    )
    return p, float(own[-1]), float(mean[-1])
