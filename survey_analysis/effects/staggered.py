"""Group-time effects for staggered waves (Callaway & Sant'Anna 2021)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from survey_analysis.effects.panel import Flags, Floats, Ints
from survey_analysis.errors import InvalidCountsError

Control = Literal["never", "not_yet"]
Base = Literal["varying", "universal"]


@dataclass(frozen=True)
class GroupTime:
    """Effect of one wave in one period; ``post`` from the wave's own period on."""

    group: int
    period: int
    estimate: float
    post: bool


@dataclass(frozen=True)
class Aggregate:
    """An average of group-time effects with its bootstrap standard error and interval."""

    label: int | None
    estimate: float
    standard_error: float
    low: float
    high: float


@dataclass(frozen=True)
class Staggered:
    """All group-time effects of a panel, and the influence of each unit on them.

    Attributes
    ----------
    cells : tuple of GroupTime
        Ordered by group, then period.
    influence : float array, shape (units, cells)
        Influence functions; their mean is 0 and √(mean square / units) the standard error.
    shares : dict
        Share of units in each group.
    cohort : int array
        First treated period of each unit; 0 for never.

    """

    cells: tuple[GroupTime, ...]
    influence: Floats
    shares: dict[int, float]
    cohort: Ints

    @property
    def standard_errors(self) -> Floats:
        """Analytic standard errors of the cells."""
        return np.asarray(np.sqrt((self.influence**2).mean(axis=0) / len(self.influence)))

    def _weights(self, chosen: Flags, groups: Sequence[int]) -> tuple[Floats, Floats]:
        """Weights by group size over chosen cells, and their own influence."""
        size = np.array([self.shares[g] for g in groups])
        total = float(size.sum())
        member = (self.cohort[:, None] == np.array(groups)[None, :]) - size[None, :]
        wif = member / total - member.sum(axis=1, keepdims=True) * size / total**2
        weights = np.zeros(len(chosen))
        weights[chosen] = size / total
        return weights, wif

    def _average(self, chosen: Flags) -> tuple[float, Floats]:
        at = np.flatnonzero(chosen)
        groups = [self.cells[i].group for i in at]
        effects = np.array([self.cells[i].estimate for i in at])
        weights, wif = self._weights(chosen, groups)
        return float(weights[at] @ effects), self.influence @ weights + wif @ effects

    def _cells(self, attribute: str) -> Ints:
        return np.array([getattr(c, attribute) for c in self.cells], dtype=np.int64)

    def simple(self, draws: int = 1_000, seed: int = 1) -> Aggregate:
        """Average over all post-treatment cells, weighted by group size."""
        post = self._cells("post").astype(bool)
        return _with_bootstrap([(None, *self._average(post))], draws, seed)[0]

    def by_group(self, draws: int = 1_000, seed: int = 1) -> tuple[list[Aggregate], Aggregate]:
        """Average effect of each wave over its own periods, and of the waves by their size."""
        group, post = self._cells("group"), self._cells("post").astype(bool)
        rows: list[tuple[int | None, float, Floats]] = [
            (int(g), *self._plain((group == g) & post)) for g in np.unique(group[post])
        ]
        effects = np.array([r[1] for r in rows])
        names = [int(r[0]) for r in rows if r[0] is not None]
        weights, wif = self._weights(np.ones(len(rows), dtype=bool), names)
        overall = np.column_stack([r[2] for r in rows]) @ weights + wif @ effects
        done = _with_bootstrap([*rows, (None, float(weights @ effects), overall)], draws, seed)
        return done[:-1], done[-1]

    def _plain(self, chosen: Flags) -> tuple[float, Floats]:
        at = np.flatnonzero(chosen)
        effects = [self.cells[i].estimate for i in at]
        return float(np.mean(effects)), self.influence[:, at].mean(axis=1)

    def by_event_time(self, draws: int = 1_000, seed: int = 1) -> tuple[list[Aggregate], Aggregate]:
        """Average effect at each distance from the start, and the mean of those from 0 on."""
        event = self._cells("period") - self._cells("group")
        rows: list[tuple[int | None, float, Floats]] = [
            (int(e), *self._average(event == e)) for e in np.unique(event)
        ]
        after = [r for r in rows if r[0] is not None and r[0] >= 0]
        mean = (
            None, float(np.mean([r[1] for r in after])),
            np.mean(np.column_stack([r[2] for r in after]), axis=1),
        )
        done = _with_bootstrap([*rows, mean], draws, seed)
        return done[:-1], done[-1]


