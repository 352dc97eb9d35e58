"""G3: a run of top ratings longer than the officer's own cases make likely."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from survey_analysis.errors import InvalidCountsError
from survey_analysis.integrity.expectation import highest_shift, own_shift, shifted
from survey_analysis.integrity.records import RULES, Finding, Flags, Ratings, Rules, month_of


def longest_run(hits: ArrayLike) -> int:
    """Length of the longest run of hits.

    Examples
    --------
    >>> longest_run([1, 1, 0, 1, 1, 1])
    3

    """
    x = np.asarray(hits, dtype=bool)
    edges = np.flatnonzero(~np.r_[False, x, False])
    return int(np.diff(edges).max() - 1)


def run_probability(p: ArrayLike, k: int) -> float:
    """Chance of a run of at least ``k`` hits among independent trials, exactly.

    Parameters
    ----------
    p : array
        Chance of a hit of each trial, in order.
    k : int
        Length, ≥ 0.

    Raises
    ------
    InvalidCountsError
        If a chance lies outside [0, 1] or k is negative.

    Notes
    -----
    State j is the current run: f(0) ← (1 − p_i) Σ f, f(j + 1) ← p_i f(j), absorbed at k
    (Schilling 1990; Fu & Koutras 1994 for unequal chances). Since Σ f is 1 − absorbed, only the
    inflow of each time is kept, so that a trial costs one multiplication more than its run.

    Examples
    --------
    >>> run_probability([0.5] * 10, 3) * 1024
    520.0

    """
    chance = np.asarray(p, dtype=float)
    if k < 0 or not ((chance >= 0) & (chance <= 1)).all():
        raise InvalidCountsError("chances lie between 0 and 1, a length is not negative")
    if k == 0:
        return 1.0
    state, absorbed = np.zeros(k), 0.0
    state[0] = 1.0
    for one in chance:
        done = one * state[-1]
        rest = (1 - one) * state.sum()
        state[1:] = one * state[:-1]
        state[0] = rest
        absorbed += done
    return float(min(1.0, absorbed))


def streaks(seen: Ratings, rules: Rules = RULES) -> list[Finding]:
    """Test each officer and month for a streak of the highest level.

    Returns
    -------
    list of Finding
        Test "streak"; ``observed`` is the longest run, ``expected`` the ratings of the highest
        level that the officer's level gives among ``n``.

    Notes
    -----
    Hypothesis: ratings are independent with the chances of like cases, shifted to the officer's
    own level of the month, but no higher than the best officers plausibly reach. With a chance of
    0.8 and 300 ratings a run of 25 is ordinary; it is always computed.

    Examples
    --------
    >>> from survey_analysis.integrity.records import ratings
    >>> import numpy as np
    >>> t = np.datetime64("2024-01-02T08:00:00") + 600 * np.arange(120)
    >>> level = np.r_[np.full(60, 5), np.tile([5, 4, 3, 5], 15)]
    >>> seen = ratings([0] * 60 + [1] * 60, [0] * 120, t, t, level, [[0, 0, 0.2, 0.2, 0.6]] * 120)
    >>> [f.officer for f in streaks(seen) if f.p_value < 0.01]
    [0]

    """
    limit = level_limit(seen)
    month = month_of(seen.rated)
    found = []
    for who, period, rows in officer_months(seen, month, rules):
        rows = rows[np.argsort(seen.rated[rows], kind="stable")]
        shift = min(own_shift(seen.expected[rows], seen.level[rows]), limit)
        chance = shifted(seen.expected[rows], shift)[:, -1]
        run = longest_run(seen.level[rows] == seen.expected.shape[1])
        found.append(Finding(
            who, period, "streak", run_probability(chance, run), run, float(chance.sum()),
            len(rows), evidence={"shift": shift},
        ))
    return found


def level_limit(seen: Ratings) -> float:
    """Highest shift that officers plausibly reach, over the whole time."""
    return highest_shift([
        own_shift(seen.expected[rows], seen.level[rows])
        for rows in (seen.officer == who for who in np.unique(seen.officer))
        if int(np.sum(rows)) >= 2 * RULES.min_ratings
    ])


def officer_months(
    seen: Ratings, month: np.ndarray, rules: Rules, keep: Flags | None = None
) -> list[tuple[int, int, np.ndarray]]:
    """Officer, month and rows wherever there are enough ratings, in a fixed order."""
    rows = np.arange(len(seen)) if keep is None else np.flatnonzero(keep)
    if not len(rows):
        return []
    order = rows[np.lexsort((month[rows], seen.officer[rows]))]
    cut = np.flatnonzero(
        (np.diff(seen.officer[order]) != 0) | (np.diff(month[order]) != 0)
    ) + 1
    return [
        (int(seen.officer[part[0]]), int(month[part[0]]), part)
        for part in np.split(order, cut) if len(part) >= rules.min_ratings
    ]
