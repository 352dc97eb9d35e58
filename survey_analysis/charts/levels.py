"""Distribution over the five levels: bars of one cell, or one stacked bar a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from survey_analysis.charts.chart import Chart, table
from survey_analysis.charts.style import (
    INK,
    INK3,
    LEVEL_FILLS,
    LEVEL_LINES,
    SMALL,
    axes_at,
    bare,
    figure,
    shorten,
    write,
)
from survey_analysis.charts.words import VIETNAMESE, Words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ROW_HEIGHT = 40


@dataclass(frozen=True)
class LevelRow:
    """Counts of levels 1 … 5 of one subject; None where hidden."""

    label: str
    counts: tuple[int, int, int, int, int] | None


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
    drawn = figure(520, 260)
    axes = axes_at(drawn, 166, 6, 96, 6)
    bare(axes)
    order = [4, 3, 2, 1, 0]
    axes.barh(range(5), [counts[i] for i in order], color=[LEVEL_FILLS[i] for i in order],
              edgecolor=[LEVEL_LINES[i] for i in order], linewidth=1.2, height=0.62)
    for row, i in enumerate(order):
        axes.annotate(values[i], (counts[i], row), xytext=(8, 0), textcoords="offset points",
                      va="center", color=INK)
    axes.set_yticks(range(5))
    axes.set_yticklabels([labels[i] for i in order], color=INK)
    axes.invert_yaxis()
    axes.set_xlim(0, max([*counts, 1]) * 1.02)
    return drawn


def levels(
    rows: Sequence[LevelRow], *, words: Words = VIETNAMESE, width: float = 800
) -> Chart:
    """One stacked bar a row, from very dissatisfied (left) to very satisfied.

    Shares from 6 % on are written into their part; the rest stands in the table. Names of the
    levels are written above the first bar, each in its place, with the colour as a mark.

    Parameters
    ----------
    rows : sequence of LevelRow
        In the order they shall stand.
    width : float
        Pixels.
    words : Words
        Texts.

    """
    height = ROW_HEIGHT * max(len(rows), 1) + 40
    drawn = figure(width, height)
    named = len(rows) > 1 or bool(rows and rows[0].label)
    axes = axes_at(drawn, 0.26 * width if named else 8, 36, 84, 4)
    bare(axes)
    for i, row in enumerate(rows):
        _bar(axes, len(rows) - 1 - i, row, words, named=named)
    axes.set_xlim(0, 100)
    axes.set_ylim(-0.5, max(len(rows), 1) - 0.5)
    _key(axes, words, width, height)
    return Chart(drawn, _alt(rows, words), table(
        (words.unit, words.count, *words.levels),
        [(r.label, sum(r.counts) if r.counts else None, *(r.counts or (None,) * 5)) for r in rows],
    ))


def _key(axes: Axes, words: Words, width: float, height: float) -> None:
    """Names of the levels with their colour, above the bars."""
    place = axes.get_position()
    inside, tall = place.width * width, place.height * height
    at = 0.0
    for i, name in enumerate(words.levels):
        axes.plot(
            (at + 5) / inside, 1 + 14 / tall, "s", markersize=9, color=LEVEL_FILLS[i],
            markeredgecolor=LEVEL_LINES[i], transform=axes.transAxes, clip_on=False,
        )
        axes.annotate(
            name, (0, 1), xytext=(at + 15, 14), xycoords="axes fraction",
            textcoords="offset points", va="center", size=SMALL, color=INK, annotation_clip=False,
        )
        at += inside * (len(name) + 4) / sum(len(w) + 4 for w in words.levels)


def _bar(axes: Axes, y: int, row: LevelRow, words: Words, *, named: bool) -> None:
    if named:
        axes.annotate(shorten(row.label, 28), (0, y), xytext=(-10, 0), ha="right", va="center",
                      xycoords=("axes fraction", "data"), textcoords="offset points", color=INK)
    total = sum(row.counts) if row.counts else 0
    n_text = words.n.format(n=words.number(total, 0)) if row.counts else words.hidden
    axes.annotate(n_text, (1, y), xytext=(8, 0), ha="left", va="center", size=SMALL, color=INK3,
                  xycoords=("axes fraction", "data"), textcoords="offset points")
    if not row.counts or not total:
        return
    left = 0.0
    for i, count in enumerate(row.counts):
        share = 100 * count / total
        if not share:
            continue
        axes.barh(y, share, left=left, height=0.66, color=LEVEL_FILLS[i], edgecolor=LEVEL_LINES[i],
                  linewidth=1)
        if share >= 6:
            write(axes, left + share / 2, y, words.percent(count / total, 0), ha="center",
                  color=INK, weight=600)
        left += share


def _alt(rows: Sequence[LevelRow], words: Words) -> str:
    said = []
    for row in rows:
        total = sum(row.counts) if row.counts else 0
        if not row.counts or not total:
            continue
        parts = ", ".join(
            f"{name} {words.percent(count / total)}"
            for name, count in zip(reversed(words.levels), reversed(row.counts), strict=True)
        )
        said.append(words.levels_alt.format(label=row.label or words.share, parts=parts))
    return " ".join(said[:6]) + ("…" if len(said) > 6 else "") if said else words.too_few
