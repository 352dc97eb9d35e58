"""Dot-and-whisker table: one row a subject, its share with its interval, and n."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from survey_analysis.charts.chart import Chart, table
from survey_analysis.charts.style import (
    ALARM,
    INK,
    INK2,
    INK3,
    LINE,
    SEA,
    SEA_SOFT,
    SMALL,
    axes_at,
    figure,
    shorten,
    ticks_between,
)
from survey_analysis.charts.words import VIETNAMESE, Words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROW_HEIGHT = 30


@dataclass(frozen=True)
class WhiskerRow:
    """One subject: share and interval 0–1, None where hidden; n None where hidden.

    ``note`` stands under the label (a tier, a field); ``alarm`` only beside clearly different rows.
    """

    label: str
    share: float | None
    low: float | None
    high: float | None
    n: int | None
    note: str = ""
    alarm: bool = False


def whiskers(
    rows: Sequence[WhiskerRow], *, overall: float | None = None,
    band: tuple[float, float] | None = None, words: Words = VIETNAMESE, width: float = 800,
) -> Chart:
    """Rows in the order given (never sorted by share), the overall share as a line or band.

    Parameters
    ----------
    rows : sequence of WhiskerRow
        In the order they shall stand.
    overall : float, optional
        Overall share, 0–1.
    band : tuple of float, optional
        Its interval, 0–1.
    width : float
        Pixels.
    words : Words
        Texts.

    """
    noted = any(r.note for r in rows)
    height = (ROW_HEIGHT + (10 if noted else 0)) * max(len(rows), 1) + 58
    drawn = figure(width, height)
    axes = axes_at(drawn, 0.31 * width, 28, 0.24 * width, 30)
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")
    known = [v for r in rows for v in (r.low, r.high) if v is not None]
    known += [overall] if overall is not None else []
    left, right = (min(known), max(known)) if known else (0.8, 1.0)
    pad = max(0.02, 0.05 * (right - left))
    left, right = max(0.0, left - pad), min(1.0, right + pad)
    if band is not None:
        axes.axvspan(*band, color=SEA_SOFT, linewidth=0)
    if overall is not None:
        axes.axvline(overall, color=INK3, linewidth=1.2, dashes=(5, 4))
    for i, row in enumerate(rows):
        _row(axes, len(rows) - 1 - i, row, words, noted=noted)
    axes.set_ylim(-0.6, max(len(rows), 1) - 0.4)
    axes.set_xlim(left, right)
    ticks = ticks_between(left, right, 5)
    axes.set_xticks(ticks, [words.percent(t, 0) for t in ticks])
    axes.set_yticks([])
    axes.spines["bottom"].set_visible(False)
    if overall is not None:
        axes.annotate(words.mean.format(value=words.percent(overall)), (overall, 1), xytext=(0, 8),
                      xycoords=("data", "axes fraction"), textcoords="offset points", ha="center",
                      va="bottom", size=12, color=INK2, annotation_clip=False)
    return Chart(drawn, _alt(rows, overall, words), table(
        (words.unit, words.share, words.low, words.high, words.count, words.status),
        [(r.label, r.share, r.low, r.high, r.n, r.note) for r in rows],
    ))


def _row(axes: Axes, y: int, row: WhiskerRow, words: Words, *, noted: bool) -> None:
    """Label, dot, whisker, value and n of one row."""
    colour = ALARM if row.alarm else SEA
    axes.axhline(y - 0.5, color=LINE, linewidth=0.8)
    beside: dict[str, Any] = {"xycoords": ("axes fraction", "data"), "textcoords": "offset points"}
    lift = 8 if noted and row.note else 0
    axes.annotate(shorten(row.label, 30), (0, y), xytext=(-12, lift), ha="right", va="center",
                  color=INK, **beside)
    if row.note:
        axes.annotate(shorten(row.note, 36), (0, y), xytext=(-12, -8), ha="right", va="center",
                      size=SMALL, color=ALARM if row.alarm else INK3, **beside)
    n_text = words.hidden if row.n is None else words.n.format(n=words.number(row.n, 0))
    axes.annotate(n_text, (1, y), xytext=(88, 0), ha="left", va="center", size=12, color=INK3,
                  **beside)
    if row.share is None or row.low is None or row.high is None:
        axes.annotate(words.hidden, (1, y), xytext=(14, 0), ha="left", va="center", color=INK3,
                      **beside)
        return
    axes.plot([row.low, row.high], [y, y], color=colour, linewidth=2.4)
    axes.plot(row.share, y, "D" if row.alarm else "o", markersize=9, color=colour,
              markeredgecolor="white", markeredgewidth=1.4)
    axes.annotate(words.percent(row.share), (1, y), xytext=(14, 0), ha="left", va="center",
                  color=ALARM if row.alarm else INK, weight=600, **beside)


def _alt(rows: Sequence[WhiskerRow], overall: float | None, words: Words) -> str:
    shown = [r for r in rows if r.share is not None and r.low is not None and r.high is not None]
    if not shown:
        return words.too_few
    said = "; ".join(
        words.whisker_row.format(
            label=r.label, value=words.percent(r.share or 0.0), low=words.percent(r.low or 0.0),
            high=words.percent(r.high or 0.0), n=r.n,
        )
        for r in shown[:12]
    )
    return words.whisker_alt.format(
        k=len(rows), mean=words.hidden if overall is None else words.percent(overall),
        rows=said + ("…" if len(shown) > 12 else "."),
    )
