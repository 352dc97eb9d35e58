"""Funnel plot: shares against the number of ratings, with limits around the overall share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from survey_analysis.charts.chart import Chart, table
from survey_analysis.charts.style import (
    ALARM,
    INK2,
    INK3,
    SEA_MID,
    SEA_SOFT,
    axes_at,
    figure,
    round_step,
    shorten,
    ticks_between,
    write,
)
from survey_analysis.charts.words import VIETNAMESE, Words

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True)
class FunnelPoint:
    """One officer, counter or procedure: n ratings, adjusted share 0–1, whether it is to be reviewed."""

    label: str
    n: int
    share: float
    review: bool = False


@dataclass(frozen=True)
class FunnelLimits:
    """Limits along n, shares 0–1: warning (95 %) and action (99.8 %), over-dispersed where estimated."""

    n: Sequence[float]
    low_warning: Sequence[float]
    high_warning: Sequence[float]
    low_action: Sequence[float]
    high_action: Sequence[float]


def funnel(
    points: Sequence[FunnelPoint], centre: float, limits: FunnelLimits, *, x_label: str = "",
    words: Words = VIETNAMESE,
) -> Chart:
    """Each subject as a dot; a diamond with its name only where it is to be reviewed.

    Parameters
    ----------
    points : sequence of FunnelPoint
        Shown subjects only.
    centre : float
        Overall share, 0–1.
    limits : FunnelLimits
        From the comparison, at increasing n.
    x_label : str
        Text below; that of ``words`` by default.
    words : Words
        Texts.

    """
    drawn = figure(520, 340)
    axes = axes_at(drawn, 54, 14, 16, 52)
    lowest = min([p.share for p in points] + [centre])
    start = next((i for i, low in enumerate(limits.low_action) if low > lowest - 0.12), 0)
    _curves(axes, limits, start)
    axes.axhline(centre, color=INK2, linewidth=1.2)
    most = max([p.n for p in points] + [float(n) for n in limits.n[-1:]] + [10.0])
    floor = min(lowest - 0.02, *(limits.low_action[start : start + 1] or [1.0]))
    ceiling = max([p.share for p in points] + [*limits.high_action[start:], centre])
    bottom, top = max(0.0, floor), min(1.0, ceiling + 0.01)
    axes.set_ylim(bottom, top + 0.03 * (top - bottom))
    axes.set_xlim(0, 1.03 * most)
    _dots(axes, points, most, words)
    _names(axes, centre, limits, words)
    ticks = ticks_between(bottom, top, 6)
    axes.set_yticks(ticks, [words.percent(t, 0) for t in ticks])
    step = round_step(most / 4)
    axes.set_xticks([step * i for i in range(int(most // step) + 1)],
                    [words.number(step * i, 0) for i in range(int(most // step) + 1)])
    axes.set_xlabel(x_label or words.funnel_x, labelpad=8)
    return Chart(drawn, _alt(points, centre, words), table(
        (words.unit, words.count, words.share, words.status),
        [(p.label, p.n, p.share, words.outside_limits if p.review else words.within_limits)
         for p in points],
    ))


def _curves(axes: Axes, limits: FunnelLimits, start: int) -> None:
    n = limits.n[start:]
    axes.fill_between(n, limits.low_action[start:], limits.high_action[start:], color=SEA_SOFT,
                      alpha=0.55, linewidth=0)
    for values in (limits.low_action, limits.high_action):
        axes.plot(n, values[start:], color=INK3, linewidth=1.2)
    for values in (limits.low_warning, limits.high_warning):
        axes.plot(n, values[start:], color=INK3, linewidth=1.2, dashes=(4, 3))


def _dots(axes: Axes, points: Sequence[FunnelPoint], most: float, words: Words) -> None:
    for point in points:
        axes.plot(
            point.n, point.share, "D" if point.review else "o",
            markersize=9.5 if point.review else 6.5, color=ALARM if point.review else SEA_MID,
            markeredgecolor="white", markeredgewidth=1.2, alpha=1 if point.review else 0.8,
            zorder=4 if point.review else 3,
        )
    flagged = [p for p in points if p.review]
    bottom, top = axes.get_ylim()
    named: list[float] = []
    for point in flagged if len(flagged) <= 3 else []:
        if any(abs(point.share - other) < 0.05 * (top - bottom) for other in named):
            continue  # two names on one line cannot be read; the table has both
        named.append(point.share)
        right = point.n < 0.35 * most
        axes.annotate(
            words.funnel_review.format(label=shorten(point.label, 16)), (point.n, point.share),
            xytext=(10 if right else -10, 0), textcoords="offset points",
            ha="left" if right else "right", va="center", color=ALARM, weight=600,
        )


def _names(axes: Axes, centre: float, limits: FunnelLimits, words: Words) -> None:
    bottom, top = axes.get_ylim()
    _, right = axes.get_xlim()
    gap = 0.035 * (top - bottom)
    write(axes, right, centre - gap, words.funnel_all.format(value=words.percent(centre)),
          ha="right", size=12)
    if len(limits.n):
        write(axes, right, limits.low_action[-1] - gap, words.funnel_limit, ha="right", size=12,
              color=INK3)


def _alt(points: Sequence[FunnelPoint], centre: float, words: Words) -> str:
    if not points:
        return words.too_few
    flagged = [p.label for p in points if p.review]
    names = f" ({', '.join(flagged)})" if flagged else ""
    return words.funnel_alt.format(
        k=len(points), mean=words.percent(centre), outside=len(flagged), names=names
    )
