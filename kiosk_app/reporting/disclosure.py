"""The one way out: figures become rows here, and rows that would tell too much are hidden."""

from __future__ import annotations

from kiosk_app.reporting.gate import FEW, HIDDEN, SHOWN
from kiosk_app.reporting.records import Figure
from survey_analysis import discloses, house, single_level, summarise

Levels = tuple[int, int, int, int, int]


def figure(key: str, label: str, levels: Levels, eligible: int, why: str) -> Figure:
    """A row from released counts; ``why`` is the ledger's word on the cell (``reporting.gate``)."""
    if why == SHOWN and discloses(levels):
        why = HIDDEN
    if why != SHOWN:
        return Figure(
            key=key, label=label, n=None, eligible=eligible, coverage=None, share=None, low=None,
            high=None, levels=None, suppressed=True, tier="too_few", why=why,
        )
    summary = summarise(levels)
    share = summary.share if house(levels) else None
    return Figure(
        key=key, label=label, n=summary.n, eligible=eligible,
        coverage=summary.n / eligible if eligible else None,
        share=share.estimate if share else None, low=share.low if share else None,
        high=share.high if share else None,
        levels=levels if share and not single_level(levels) else None, suppressed=share is None,
        why=SHOWN if share or not summary.n else FEW,
    )


def pooled(key: str, label: str, levels: Levels, eligible: int, *, shown: bool) -> Figure:
    """A sum of cells that are all shown, which tells nothing new; hidden where one of them is."""
    return figure(key, label, levels, eligible, SHOWN if shown else HIDDEN)


def apart(levels: Levels) -> Figure:
    """A figure that is no cell of the lattice (an alarm's stretch of days), judged on its own."""
    return figure("", "", levels, 0, SHOWN)
