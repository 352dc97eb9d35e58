"""Event study: differences from the comparison group around a class, and the overall effect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from survey_analysis.charts.chart import Chart, table
from survey_analysis.charts.style import (
    INK,
    INK2,
    INK3,
    LARGE,
    PAGE,
    SEA,
    SEA_DARK,
    SEA_MIST,
    SMALL,
    axes_at,
    figure,
    write,
)
from survey_analysis.charts.words import VIETNAMESE, Words
from survey_analysis.results import Interval

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True)
class EventPoint:
    """Difference at a time relative to the class, in points (3.1, not 0.031).

    ``left_out`` marks a month on which the choice of people rested: shown, compared with nothing.
    """

    time: int
    effect: float
    low: float
    high: float
    left_out: bool = False


def event_study(
    points: Sequence[EventPoint], overall: Interval | None, *, title: str, reference: int | None = -1,
    words: Words = VIETNAMESE, width: float = 1000,
) -> Chart:
    """Differences by time with intervals, the base marked, the overall effect at the right.

    Parameters
    ----------
    points : sequence of EventPoint
        Without the base time.
    overall : Interval or None
        Effect after the class in points; None where it cannot be told.
    title : str
        The class and its days.
    reference : int
        Base time, at which the difference is 0 by construction; None: the mean of the time before.
    words : Words
        Texts.
    width : float
        Pixels.

    """
    drawn = figure(width, 350)
    axes = axes_at(drawn, 40, 12, 176, 34)
    times = [p.time for p in points] + [0 if reference is None else reference, 0]
    first, last = min(times) - 0.6, max(times) + 0.6
    reach = [abs(v) for p in points for v in (p.low, p.high)]
    reach += [abs(v) for v in (overall.low, overall.high)] if overall else []
    limit = 1.15 * max([*reach, 1.0])
    axes.axvspan(-0.5, last, color=PAGE, linewidth=0, zorder=0)
    axes.axhline(0, color=INK2, linewidth=1.4)
    for point in points:
        _point(axes, point)
    if reference is not None:
        axes.plot(reference, 0, "s", markersize=8, color=INK2, zorder=4)
        write(axes, reference, 0.07 * limit, words.event_reference, ha="center", size=SMALL)
    for point in points:
        if point.left_out:
            write(axes, point.time + 0.4, -0.93 * limit, words.event_left_out, ha="right", size=SMALL)
    axes.axvline(-0.5, color=INK2, linewidth=1.4, dashes=(4, 3))
    axes.set_xlim(first, last)
    axes.set_ylim(-limit, 1.28 * limit)
    write(axes, -0.4, 1.18 * limit, title, weight=600, color=INK)
    axes.annotate(words.event_y, (0, 1.18 * limit), xytext=(4, 0), size=12,
                  xycoords=("axes fraction", "data"), textcoords="offset points", va="center")
    _ticks(axes, times, limit, words)
    _overall(axes, overall, words)
    return Chart(drawn, _alt(points, overall, words), table(
        (words.event_time_label, words.effect, words.low, words.high),
        [(p.time, p.effect, p.low, p.high) for p in sorted(points, key=lambda p: p.time)],
    ))


def _point(axes: Axes, point: EventPoint) -> None:
    after = point.time >= 0
    axes.plot([point.time] * 2, [point.low, point.high], color=SEA if after else INK3, linewidth=2.2)
    axes.plot(point.time, point.effect, "D" if point.left_out else "o", markersize=8, color=SEA if after else "white",
              markeredgecolor="white" if after else INK3, markeredgewidth=1.4 if after else 2)


def _ticks(axes: Axes, times: Sequence[int], limit: float, words: Words) -> None:
    step = next(s for s in (1, 2, 5, 10, 20, 50, 100) if limit / s <= 2.5 or s == 100)
    heights = [step * i for i in range(-2, 3) if abs(step * i) <= limit]
    axes.set_yticks(heights, [words.signed(h, 0) for h in heights])
    low, high = min(times), max(times)
    gap = max(1, round((high - low) / 6))
    marks = [t for t in range(low, high + 1) if t % gap == 0]
    axes.set_xticks(marks, [
        words.event_zero if t == 0 else
        words.event_time.format(t=words.signed(t, 0)) if t in (marks[0], marks[-1]) else
        words.signed(t, 0)
        for t in marks
    ])


def _overall(axes: Axes, overall: Interval | None, words: Words) -> None:
    """Interval of the overall effect beside the axes, or that it cannot be told."""
    place: dict[str, Any] = {"xycoords": ("axes fraction", "data"), "textcoords": "offset points", "va": "center"}
    if overall is None:
        axes.annotate(words.event_unsure, (1, 0), xytext=(12, 12), weight=700, color=INK, **place)
        return
    over = axes.get_yaxis_transform()
    axes.fill_between([1.012, 1.04], overall.low, overall.high, color=SEA_MIST, linewidth=0,
                      clip_on=False, transform=over)
    axes.plot([1.012, 1.04], [overall.estimate] * 2, color=SEA_DARK, linewidth=3, clip_on=False,
              transform=over)
    value = words.event_point.format(value=words.signed(overall.estimate))
    span = words.event_range.format(low=words.signed(overall.low), high=words.signed(overall.high))
    axes.annotate(value, (1, overall.estimate), xytext=(44, 11), weight=700, color=SEA_DARK,
                  size=LARGE, **place)
    axes.annotate(span, (1, overall.estimate), xytext=(44, -8), size=12, **place)
    if overall.low <= 0 <= overall.high:
        axes.annotate(words.event_unsure, (1, overall.estimate), xytext=(44, -26), size=12,
                      weight=600, color=INK, **place)


def _alt(points: Sequence[EventPoint], overall: Interval | None, words: Words) -> str:
    before = [p for p in points if p.time < 0 and not p.left_out]
    odd = sum(not p.low <= 0 <= p.high for p in before)
    pre = words.event_not_flat.format(k=odd) if odd else words.event_flat
    if overall is None:
        return f"{words.event_unsure}."
    verdict = (
        words.event_unsure if overall.low <= 0 <= overall.high
        else words.event_up if overall.estimate > 0 else words.event_down
    )
    return words.event_alt.format(
        pre=pre, value=words.signed(overall.estimate), low=words.signed(overall.low),
        high=words.signed(overall.high), verdict=verdict,
    )
