"""Month by month around the training: were the groups alike before, and what came after?"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from survey_analysis.effects.panel import Floats, Ints, OfficerMonths
from survey_analysis.effects.permutation import (
    Randomisation,
    arrangements,
    judge,
    strata_of,
)
from survey_analysis.errors import InvalidCountsError


@dataclass(frozen=True)
class EventMonth:
    """Difference of trained and others in one month against their own time before.

    ``distance`` is in months from the first month after (negative before); ``role`` is "before",
    "selection" (left out of the comparison) or "after".
    """

    month: int
    distance: int
    estimate: float
    low: float
    high: float
    role: str


@dataclass(frozen=True)
class EventStudy:
    """Months in order, and the joint test that the months before show no difference.

    ``p_before`` is None with fewer than two months before.
    """

    months: tuple[EventMonth, ...]
    p_before: float | None


@dataclass(frozen=True)
class _Table:
    """Officers × months: departures from the officer's own mean before, and weights."""

    value: Floats
    weight: Floats
    months: Ints


def _table(panel: OfficerMonths, start: int, exclude: Ints) -> _Table:
    months = panel.months
    column = np.searchsorted(months, panel.month)
    shape = (len(panel.officers), len(months))
    value, weight = np.zeros(shape), np.zeros(shape)
    value[panel.officer, column] = panel.residual
    weight[panel.officer, column] = panel.weight
    before = (months < start) & ~np.isin(months, exclude)
    base = weight * before
    total = base.sum(axis=1, keepdims=True)
    mean = np.divide(
        (base * value).sum(axis=1, keepdims=True), total, out=np.zeros_like(total), where=total > 0
    )
    weight = np.where(total > 0, weight, 0.0)
    return _Table(np.where(weight > 0, value - mean, 0.0), weight, months)


def _gaps(labels: Floats, table: _Table) -> Floats:
    """Weighted mean of the labelled minus that of the others, per month; 0 if nobody is there."""
    weighted = table.weight * table.value
    one, zero = labels @ table.weight, (1 - labels) @ table.weight
    up, down = labels @ weighted, (1 - labels) @ weighted
    return np.asarray(
        np.divide(up, one, out=np.zeros_like(up), where=one > 0)
        - np.divide(down, zero, out=np.zeros_like(down), where=zero > 0)
    )


def _errors(mark: Floats, table: _Table) -> Floats:
    """Robust standard errors of the gaps, officers independent."""
    total = np.zeros(len(table.months))
    for group in (mark, 1 - mark):
        w = table.weight * group[:, None]
        size = np.maximum((w > 0).sum(axis=0), 1)
        mass = w.sum(axis=0)
        mean = np.divide((w * table.value).sum(axis=0), mass, out=np.zeros_like(mass), where=mass > 0)
        spread = (w**2 * (table.value - mean) ** 2).sum(axis=0)
        ratio = np.divide(spread, mass**2, out=np.zeros_like(mass), where=mass > 0)
        total += ratio * size / np.maximum(size - 1, 1)
    return np.sqrt(total)


def joint_test(
    panel: OfficerMonths, treated: Sequence[Hashable], start: int, *,
    exclude: Sequence[int] = (), strata: Sequence[Hashable] | None = None,
    draws: int = 9_999, seed: int = 1,
) -> Randomisation | None:
    """Permutation test that trained and others moved alike before the training.

    Returns
    -------
    Randomisation or None
        Statistic: b'S⁺b of the monthly gaps b with S their pooled covariance; None with fewer
        than two months before.

    """
    table = _table(panel, start, np.asarray(exclude, dtype=np.int64))
    before = (table.months < start) & ~np.isin(table.months, np.asarray(exclude, dtype=np.int64))
    seen = table.weight.sum(axis=1) > 0
    cut = _Table(table.value[seen][:, before], table.weight[seen][:, before], table.months[before])
    if before.sum() < 2:
        return None
    mark = panel.marked(treated)[seen]
    kinds = None if strata is None else np.asarray(strata)[seen]
    labels, exact = arrangements(mark, strata_of(kinds, len(mark)), draws, seed)
    gaps = _gaps(labels.astype(float), cut)
    inverse = np.linalg.pinv(np.atleast_2d(np.cov(cut.value, rowvar=False)), rcond=1e-8)
    drawn = np.einsum("bi,ij,bj->b", gaps, inverse, gaps)
    own = _gaps(mark.astype(float)[None, :], cut)[0]
    return judge(float(own @ inverse @ own), drawn, exact)


def event_study(
    panel: OfficerMonths, treated: Sequence[Hashable], start: int, *,
    exclude: Sequence[int] = (), strata: Sequence[Hashable] | None = None,
    draws: int = 9_999, seed: int = 1,
) -> EventStudy:
    """Gap between trained and others in every month, against each officer's own time before.

    Parameters
    ----------
    panel : OfficerMonths
        Trained officers and those they are compared with.
    treated : sequence
        Who was trained.
    start : int
        First month that counts as after.
    exclude : sequence of int
        Months that are shown but compared with nothing: choice of officers and session. A dip
        there is regression to the mean (Ashenfelter 1978).
    strata : sequence, optional
        Stratum of each officer of the panel, for the permutation.
    draws, seed : int
        Of the permutation.

    Raises
    ------
    InvalidCountsError
        Without a month before, or without officers in both groups.

    Notes
    -----
    Estimand: E[e(t) − ē(before) | trained] − the same of the others. Intervals are ± t(G − 2)
    robust standard errors, month by month; the joint test is what to trust.

    Examples
    --------
    >>> from survey_analysis.effects.panel import officer_months
    >>> rows = [(o, m) for o in "abcd" for m in (1, 2, 3)]
    >>> hits = [5 + 3 * (o in "ab" and m == 3) for o, m in rows]
    >>> panel = officer_months([o for o, _ in rows], [m for _, m in rows], hits, [0.5] * 12,
    ...     [10] * 12)
    >>> study = event_study(panel, ["a", "b"], 3)
    >>> [round(m.estimate, 3) for m in study.months]
    [0.0, 0.0, 0.3]

    """
    from scipy.special import stdtrit

    mark = panel.marked(treated)
    left_out = np.asarray(exclude, dtype=np.int64)
    table = _table(panel, start, left_out)
    seen = table.weight.sum(axis=1) > 0
    if not (mark & seen).any() or not (~mark & seen).any():
        raise InvalidCountsError("officers of both groups, seen before the training, are needed")
    gaps = _gaps(mark.astype(float)[None, :], table)[0]
    half = float(stdtrit(max(int(seen.sum()) - 2, 1), 0.975)) * _errors(mark.astype(float), table)
    rows = [
        EventMonth(
            int(m), int(m) - start, float(g), float(g - h), float(g + h),
            "selection" if m in left_out else ("before" if m < start else "after"),
        )
        for m, g, h in zip(table.months, gaps, half, strict=True)
    ]
    joint = joint_test(
        panel, treated, start, exclude=exclude, strata=strata, draws=draws, seed=seed
    )
    return EventStudy(tuple(rows), None if joint is None else joint.p_value)
