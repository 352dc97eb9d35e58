"""Reasons by frequency, with the cumulative share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from survey_analysis.charts.chart import Chart, table
from survey_analysis.charts.style import (
    INK,
    INK3,
    LINE,
    LINE2,
    SEA,
    SEA_MIST,
    SMALL,
    axes_at,
    bare,
    figure,
    shorten,
)
from survey_analysis.charts.words import VIETNAMESE, Words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROW_HEIGHT = 40
MAIN = 3


@dataclass(frozen=True)
class ReasonCount:
    """How often a reason was given; ``factor`` is its group."""

    label: str
    factor: str
    count: int


def pareto(
    reasons: Sequence[ReasonCount], *, most: int = 8, words: Words = VIETNAMESE
) -> Chart:
    """Reasons from the most to the least frequent; beyond ``most`` they are one row.

    Parameters
    ----------
    reasons : sequence of ReasonCount
        In any order; hidden counts left out.
    most : int
        Rows with a name of their own.
    words : Words
        Texts.

    """
    rows = sorted((r for r in reasons if r.count > 0), key=lambda r: (-r.count, r.label))
    rest = rows[most:]
    named = rows[:most]
    if rest:
        label = words.other_reasons.format(k=len(rest))
        named = [*named, ReasonCount(label, "", sum(r.count for r in rest))]
    total = sum(r.count for r in named)
    drawn = figure(520, ROW_HEIGHT * max(len(named), 1) + 26)
    axes = axes_at(drawn, 240, 22, 96, 4)
    bare(axes)
    running = 0
    cumulative = []
    for i, row in enumerate(named):
        running += row.count
        cumulative.append(running / total)
        y = len(named) - 1 - i
        kind = SEA if i < MAIN else SEA_MIST if row.factor or not rest else LINE
        _row(axes, y, row, kind, words.percent(running / total, 0), words, main=i < MAIN)
    if len(named) > MAIN:
        axes.plot([-0.62, 1.3], [len(named) - MAIN - 0.5] * 2, color=LINE2, linewidth=1,
                  dashes=(4, 3), clip_on=False, transform=axes.get_yaxis_transform())
    if named:
        axes.annotate(words.cumulative, (1, 1), xytext=(88, 6), ha="right", va="center",
                      xycoords="axes fraction", textcoords="offset points", size=SMALL, color=INK3)
    axes.set_xlim(0, max([r.count for r in named] + [1]))
    axes.set_ylim(-0.5, max(len(named), 1) - 0.5)
    return Chart(drawn, _alt(named, cumulative, total, words), table(
        (words.reason, words.factor, words.count, words.cumulative),
        [(r.label, r.factor, r.count, c) for r, c in zip(named, cumulative, strict=True)],
    ))


def _row(
    axes: Axes, y: int, row: ReasonCount, colour: str, share: str, words: Words, *,
    main: bool,
) -> None:
    axes.barh(y, row.count, height=0.62, color=colour)
    beside: dict[str, Any] = {"xycoords": ("axes fraction", "data"), "textcoords": "offset points"}
    lift = 8 if row.factor else 0
    axes.annotate(shorten(row.label, 30), (0, y), xytext=(-8, lift), ha="right", va="center",
                  color=INK, weight=600 if main else 400, **beside)
    if row.factor:
        axes.annotate(row.factor, (0, y), xytext=(-8, -9), ha="right", va="center", size=SMALL,
                      color=INK3, **beside)
    axes.annotate(words.number(row.count, 0), (row.count, y), xytext=(6, 0), textcoords="offset points",
                  va="center", color=INK, weight=600)
    axes.annotate(share, (1, y), xytext=(88, 0), ha="right", va="center", size=12, color=INK3,
                  **beside)


def _alt(
    rows: Sequence[ReasonCount], cumulative: Sequence[float], total: int, words: Words
) -> str:
    if not rows:
        return words.too_few
    top = min(MAIN, len(rows))
    names = "; ".join(f"{r.label} {words.number(r.count, 0)}" for r in rows[:top])
    return words.pareto_alt.format(
        total=words.number(total, 0), top=top, share=words.percent(cumulative[top - 1], 0),
        names=names,
    )
