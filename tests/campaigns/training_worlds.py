"""Years of officer-months with trainings whose true effect is known: other truths than the sample."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from survey_analysis import effects
from survey_analysis.integrity import expected_levels

AUGUST, SEPTEMBER, OCTOBER = 8, 9, 10


@dataclass(frozen=True)
class World:
    """A panel, who was trained, and the truth in shares."""

    panel: effects.OfficerMonths
    raw: effects.OfficerMonths
    treated: list[str]
    effect: float


def world(seed: int, logit: float) -> World:
    """Low scorers of August, after case mix, are sent in September.

    Officers, their months, procedures, lateness and season act on the log-odds; numbers of
    officers, spreads, shares and sizes differ from world to world.
    """
    rng = np.random.default_rng(seed)
    officers, procedures = int(rng.integers(20, 33)), 6
    treated_number = officers // 2
    level = rng.normal(rng.uniform(1.5, 2.6), rng.uniform(0.2, 0.6), officers)
    wobble = rng.normal(0, rng.uniform(0.05, 0.3), (officers, 13))
    difficulty, season = rng.normal(0, 0.4, procedures), rng.normal(0, 0.1, 13)
    size = rng.uniform(15, 70, officers)
    mix = rng.dirichlet(np.full(procedures, 2.0), officers)
    o, m, p, t = (a.ravel() for a in np.meshgrid(
        np.arange(officers), np.arange(1, 13), np.arange(procedures), [0, 1], indexing="ij"
    ))
    n = rng.poisson(size[o] * mix[o, p] * np.where(t, 0.04, 0.96))
    eta = level[o] + wobble[o, m] - difficulty[p] + season[m] - 1.0 * t
    before = rng.binomial(n, 1 / (1 + np.exp(-eta)))
    stratum = p * 2 + t
    e_august = _standardised(o, stratum, n, before)
    august = m == AUGUST
    gap = np.bincount(o[august], (before - n * e_august)[august], officers) / np.maximum(
        np.bincount(o[august], n[august], officers), 1
    )
    treated = np.argsort(gap)[:treated_number]
    gains = np.isin(o, treated) & (m >= OCTOBER)
    lifted = 1 / (1 + np.exp(-(eta + logit)))
    hits = np.where(gains, rng.binomial(n, lifted), before)
    truth = float((n * (lifted - 1 / (1 + np.exp(-eta))))[gains].sum() / n[gains].sum())
    expected = _standardised(o, stratum, n, hits)
    names = [f"officer {i}" for i in o]
    panel = effects.officer_months(names, m, hits, expected, n)
    flat = np.full(len(n), 0.5)
    raw = effects.officer_months(names, m, hits, flat, n, rho=0.0)
    return World(panel, raw, [f"officer {i}" for i in treated], truth)


def _standardised(o: np.ndarray, s: np.ndarray, n: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Expected shares of cells from the ratings of others in like cases."""
    who = np.r_[np.repeat(o, x), np.repeat(o, n - x)]
    what = np.r_[np.repeat(s, x), np.repeat(s, n - x)]
    level = np.r_[np.full(x.sum(), 2), np.full((n - x).sum(), 1)]
    share = expected_levels(who, level, [what], levels=2)[:, 1]
    table = np.zeros((o.max() + 1, s.max() + 1))
    table[who, what] = share
    return table[o, s]
