"""Officer-months of case-mix residuals: the rows on which a training effect is estimated."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from survey_analysis.errors import InvalidCountsError, MissingIdentifierError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class OfficerMonths:
    """One row an officer and month that has ratings.

    Attributes
    ----------
    officers : tuple
        Distinct officers; ``officer`` holds positions in it.
    officer, month : int array, shape (rows,)
        Position of the officer, month on any integer scale without gaps in time.
    residual : float array
        (O − E) / n, a share in [−1, 1].
    n : float array
        Ratings behind the row, > 0.
    weight : float array
        n / (1 + (n − 1) ρ).
    variance : float array
        Binomial variance of the residual given the expectation, Σ π(1 − π) / n².

    """

    officers: tuple[Hashable, ...]
    officer: Ints
    month: Ints
    residual: Floats
    n: Floats
    weight: Floats
    variance: Floats

    @property
    def months(self) -> Ints:
        """Distinct months, ascending."""
        return np.unique(self.month)

    def rows(self, keep: Flags) -> OfficerMonths:
        """Only the rows marked; officers keep their positions."""
        return replace(
            self, officer=self.officer[keep], month=self.month[keep],
            residual=self.residual[keep], n=self.n[keep], weight=self.weight[keep],
            variance=self.variance[keep],
        )

    def marked(self, officers: Sequence[Hashable]) -> Flags:
        """For each position, whether the officer is among those named.

        Raises
        ------
        InvalidCountsError
            If a named officer has no row.

        """
        unknown = set(officers) - set(self.officers)
        if unknown:
            raise InvalidCountsError(f"no ratings of {', '.join(sorted(map(str, unknown)))}")
        chosen = set(officers)
        return np.array([o in chosen for o in self.officers], dtype=bool)


def _positions(officers: Sequence[Hashable]) -> tuple[tuple[Hashable, ...], Ints]:
    order: dict[Hashable, int] = {}
    for at, officer in enumerate(officers):
        if officer is None or officer == "" or officer != officer:
            raise MissingIdentifierError(f"row {at} has no officer: leave it out, it is nobody's")
        order.setdefault(officer, len(order))
    return tuple(order), np.array([order[o] for o in officers], dtype=np.int64)


def officer_months(
    officers: Sequence[Hashable], months: ArrayLike, satisfied: ArrayLike, expected: ArrayLike,
    n: ArrayLike | None = None, *, rho: float = 0.01,
) -> OfficerMonths:
    """Collapse ratings, or cells of like ratings, to officer-months of case-mix residuals.

    Parameters
    ----------
    officers : sequence
        Officer of each rating or cell.
    months : array of int
        Month of each; consecutive months differ by one (year × 12 + month).
    satisfied : array
        0/1 for ratings, counts for cells.
    expected : array
        Expected share satisfied of each from case mix alone, in [0, 1].
    n : array, optional
        Ratings of each cell; 1 when left out.
    rho : float
        Correlation of ratings within an officer-month, in [0, 1).

    Returns
    -------
    OfficerMonths
        Rows without ratings are left out, never filled.

    Raises
    ------
    InvalidCountsError
        Without ratings, or for impossible counts.
    MissingIdentifierError
        For a row without an officer.

    Notes
    -----
    Estimand: departure of an officer's month from what like cases give. Formula:
    e = (Σ x − Σ n π) / Σ n, weight n / (1 + (n − 1) ρ) (Kish 1965, design effect).

    Examples
    --------
    >>> panel = officer_months(["a", "a", "b"], [1, 1, 1], [1, 0, 1], [0.5, 0.5, 0.75])
    >>> panel.residual.tolist()
    [0.0, 0.25]

    """
    month = np.asarray(months, dtype=np.int64)
    x, pi = np.asarray(satisfied, dtype=float), np.asarray(expected, dtype=float)
    count = np.ones_like(x) if n is None else np.asarray(n, dtype=float)
    names, officer = _positions(officers)
    if not len(names):
        raise InvalidCountsError("no ratings: there is nothing to estimate from")
    if not len(officer) == len(month) == len(x) == len(pi) == len(count):
        raise InvalidCountsError("officers, months, satisfied, expected and n differ in length")
    if not (np.all(count >= 0) and np.all((x >= 0) & (x <= count))):
        raise InvalidCountsError("satisfied must lie between 0 and n")
    if not np.all((pi >= 0) & (pi <= 1)) or not 0 <= rho < 1:
        raise InvalidCountsError("expected shares must lie in [0, 1] and rho in [0, 1)")
    key, row = np.unique(np.stack([officer, month]), axis=1, return_inverse=True)
    row = row.ravel()
    total, seen, hoped, spread = (
        np.bincount(row, weights=v, minlength=key.shape[1]).astype(float)
        for v in (count, x, count * pi, count * pi * (1 - pi))
    )
    some = total > 0
    if not some.any():
        raise InvalidCountsError("no ratings: there is nothing to estimate from")
    total, seen, hoped, spread, key = total[some], seen[some], hoped[some], spread[some], key[:, some]
    return OfficerMonths(
        names, key[0], key[1], (seen - hoped) / total, total,
        total / (1 + (total - 1) * rho), spread / total**2,
    )
