"""Signals on a chart by the rules of the NHS, and assurance against a target."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from survey_analysis.arrays import Bools, Ints, floats
from survey_analysis.change.control import ControlChart
from survey_analysis.errors import InvalidCountsError

RUN = 7
CONSISTENTLY_MEET, HIT_AND_MISS, CONSISTENTLY_MISS = (
    "consistently_meet", "hit_and_miss", "consistently_miss",
)


def seven_one_side(side: ArrayLike) -> Ints:
    """1 at each point that ends seven successive ones on one side (±1); 0 on the mean breaks.

    Examples
    --------
    >>> seven_one_side([1, 1, 1, 1, 1, 1, 1, 1, -1]).tolist()
    [0, 0, 0, 0, 0, 0, 1, 1, 0]

    """
    signs = _signs(side)
    result = np.zeros(len(signs), dtype=np.int64)
    for i in range(RUN - 1, len(signs)):
        window = signs[i - RUN + 1 : i + 1]
        result[i] = int(signs[i] != 0 and bool((window == signs[i]).all()))
    return result


def seven_point_trend(y: ArrayLike) -> Ints:
    """1 or −1 at each point that ends seven rising or falling ones (six steps); ties break.

    Examples
    --------
    >>> seven_point_trend([2, 1, 2, 3, 4, 5, 6, 7, 3]).tolist()
    [0, 0, 0, 0, 0, 0, 0, 1, 0]

    """
    steps = np.sign(np.diff(floats(y, "values")))
    result = np.zeros(len(steps) + 1, dtype=np.int64)
    for i in range(RUN - 1, len(result)):
        window = steps[i - RUN + 1 : i]
        if bool((window == 1).all()):
            result[i] = 1
        elif bool((window == -1).all()):
            result[i] = -1
    return result


def part_of_seven(ends: ArrayLike) -> Ints:
    """1 at every point of a run of seven, given where such runs end (±1).

    Examples
    --------
    >>> part_of_seven([0, 0, 0, 0, 0, 0, 1, 0]).tolist()
    [1, 1, 1, 1, 1, 1, 1, 0]

    """
    found = np.abs(floats(ends, "run ends"))
    result = np.zeros(len(found), dtype=np.int64)
    for i in np.flatnonzero(found):
        result[max(0, i - RUN + 1) : i + 1] = 1
    return result


def two_in_three(close: ArrayLike, side: ArrayLike) -> Ints:
    """1 at every point of a window of three on one side with two between 2σ and 3σ.

    Only the points that are close to the limits themselves are special; see ``nhs_signals``.

    Examples
    --------
    >>> two_in_three([0, 0, 1, 0, 1, 0, 0], [1] * 7).tolist()
    [0, 0, 1, 1, 1, 0, 0]

    """
    near, signs = floats(close, "closeness") != 0, _signs(side)
    if len(near) != len(signs):
        raise InvalidCountsError("one side for each point")
    result = np.zeros(len(near), dtype=np.int64)
    for i in range(len(near) - 2):
        if near[i : i + 3].sum() >= 2 and abs(int(signs[i : i + 3].sum())) == 3:
            result[i : i + 3] = 1
    return result


def _signs(side: ArrayLike) -> Ints:
    return np.sign(floats(side, "sides")).astype(np.int64)


@dataclass(frozen=True)
class Signals:
    """Special causes at each point.

    Attributes
    ----------
    kind : tuple of str
        ``a`` outside the limits, ``c`` trend of seven, ``d`` two in three near a limit, ``b``
        seven on one side, or empty; the first in that order where several hold.
    outside, one_side, trend, near : array of bool
        Each rule on its own.
    side : array of int
        1 above the centre, −1 below, 0 on it.

    """

    kind: tuple[str, ...]
    outside: Bools
    one_side: Bools
    trend: Bools
    near: Bools
    side: Ints

    def meaning(self, *, higher_is_better: bool = True) -> tuple[str, ...]:
        """``improvement``, ``concern`` or ``common_cause`` for each point."""
        good = 1 if higher_is_better else -1
        return tuple(
            "common_cause" if not kind else "improvement" if side == good else "concern"
            for kind, side in zip(self.kind, self.side, strict=True)
        )


def nhs_signals(chart: ControlChart) -> Signals:
    """Special causes of a chart by the four rules, with precedence a > c > d > b.

    Each baseline is judged by itself; points without ratings break runs. With limits known the
    four rules together alarm on a stable series every 86 points or so: they are for reading a
    chart, never for sending alerts.

    Parameters
    ----------
    chart : ControlChart
        Of any kind.

    References
    ----------
    NHS England, Making Data Count; NHSRplotthedots 0.2.2 (the reference for ties and precedence).

    Examples
    --------
    >>> from survey_analysis.change.control import xmr_chart
    >>> nhs_signals(xmr_chart([5, 6, 5, 6, 5, 6, 5, 6, 5, 6, 5, 9], baseline=11)).kind[-1]
    'a'

    """
    k = len(chart.value)
    side = np.where(chart.empty, 0, np.sign(chart.value - chart.centre)).astype(np.int64)
    outside = chart.outside
    two_sigma = np.abs(chart.value - chart.centre) > 2 * chart.sigma
    close = two_sigma & ~outside & ~chart.empty
    one_side, trend, near = (np.zeros(k, dtype=np.bool_) for _ in range(3))
    for number in np.unique(chart.segment):
        at = np.flatnonzero(chart.segment == number)
        one_side[at] = part_of_seven(seven_one_side(side[at])) == 1
        trend[at] = part_of_seven(_trend(chart, at)) == 1
        near[at] = (two_in_three(close[at], side[at]) == 1) & close[at]
    kind = tuple(
        "a" if a else "c" if c else "d" if d else "b" if b else ""
        for a, c, d, b in zip(outside, trend, near, one_side, strict=True)
    )
    return Signals(kind, outside, one_side, trend, near, side)


def _trend(chart: ControlChart, at: Ints) -> Ints:
    """Trends that no empty point interrupts."""
    found = seven_point_trend(chart.value[at])
    for i in np.flatnonzero(found).tolist():
        if chart.empty[at[i - RUN + 1 : i + 1]].any():
            found[i] = 0
    return found


def assurance(chart: ControlChart, target: float, *, higher_is_better: bool = True) -> str:
    """Whether a stable process will meet a target: by the newest limits.

    Returns
    -------
    str
        ``consistently_meet`` with the target beyond the near limit, ``consistently_miss`` with it
        beyond the far one, else ``hit_and_miss``.

    Examples
    --------
    >>> from survey_analysis.change.control import xmr_chart
    >>> assurance(xmr_chart([5.0, 6.0, 5.0, 6.0]), 9.0)
    'consistently_miss'

    """
    low, high = float(chart.low[-1]), float(chart.high[-1])
    if low <= target <= high:
        return HIT_AND_MISS
    above = target > high
    return CONSISTENTLY_MISS if above == higher_is_better else CONSISTENTLY_MEET
