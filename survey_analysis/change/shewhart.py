"""Run lengths of a Shewhart chart with supplementary runs rules."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.special import ndtr

from survey_analysis.arrays import Floats
from survey_analysis.errors import InvalidCountsError


@dataclass(frozen=True)
class RunsRule:
    """Signal when ``k`` of the last ``m`` points lie beyond ``distance`` σ on one side."""

    k: int
    m: int
    distance: float


BEYOND_3 = RunsRule(1, 1, 3.0)
TWO_OF_THREE = RunsRule(2, 3, 2.0)
FOUR_OF_FIVE = RunsRule(4, 5, 1.0)
RUN_OF_EIGHT = RunsRule(8, 8, 0.0)

_State = tuple[tuple[int, ...], ...]


def _step(state: _State, hits: tuple[bool, ...], rules: tuple[RunsRule, ...]) -> _State | None:
    """History after one more point, None at a signal; what can no longer count is forgotten."""
    following = []
    for past, hit, rule in zip(state, hits, rules, strict=True):
        window = (*past, int(hit))
        if sum(window) >= rule.k:
            return None
        kept = window[-(rule.m - 1) :] if rule.m > 1 else ()
        following.append(_relevant(kept, rule))
    return tuple(following)


def _relevant(kept: tuple[int, ...], rule: RunsRule) -> tuple[int, ...]:
    """Clear hits so old that they leave the window before the rule can be met with them."""
    cleaned = list(kept)
    for i, bit in enumerate(cleaned):
        if bit:
            still, missing = i + 1 - (len(cleaned) - rule.m + 1), rule.k - sum(cleaned[i:])
            if missing > still:
                cleaned[i] = 0
            else:
                break
    return tuple(cleaned)


def shewhart_arl(*rules: RunsRule, shift: float = 0.0) -> float:
    """Average run length of a normal chart with any set of runs rules, in points.

    The histories that the rules still remember form a Markov chain; its mean absorption time is
    solved for.

    Parameters
    ----------
    *rules : RunsRule
        At least one.
    shift : float
        True shift in σ.

    References
    ----------
    Champ CW, Woodall WH (1987), Technometrics 29:393–399.

    Examples
    --------
    >>> round(shewhart_arl(BEYOND_3), 1), round(shewhart_arl(BEYOND_3, TWO_OF_THREE), 1)
    (370.4, 225.4)

    """
    if not rules or any(r.k < 1 or r.m < r.k or r.distance < 0 for r in rules):
        raise InvalidCountsError("a rule asks k of m points, 1 ≤ k ≤ m, at a distance ≥ 0")
    both = tuple(rules) * 2
    zones, chance = _zones(rules, shift)
    start: _State = tuple((0,) * (rule.m - 1) for rule in both)
    number, queue = {start: 0}, [start]
    moves: list[tuple[int, int, float]] = []
    for state in queue:
        for hits, p in zip(zones, chance, strict=True):
            after = _step(state, hits, both)
            if after is None or p == 0:
                continue
            if after not in number:
                number[after] = len(queue)
                queue.append(after)
            moves.append((number[state], number[after], p))
    return _absorption(moves, len(queue))


def _zones(rules: tuple[RunsRule, ...], shift: float) -> tuple[list[tuple[bool, ...]], Floats]:
    """Zones between the rules' distances on both sides: which rules each hits, and its chance."""
    cuts = sorted({r.distance for r in rules} | {-r.distance for r in rules})
    edges = [-np.inf, *cuts, np.inf]
    chance = np.diff(ndtr(np.array(edges) - shift))
    zones = []
    for low, high in pairwise(edges):
        up = [low >= r.distance for r in rules]
        down = [high <= -r.distance for r in rules]
        zones.append((*up, *down))
    return zones, np.asarray(chance)


def _absorption(moves: list[tuple[int, int, float]], size: int) -> float:
    from scipy.sparse import coo_array, eye_array
    from scipy.sparse.linalg import spsolve

    origin, target, p = (np.array(column) for column in zip(*moves, strict=True))
    chain = coo_array((p, (origin, target)), shape=(size, size)).tocsc()
    return float(spsolve((eye_array(size, format="csc") - chain).tocsc(), np.ones(size))[0])
