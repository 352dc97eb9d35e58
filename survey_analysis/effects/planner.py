"""Random order of attendance: the design that makes a later comparison fair."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from survey_analysis.effects.power import minimum_detectable_effect
from survey_analysis.errors import InvalidCountsError, MissingIdentifierError


@dataclass(frozen=True)
class WavePlan:
    """Which officer attends in which wave, and all that is needed to do it again.

    Attributes
    ----------
    waves : dict
        Officer → wave 1, 2, …
    strata : dict
        Officer → stratum, desk and band of the baseline; keep them for the analysis.
    seed : int
        Of the draw: the same input and seed give the same plan on every machine.
    sizes : tuple of int
        Officers of each wave.
    detectable : float
        Effect that the first wave against the later ones finds with power 80 %.

    """

    waves: dict[Hashable, int]
    strata: dict[Hashable, str]
    seed: int
    sizes: tuple[int, ...]
    detectable: float


def _bands(baseline: np.ndarray, desk: Sequence[Hashable], waves: int) -> list[str]:
    """Within each desk, officers ranked by baseline in bands of about one a wave."""
    labels = [""] * len(desk)
    for name in sorted(set(desk), key=str):
        members = [i for i, d in enumerate(desk) if d == name]
        members.sort(key=lambda i: (baseline[i], i))
        bands = max(1, len(members) // max(waves, 2))
        for rank, i in enumerate(members):
            labels[i] = f"{name}/{1 + rank * bands // len(members)}"
    return labels


def plan_waves(
    officers: Sequence[Hashable], baseline: ArrayLike, desks: Sequence[Hashable], waves: int,
    *, seed: int, change_variance: float, capacity: Sequence[int] | None = None,
) -> WavePlan:
    """Draw the order of attendance at random within bands of like officers.

    Parameters
    ----------
    officers : sequence
        Who is to be trained sooner or later; each once.
    baseline : array
        Case-mix-adjusted score of each before.
    desks : sequence
        Desk or unit of each.
    waves : int
        Number of waves, ≥ 2.
    seed : int
        To be stored with the plan.
    change_variance : float
        Variance of one officer's change, for the power (``power.change_variance``).
    capacity : sequence of int, optional
        Seats of each wave; equal waves when left out.

    Raises
    ------
    InvalidCountsError
        For doubled officers, fewer officers than waves, or too few seats.
    MissingIdentifierError
        For an officer without an identifier.

    Notes
    -----
    Every officer has the same chance of each wave, apart from what equal sizes ask. Analyse with
    labels exchanged within ``strata`` (Fisher 1935; Hussey & Hughes 2007 for stepped waves).

    Examples
    --------
    >>> plan = plan_waves(list("abcdef"), [1, 2, 3, 4, 5, 6], ["x"] * 6, 2, seed=7,
    ...     change_variance=0.0039)
    >>> plan.sizes, plan == plan_waves(list("abcdef"), [1, 2, 3, 4, 5, 6], ["x"] * 6, 2, seed=7,
    ...     change_variance=0.0039)
    ((3, 3), True)

    """
    score = np.asarray(baseline, float)
    if any(o is None or o == "" for o in officers):
        raise MissingIdentifierError("an officer of the plan has no identifier")
    if len(set(officers)) != len(officers):
        raise InvalidCountsError("an officer stands in the plan twice")
    if not len(officers) == len(score) == len(desks) or not np.isfinite(score).all():
        raise InvalidCountsError("each officer needs a baseline and a desk")
    if waves < 2 or len(officers) < waves:
        raise InvalidCountsError("at least two waves and an officer for each are needed")
    seats = _seats(len(officers), waves, capacity)
    order = sorted(range(len(officers)), key=lambda i: str(officers[i]))
    labels = _bands(score[order], [desks[i] for i in order], waves)
    rng = np.random.default_rng(seed)
    chosen: dict[Hashable, int] = {}
    for label in sorted(set(labels)):
        members = [order[k] for k, own in enumerate(labels) if own == label]
        for at in rng.permutation(len(members)):
            wave = _next_wave(seats, [chosen[officers[m]] for m in members
                                      if officers[m] in chosen], rng)
            chosen[officers[members[at]]] = wave
            seats[wave - 1] -= 1
    sizes = tuple(sum(w == k for w in chosen.values()) for k in range(1, waves + 1))
    strata = {officers[order[k]]: own for k, own in enumerate(labels)}
    found = minimum_detectable_effect(change_variance, sizes[0], len(officers) - sizes[0])
    return WavePlan({o: chosen[o] for o in officers}, strata, seed, sizes, found)


def _seats(officers: int, waves: int, capacity: Sequence[int] | None) -> list[int]:
    if capacity is None:
        return [officers // waves + (k < officers % waves) for k in range(waves)]
    if len(capacity) != waves or min(capacity) < 1 or sum(capacity) < officers:
        raise InvalidCountsError(f"{sum(capacity)} seats in {len(capacity)} waves for {officers}")
    return list(capacity)


def _next_wave(seats: list[int], taken: list[int], rng: np.random.Generator) -> int:
    """A wave with seats that the stratum used least; ties by free seats drawn at random."""
    free = [k for k, left in enumerate(seats, 1) if left > 0]
    least = min(taken.count(k) for k in free)
    rare = [k for k in free if taken.count(k) == least]
    chance = np.array([seats[k - 1] for k in rare], float)
    return int(rng.choice(rare, p=chance / chance.sum()))
