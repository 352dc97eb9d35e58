"""Share satisfied by period, with its interval and the number of ratings."""

from __future__ import annotations

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


def draw_trend(points: Sequence[TrendPoint], *, percent_sign: str = "%") -> Figure:
    """Line of shares in a band of their intervals; hidden periods leave a gap."""
    drawn = figure(10, 3.2)
    axes = drawn.add_axes((0.06, 0.2, 0.92, 0.74))
    known = [(i, p) for i, p in enumerate(points) if p.share is not None]
    lows = [p.low for _, p in known if p.low is not None] or [0.8]
    highs = [p.high for _, p in known if p.high is not None] or [1.0]
    bottom, top = max(0.0, min(lows) - 0.02), min(1.0, max(highs) + 0.02)
    x = [i for i, _ in known]
    axes.fill_between(x, [p.low or 0 for _, p in known], [p.high or 0 for _, p in known],
                      color=SEA_SOFT, linewidth=0)
    axes.plot(x, [p.share or 0.0 for _, p in known], color=SEA, linewidth=2.2, marker="o",
              markersize=5)
    axes.set_ylim(bottom, top)
    axes.set_xlim(-0.5, max(len(points) - 0.5, 0.5))
    axes.set_xticks(range(len(points)))
    axes.set_xticklabels([f"{p.label}\n{p.n_text}" for p in points], color=INK2)
    ticks = axes.get_yticks()
    axes.set_yticks(ticks)
    axes.set_yticklabels([f"{t * 100:.0f}{percent_sign}" for t in ticks], color=INK2)
    axes.set_ylim(bottom, top)
    axes.grid(axis="y", color=LINE, linewidth=0.8)
    axes.tick_params(length=0, labelcolor=INK)
    for side in axes.spines.values():
        side.set_visible(False)
    return drawn
