"""Fair comparison of officers: case mix, over-dispersion, shrinkage, reliability, five tiers.

Indirect standardisation on strata; funnel with additive over-dispersion (Spiegelhalter 2005,
Stat Med 24:1185); false-discovery rate (Benjamini & Hochberg 1995).
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from survey_analysis.defaults import DEFAULTS, Defaults

TIERS = ("clearly_above", "no_difference", "clearly_below", "too_few", "not_comparable")


@dataclass(frozen=True)
class OfficerCounts:
    """Ratings of one officer in one stratum of like cases.

    ``procedure`` is what connects officers: two who share none cannot be compared.
    """

    officer: Hashable
    procedure: Hashable
    stratum: Hashable
    n: int
    satisfied: int


@dataclass(frozen=True)
class Comparison:
    """One officer against the others on like cases; shares 0–1, None where not estimable."""

    officer: Hashable
    n: int
    adjusted: float | None
    adjusted_low: float | None
    adjusted_high: float | None
    reliability: float | None
    still_needed: int | None
    tier: str


def _connected(rows: Sequence[OfficerCounts]) -> set[Hashable]:
    """Officers of the largest connected component who share most of their cases with others."""
    by_procedure: dict[Hashable, set[Hashable]] = defaultdict(set)
    own: dict[Hashable, Counter[Hashable]] = defaultdict(Counter)
    for row in rows:
        by_procedure[row.procedure].add(row.officer)
        own[row.officer][row.procedure] += row.n
    unvisited, best = set(own), set[Hashable]()
    while unvisited:
        component: set[Hashable] = set()
        waiting = [next(iter(unvisited))]
        while waiting:
            officer = waiting.pop()
            if officer in component:
                continue
            component.add(officer)
            for procedure in own[officer]:
                waiting.extend(by_procedure[procedure] - component)
        unvisited -= component
        best = max(best, component, key=len)
    return {
        officer for officer in best
        if sum(n for p, n in own[officer].items() if len(by_procedure[p]) == 1)
        <= 0.5 * sum(own[officer].values())
    }


def _expected(
    rows: Sequence[OfficerCounts], overall: float
) -> dict[Hashable, tuple[float, float, int, int]]:
    """Observed minus expected, its variance, n and satisfied of each officer.

    The expectation of a stratum leaves the officer out and is shrunk towards the overall share
    with a prior of ten ratings.
    """
    total: dict[Hashable, list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        total[row.stratum][0] += row.n
        total[row.stratum][1] += row.satisfied
    own: dict[Hashable, list[float]] = defaultdict(lambda: [0.0, 0.0, 0, 0])
    for row in rows:
        others_n = total[row.stratum][0] - row.n
        others_x = total[row.stratum][1] - row.satisfied
        share = (others_x + 10 * overall) / (others_n + 10)
        cell = own[row.officer]
        cell[0] += row.satisfied - row.n * share
        cell[1] += row.n * share * (1 - share)
        cell[2] += row.n
        cell[3] += row.satisfied
    return {o: (v[0], v[1], int(v[2]), int(v[3])) for o, v in own.items()}


def _additive(d: np.ndarray, s: np.ndarray, rules: Defaults) -> float:
    """Between-officer variance τ² by moments on winsorised z-scores; 0 for few officers."""
    k = len(d)
    if k < rules.min_officers:
        return 0.0
    z = d / s
    low, high = np.quantile(z, [rules.winsorise, 1 - rules.winsorise])
    phi = float(np.mean(np.clip(z, low, high) ** 2))
    w = 1 / s**2
    return max(0.0, float((k * phi - (k - 1)) / (w.sum() - (w**2).sum() / w.sum())))


def _significant(p: Sequence[float], q: float) -> list[bool]:
    """Benjamini–Hochberg at ``q``."""
    order = np.argsort(p)
    m, last = len(p), -1
    for rank, index in enumerate(order, start=1):
        if p[index] <= q * rank / m:
            last = rank
    chosen = [False] * m
    for index in order[: max(last, 0)]:
        chosen[int(index)] = True
    return chosen


def _needed(n: int, reliability: float, wanted: float) -> int:
    if reliability >= wanted or n == 0:
        return 0
    if reliability <= 0:
        return 0
    per_rating = reliability / (n * (1 - reliability))
    return max(0, math.ceil(wanted / ((1 - wanted) * per_rating)) - n)


def compare(
    rows: Sequence[OfficerCounts], rules: Defaults = DEFAULTS
) -> Mapping[Hashable, Comparison]:
    """Compare officers of one centre, period and kind.

    Parameters
    ----------
    rows : sequence of OfficerCounts
        Released counts per officer and stratum.
    rules : Defaults
        Thresholds.

    Returns
    -------
    mapping
        Officer → Comparison. Tiers need a reliability of at least ``rules.reliability_compare``,
        significance at the false-discovery rate and a shrunken difference beyond ``rules.delta``.

    """
    rows = [row for row in rows if row.n > 0]
    if not rows:
        return {}
    overall = sum(r.satisfied for r in rows) / sum(r.n for r in rows)
    figures = _expected(rows, overall)
    comparable = _connected(rows)
    ready = [o for o in figures if o in comparable and figures[o][2] >= rules.min_rate_n]
    d = np.array([figures[o][0] / figures[o][2] for o in ready])
    s = np.array([math.sqrt(max(figures[o][1], 1e-9)) / figures[o][2] for o in ready])
    tau2 = _additive(d, s, rules) if ready else 0.0
    p = [math.erfc(abs(di) / math.sqrt(2 * (si**2 + tau2))) for di, si in zip(d, s, strict=True)]
    significant = _significant(p, rules.fdr_q) if p else []
    position = {o: i for i, o in enumerate(ready)}
    return {
        o: _one(o, figures[o], o in comparable, position.get(o), d, s, tau2, significant,
                overall, rules)
        for o in figures
    }


def _one(
    officer: Hashable, figure: tuple[float, float, int, int], comparable: bool,
    at: int | None, d: np.ndarray, s: np.ndarray, tau2: float, significant: Sequence[bool],
    overall: float, rules: Defaults,
) -> Comparison:
    n = figure[2]
    if not comparable:
        return Comparison(officer, n, None, None, None, None, None, "not_comparable")
    if at is None:
        return Comparison(officer, n, None, None, None, None, None, "too_few")
    reliability = tau2 / (tau2 + s[at] ** 2)
    adjusted = overall + float(d[at])
    half = rules.z * float(s[at])
    low, high = max(0.0, adjusted - half), min(1.0, adjusted + half)
    shrunken = float(reliability * d[at])
    if reliability < rules.reliability_compare:
        tier = "too_few"
    elif significant[at] and abs(shrunken) > rules.delta:
        tier = "clearly_above" if shrunken > 0 else "clearly_below"
    else:
        tier = "no_difference"
    needed = _needed(n, float(reliability), rules.reliability_compare)
    return Comparison(
        officer, n, min(1.0, max(0.0, adjusted)), low, high, float(reliability), needed, tier
    )
