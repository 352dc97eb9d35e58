"""Share satisfied by weekday and hour, the number and n in every cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from survey_analysis.charts.chart import Chart, table
from survey_analysis.charts.style import (
    HEAT,
    INK,
    INK2,
    LINE2,
    SMALL,
    axes_at,
    figure,
    write,
)
from survey_analysis.charts.words import VIETNAMESE, Words
from survey_analysis.heterogeneity import dersimonian_laird

if TYPE_CHECKING:
    from matplotlib.axes import Axes


FIRM = 30
LEAST_SPAN = 0.03
"""Distance from the overall share that the ends of the colours stand for, at the least."""
LEGEND = 34


@dataclass(frozen=True)
class HeatCell:
    """Share 0–1 and n of one weekday and hour; both None where hidden."""

    share: float | None
    n: int | None


def heat(
    cells: Mapping[tuple[int, int], HeatCell], hours: Sequence[tuple[int, str]], *,
    days: Sequence[int] = (0, 1, 2, 3, 4, 5), totals: Mapping[int, HeatCell] | None = None,
    words: Words = VIETNAMESE,
) -> Chart:
    """Weekday × hour: the number is printed, hidden cells are dashed.

    Colour follows the share shrunken to the overall one (``shrunken``), so that an hour of few
    ratings is not the reddest by chance; where hours do not differ, all have one colour.

    Parameters
    ----------
    cells : mapping
        (weekday 0 = Monday, key of the hour) → HeatCell. Missing: closed, left blank.
    hours : sequence of (int, str)
        Keys and labels from left to right.
    days : sequence of int
        Weekdays from top to bottom.
    totals : mapping, optional
        Hour → HeatCell over the weekdays, drawn as a last row.
    words : Words
        Texts.

    """
    rows = len(days) + bool(totals)
    width, height = max(520, 66 * len(hours) + 90), 42 * max(rows, 1) + 44 + LEGEND
    drawn = figure(width, height)
    axes = axes_at(drawn, 76, 34, 8, 8 + LEGEND)
    axes.grid(visible=False)
    placed = {
        (column, rows - 1 - row): cells[day, hour] for row, day in enumerate(days)
        for column, (hour, _) in enumerate(hours) if (day, hour) in cells
    }
    placed |= {
        (column, 0): totals[hour] for column, (hour, _) in enumerate(hours) if hour in (totals or {})
    } if totals else {}
    overall, span, values = shrunken(list(placed.values()))
    for (x, y), cell, value in zip(placed, placed.values(), values, strict=True):
        _cell(axes, x, y, cell, None if value is None else (value - overall) / span, words)
    axes.set_xlim(0, max(len(hours), 1))
    axes.set_ylim(0, max(rows, 1))
    names = [words.weekdays[d] for d in days] + ([words.all_days] if totals else [])
    axes.set_yticks([rows - 0.5 - i for i in range(rows)], names)
    axes.set_xticks([i + 0.5 for i in range(len(hours))], [label for _, label in hours])
    axes.xaxis.tick_top()
    axes.spines["bottom"].set_visible(False)
    if overall:
        _legend(axes, overall, words)
    return Chart(drawn, _alt(cells, hours, words), table(
        (words.weekday, words.hour, words.share, words.count),
        [(words.weekdays[d], label, cells[d, h].share, cells[d, h].n)
         for d in days for h, label in hours if (d, h) in cells],
    ))


def shrunken(cells: Sequence[HeatCell]) -> tuple[float, float, list[float | None]]:
    """Overall share, distance that the ends of the colours stand for, and each cell's share shrunken.

    Empirical Bayes with the variance between cells by moments (DerSimonian and Laird 1986), as in
    ``shrinkage``; 0 between cells gives every cell the overall share.

    Examples
    --------
    >>> overall, span, values = shrunken([HeatCell(0.9, 400), HeatCell(0.8, 10), HeatCell(None, None)])
    >>> round(overall, 3), span, values[2]
    (0.898, 0.03, None)
    >>> abs(values[1] - overall) < 0.01
    True

    """
    known = [(c.share, c.n) for c in cells if c.share is not None and c.n]
    if not known:
        return 0.0, LEAST_SPAN, [None] * len(cells)
    overall = sum(share * n for share, n in known) / sum(n for _, n in known)
    even = max(overall * (1 - overall), 1e-9)
    tau2 = 0.0
    if len(known) > 1:
        tau2 = dersimonian_laird([share for share, _ in known], [even / n for _, n in known]).tau2
    values = [
        None if c.share is None or not c.n
        else overall + (c.share - overall) * tau2 / (tau2 + even / c.n) for c in cells
    ]
    far = max(abs(value - overall) for value in values if value is not None)
    return overall, max(LEAST_SPAN, far), values


def _legend(axes: Axes, overall: float, words: Words) -> None:
    """What the colours mean, under the cells."""
    from matplotlib.patches import Rectangle

    left, right = axes.get_xlim()
    bottom, top = axes.get_ylim()
    line = -0.5 * (top - bottom) / max(top - bottom, 1)
    at = left
    told = (words.heat_lower, words.heat_even.format(value=words.percent(overall, 0)), words.heat_higher)
    for colour, text in zip((HEAT[0], HEAT[2], HEAT[-1]), told, strict=True):
        axes.add_patch(Rectangle((at, line - 0.16), 0.26, 0.32, facecolor=colour, edgecolor=LINE2,
                                 linewidth=0.5, clip_on=False))
        write(axes, at + 0.34, line, text, ha="left", color=INK2, size=SMALL, clip_on=False)
        at += 0.34 + 0.118 * len(text) + 0.25
        right = max(right, at)


def _cell(
    axes: Axes, x: int, y: int, cell: HeatCell, off: float | None, words: Words
) -> None:
    """One cell; ``off`` −1…1 is how far its colour lies from that of the overall share."""
    from matplotlib.colors import LinearSegmentedColormap
    from matplotlib.patches import Rectangle

    place = (x + 0.03, y + 0.04)
    if cell.share is None or off is None:
        axes.add_patch(Rectangle(place, 0.94, 0.92, facecolor="none", edgecolor=LINE2,
                                 linestyle=(0, (3, 2))))
        write(axes, x + 0.5, y + 0.5, words.hidden, ha="center", color=INK)
        return
    scale = LinearSegmentedColormap.from_list("share", list(HEAT))
    colour = scale(min(1.0, max(0.0, 0.5 + off / 2)))[:3]
    axes.add_patch(Rectangle(place, 0.94, 0.92, facecolor=colour, edgecolor="none"))
    write(axes, x + 0.5, y + 0.64, words.percent(cell.share, 0), ha="center", color=INK, weight=600)
    n_text = words.hidden if cell.n is None else words.number(cell.n, 0)
    write(axes, x + 0.5, y + 0.28, n_text, ha="center", color=INK, size=SMALL)


def _firm(
    cells: Mapping[tuple[int, int], HeatCell]
) -> list[tuple[float, int, int, int | None]]:
    """Cells by share, those with few ratings left out where there are others.

    Otherwise the best and the worst hour would be those with the fewest ratings.
    """
    shown = sorted(
        (cell.share, day, hour, cell.n) for (day, hour), cell in cells.items()
        if cell.share is not None
    )
    return [found for found in shown if (found[3] or 0) >= FIRM] or shown


def _alt(
    cells: Mapping[tuple[int, int], HeatCell], hours: Sequence[tuple[int, str]], words: Words
) -> str:
    names = dict(hours)
    shown = [found for found in _firm(cells) if found[2] in names]
    if not shown:
        return words.too_few

    def said(found: tuple[float, int, int, int | None]) -> str:
        share, day, hour, n = found
        return words.heat_cell.format(
            day=words.weekdays[day], hour=names[hour], value=words.percent(share, 0),
            n=words.hidden if n is None else words.number(n, 0),
        )

    return words.heat_alt.format(lowest=said(shown[0]), highest=said(shown[-1]))
