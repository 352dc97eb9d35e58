"""Coverage: rated dossiers of all that could be rated, one row a subject, against a target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from survey_analysis.charts.chart import Chart, table
from survey_analysis.charts.style import (
    ALARM,
    INK,
    INK2,
    SEA,
    SURFACE,
    axes_at,
    figure,
    shorten,
    ticks_between,
    write,
)
from survey_analysis.charts.words import VIETNAMESE, Words

ROW_HEIGHT = 30


@dataclass(frozen=True)
class CoverageRow:
    """Rated and eligible dossiers of one subject; ``note`` tells why it is low."""

    label: str
    rated: int
    eligible: int
    note: str = ""

    @property
    def share(self) -> float | None:
        """0–1; None where nothing could be rated."""
        return self.rated / self.eligible if self.eligible else None


def coverage(
    rows: Sequence[CoverageRow], *, target: float | None = None, alarm: float | None = None,
    words: Words = VIETNAMESE,
) -> Chart:
    """Rows in the order given; a diamond below ``alarm``.

    Parameters
    ----------
    rows : sequence of CoverageRow
        In the order they shall stand.
    target, alarm : float, optional
        Shares, 0–1.
    words : Words
        Texts.

    """
    drawn = figure(540, ROW_HEIGHT * max(len(rows), 1) + 62)
    axes = axes_at(drawn, 205, 28, 56, 30)
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")
    shares = [r.share for r in rows if r.share is not None]
    most = min(1.0, max([*shares, target or 0.0, 0.1]) * 1.12)
    for i, row in enumerate(rows):
        y, share = len(rows) - 1 - i, row.share
        if share is None:
            write(axes, 0.01 * most, y, words.hidden)
            continue
        low = alarm is not None and share < alarm
        colour = ALARM if low else SEA
        axes.plot([0, share], [y, y], color=colour, linewidth=2.2, alpha=0.5)
        axes.plot(share, y, "D" if low else "o", markersize=9, color=colour, clip_on=False)
        text = words.percent(share, 0) + (f" · {row.note}" if row.note else "")
        axes.annotate(text, (share, y), xytext=(9, 0), textcoords="offset points", va="center",
                      weight=600, color=ALARM if low else INK,
                      bbox={"facecolor": SURFACE, "edgecolor": "none", "pad": 1.5})
    axes.set_xlim(0, most)
    axes.set_ylim(-0.6, max(len(rows), 1) - 0.4)
    axes.set_yticks([len(rows) - 1 - i for i in range(len(rows))],
                    [shorten(r.label, 27) for r in rows])
    ticks = ticks_between(0, most, 4)
    axes.set_xticks(ticks, [words.percent(t, 0) for t in ticks])
    axes.spines["bottom"].set_visible(False)
    if target is not None:
        axes.axvline(target, color=INK2, linewidth=1.2, dashes=(4, 3))
        axes.annotate(words.target.format(value=words.percent(target, 0)), (target, 1),
                      xytext=(0, 12), xycoords=("data", "axes fraction"), va="center", ha="center",
                      textcoords="offset points", size=12)
    return Chart(drawn, _alt(rows, target, words), table(
        (words.unit, words.rated, words.eligible, words.coverage),
        [(r.label, r.rated, r.eligible, r.share) for r in rows],
    ))


def _alt(rows: Sequence[CoverageRow], target: float | None, words: Words) -> str:
    shares = [r.share for r in rows if r.share is not None]
    if not shares:
        return words.too_few
    short = [r.label for r in rows if r.share is not None and target is not None and r.share < target]
    below = words.coverage_below.format(
        target=words.percent(target or 0.0, 0), names=", ".join(short)) if short else ""
    return words.coverage_alt.format(
        k=len(shares), low=words.percent(min(shares), 0), high=words.percent(max(shares), 0),
        below=below,
    )
