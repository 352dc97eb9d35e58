"""Charts of the findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from survey_analysis.charts import (
    Chart,
    ControlPoint,
    FunnelLimits,
    FunnelPoint,
    HeatCell,
    LevelRow,
    ReasonCount,
    WhiskerRow,
    funnel,
    heat,
    levels,
    pareto,
    trend,
    whiskers,
)
from survey_analysis.funnel import funnel_overdispersed, overdispersion, stabilise
from survey_analysis.report.figures import DIMENSIONS, Findings, Group
from survey_analysis.report.texts import Texts, period_name
from survey_analysis.text.dictionary import Dictionary

MOST_ROWS, FUNNEL_ROWS = 40, 10
# Hours with a smaller part of all ratings stay in the table.
QUIET_HOUR = 0.01


def draw(found: Findings, texts: Texts, dictionary: Dictionary) -> dict[str, Chart]:
    """Charts by name, those for which there are figures."""
    drawn: dict[str, Chart] = {}
    if found.levels is not None and not found.public:
        drawn["levels"] = levels([LevelRow("", found.levels)], words=texts.charts)
    if sum(row.share is not None for row in found.periods) >= 2 and found.share:
        drawn["trend"] = _course(found, texts)
    if sum(row.share is not None for row in found.cells.values()) >= 4:
        drawn["heat"] = _heat(found, texts)
    if (drawn_funnel := _funnel(found, texts)) is not None:
        drawn["funnel"] = drawn_funnel
    for name in DIMENSIONS:
        rows = found.groups.get(name, [])
        if len(rows) > 1 and any(row.share is not None for row in rows):
            drawn[name] = _rows(rows, found, texts)
    if found.reasons:
        drawn["reasons"] = pareto(_reasons(found, texts, dictionary), words=texts.charts)
    spoken = [
        ReasonCount(texts.reason_names.get(t.topic, t.topic),
                    texts.factor_names.get(dictionary.factors.get(t.topic, ""), ""), t.bad)
        for t in found.topics if t.bad >= 5
    ]
    if spoken:
        drawn["topics"] = pareto(spoken, words=texts.charts)
    return drawn


def _reasons(found: Findings, texts: Texts, dictionary: Dictionary) -> list[ReasonCount]:
    return [
        ReasonCount(texts.reason_names.get(r, r),
                    texts.factor_names.get(dictionary.factors.get(r, ""), ""), n)
        for r, n in found.reasons
    ]


def _course(found: Findings, texts: Texts) -> Chart:
    """Against control limits from the twelfth period on; before, in the interval of each."""
    if found.control is not None:
        chart = found.control
        judged = [
            ControlPoint(period_name(row.label, texts), row.share, row.n, float(chart.low[i]),
                         float(chart.high[i]))
            for i, row in enumerate(found.periods)
        ]
        return trend(judged, float(chart.centre[0]), words=texts.charts)
    centre = found.share.estimate if found.share else 0.0
    points = [
        ControlPoint(period_name(row.label, texts), row.share, row.n, row.low, row.high)
        for row in found.periods
    ]
    return trend(points, centre, band=texts.charts.interval_band, words=texts.charts)


def _funnel(found: Findings, texts: Texts) -> Chart | None:
    """Adjusted shares within the largest unit, limits widened by what its members truly differ."""
    compared = [r for r in found.groups.get(found.subject, []) if r.adjusted is not None and r.n]
    sizes = Counter(r.family for r in compared)
    rows = [r for r in compared if r.family == sizes.most_common(1)[0][0]]
    if len(rows) < FUNNEL_ROWS:
        return None
    n = np.array([r.n for r in rows], dtype=float)
    share = np.array([r.adjusted for r in rows], dtype=float)
    centre = float((n * share).sum() / n.sum())
    stable = stabilise(share * n, n, "arcsine", centre)
    spread = overdispersion(stable.z, stable.s)
    along = np.linspace(max(5.0, n.min() / 2), 1.05 * n.max(), 120)
    warning, action = (
        funnel_overdispersed(along, "arcsine", centre, tau2=spread.tau2, z=z) for z in (1.96, 3.09)
    )
    return funnel(
        [FunnelPoint(r.label, r.n or 0, r.adjusted or 0.0, r.tier.startswith("clearly")) for r in rows],
        centre,
        FunnelLimits(along.tolist(), warning.low.tolist(), warning.high.tolist(),
                     action.low.tolist(), action.high.tolist()),
        words=texts.charts,
    )


def _heat(found: Findings, texts: Texts) -> Chart:
    sizes: dict[int, int] = {}
    for (_, hour), row in found.cells.items():
        sizes[hour] = sizes.get(hour, 0) + (row.n or 0)
    busy = [h for h, n in sizes.items() if n >= QUIET_HOUR * sum(sizes.values())]
    hours = range(min(busy), max(busy) + 1)
    days = sorted({d for (d, h), row in found.cells.items() if h in hours and row.share is not None})
    cells = {place: HeatCell(row.share, row.n if row.share is not None else None)
             for place, row in found.cells.items()}
    return heat(cells, [(h, f"{h}h") for h in hours], days=days, words=texts.charts)


def _rows(rows: Sequence[Group], found: Findings, texts: Texts) -> Chart:
    shown = [
        WhiskerRow(
            row.label or texts.blank,
            row.share if row.adjusted is None else row.adjusted,
            row.low if row.adjusted_low is None else row.adjusted_low,
            row.high if row.adjusted_high is None else row.adjusted_high,
            row.n, texts.tiers.get(row.tier, ""), row.tier == "clearly_below",
        )
        for row in rows[:MOST_ROWS]
    ]
    overall = found.share.estimate if found.share else None
    return whiskers(shown, overall=overall, words=texts.charts)
