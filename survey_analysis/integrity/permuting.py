"""Permutation p-values that spend most draws where they matter."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from survey_analysis.integrity.records import Floats, Rules

WORTH_WHILE = 0.10
WORTH_ALL = 0.01


def upper_p(
    observed: float, draw: Callable[[int], Floats], rules: Rules, *, lower: bool = False,
    first: Floats | None = None,
) -> tuple[float, float]:
    """P = (1 + #)/(B + 1) of a statistic, and the mean of the draws.

    Parameters
    ----------
    observed : float
        Statistic of the data.
    draw : callable
        Gives that many statistics under the hypothesis.
    rules : Rules
        A first batch decides: above 10 % it stands (a small p is never told from it), otherwise
        a fifth of the draws, and below 1 % all of them (Besag & Clifford 1991).
    lower : bool
        Small statistics are the suspicious ones.
    first : array, optional
        The first batch, where it was drawn before.

    """
    sign = -1.0 if lower else 1.0
    every = draw(rules.first_draws) if first is None else first
    p = _share(sign * observed, sign * every)
    for total, below in ((rules.draws // 5, WORTH_WHILE), (rules.draws, WORTH_ALL)):
        if p > below or total <= len(every):
            break
        every = np.concatenate([every, draw(total - len(every))])
        p = _share(sign * observed, sign * every)
    return p, float(every.mean())


def _share(observed: float, drawn: Floats) -> float:
    slack = 1e-9 * max(1.0, abs(observed))
    return (1 + int(np.sum(drawn >= observed - slack))) / (len(drawn) + 1)