def _with_bootstrap(
    rows: Sequence[tuple[int | None, float, Floats]], draws: int, seed: int
) -> list[Aggregate]:
    """Multiplier bootstrap over units, Mammen's two points; spread by the quartiles."""
    influence = np.column_stack([r[2] for r in rows])
    units = len(influence)
    golden = (1 + np.sqrt(5)) / 2
    rng = np.random.default_rng(seed)
    v = np.where(rng.random((draws, units)) < golden / np.sqrt(5), 1 - golden, golden)
    sample = v @ influence / units
    quarter = np.quantile(sample, [0.25, 0.75], axis=0)
    error = (quarter[1] - quarter[0]) / 1.3489795003921634
    return [
        Aggregate(label, value, float(e), value - 1.96 * float(e), value + 1.96 * float(e))
        for (label, value, _), e in zip(rows, error, strict=True)
    ]


def group_time_effects(
    outcome: ArrayLike, cohort: ArrayLike, periods: ArrayLike | None = None, *,
    control: Control = "never", base: Base = "varying", weights: ArrayLike | None = None,
) -> Staggered:
    """Average effect on each wave in each period, against the not treated.

    Parameters
    ----------
    outcome : array, shape (units, periods)
        One row an officer; NaN where there are no ratings.
    cohort : array of int
        First treated period of each unit; 0 for never.
    periods : array of int, optional
        Labels of the columns, ascending; 1, 2, … when left out.
    control : {"never", "not_yet"}
        Compared with those never treated, or also with those not treated yet in the period.
    base : {"varying", "universal"}
        Pre-periods use the period just before, or always that before the wave.
    weights : array, optional
        Positive weights of units.

    Returns
    -------
    Staggered

    Raises
    ------
    InvalidCountsError
        If no wave has a period before it and units to be compared with.

    Notes
    -----
    Estimand: ATT(g, t). Assumes no anticipation and that wave and controls would have moved in
    parallel. Formula: mean_g(Y_t − Y_b) − mean_C(Y_t − Y_b), b = g − 1 for t ≥ g. With everybody
    trained in the end use ``not_yet``: periods without controls are left out, so the last wave
    has no effect of its own. Units treated in the first period are left out.

    Examples
    --------
    >>> y = [[1, 1, 3], [2, 2, 4], [1, 2, 2], [0, 1, 1]]
    >>> done = group_time_effects(y, [3, 3, 0, 0])
    >>> [(c.group, c.period, c.estimate) for c in done.cells if c.post]
    [(3, 3, 2.0)]

    """
    y = np.asarray(outcome, float)
    if y.ndim != 2 or not y.size:
        raise InvalidCountsError("a table of units by periods is needed")
    first = np.asarray(cohort, dtype=np.int64)
    labels = np.arange(1, y.shape[1] + 1) if periods is None else np.asarray(periods, np.int64)
    w = np.ones(len(y)) if weights is None else np.asarray(weights, float)
    usable = (first == 0) | (first > labels[0])
    y, first, w = y[usable], np.where(first > labels[-1], 0, first)[usable], w[usable]
    cells, columns = [], []
    for group in np.unique(first[first > 0]):
        for at, period in enumerate(labels):
            before = _base(labels, int(group), at, base)
            if before is None:
                continue
            others = (first == 0) | (
                (first > max(period, labels[before])) & (first != group)
                if control == "not_yet" else False
            )
            made = _cell(y, w, first == group, others, at, before)
            if made is not None:
                cells.append(GroupTime(int(group), int(period), made[0], bool(period >= group)))
                columns.append(made[1])
    if not any(c.post for c in cells):
        raise InvalidCountsError("no wave has a period before it and units to compare with")
    shares = {
        int(g): float(w[first == g].sum() / w.sum()) for g in np.unique(first[first > 0])
    }
    return Staggered(tuple(cells), np.column_stack(columns), shares, first)


def _base(labels: Ints, group: int, at: int, base: Base) -> int | None:
    """Column of the period compared with; none for the first period or the base itself."""
    earlier = np.flatnonzero(labels < group)
    if not len(earlier):
        return None
    last = int(earlier[-1])
    if labels[at] >= group:
        return last
    if base == "universal":
        return None if at == last else last
    return at - 1 if at > 0 else None


def _cell(
    y: Floats, w: Floats, treated: Flags, others: Flags, at: int, before: int
) -> tuple[float, Floats] | None:
    change = y[:, at] - y[:, before]
    seen = ~np.isnan(change)
    one, zero = treated & seen, others & seen
    if not one.any() or not zero.any():
        return None
    change = np.where(seen, change, 0.0)
    w1, w0 = w * one, w * zero
    m1, m0 = float(w1 @ change / w1.sum()), float(w0 @ change / w0.sum())
    units = len(y)
    influence = units * (w1 / w1.sum() * (change - m1) - w0 / w0.sum() * (change - m0))
    return m1 - m0, influence
