"""The one way out: figures become rows here, and rows that would tell too much are hidden."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kiosk_app.reporting.records import Figure
from survey_analysis import DEFAULTS, complement, house, single_level, summarise

Levels = tuple[int, int, int, int, int]


def figure(key: str, label: str, levels: Levels, eligible: int) -> Figure:
    """A row from released counts, judged on its own."""
    summary = summarise(levels)
    shown = house(levels) and summary.share is not None
    share = summary.share if shown else None
    hide_n = 0 < summary.n < DEFAULTS.min_count
    distribution = levels if shown and not single_level(levels) else None
    return Figure(
        key=key, label=label, n=None if hide_n else summary.n, eligible=eligible,
        coverage=summary.n / eligible if eligible and not hide_n else None,
        share=share.estimate if share else None, low=share.low if share else None,
        high=share.high if share else None, levels=distribution, suppressed=not shown,
    )


def hidden(row: Figure) -> Figure:
    """The row without anything that could be subtracted from a total."""
    return replace(
        row, n=None, coverage=None, share=None, low=None, high=None, levels=None, suppressed=True,
        adjusted=None, tier="too_few",
    )


def pooled(key: str, label: str, levels: Levels, eligible: int, *, shown: bool) -> Figure:
    """A sum of published rows; not shown where it would tell the one hidden among them."""
    found = figure(key, label, levels, eligible)
    return found if shown else hidden(found)


def table(rows: Sequence[Figure], sizes: Sequence[int]) -> list[Figure]:
    """Rows beside a published total: a lone hidden row takes the smallest shown one with it."""
    shown = complement(sizes, [not row.suppressed for row in rows])
    return [
        row if ok or row.suppressed else hidden(row) for row, ok in zip(rows, shown, strict=True)
    ]
