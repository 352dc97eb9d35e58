"""Difference-in-differences: four cells, changes of officers, and the two-way regression."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from survey_analysis.effects.panel import Flags, Floats, Ints, OfficerMonths
from survey_analysis.effects.regression import Fit, Kind, absorb, codes, least_squares
from survey_analysis.errors import InvalidCountsError

ROUNDING = 1e-13


@dataclass(frozen=True)
class Difference:
    """A difference with its standard error, in the unit of the outcome."""

    estimate: float
    standard_error: float


def mean_difference(values: ArrayLike, treated: ArrayLike) -> Difference:
    """Mean of the treated minus mean of the others, unequal variances.

    Parameters
    ----------
    values : array
        One value a unit: for difference-in-differences, its change. NaN is left out.
    treated : array of bool
        Who was treated.

    Raises
    ------
    InvalidCountsError
        Unless both groups have at least two values.

    Notes
    -----
    Estimand: effect on the treated if both groups would have changed alike. Standard error
    √(s₁²/n₁ + s₀²/n₀) (Card & Krueger 1994, Table 3).

    Examples
    --------
    >>> mean_difference([3.0, 5.0, 1.0, 1.0], [True, True, False, False])
    Difference(estimate=3.0, standard_error=1.0)

    """
    x, mark = np.asarray(values, float), np.asarray(treated, bool)
    one, zero = x[mark & ~np.isnan(x)], x[~mark & ~np.isnan(x)]
    if len(one) < 2 or len(zero) < 2:
        raise InvalidCountsError("each group needs at least two units")
    error = np.sqrt(one.var(ddof=1) / len(one) + zero.var(ddof=1) / len(zero))
    return Difference(float(one.mean() - zero.mean()), float(error))


def four_cells(before: ArrayLike, after: ArrayLike, treated: ArrayLike) -> Difference:
    """Difference-in-differences of four means, each over whoever was seen then.

    Units seen only once count where they were seen; the standard error takes the four cells as
    independent, which overstates it when the same units are seen twice.

    Examples
    --------
    >>> four_cells([1, 3, 2, 2], [4, 6, 2, 2], [True, True, False, False]).estimate
    3.0

    """
    then = mean_difference(before, treated)
    now = mean_difference(after, treated)
    return Difference(
        now.estimate - then.estimate, float(np.hypot(now.standard_error, then.standard_error))
    )


@dataclass(frozen=True)
class TwoWay:
    """Officer-months cleared of officer and month effects, ready for one treatment.

    Attributes
    ----------
    officer, month : int array
        Positions 0 … of each row.
    weight, outcome, treatment : float array
        Weights; outcome and treatment after both sets of effects were taken out.
    post : float array
        1 in months from the start of the treatment on, for everybody.
    treated : bool array, shape (officers,)
        Who was treated.
    officers : tuple
        Officers in the order of their positions.

    """

    officer: Ints
    month: Ints
    weight: Floats
    outcome: Floats
    treatment: Floats
    post: Floats
    treated: Flags
    officers: tuple[Hashable, ...]

    @cached_property
    def effect(self) -> float:
        """Coefficient of the treatment."""
        w = self.weight * self.treatment
        return float(w @ self.outcome / (w @ self.treatment))

    @cached_property
    def scores(self) -> Floats:
        """Per officer Σ w · post · ỹ: what an officer adds to the numerator when treated."""
        return np.bincount(
            self.officer, self.weight * self.post * self.outcome, minlength=len(self.treated)
        ).astype(float)

    @cached_property
    def gram(self) -> Floats:
        """G × G matrix Q with T'QT the denominator of the effect for any labels T."""
        own = np.zeros((len(self.officer), len(self.treated)))
        own[np.arange(len(self.officer)), self.officer] = self.post
        left = absorb(own, self.officer, self.month, self.weight)
        return left.T @ (left * self.weight[:, None])

    def fit(self, kind: Kind = "CR1") -> Fit:
        """Effect with standard errors clustered in officers; months count as parameters."""
        months = int(self.month.max())
        if kind != "CR2":
            return least_squares(
                self.outcome, self.treatment[:, None], weights=self.weight, kind=kind,
                clusters=self.officer, absorbed=months,
            )
        return self._bias_reduced()

    def _bias_reduced(self) -> Fit:
        """CR2 needs the month dummies; officer effects lie within clusters and may go first."""
        dummies = np.eye(int(self.month.max()) + 1)[self.month][:, 1:]
        raw = np.column_stack([self.treatment, dummies])
        same = np.zeros_like(self.month)
        inner = absorb(raw, self.officer, same, self.weight)
        return least_squares(
            self.outcome, inner, weights=self.weight, kind="CR2", clusters=self.officer
        )


def two_way(
    panel: OfficerMonths, treated: Sequence[Hashable], start: int,
    exclude: Sequence[int] = (),
) -> TwoWay:
    """Set up the two-way regression of one wave.

    Parameters
    ----------
    panel : OfficerMonths
        Treated officers and those they are compared with.
    treated : sequence
        Officers of the wave.
    start : int
        First month that counts as after.
    exclude : sequence of int
        Months left out: those the choice of officers was made on, and that of the session.

    Raises
    ------
    InvalidCountsError
        If treated or others are missing, or seen only before or only after.

    Notes
    -----
    Estimand: average effect on the treated officer-months, weighted; assumes that both groups
    would have moved in parallel. Equals the 2 × 2 difference for a balanced panel.

    Examples
    --------
    >>> from survey_analysis.effects.panel import officer_months
    >>> rows = [(o, m) for o in "abcd" for m in (1, 2)]
    >>> panel = officer_months([o for o, _ in rows], [m for _, m in rows],
    ...     [5, 8, 5, 8, 5, 5, 5, 5], [0.5] * 8, [10] * 8)
    >>> round(two_way(panel, ["a", "b"], 2).effect, 6)
    0.3

    """
    mark = panel.marked(treated)
    kept = panel.rows(~np.isin(panel.month, np.asarray(exclude, dtype=np.int64)))
    after = kept.month >= start
    both = np.zeros(len(mark), dtype=bool)
    both[np.intersect1d(kept.officer[after], kept.officer[~after])] = True
    if not (mark & both).any() or not (~mark & both).any():
        raise InvalidCountsError(
            "officers trained and not trained, each seen before and after, are needed"
        )
    rows = kept.rows(both[kept.officer])
    present, officer = np.unique(rows.officer, return_inverse=True)
    month = codes(rows.month)[0]
    post = (rows.month >= start).astype(float)
    labels = mark[present]
    cleared = absorb(
        np.column_stack([rows.residual, post * labels[officer]]), officer, month, rows.weight
    )
    cleared[np.abs(cleared) < ROUNDING] = 0.0
    return TwoWay(
        officer.astype(np.int64), month, rows.weight, cleared[:, 0], cleared[:, 1], post, labels,
        tuple(panel.officers[i] for i in present),
    )
