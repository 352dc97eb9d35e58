"""Control of false discoveries within one family declared beforehand."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from survey_analysis.arrays import Bools, Floats, floats
from survey_analysis.errors import InvalidCountsError


def _p_values(p: ArrayLike) -> Floats:
    found = floats(p, "p-values")
    if len(found) and (found.min() < 0 or found.max() > 1):
        raise InvalidCountsError("p-values lie in [0, 1]")
    return found


def benjamini_hochberg(p: ArrayLike) -> Floats:
    """Adjusted p-values of the step-up procedure of Benjamini and Hochberg (1995).

    The estimand is the false-discovery rate: the expected share of wrong ones among the rejected.
    It is kept at q by rejecting where the adjusted p ≤ q, for independent or positively dependent
    tests. ``p_(i)·m/i``, made monotone from the largest down.

    Parameters
    ----------
    p : array of float
        p-values of one family; may be empty.

    Returns
    -------
    array of float
        In [0, 1], in the order given.

    Raises
    ------
    InvalidCountsError
        If a value lies outside [0, 1] or is missing.

    References
    ----------
    Benjamini Y, Hochberg Y (1995), J. R. Stat. Soc. B 57:289–300.

    Examples
    --------
    >>> benjamini_hochberg([0.01, 0.04, 0.03, 0.5]).round(4).tolist()
    [0.04, 0.0533, 0.0533, 0.5]

    """
    found = _p_values(p)
    m = len(found)
    order = np.argsort(found, kind="stable")
    raised = found[order] * m / np.arange(1, m + 1)
    adjusted = np.minimum(np.minimum.accumulate(raised[::-1])[::-1], 1.0)
    result = np.empty(m)
    result[order] = adjusted
    return result


def bh_rejected(p: ArrayLike, q: float) -> Bools:
    """Which hypotheses Benjamini–Hochberg rejects at false-discovery rate ``q``.

    Compares ``p_(i) ≤ q·i/m`` rather than adjusted p-values, so that ties of rounding do not
    decide.

    Examples
    --------
    >>> bh_rejected([0.01, 0.02, 0.03, 0.5], 0.05).tolist()
    [True, True, True, False]

    """
    found = _p_values(p)
    m = len(found)
    order = np.argsort(found, kind="stable")
    below = np.flatnonzero(found[order] <= q * np.arange(1, m + 1) / max(m, 1))
    result = np.zeros(m, dtype=np.bool_)
    if len(below):
        result[order[: below[-1] + 1]] = True
    return result


def bonferroni(p: ArrayLike) -> Floats:
    """Adjusted p-values that keep the chance of any false rejection: ``min(1, m·p)``.

    Examples
    --------
    >>> bonferroni([0.01, 0.04]).tolist()
    [0.02, 0.08]

    """
    found = _p_values(p)
    return np.minimum(found * len(found), 1.0)
