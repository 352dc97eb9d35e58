"""Charts of figures that have passed the gate, as SVG with their text alternative."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

from kiosk_app.reporting.records import Figure
from survey_analysis.charts import TrendPoint, draw_levels, draw_trend, to_svg

Words = Callable[[Figure], str]


def trend(
    rows: Sequence[Figure], *, labels: Sequence[str], notes: Sequence[str], title: str,
    description: str,
) -> bytes:
    """Share satisfied by month in the band of its interval."""
    points = [
        TrendPoint(label, row.share, row.low, row.high, note)
        for row, label, note in zip(rows, labels, notes, strict=True)
    ]
    return _trend(tuple(points), title, description)


@lru_cache(maxsize=64)
def _trend(points: tuple[TrendPoint, ...], title: str, description: str) -> bytes:
    return to_svg(draw_trend(points), name="trend", title=title, description=description)


def levels(
    row: Figure, *, labels: Sequence[str], values: Sequence[str], title: str, description: str
) -> bytes:
    """Distribution over the five levels; zeros where it is hidden."""
    counts = row.levels or (0, 0, 0, 0, 0)
    return _levels(counts, tuple(labels), tuple(values), title, description)


@lru_cache(maxsize=64)
def _levels(
    counts: tuple[int, ...], labels: tuple[str, ...], values: tuple[str, ...], title: str,
    description: str,
) -> bytes:
    return to_svg(
        draw_levels(counts, labels, values), name="levels", title=title, description=description
    )
