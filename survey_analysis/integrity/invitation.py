"""G6: dossiers with a blemish are invited more seldom than elsewhere, whatever the ratings say."""

from __future__ import annotations

import math

import numpy as np

from survey_analysis.integrity.records import RULES, Finding, Flags, Floats, Flow, Rules

NODES = 15


def noncentral_lower(x: int, marked: int, drawn: int, total: int, odds_ratio: float) -> float:
    """P(X ≤ x) of Fisher's noncentral hypergeometric distribution.

    Parameters
    ----------
    x, marked, drawn, total : int
        Marked among the rated, marked among all, rated, all.
    odds_ratio : float
        Odds of a rating of marked dossiers against the others.

    Examples
    --------
    >>> round(noncentral_lower(0, 2, 2, 4, 1.0), 6)
    0.166667

    """
    from scipy.special import gammaln

    low, high = max(0, drawn + marked - total), min(marked, drawn)
    k = np.arange(low, high + 1, dtype=float)
    log_w = (
        -gammaln(k + 1) - gammaln(marked - k + 1) - gammaln(drawn - k + 1)
        - gammaln(total - marked - drawn + k + 1) + k * math.log(odds_ratio)
    )
    weight = np.exp(log_w - log_w.max())
    return float(min(1.0, weight[k <= x].sum() / weight.sum()))


def _spread(log_odds: Floats, variance: Floats) -> tuple[float, float]:
    """Mean and between-officer variance of log odds ratios, winsorised, by moments."""
    order = np.clip(log_odds, *np.quantile(log_odds, [0.1, 0.9]))
    w = 1 / variance
    mean = float(w @ order / w.sum())
    q = float(w @ (order - mean) ** 2)
    under = float(w.sum() - (w**2).sum() / w.sum())
    tau2 = max(0.0, (q - (len(order) - 1)) / under) if under > 0 else 0.0
    w = 1 / (variance + tau2)
    return float(w @ order / w.sum()), tau2


def _tables(steps: Flow, mark: Flags) -> dict[int, tuple[int, int, int, int]]:
    """Officer → marked and rated, marked, rated, all."""
    found = {}
    for who in np.unique(steps.officer):
        own = steps.officer == who
        found[int(who)] = (
            int((mark & steps.rated)[own].sum()), int(mark[own].sum()),
            int(steps.rated[own].sum()), int(own.sum()),
        )
    return found


def selective_invitation(steps: Flow, rules: Rules = RULES) -> list[Finding]:
    """Test each officer, over the whole time, for dossiers that are not invited.

    Parameters
    ----------
    steps : Flow
        All ended steps with their marks (late, supplement asked, …).
    rules : Rules
        Fewest ratings.

    Returns
    -------
    list of Finding
        Test "selective_invitation" with the mark as ``detail``; ``observed`` and ``expected`` are
        marked dossiers among the rated. Evidence: ratio of response rates, unmarked to marked,
        the same shrunken to the pool, and the pool's.

    Notes
    -----
    Hypothesis: an officer's log odds ratio of being rated comes from the distribution of all
    officers, N(μ, τ²). Given how many dossiers were rated, the marked among them follow Fisher's
    noncentral hypergeometric distribution (conditional logistic regression of one factor); p is
    its lower tail averaged over that normal distribution (Gauss–Hermite). μ and τ² by moments
    after winsorising, so that the few do not excuse themselves. Late dossiers are rare: the whole
    time is one period.

    Examples
    --------
    >>> from survey_analysis.integrity.records import flow
    >>> import numpy as np
    >>> who, late = np.repeat(np.arange(12), 100), np.tile(np.arange(100) < 20, 12)
    >>> rated = np.tile(np.arange(100) % 3 == 0, 12) & ~((who == 3) & late)
    >>> t = np.full(1200, np.datetime64("2024-01-02T08:00:00"))
    >>> [f.officer for f in selective_invitation(flow(who, t, rated, {"late": late}))
    ...  if f.p_value < 0.01]
    [3]

    """
    found = []
    for name, mark in steps.marks.items():
        tables = {
            who: t for who, t in _tables(steps, mark).items()
            if t[2] >= rules.min_ratings and 0 < t[1] < t[3] and t[2] < t[3]
        }
        if len(tables) < 2:
            continue
        found += _judge(name, tables)
    return found


def _judge(name: str, tables: dict[int, tuple[int, int, int, int]]) -> list[Finding]:
    a, marked, rated, total = (np.array(c, dtype=float) for c in zip(*tables.values(), strict=True))
    four = [c + 0.5 for c in (a, marked - a, rated - a, total - marked - rated + a)]
    log_odds = np.log(four[0]) - np.log(four[1]) - np.log(four[2]) + np.log(four[3])
    variance = np.asarray(sum(1 / c for c in four))
    mean, tau2 = _spread(log_odds, variance)
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    weights = weights / weights.sum()
    pooled = (rated - a).sum() / (total - marked).sum() / (a.sum() / marked.sum())
    found = []
    for i, (who, (x, m, r, n)) in enumerate(tables.items()):
        p = sum(
            w * noncentral_lower(x, m, r, n, math.exp(mean + math.sqrt(tau2) * z))
            for z, w in zip(nodes, weights, strict=True)
        )
        ratio = (r - x + 0.5) / (n - m + 0.5) / ((x + 0.5) / (m + 0.5))
        kept = tau2 / (tau2 + variance[i])
        shrunken = math.exp(-(mean + kept * (log_odds[i] - mean)))
        odds = math.exp(mean)
        found.append(Finding(
            who, 0, "selective_invitation", float(min(1.0, p)), float(x),
            float(r * m * odds / (m * odds + n - m)), n, detail=name,
            evidence={
                "ratio": ratio, "odds_ratio_shrunken": shrunken, "pool_ratio": float(pooled),
                "marked": float(m), "rated": float(r),
            },
        ))
    return found
