"""G2: taps right after the step, and sittings in which old dossiers are rated."""

from __future__ import annotations

import numpy as np

from survey_analysis.integrity.records import RULES, Finding, Flags, Ratings, Rules, Test, month_of


def hypergeometric_upper(x: int, marked: int, drawn: int, total: int) -> float:
    """P(X ≥ x) when ``drawn`` of ``total`` are taken at random, ``marked`` of them marked.

    Examples
    --------
    >>> round(hypergeometric_upper(3, 3, 5, 10), 6)
    0.083333

    """
    from scipy.special import gammaln

    if x <= max(0, drawn + marked - total):
        return 1.0
    k = np.arange(x, min(marked, drawn) + 1, dtype=float)
    if not len(k):
        return 0.0

    def log_choose(n: float, r: np.ndarray | float) -> np.ndarray:
        return np.asarray(gammaln(n + 1) - gammaln(np.add(r, 1)) - gammaln(np.subtract(n, r) + 1))

    log_p = log_choose(marked, k) + log_choose(total - marked, drawn - k) - log_choose(total, drawn)
    return float(min(1.0, np.exp(log_p).sum()))


def latencies(seen: Ratings, rules: Rules = RULES) -> list[Finding]:
    """Test each officer and month against others with the same procedures.

    Parameters
    ----------
    seen : Ratings
        Only those at the counter are looked at.
    rules : Rules
        What is fast, what is old, and the excess that counts.

    Returns
    -------
    list of Finding
        Tests "fast_taps" and "late_sitting"; ``observed`` and ``expected`` are shares.

    Notes
    -----
    Hypothesis: a rating is as likely fast (or old) as those of other officers with the same
    procedures in the month. Fisher's exact test, one-sided (Fisher 1935). An excess below
    ``min_excess`` is no finding, however sure: officers differ a little without any misuse.
    A late sitting needs another rating of the officer within ten minutes, also of an old dossier.

    Examples
    --------
    >>> from survey_analysis.integrity.records import ratings
    >>> import numpy as np
    >>> ended = np.datetime64("2024-01-02T08:00:00") + 600 * np.arange(40)
    >>> after = np.where(np.arange(40) % 2, 60, 2)
    >>> seen = ratings(np.arange(40) % 2, [0] * 40, ended + after, ended, [5] * 40, [[0.2] * 5] * 40)
    >>> [(f.officer, f.code, f.p_value < 1e-9) for f in latencies(seen) if f.p_value < 0.05]
    [(0, 'fast_taps', True)]

    """
    seen = seen.rows(seen.at_counter)
    late = seen.latency
    sitting = _sitting(seen, late > rules.old)
    fast = (late >= 0) & (late < rules.fast)
    return [*_shares(seen, fast, "fast_taps", rules), *_shares(seen, sitting, "late_sitting", rules)]


def _sitting(seen: Ratings, old: Flags) -> Flags:
    """Old ratings with another old one of the same officer within ten minutes."""
    order = np.lexsort((seen.rated, seen.officer))
    order = order[old[order]]
    gap = (np.diff(seen.rated[order]).astype("timedelta64[s]").astype(float) <= 600) & (
        np.diff(seen.officer[order]) == 0
    )
    near = np.zeros(len(order), dtype=bool)
    near[1:] |= gap
    near[:-1] |= gap
    marked = np.zeros(len(seen), dtype=bool)
    marked[order[near]] = True
    return marked


def _shares(seen: Ratings, marked: Flags, test: Test, rules: Rules) -> list[Finding]:
    month = month_of(seen.rated)
    found = []
    for period in np.unique(month):
        rows = np.flatnonzero(month == period)
        officer, procedure, hit = seen.officer[rows], seen.procedure[rows], marked[rows]
        for who in np.unique(officer):
            own = officer == who
            others = ~own & np.isin(procedure, np.unique(procedure[own]))
            n, m = int(own.sum()), int(others.sum())
            if n < rules.min_ratings or m < rules.min_ratings:
                continue
            x, y = int(hit[own].sum()), int(hit[others].sum())
            excess = x / n - y / m
            p = hypergeometric_upper(x, x + y, n, n + m) if excess >= rules.min_excess else 1.0
            found.append(Finding(
                int(who), int(period), test, p, x / n, y / m, n, evidence={"count": float(x)}
            ))
    return found
