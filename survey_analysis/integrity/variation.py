"""G4: days too alike, and profiles of levels too narrow."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from survey_analysis.integrity.expectation import own_shift, shifted
from survey_analysis.integrity.permuting import upper_p
from survey_analysis.integrity.records import RULES, Finding, Floats, Ints, Ratings, Rules, month_of
from survey_analysis.integrity.streaks import level_limit, officer_months

MANY = 10


def daily_dispersion(hits: Floats, size: Floats) -> Floats:
    """χ² of daily counts about the month's share; shape (draws, days) → (draws,).

    Examples
    --------
    >>> import numpy as np
    >>> daily_dispersion(np.array([[1.0, 1.0]]), np.array([2.0, 2.0])).tolist()
    [0.0]

    """
    p = hits.sum(axis=1, keepdims=True) / size.sum()
    expected = size * p
    return np.asarray(((hits - expected) ** 2 / np.maximum(expected * (1 - p), 1e-12)).sum(axis=1))


def likelihood_ratio(counts: Floats, expected: Floats) -> Floats:
    """G² of counts against expected counts; shape (draws, levels) → (draws,).

    Examples
    --------
    >>> import numpy as np
    >>> likelihood_ratio(np.array([[5.0, 5.0]]), np.array([5.0, 5.0])).tolist()
    [0.0]

    """
    ratio = np.where(counts > 0, counts / np.maximum(expected, 1e-12), 1.0)
    return np.asarray(2 * (counts * np.log(ratio)).sum(axis=1))


def variation(seen: Ratings, *, seed: int = 1, rules: Rules = RULES) -> list[Finding]:
    """Test each officer and month for too little variation.

    Parameters
    ----------
    seen : Ratings
        All ratings of hand-overs.
    seed : int
        Of the permutations.
    rules : Rules
        Draws, fewest ratings.

    Returns
    -------
    list of Finding
        "even_days": shares of the highest level vary less from day to day than by chance (lower
        tail of χ², labels permuted over the days); ``observed`` and ``expected`` are χ².
        "narrow_profile": the highest level is commoner than at the officer's own level of like
        cases (G², upper tail); ``observed`` and ``expected`` are counts of that level.

    Notes
    -----
    A month of nothing but the highest level has no variation between days to judge: p is 1 there,
    and the profile speaks. Levels are shifted as for streaks. Calibrated by drawing, not by the
    χ² distribution, since daily numbers are small.

    Examples
    --------
    >>> from survey_analysis.integrity.records import ratings
    >>> import numpy as np
    >>> t = np.datetime64("2024-01-02T08:00:00") + 600 * np.arange(40)
    >>> seen = ratings([0] * 40, [0] * 40, t, t, [5] * 40, [[0, 0, 0.2, 0.2, 0.6]] * 40)
    >>> [f.code for f in variation(seen) if f.p_value < 0.01]
    ['narrow_profile']

    """
    rng = np.random.default_rng(seed)
    limit, month = level_limit(seen), month_of(seen.rated)
    day = seen.rated.astype("datetime64[D]").astype(np.int64)
    found = []
    for who, period, rows in officer_months(seen, month, rules):
        found.append(_even_days(who, period, seen.level[rows], day[rows], seen, rng, rules))
        found.append(_narrow(who, period, seen, rows, limit, rng, rules))
    return found


def _even_days(
    who: int, period: int, level: Ints, day: Ints, seen: Ratings, rng: np.random.Generator,
    rules: Rules,
) -> Finding:
    top = level == seen.expected.shape[1]
    place = np.unique(day, return_inverse=True)[1].ravel()
    size = np.bincount(place)
    hits = int(top.sum())
    if len(size) < 2 or hits in (0, len(top)):
        return Finding(who, period, "even_days", 1.0, 0.0, 0.0, len(top))
    own = np.bincount(place, top.astype(float)).astype(float)
    observed = float(daily_dispersion(own[None, :], size.astype(float))[0])
    p, expected = upper_p(
        observed,
        lambda b: daily_dispersion(
            rng.multivariate_hypergeometric(size, hits, size=b, method="marginals").astype(float),
            size.astype(float),
        ),
        rules, lower=True,
    )
    return Finding(who, period, "even_days", p, observed, expected, len(top))


def _narrow(
    who: int, period: int, seen: Ratings, rows: Ints, limit: float, rng: np.random.Generator,
    rules: Rules,
) -> Finding:
    levels = seen.expected.shape[1]
    shift = min(own_shift(seen.expected[rows], seen.level[rows]), limit)
    profile = shifted(seen.expected[rows], shift).mean(axis=0)
    profile = profile / profile.sum()
    counts = np.bincount(seen.level[rows] - 1, minlength=levels).astype(float)
    expected = profile * len(rows)
    if counts[-1] <= expected[-1]:
        return Finding(
            who, period, "narrow_profile", 1.0, float(counts[-1]), float(expected[-1]), len(rows)
        )
    observed = float(likelihood_ratio(counts[None, :], expected)[0])
    p, _ = upper_p(
        observed,
        lambda b: likelihood_ratio(rng.multinomial(len(rows), profile, b).astype(float), expected),
        replace(rules, draws=MANY * rules.draws),
    )
    return Finding(
        who, period, "narrow_profile", p, float(counts[-1]), float(expected[-1]), len(rows),
        evidence={"shift": shift, "g2": observed},
    )
