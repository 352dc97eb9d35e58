"""Permutation p-values that spend most draws where they matter."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from survey_analysis.integrity.records import Floats, Rules

WORTH_WHILE = 0.10


def upper_p(
    observed: float, draw: Callable[[int], Floats], rules: Rules, *, lower: bool = False
) -> tuple[float, float]:
    """p = (1 + #)/(B + 1) of a statistic, and the mean of the draws.

    Parameters
    ----------
    observed : float
        Statistic of the data.
    draw : callable
        Gives that many statistics under the hypothesis.
    rules : Rules
        A first batch decides: above 10 % it stands (a small p is never told from it), otherwise
        all draws are made (Besag & Clifford 1991).
    lower : bool
        Small statistics are the suspicious ones.

    """
    sign = -1.0 if lower else 1.0
    first = draw(rules.first_draws)
    p = _share(sign * observed, sign * first)
    if p > WORTH_WHILE or rules.draws <= rules.first_draws:
        return p, float(first.mean())
    every = np.concatenate([first, draw(rules.draws - rules.first_draws)])
    return _share(sign * observed, sign * every), float(every.mean())


def _share(observed: float, drawn: Floats) -> float:
    slack = 1e-9 * max(1.0, abs(observed))
    return (1 + int(np.sum(drawn >= observed - slack))) / (len(drawn) + 1)
