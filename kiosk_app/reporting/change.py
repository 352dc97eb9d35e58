"""What changed between two shown figures, how surely, and whether it is noise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import erfc, sqrt

from kiosk_app.reporting.records import Figure
from survey_analysis import DEFAULTS, bh_rejected, newcombe


@dataclass(frozen=True)
class Change:
    """Share now minus share before, −1…1, with its 95 % interval (Newcombe's)."""

    key: str
    label: str
    now: Figure
    before: Figure
    difference: float
    low: float
    high: float
    p_value: float
    clear: bool
    """Beyond chance; among several, by Benjamini–Hochberg."""


def _satisfied(row: Figure) -> int:
    return round((row.share or 0.0) * (row.n or 0))


def p_of_difference(x1: int, n1: int, x2: int, n2: int) -> float:
    """Two-sided, of two shares being one (pooled normal approximation); 1 where all are alike."""
    pooled = (x1 + x2) / (n1 + n2)
    variance = pooled * (1 - pooled) * (1 / n1 + 1 / n2)
    return 1.0 if variance <= 0 else erfc(abs(x1 / n1 - x2 / n2) / sqrt(2 * variance))


def between(now: Figure, before: Figure) -> Change | None:
    """The change from ``before`` to ``now``; None where either is hidden."""
    if now.share is None or before.share is None or not now.n or not before.n:
        return None
    x1, x2 = _satisfied(now), _satisfied(before)
    found = newcombe(x1, now.n, x2, before.n)
    return Change(
        now.key, now.label, now, before, found.estimate, found.low, found.high,
        p_of_difference(x1, now.n, x2, before.n), clear=found.low > 0 or found.high < 0,
    )


def among(rows: Sequence[Figure], earlier: Mapping[str, Figure]) -> tuple[Change, ...]:
    """Changes of the rows of one table; ``clear`` holds the share of false ones at q."""
    found = [c for c in (between(r, earlier[r.key]) for r in rows if r.key in earlier) if c]
    if not found:
        return ()
    chosen = bh_rejected([c.p_value for c in found], DEFAULTS.fdr_q)
    return tuple(
        Change(c.key, c.label, c.now, c.before, c.difference, c.low, c.high, c.p_value,
               clear=bool(hit) and (c.low > 0 or c.high < 0))
        for c, hit in zip(found, chosen, strict=True)
    )
