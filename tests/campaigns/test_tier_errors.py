"""Decisions by tier against decisions by raw means, with the truth known, from 5 to 200 ratings.

A decision calls an officer *above*, *below*, or neither; the tiers *no difference shown* and *too
few* call nobody anything. It is wrong where somebody is called above or below who is not: the truth
is so where an officer's true difference on the same cases exceeds δ. Raw means decide by the same δ.
Beside it stands the stricter count in which silence about a true difference is wrong as well, and
how many of those far below are found.
"""

from __future__ import annotations

import numpy as np
import pytest

from survey_analysis import DEFAULTS, Cells, officer_table
from survey_analysis.officers import ABOVE, BELOW
from tests.campaigns import length

SIZES = (5, 10, 20, 30, 50, 70, 100, 150, 200) if length.FULL else (20, 50, 100, 200)
CENTRES = 400 if length.FULL else 20
FAR = 0.15
OFFICERS, PROCEDURES = 50, 8


def errors(n: int, spread: float, seed: int, *, outliers: bool = False) -> dict[str, float]:
    rng = np.random.default_rng(seed)
    k = CENTRES * OFFICERS
    family = np.repeat(np.arange(CENTRES), OFFICERS)
    effect = rng.normal(0, spread, k)
    far = rng.random(k) < (0.04 if outliers else 0)
    effect[far] = -FAR
    difficulty = rng.normal(0, 0.05, PROCEDURES)
    mix = rng.dirichlet(np.full(PROCEDURES, 1.5), k)
    ratings = rng.multinomial(n, mix)
    share = np.clip(0.87 + effect[:, None] + difficulty, 0.02, 0.98)
    hits = rng.binomial(ratings, share)
    who, what = np.nonzero(ratings)
    table = officer_table(Cells(
        who, what, ratings[who, what], hits[who, what], np.arange(PROCEDURES), family
    ))
    peers = np.clip(0.87 + difficulty, 0.02, 0.98)
    truth = ((share - peers) * ratings).sum(axis=1) / n
    delta = DEFAULTS.delta
    true = np.where(truth > delta, 1, np.where(truth < -delta, -1, 0))
    raw = hits.sum(axis=1) / n
    centre = np.bincount(family, hits.sum(axis=1)) / (OFFICERS * n)
    gap = raw - centre[family]
    by_mean = np.where(gap > delta, 1, np.where(gap < -delta, -1, 0))
    by_tier = np.where(table.tier == ABOVE, 1, np.where(table.tier == BELOW, -1, 0))
    return {
        "tier_wrong": float((by_tier != true).mean()), "mean_wrong": float((by_mean != true).mean()),
        "tier_wrong_claims": float(((by_tier != 0) & (by_tier != true)).mean()),
        "mean_wrong_claims": float(((by_mean != 0) & (by_mean != true)).mean()),
        "tier_claims": float((by_tier != 0).mean()),
        "far_below_found": float((by_tier[far] == -1).mean()) if outliers else 0.0,
    }


@pytest.mark.parametrize(
    ("spread", "outliers"), [(0.02, False), (0.03, False), (0.05, False), (0.025, True)]
)
def test_tiers_are_wrong_less_often_than_raw_means(spread: float, outliers: bool) -> None:
    curve = {n: errors(n, spread, 100 + n, outliers=outliers) for n in SIZES}
    for n, found in curve.items():
        if 20 <= n <= 100:
            assert found["tier_wrong_claims"] <= 0.7 * found["mean_wrong_claims"], n
        if spread == 0.02:
            assert found["tier_wrong"] <= 0.7 * found["mean_wrong"], n
    if outliers:
        assert curve[200]["far_below_found"] > 0.5
    name = f"spread {spread:g}" + (", four in a hundred far below" if outliers else "")
    length.keep("tier-errors", name, {
        str(n): {what: round(v, 4) for what, v in found.items()} for n, found in curve.items()
    })
