"""Share satisfied by period, with its interval and the number of ratings."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from survey_analysis.charts.style import INK, INK2, LINE, SEA, SEA_SOFT, figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class TrendPoint:
    """One period: label, share and interval (0–1; None where hidden), number of ratings text."""

    label: str
    share: float | None
    low: float | None
    high: float | None
    n_text: str


def _beside(points: Sequence[TrendPoint], i: int) -> bool:
    """Whether the period before or after is shown, so that the band has a width."""
    return any(point.share is not None for point in (*points[max(0, i - 1) : i], *points[i + 1 : i + 2]))


def _whole_percents(bottom: float, top: float) -> list[float]:
    """Four to eight ticks at whole percents, so that no label is rounded."""
    step = next(one for one in (1, 2, 5, 10, 20) if (top - bottom) * 100 / one <= 8)
    first, last = math.ceil(bottom * 100 / step), math.floor(top * 100 / step)
    return [number * step / 100 for number in range(first, last + 1)]


def draw_trend(points: Sequence[TrendPoint], *, percent_sign: str = "%") -> Figure:
    """Line of shares in a band of their intervals; hidden periods leave a gap."""
    drawn = figure(10, 3.2)
    axes = drawn.add_axes((0.06, 0.2, 0.92, 0.74))
    lows = [p.low for p in points if p.low is not None] or [0.8]
    highs = [p.high for p in points if p.high is not None] or [1.0]
    bottom, top = max(0.0, min(lows) - 0.02), min(1.0, max(highs) + 0.02)
    x = range(len(points))
    gap = math.nan
    low, high, share = (
        [gap if value is None else value for value in values]
        for values in ([p.low for p in points], [p.high for p in points], [p.share for p in points])
    )
    axes.fill_between(x, low, high, color=SEA_SOFT, linewidth=0)
    alone = [i for i in x if points[i].share is not None and not _beside(points, i)]
    axes.vlines(alone, [low[i] for i in alone], [high[i] for i in alone], color=SEA_SOFT,
                linewidth=8)
    axes.plot(x, share, color=SEA, linewidth=2.2, marker="o", markersize=5)
    axes.set_ylim(bottom, top)
    axes.set_xlim(-0.5, max(len(points) - 0.5, 0.5))
    axes.set_xticks(range(len(points)))
    axes.set_xticklabels([f"{p.label}\n{p.n_text}" for p in points], color=INK2)
    ticks = _whole_percents(bottom, top)
    axes.set_yticks(ticks)
    axes.set_yticklabels([f"{t * 100:.0f}{percent_sign}" for t in ticks], color=INK2)
    axes.set_ylim(bottom, top)
    axes.grid(axis="y", color=LINE, linewidth=0.8)
    axes.tick_params(length=0, labelcolor=INK)
    for side in axes.spines.values():
        side.set_visible(False)
    return drawn
