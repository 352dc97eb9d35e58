"""Punctual units whose citizens are less satisfied than elsewhere: time is not what they miss."""

from __future__ import annotations

from collections.abc import Sequence

from kiosk_app.reporting.change import p_of_difference
from kiosk_app.reporting.records import Figure
from kiosk_app.reporting.service_quality import ServiceLine
from survey_analysis import DEFAULTS, bh_rejected

PUNCTUAL = 0.95
"""Share in time from which a unit counts as punctual."""


def unsatisfied(
    lines: Sequence[ServiceLine], units: Sequence[Figure]
) -> tuple[tuple[ServiceLine, Figure], ...]:
    """Units in time that are clearly below the rest, by Benjamini–Hochberg among all units shown.

    ``lines`` and ``units`` share their keys; hidden units are left out.
    """
    shown = [(row, round((row.share or 0.0) * row.n), row.n) for row in units
             if row.share is not None and row.n]
    everybody, n = sum(x for _, x, _ in shown), sum(size for _, _, size in shown)
    held = [
        (row, x / size, p_of_difference(x, size, everybody - x, n - size))
        for row, x, size in shown if n > size
    ]
    if not held:
        return ()
    chosen = bh_rejected([p for _, _, p in held], DEFAULTS.fdr_q)
    low = {row.key: row for (row, share, _p), hit in zip(held, chosen, strict=True)
           if hit and share < everybody / n}
    return tuple(
        (line, low[line.key]) for line in lines
        if line.key in low and (line.share_on_time or 0.0) >= PUNCTUAL
    )
