"""Charts of judged figures in the reader's language: SVG with text alternative.

A chart is drawn once for the figures it shows; the same figures find it again.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from math import sqrt

from kiosk_app.reporting.effect_records import Effect
from kiosk_app.reporting.hours import Hours
from kiosk_app.reporting.records import Figure
from kiosk_app.reporting.weeks import Course
from survey_analysis import Interval, charts
from survey_analysis.charts import ENGLISH, VIETNAMESE, Chart, Words

Z95, Z998 = 1.96, 3.09
FUNNEL_FROM = 10


def _words(lang: str) -> Words:
    return ENGLISH if lang == "en" else VIETNAMESE


@lru_cache(maxsize=256)
def _svg(draw: Callable[..., Chart], shown: Hashable, lang: str, name: str, title: str) -> bytes:
    return draw(shown, _words(lang)).svg(name, title)


def _week_label(key: str, words: Words) -> str:
    return f"{'W' if words is ENGLISH else 'T'}{int(key[4:])}"


def _draw_weeks(found: Course, words: Words) -> Chart:
    weeks = found.weeks
    years = [int(w.figure.key) // 100 for w in weeks]
    breaks = [
        (i, str(before), str(after))
        for i, (before, after) in enumerate(pairwise(years), 1)
        if before != after
    ]
    known = found.centre is not None
    points = [
        charts.ControlPoint(
            _week_label(w.figure.key, words), w.figure.share, w.figure.n,
            w.lower if known else w.figure.low, w.upper if known else w.figure.high,
            signal=w.signal,
        )
        for w in weeks
    ]
    shown = [w.figure for w in weeks if w.figure.share is not None and w.figure.n]
    total = sum(r.n or 0 for r in shown)
    mean = sum((r.share or 0) * (r.n or 0) for r in shown) / total if total else 0.0
    return charts.trend(
        points, found.centre if found.centre is not None else mean, breaks=breaks,
        band=None if known else words.interval_band, words=words,
    )


def weekly(found: Course, lang: str, title: str) -> bytes:
    """Weeks against the limits of chance; without a baseline in the band of their intervals."""
    return _svg(_draw_weeks, found, lang, "weeks", title)


def _draw_reasons(rows: Sequence[tuple[str, str, int]], words: Words) -> Chart:
    return charts.pareto([charts.ReasonCount(*row) for row in rows], words=words)


def reasons(rows: Sequence[tuple[str, str, int]], lang: str, title: str) -> bytes:
    """Reasons (label, factor, count) from the most to the least frequent."""
    return _svg(_draw_reasons, tuple(rows), lang, "reasons", title)


def _draw_hours(found: Hours, words: Words) -> Chart:
    placed = [(int(cell.key[0]), int(cell.key[2:]), cell) for cell in found.cells]
    seen = {int(hour) for hour in found.busy}
    cells = {
        (weekday - 1, hour): charts.HeatCell(
            cell.share, cell.n if cell.share is not None else None)
        for weekday, hour, cell in placed if hour in seen
    }
    days = sorted({day for day, _ in cells}) or [0, 1, 2, 3, 4]
    totals = {
        int(row.key): charts.HeatCell(row.share, row.n) for row in found.whole_week
        if int(row.key) in seen
    }
    return charts.heat(
        cells, [(h, f"{h}:00") for h in sorted(seen)], days=days, totals=totals, words=words
    )


def hourly(found: Hours, lang: str, title: str) -> bytes:
    """Weekday × hour, the share and n in every cell; under the threshold said, not shown.

    Hours that never have thirty ratings on a weekday (the night, by phone) stand in the table only.
    """
    return _svg(_draw_hours, found, lang, "hours", title)


def _draw_coverage(rows: Sequence[Figure], words: Words) -> Chart:
    return charts.coverage(
        [charts.CoverageRow(r.label, r.n, r.eligible) for r in rows
         if r.n is not None and r.eligible],
        words=words,
    )


def covered(rows: Sequence[Figure], lang: str, title: str) -> bytes:
    """Rated of what could be rated, one row a unit; units with a hidden n are left out."""
    return _svg(_draw_coverage, tuple(rows), lang, "coverage", title)


def _draw_funnel(rows: Sequence[Figure], words: Words) -> Chart:
    placed = [r for r in rows if r.adjusted is not None and r.overall is not None and r.n]
    points = [
        charts.FunnelPoint(r.label, r.n or 0, r.adjusted or 0.0,
                           review=r.tier in ("clearly_above", "clearly_below"))
        for r in placed
    ]
    overall = placed[0].overall or 0.0 if placed else 0.0
    spread = max((r.tau2 or 0.0 for r in placed), default=0.0)
    most = max((r.n or 0 for r in placed), default=FUNNEL_FROM)
    sizes = [FUNNEL_FROM + (most - FUNNEL_FROM) * (i / 60) ** 2 for i in range(61)]
    half = [sqrt(overall * (1 - overall) / n + spread) for n in sizes]
    low, high = (
        [[min(1.0, max(0.0, overall + sign * z * h)) for h in half] for z in (Z95, Z998)]
        for sign in (-1, 1)
    )
    lines = charts.FunnelLimits(sizes, low[0], high[0], low[1], high[1])
    return charts.funnel(points, overall, lines, words=words)


def funnel(rows: Sequence[Figure], lang: str, title: str) -> bytes:
    """Adjusted shares of one family against their size, in the limits of chance."""
    return _svg(_draw_funnel, tuple(rows), lang, "funnel", title)


def _draw_course(shown: tuple[tuple[tuple[str, Figure], ...], float], words: Words) -> Chart:
    rows, overall = shown
    points = [charts.ControlPoint(label, r.share, r.n, r.low, r.high) for label, r in rows]
    return charts.trend(points, overall, band=words.interval_band, words=words, width=760)


def course(rows: Sequence[tuple[str, Figure]], overall: float, lang: str, title: str) -> bytes:
    """Months of one subject in the band of their intervals, beside the overall share."""
    return _svg(_draw_course, (tuple(rows), overall), lang, "course", title)


def _draw_slope(marks: Sequence[tuple[str, float, float]], words: Words) -> Chart:
    names, before, after = zip(*marks, strict=True)
    return charts.slope(before, after, names=names, words=words)


def slope(marks: Sequence[tuple[str, float, float]], lang: str, title: str) -> bytes:
    """Marks before and after of each who has both (name, before, after)."""
    return _svg(_draw_slope, tuple(marks), lang, "slope", title)


def _draw_effect(shown: tuple[Effect, str], words: Words) -> Chart:
    effect, session = shown
    points = [
        charts.EventPoint(m.distance + 1, m.gap, m.low, m.high, left_out=m.role == "selection")
        for m in effect.months if m.role != "session"
    ]
    if effect.verdict == "no_change_shown":
        words = replace(words, event_unsure=words.event_none)
    overall = None
    if effect.estimate is not None and effect.low is not None and effect.high is not None:
        overall = Interval(effect.estimate, effect.low, effect.high)
    return charts.event_study(points, overall, title=session, reference=None, words=words)


def effect(found: Effect, session: str, lang: str, title: str) -> bytes:
    """Months around a session: the trained against their untrained peers."""
    return _svg(_draw_effect, (found, session), lang, "effect", title)
