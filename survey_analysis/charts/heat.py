"""Share satisfied by weekday and hour, the number and n in every cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from survey_analysis.charts.chart import Chart, table
from survey_analysis.charts.style import (
    HEAT,
    INK,
    LINE2,
    SMALL,
    axes_at,
    figure,
    write,
)
from survey_analysis.charts.words import VIETNAMESE, Words

if TYPE_CHECKING:
    from matplotlib.axes import Axes


FIRM = 30


@dataclass(frozen=True)
class HeatCell:
    """Share 0–1 and n of one weekday and hour; both None where hidden."""

    share: float | None
    n: int | None


def heat(
    cells: Mapping[tuple[int, int], HeatCell], hours: Sequence[tuple[int, str]], *,
    days: Sequence[int] = (0, 1, 2, 3, 4, 5), words: Words = VIETNAMESE,
) -> Chart:
    """Weekday × hour: colour follows the share, the number is printed, hidden cells are dashed.

    Parameters
    ----------
    cells : mapping
        (weekday 0 = Monday, key of the hour) → HeatCell. Missing: closed, left blank.
    hours : sequence of (int, str)
        Keys and labels from left to right.
    days : sequence of int
        Weekdays from top to bottom.
    words : Words
        Texts.

    """
    width, height = max(520, 66 * len(hours) + 90), 42 * max(len(days), 1) + 44
    drawn = figure(width, height)
    axes = axes_at(drawn, 76, 34, 8, 8)
    axes.grid(visible=False)
    shown = [share for share, *_ in _firm(cells)]
    low, high = (min(shown), max(shown)) if shown else (0.0, 1.0)
    for row, day in enumerate(days):
        for column, (hour, _) in enumerate(hours):
            cell = cells.get((day, hour))
            if cell is not None:
                _cell(axes, column, len(days) - 1 - row, cell, (low, high), words)
    axes.set_xlim(0, max(len(hours), 1))
    axes.set_ylim(0, max(len(days), 1))
    axes.set_yticks([len(days) - 0.5 - i for i in range(len(days))], [words.weekdays[d] for d in days])
    axes.set_xticks([i + 0.5 for i in range(len(hours))], [label for _, label in hours])
    axes.xaxis.tick_top()
    axes.spines["bottom"].set_visible(False)
    return Chart(drawn, _alt(cells, hours, words), table(
        (words.weekday, words.hour, words.share, words.count),
        [(words.weekdays[d], label, cells[d, h].share, cells[d, h].n)
         for d in days for h, label in hours if (d, h) in cells],
    ))


def _cell(
    axes: Axes, x: int, y: int, cell: HeatCell, span: tuple[float, float], words: Words
) -> None:
    from matplotlib.colors import LinearSegmentedColormap
    from matplotlib.patches import Rectangle

    place = (x + 0.03, y + 0.04)
    if cell.share is None:
        axes.add_patch(Rectangle(place, 0.94, 0.92, facecolor="none", edgecolor=LINE2,
                                 linestyle=(0, (3, 2))))
        write(axes, x + 0.5, y + 0.5, words.hidden, ha="center", color=INK)
        return
    scale = LinearSegmentedColormap.from_list("share", list(HEAT))
    low, high = span
    place_on_scale = (cell.share - low) / (high - low) if high > low else 0.5
    colour = scale(min(1.0, max(0.0, place_on_scale)))[:3]
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
