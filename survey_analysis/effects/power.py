"""The smallest effect a comparison can find, and how much more would be needed."""

from __future__ import annotations

import math

from survey_analysis.errors import InvalidCountsError

FEW_OFFICERS = 12


def multiplier(officers: int) -> float:
    """Standard errors between 0 and an effect found with power 80 % at 5 %: 2.8, few: 3.1."""
    return 3.1 if officers <= FEW_OFFICERS else 2.8


def change_variance(
    change_sd: float, rating_variance: float, n_pre: float, n_post: float
) -> float:
    """Variance of one officer's change: true change, and the noise of both means.

    Parameters
    ----------
    change_sd : float
        Standard deviation of true changes between officers, √(2 σ_b² (1 − r)).
    rating_variance : float
        Variance of one rating: p (1 − p) for a share.
    n_pre, n_post : float
        Ratings of an officer before and after.

    Raises
    ------
    InvalidCountsError
        Unless both numbers are positive.

    Examples
    --------
    >>> round(change_variance(0.03, 0.09, 60, 60), 4)
    0.0039

    """
    if n_pre <= 0 or n_post <= 0 or change_sd < 0 or rating_variance < 0:
        raise InvalidCountsError("ratings before and after are needed, variances not negative")
    return change_sd**2 + rating_variance * (1 / n_pre + 1 / n_post)


def minimum_detectable_effect(variance: float, treated: int, others: int) -> float:
    """Smallest effect found with power 80 % at the 5 % level, in the unit of the outcome.

    Parameters
    ----------
    variance : float
        Variance of one officer's change.
    treated, others : int
        Officers trained and compared with.

    Raises
    ------
    InvalidCountsError
        Unless both groups have officers.

    Notes
    -----
    2.8 √(Var (1/G_T + 1/G_C)); 3.1 when there are 12 officers or fewer (Bloom 1995).

    Examples
    --------
    >>> round(minimum_detectable_effect(0.0039, 10, 10), 3)
    0.078

    """
    if treated < 1 or others < 1 or variance < 0:
        raise InvalidCountsError("officers in both groups and a variance ≥ 0 are needed")
    return multiplier(treated + others) * math.sqrt(variance * (1 / treated + 1 / others))


def ratings_wanted(
    effect: float, change_sd: float, rating_variance: float, n_pre: float,
    treated: int, others: int,
) -> int | None:
    """Ratings per officer afterwards from which ``effect`` can be found.

    Returns
    -------
    int or None
        None when no number of them would do: more officers or a longer time before are needed.

    Examples
    --------
    >>> ratings_wanted(0.05, 0.03, 0.09, 300, 12, 13)
    114
    >>> ratings_wanted(0.01, 0.03, 0.09, 300, 12, 13) is None
    True

    """
    if effect <= 0 or n_pre <= 0:
        raise InvalidCountsError("an effect and ratings before are needed")
    allowed = (effect / multiplier(treated + others)) ** 2 / (1 / treated + 1 / others)
    left = allowed - change_sd**2 - rating_variance / n_pre
    if left <= 0:
        return None
    return math.ceil(rating_variance / left)
