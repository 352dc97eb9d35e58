"""Chance of each level for like cases, and the same shifted to an officer's own level."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from survey_analysis.integrity.records import Floats, Ints

LIMIT = 6.0
PRIOR = 10.0
FEW = 10
FEW_LIMIT = 1.0


def expected_levels(
    officer: ArrayLike, level: ArrayLike, strata: Sequence[ArrayLike], levels: int = 5,
    prior: float = PRIOR,
) -> Floats:
    """Distribution of levels among the ratings of others in like cases.

    Parameters
    ----------
    officer : array of int
        Positions; the officer's own ratings are left out of the expectation.
    level : array of int
        1 … ``levels``.
    strata : sequence of arrays
        Positions of like cases, from coarse to fine; each is shrunk to the one before.
    levels : int
        Levels of the scale.
    prior : float
        Ratings that the coarser stratum counts for.

    Returns
    -------
    float array, shape (ratings, levels)
        Rows add up to 1.

    Notes
    -----
    π_s = (x_s − x_so + prior · π_parent) / (n_s − n_so + prior): indirect standardisation, leaving
    one officer out.

    Examples
    --------
    >>> expected_levels([0, 1], [5, 1], [[0, 0]], prior=2.0).round(2)[0].tolist()
    [0.67, 0.0, 0.0, 0.0, 0.33]

    """
    who, scale = np.asarray(officer, np.int64), np.asarray(level, np.int64)
    one = np.eye(levels)[scale - 1] if len(scale) else np.zeros((0, levels))
    if not len(who):
        return one
    chance = np.broadcast_to(one.mean(axis=0), one.shape)
    for stratum in strata:
        s = np.asarray(stratum, np.int64)
        pair = np.unique(s * (int(who.max()) + 1) + who, return_inverse=True)[1].ravel()
        others = _sums(one, s)[s] - _sums(one, pair)[pair]
        size = others.sum(axis=1, keepdims=True)
        chance = (others + prior * chance) / (size + prior)
    return np.asarray(chance)


def _sums(values: Floats, group: Ints) -> Floats:
    total = np.zeros((int(group.max()) + 1, values.shape[1]))
    np.add.at(total, group, values)
    return total


def shifted(expected: Floats, shift: float) -> Floats:
    """The same profiles with every cumulative log-odds of a higher level raised by ``shift``."""
    above = np.cumsum(expected[:, ::-1], axis=1)[:, ::-1][:, 1:]
    above = np.clip(above, 1e-9, 1 - 1e-9)
    moved = 1 / (1 + np.exp(-(np.log(above / (1 - above)) + shift)))
    full = np.column_stack([np.ones(len(expected)), moved, np.zeros(len(expected))])
    return np.asarray(full[:, :-1] - full[:, 1:])


def own_shift(expected: Floats, level: Ints) -> float:
    """Shift at which the expected number of top ratings is the observed, within ±6.

    Examples
    --------
    >>> import numpy as np
    >>> own_shift(np.array([[0.5, 0.5]] * 4), np.array([2, 2, 2, 1]))
    1.0986

    """
    top = np.clip(expected[:, -1], 1e-9, 1 - 1e-9)
    odds = np.log(top / (1 - top))
    observed = int(np.sum(level == expected.shape[1]))
    low, high = -LIMIT, LIMIT
    for _ in range(24):
        middle = (low + high) / 2
        if (1 / (1 + np.exp(-(odds + middle)))).sum() < observed:
            low = middle
        else:
            high = middle
    return round((low + high) / 2, 4)


def highest_shift(shifts: Sequence[float]) -> float:
    """Best level that officers plausibly reach: median + 2 robust deviations.

    Whoever lies above is tested as if at this level: a perfect month is not its own excuse. Fewer
    than ten officers say too little about what is plausible; one unit of log-odds is taken then.
    """
    if len(shifts) < FEW:
        return FEW_LIMIT
    middle = float(np.median(shifts))
    spread = 1.4826 * float(np.median(np.abs(np.asarray(shifts) - middle)))
    return min(LIMIT, middle + 2 * max(spread, 0.1))
