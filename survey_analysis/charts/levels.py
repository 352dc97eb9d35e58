"""Distribution over the five levels as one bar each, labelled with count and share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from survey_analysis.charts.style import INK, LEVEL_FILLS, figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw_levels(
    counts: Sequence[int], labels: Sequence[str], values: Sequence[str]
) -> Figure:
    """Horizontal bars from very satisfied (top) to very dissatisfied.

    Parameters
    ----------
    counts : sequence of five int
        Counts of levels 1 … 5.
    labels, values : sequence of five str
        Words of the levels, and what stands at the end of each bar.

    """
    drawn = figure(5.2, 2.6)
    axes = drawn.add_axes((0.32, 0.04, 0.5, 0.92))
    order = [4, 3, 2, 1, 0]
    axes.barh(range(5), [counts[i] for i in order], color=[LEVEL_FILLS[i] for i in order],
              height=0.62)
    for row, i in enumerate(order):
        axes.text(counts[i], row, f"  {values[i]}", va="center", color=INK)
    axes.set_yticks(range(5))
    axes.set_yticklabels([labels[i] for i in order], color=INK)
    axes.invert_yaxis()
    axes.set_xlim(0, max([*counts, 1]) * 1.05)
    axes.set_xticks([])
    axes.tick_params(length=0)
    for side in axes.spines.values():
        side.set_visible(False)
    return drawn
