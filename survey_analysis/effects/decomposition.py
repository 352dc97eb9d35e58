"""What a two-way coefficient is made of when waves are staggered (Goodman-Bacon 2021)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from survey_analysis.effects.panel import Floats
from survey_analysis.errors import InvalidCountsError

Contrast = Literal["treated_vs_never", "earlier_vs_later", "later_vs_earlier", "later_vs_always"]


@dataclass(frozen=True)
class Component:
    """One 2 × 2 comparison: treated wave, compared wave (0 never), estimate and weight."""

    treated: int
    compared: int
    contrast: Contrast
    estimate: float
    weight: float


@dataclass(frozen=True)
class Decomposition:
    """Components whose weighted sum is the two-way coefficient; weights add up to 1."""

    components: tuple[Component, ...]

    @property
    def estimate(self) -> float:
        """The two-way coefficient."""
        return sum(c.weight * c.estimate for c in self.components)

    def by_contrast(self) -> dict[Contrast, tuple[float, float]]:
        """Weight and average estimate of each kind of comparison."""
        kinds: dict[Contrast, tuple[float, float]] = {}
        for kind in dict.fromkeys(c.contrast for c in self.components):
            parts = [c for c in self.components if c.contrast == kind]
            weight = sum(c.weight for c in parts)
            kinds[kind] = (weight, sum(c.weight * c.estimate for c in parts) / weight)
        return kinds

    @property
    def forbidden_weight(self) -> float:
        """Weight of comparisons with units already treated, which growing effects bias."""
        return sum(
            c.weight for c in self.components
            if c.contrast in ("later_vs_earlier", "later_vs_always")
        )


def decompose(
    outcome: ArrayLike, cohort: ArrayLike, periods: ArrayLike | None = None
) -> Decomposition:
    """Split the unweighted two-way coefficient of a balanced panel into 2 × 2 comparisons.

    Parameters
    ----------
    outcome : array, shape (units, periods)
        Balanced: no missing values.
    cohort : array of int
        First treated period; 0 for never. Waves in the first period are always treated.
    periods : array of int, optional
        Labels of the columns, ascending.

    Raises
    ------
    InvalidCountsError
        For missing values, or when treatment never varies between units.

    Notes
    -----
    Estimand: none of its own; a diagnosis. Weights are those of Theorem 1 of Goodman-Bacon
    (2021, J Econometrics 225:254): size of the pair squared times the variance of treatment in it.

    Examples
    --------
    >>> parts = decompose([[0, 1, 1], [0, 0, 2], [0, 0, 0]], [2, 3, 0])
    >>> round(sum(c.weight for c in parts.components), 12)
    1.0

    """
    y, first = np.asarray(outcome, float), np.asarray(cohort, dtype=np.int64)
    if y.ndim != 2 or not y.size or np.isnan(y).any():
        raise InvalidCountsError("a balanced table without missing values is needed")
    labels = np.arange(1, y.shape[1] + 1) if periods is None else np.asarray(periods, np.int64)
    first = np.where(first > labels[-1], 0, first)
    waves = [int(g) for g in np.unique(first)]
    size = {g: float(np.mean(first == g)) for g in waves}
    dose = {g: float(np.mean(labels >= g)) if g else 0.0 for g in waves}
    mean = {g: y[first == g].mean(axis=0) for g in waves}
    found = [
        part for k in waves for other in waves if k != other
        for part in _pair(k, other, size, dose, mean, labels)
    ]
    total = sum(part.weight for part in found)
    if total <= 0:
        raise InvalidCountsError("treatment never differs between units: nothing to decompose")
    return Decomposition(tuple(
        Component(p.treated, p.compared, p.contrast, p.estimate, p.weight / total) for p in found
    ))


def _pair(
    k: int, other: int, size: dict[int, float], dose: dict[int, float],
    mean: dict[int, Floats], labels: np.ndarray,
) -> list[Component]:
    """The comparison in which wave ``k`` is treated and ``other`` is not switching."""
    if not 0 < dose[k] < 1:
        return []
    both = size[k] + size[other]
    within = size[k] / both * size[other] / both
    gap = mean[k] - mean[other]
    if dose[other] in (0.0, 1.0):
        weight = both**2 * within * dose[k] * (1 - dose[k])
        kind: Contrast = "treated_vs_never" if dose[other] == 0 else "later_vs_always"
        estimate = float(gap[labels >= k].mean() - gap[labels < k].mean())
    elif dose[k] > dose[other]:
        d, late = dose[k], dose[other]
        weight = (both * (1 - late)) ** 2 * within * (d - late) / (1 - late) * (1 - d) / (1 - late)
        kind = "earlier_vs_later"
        window = (labels >= k) & (labels < other)
        estimate = float(gap[window].mean() - gap[labels < k].mean())
    else:
        d, early = dose[k], dose[other]
        weight = (both * early) ** 2 * within * d / early * (early - d) / early
        kind = "later_vs_earlier"
        window = (labels >= other) & (labels < k)
        estimate = float(gap[labels >= k].mean() - gap[window].mean())
    return [Component(k, other, kind, estimate, weight)]
