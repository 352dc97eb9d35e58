"""G5: more ratings just before closing than steps that ended then."""

from __future__ import annotations

import math

import numpy as np

from survey_analysis.integrity.latency import hypergeometric_upper
from survey_analysis.integrity.records import (
    RULES,
    Finding,
    Flow,
    Ratings,
    Rules,
    month_of,
    second_of_day,
)


def closing_time(seen: Ratings, steps: Flow, rules: Rules = RULES) -> list[Finding]:
    """Test each officer and month for ratings in the last minutes.

    Returns
    -------
    list of Finding
        Test "closing_time"; ``observed`` and ``expected`` are counts.

    Notes
    -----
    Hypothesis: the rated are a random subset of the month's ended steps and follow them by a
    latency as other officers have it. Late steps are therefore counted by their chance to be rated
    in the window, and rounded up. Hypergeometric, upper tail.

    Examples
    --------
    >>> from survey_analysis.integrity.records import flow, ratings
    >>> import numpy as np
    >>> ended = np.datetime64("2024-01-02T08:00:00") + 100 * np.arange(300)
    >>> rated = np.r_[np.full(20, np.datetime64("2024-01-02T16:50:00")), ended[:20] + 60]
    >>> seen = ratings([0] * 20 + [1] * 20, [0] * 40, rated, np.r_[ended[:20], ended[:20]],
    ...     [5] * 40, [[0.2] * 5] * 40)
    >>> steps = flow([0] * 300 + [1] * 300, np.r_[ended, ended], ([True] * 20 + [False] * 280) * 2)
    >>> [f.officer for f in closing_time(seen, steps) if f.p_value < 1e-9]
    [0]

    """
    seen = seen.rows(seen.at_counter)
    latency, start = seen.latency, rules.closing - rules.closing_window
    late_rating = second_of_day(seen.rated) >= start
    rating_month, step_month = month_of(seen.rated), month_of(steps.ended)
    found = []
    for who in np.unique(seen.officer):
        pool = np.sort(latency[(seen.officer != who) & (latency >= 0)])
        own_steps = np.flatnonzero(steps.officer == who)
        if not len(pool) or not len(own_steps):
            continue
        wait = np.maximum(start - second_of_day(steps.ended[own_steps]), 0.0)
        chance = 1 - np.searchsorted(pool, wait) / len(pool)
        for period in np.unique(rating_month[seen.officer == who]):
            rows = (seen.officer == who) & (rating_month == period)
            inside = chance[step_month[own_steps] == period]
            n, total = int(rows.sum()), len(inside)
            if n < rules.min_ratings or total < n:
                continue
            x = int(late_rating[rows].sum())
            found.append(Finding(
                int(who), int(period), "closing_time", _p(x, n, float(inside.sum()), total),
                float(x), n * float(inside.mean()), n,
            ))
    return found


def _p(x: int, n: int, late: float, total: int) -> float:
    """Hypergeometric; binomial when there were more late ratings than late steps."""
    from scipy.special import bdtrc

    if x == 0:
        return 1.0
    marked = math.ceil(late)
    if x <= marked:
        return hypergeometric_upper(x, marked, n, total)
    return float(bdtrc(x - 1, n, max(late, 1.0) / total))
