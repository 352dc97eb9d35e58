"""Marks before and after a class, one line a participant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from survey_analysis.charts.chart import Chart, table
from survey_analysis.charts.style import (
    ALARM,
    INK,
    INK2,
    SEA_DARK,
    SEA_MID,
    axes_at,
    bare,
    figure,
    write,
)
from survey_analysis.charts.words import VIETNAMESE, Words
from survey_analysis.errors import InvalidCountsError


def slope(
    before: Sequence[float], after: Sequence[float], *, names: Sequence[str] = (),
    words: Words = VIETNAMESE,
) -> Chart:
    """A line a participant, dashed where it falls; the averages in bold.

    Parameters
    ----------
    before, after : sequence of float
        Marks of the same people in the same order.
    names : sequence of str
        For the table; numbers by default.
    words : Words
        Texts.

    Raises
    ------
    InvalidCountsError
        If the two differ in length.

    """
    if len(before) != len(after):
        raise InvalidCountsError("marks before and after of the same people are needed")
    drawn = figure(520, 310)
    axes = axes_at(drawn, 0, 34, 0, 8)
    bare(axes)
    down = sum(b < a for a, b in zip(before, after, strict=True))
    for a, b in zip(before, after, strict=True):
        how: dict[str, Any] = {"dashes": (5, 3), "alpha": 0.95} if b < a else {"alpha": 0.55}
        axes.plot([0, 1], [a, b], color=ALARM if b < a else SEA_MID, linewidth=1.3, **how)
        axes.plot([0, 1], [a, b], "D" if b < a else "o", markersize=5,
                  color=ALARM if b < a else SEA_MID, alpha=0.8)
    axes.set_xlim(-0.62, 1.68)
    for side_x, text in ((0, words.before), (1, words.after)):
        axes.annotate(text, (side_x, 1), xytext=(0, 14), xycoords=("data", "axes fraction"),
                      textcoords="offset points", ha="center", va="center", weight=600, color=INK)
    people = names or [str(i + 1) for i in range(len(before))]
    rows = table((words.participant, words.before, words.after),
                 list(zip(people, before, after, strict=True)))
    if not before:
        return Chart(drawn, words.too_few, rows)
    means = sum(before) / len(before), sum(after) / len(after)
    axes.plot([0, 1], means, color=SEA_DARK, linewidth=4, marker="o", markersize=11,
              markeredgecolor="white", markeredgewidth=2)
    low, high = axes.get_ylim()
    for x, mean, note, side in ((-0.05, means[0], words.mean_before, "right"),
                                (1.05, means[1], words.mean_after, "left")):
        write(axes, x, mean, words.points.format(value=words.number(mean)), ha=side, weight=700,
              size=17, color=SEA_DARK)
        write(axes, x, mean - 0.08 * (high - low), note, ha=side, size=12, color=INK2)
    if down:
        place = min(float(b) for a, b in zip(before, after, strict=True) if b < a)
        if abs(place - means[1]) < 0.16 * (high - low):
            place = means[1] - 0.17 * (high - low)
        write(axes, 1.05, place, words.lower_after.format(k=down), color=ALARM, weight=600, size=12)
    axes.set_ylim(low, high)
    return Chart(drawn, words.slope_alt.format(
        k=len(before), before=words.number(means[0]), after=words.number(means[1]),
        up=len(before) - down, down=down,
    ), rows)
