"""Share satisfied by period: in the band of its interval, or against control limits."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from survey_analysis.charts.chart import Chart, Table, table
from survey_analysis.charts.style import (
    ALARM,
    INK2,
    INK3,
    LARGE,
    LINE2,
    SEA,
    SEA_MID,
    SEA_SOFT,
    SMALL,
    axes_at,
    figure,
    ticks_between,
)
from survey_analysis.charts.words import VIETNAMESE, Words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class TrendPoint:
    """One period: label, share and interval (0–1; None where hidden), number of ratings text."""

    label: str
    share: float | None
    low: float | None
    high: float | None
    n_text: str


@dataclass(frozen=True)
class ControlPoint:
    """One period of a control chart: shares 0–1, share None where hidden, n None where hidden.

    ``signal`` is drawn as a ring: a rule other than a point outside the limits. A ``quiet`` point
    is never outside: its limits are an interval.
    """

    label: str
    share: float | None
    n: int | None
    lower: float | None
    upper: float | None
    signal: bool = False
    quiet: bool = False

    @property
    def side(self) -> int:
        """−1 below the lower limit, 1 above the upper, 0 within or unknown."""
        if self.quiet or self.share is None or self.lower is None or self.upper is None:
            return 0
        return int(self.share > self.upper) - int(self.share < self.lower)


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
    drawn = figure(1000, 320)
    axes = axes_at(drawn, 60, 16, 20, 58)
    lows = [p.low for p in points if p.low is not None] or [0.8]
    highs = [p.high for p in points if p.high is not None] or [1.0]
    bottom, top = max(0.0, min(lows) - 0.02), min(1.0, max(highs) + 0.02)
    x = range(len(points))
    low, high, share = (
        _gaps(values)
        for values in ([p.low for p in points], [p.high for p in points], [p.share for p in points])
    )
    axes.fill_between(x, low, high, color=SEA_SOFT, linewidth=0)
    alone = [i for i in x if points[i].share is not None and not _beside(points, i)]
    axes.vlines(alone, [low[i] for i in alone], [high[i] for i in alone], color=SEA_SOFT,
                linewidth=8)
    axes.plot(x, share, color=SEA, marker="o", markersize=7, markeredgecolor="white",
              markeredgewidth=1.4)
    axes.set_xlim(-0.5, max(len(points) - 0.5, 0.5))
    axes.set_xticks(range(len(points)))
    axes.set_xticklabels([f"{p.label}\n{p.n_text}" for p in points], fontsize=SMALL, color=INK2)
    ticks = _whole_percents(bottom, top)
    axes.set_yticks(ticks)
    axes.set_yticklabels([f"{t * 100:.0f}{percent_sign}" for t in ticks])
    axes.set_ylim(bottom, top)
    return drawn


def _gaps(values: Sequence[float | None]) -> list[float]:
    """Values with gaps where they are hidden; matplotlib leaves them out."""
    return [math.nan if value is None else value for value in values]


def trend(
    points: Sequence[ControlPoint], centre: float, *, target: float | None = None,
    breaks: Sequence[tuple[int, str, str]] = (), band: str | None = None,
    words: Words = VIETNAMESE, width: float = 1000,
) -> Chart:
    """Control chart: shares by period, centre line, limits that follow n, what lies outside.

    Parameters
    ----------
    points : sequence of ControlPoint
        In order of time.
    centre : float
        Centre line of the frozen baseline, 0–1.
    target : float, optional
        A line of its own, 0–1.
    breaks : sequence of (int, str, str)
        A thin line before the period of that index, with what stands left and right of it:
        a new year, a new baseline.
    band : str, optional
        What the band is, where it is not that of chance; points are then never marked as outside.
    words : Words
        Texts.
    width : float
        Pixels.

    """
    if band is not None:
        points = [replace(p, quiet=True) for p in points]
    drawn = figure(width, 310)
    axes = axes_at(drawn, 52, 14, 136, 34)
    values = [v for p in points for v in (p.share, p.lower, p.upper) if v is not None]
    known = [*values, centre, *([target] if target is not None else [])]
    span = max(max(known) - min(known), 0.02)
    bottom, top = max(0.0, min(known) - 0.12 * span), min(1.0, max(known) + 0.12 * span)
    _limits(axes, points)
    axes.axhline(centre, color=INK3, linewidth=1.2, dashes=(5, 4))
    x = range(len(points))
    axes.plot(x, _gaps([p.share for p in points]), color=SEA, zorder=3)
    _marks(axes, points, words)
    axes.set_ylim(bottom, top + 0.02 * span)
    axes.set_xlim(-0.5, max(len(points) - 0.5, 0.5))
    ticks = ticks_between(bottom, top, 6)
    axes.set_yticks(ticks, [words.percent(t, 0) for t in ticks])
    every = max(1, math.ceil(len(points) / (width / 90)))
    axes.set_xticks(list(x)[::every], [p.label for p in points][::every])
    for at, before, after in breaks:
        _break(axes, at, before, after)
    _side_texts(axes, points, centre, target, words, words.random_band if band is None else band)
    return Chart(drawn, _trend_alt(points, centre, words, quiet=band is not None), _trend_table(points, words))


def _break(axes: Axes, at: int, before: str, after: str) -> None:
    bottom, top = axes.get_ylim()
    axes.plot([at - 0.5] * 2, [top - 0.17 * (top - bottom), top], color=LINE2, linewidth=1)
    for text, side, shift in ((before, "right", -5), (after, "left", 5)):
        axes.annotate(text, (at - 0.5, top), xytext=(shift, -8), textcoords="offset points",
                      ha=side, va="center", size=12)


def _limits(axes: Axes, points: Sequence[ControlPoint]) -> None:
    axes.fill_between(
        range(len(points)), _gaps([p.lower for p in points]), _gaps([p.upper for p in points]),
        step="mid", color=SEA_SOFT, linewidth=0, alpha=0.75,
    )


def _marks(axes: Axes, points: Sequence[ControlPoint], words: Words) -> None:
    for i, point in enumerate(points):
        if point.share is None:
            continue
        if not point.side:
            axes.plot(i, point.share, "o", markersize=6.5, color="white" if point.signal else SEA,
                      markeredgecolor=SEA if point.signal else "white", markeredgewidth=1.8,
                      zorder=4)
            continue
        axes.plot(i, point.share, "D", markersize=9.5, color=_outside_colour(point),
                  markeredgecolor="white", markeredgewidth=1.5, zorder=5)
    outside = [i for i, p in enumerate(points) if p.side]
    if len(outside) in (1, 2):
        for i in outside:
            _name_outside(axes, points, i, words)


def _outside_colour(point: ControlPoint) -> str:
    """Alarm below the limits; above them is good news."""
    return ALARM if point.side < 0 else SEA_MID


def _name_outside(axes: Axes, points: Sequence[ControlPoint], i: int, words: Words) -> None:
    """Label of a point outside, on the side where there is room."""
    point = points[i]
    pattern = words.below if point.side < 0 else words.above
    text = pattern.format(label=point.label, value=words.percent(point.share or 0.0))
    right = i < len(points) / 2
    axes.annotate(
        text, (i, point.share or 0.0), xytext=(12 if right else -12, 9 * point.side),
        textcoords="offset points", weight=600,
        color=ALARM if point.side < 0 else SEA,
        ha="left" if right else "right", va="center",
    )


def _side_texts(
    axes: Axes, points: Sequence[ControlPoint], centre: float, target: float | None, words: Words,
    band: str,
) -> None:
    """Labels at the right end, moved apart where they would overlap."""
    last = next((p for p in reversed(points) if p.share is not None), None)
    wanted: list[tuple[float, str, dict[str, Any]]] = [
        (centre, words.mean.format(value=words.percent(centre)), {"size": 12.0})
    ]
    if last is not None and last.share is not None:
        wanted.append((last.share, f"{words.percent(last.share)} · {last.label}",
                       {"color": SEA, "weight": 700, "size": LARGE - 2}))
    if target is not None:
        wanted.append((target, words.target.format(value=words.percent(target)), {"size": 12.0}))
        axes.axhline(target, color=INK2, linewidth=1.2, dashes=(1.5, 2.5))
    lower = next((p.lower for p in reversed(points) if p.lower is not None), None)
    if lower is not None:
        wanted.append((lower, band, {"size": 12.0, "color": INK3, "linespacing": 1.3}))
    bottom, top = axes.get_ylim()
    place = top + (top - bottom)
    for value, text, how in sorted(wanted, key=lambda w: -w[0]):
        lines = text.count("\n") + 1
        place = min(place - (0.035 + 0.04 * lines) * (top - bottom), value)
        axes.annotate(text, (1, place), xytext=(10, 0), xycoords=("axes fraction", "data"),
                      textcoords="offset points", va="center", **{"color": INK2, **how})
        place -= (0.035 + 0.04 * (lines - 1)) * (top - bottom)


def _trend_alt(
    points: Sequence[ControlPoint], centre: float, words: Words, *, quiet: bool
) -> str:
    if all(p.share is None for p in points):
        return words.too_few
    if quiet:
        return words.course_alt.format(
            k=len(points), mean=words.percent(centre),
            points="; ".join(
                f"{p.label} {words.hidden if p.share is None else words.percent(p.share)}"
                for p in points[-12:]
            ),
        )
    outside = [
        (words.below if p.side < 0 else words.above).format(
            label=p.label, value=words.percent(p.share or 0.0))
        for p in points if p.side
    ]
    said = words.some_outside.format(labels="; ".join(outside)) if outside else words.none_outside
    return words.trend_alt.format(k=len(points), mean=words.percent(centre), outside=said)


def _trend_table(points: Sequence[ControlPoint], words: Words) -> Table:
    return table(
        (words.period, words.count, words.share, words.low, words.high),
        [(p.label, p.n, p.share, p.lower, p.upper) for p in points],
    )
