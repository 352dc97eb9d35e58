"""True officer effects lie inside their intervals, on the sample and on years of other truths."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

import numpy as np
import pytest

from survey_analysis import alerts_of, binomial_break, budget
from survey_analysis.officers import NOT_COMPARABLE
from tests.campaigns import length
from tests.campaigns.officer_years import (
    Rated,
    coded,
    draw_year,
    sample_of_2018,
    table_of,
    truth_of_2018,
)

YEARS = 100 if length.FULL else 6


@pytest.fixture(scope="module")
def rated() -> list[Rated]:
    return sample_of_2018()


def test_true_effects_of_the_sample_are_inside_their_intervals(rated: list[Rated]) -> None:
    truth = truth_of_2018()
    patterned = {one for found in truth["patterned"].values() for one in found}
    table_rows = [row for row in rated if row.id not in patterned]
    year = coded(table_rows)
    table = table_of(year)
    place = {name: i for i, name in enumerate(year.names)}
    asked = [
        one for one in truth["officers"]
        if one["comparable"] and not one["pattern"]
        and one["effect_points_against_peers_same_cases"] is not None
    ]
    assert len(asked) == 86
    at = np.array([place[one["officer_code"]] for one in asked])
    effect = np.array([one["effect_points_against_peers_same_cases"] for one in asked]) / 100
    inside = (table.difference_low[at] <= effect) & (effect <= table.difference_high[at])
    shrunken = (table.shrunken_low[at] <= effect) & (effect <= table.shrunken_high[at])
    assert inside.sum() >= 74
    assert shrunken.sum() >= 74
    alone = [place[name] for name in truth["not_comparable"]]
    assert set(np.flatnonzero(table.tier == NOT_COMPARABLE)) == set(alone)
    length.keep("officer-truth", "sample", {
        "officers": len(asked), "inside": int(inside.sum()), "shrunken_inside": int(shrunken.sum()),
    })


def test_true_effects_of_other_years_are_inside_their_intervals() -> None:
    """Judged over replicates: 95 % within what so many years may give."""
    inside, shrunken, n = 0, 0, 0
    for seed in range(YEARS):
        drawn = draw_year(seed)
        table = table_of(drawn.year)
        ok = table.estimable
        truth = drawn.truth[ok]
        assert ok.sum() > 40
        inside += int(((table.difference_low[ok] <= truth) & (truth <= table.difference_high[ok])).sum())
        shrunken += int(((table.shrunken_low[ok] <= truth) & (truth <= table.shrunken_high[ok])).sum())
        n += int(ok.sum())
    assert 0.925 <= inside / n <= 0.99
    assert 0.915 <= shrunken / n <= 0.99
    length.keep("officer-truth", "other years", {
        "years": YEARS, "officers": n, "inside": round(inside / n, 4),
        "shrunken_inside": round(shrunken / n, 4),
    })


def _weeks(rows: list[Rated]) -> tuple[list[date], np.ndarray, np.ndarray]:
    hits: dict[date, list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        day = date.fromisoformat(row.day)
        week = hits[day - timedelta(days=day.weekday())]
        week[0] += row.level >= 4
        week[1] += 1
    order = sorted(hits)
    return order, np.array([hits[w][0] for w in order]), np.array([hits[w][1] for w in order])


def test_the_real_drop_is_dated_within_two_weeks(rated: list[Rated]) -> None:
    """In retrospect by the likelihood, and while it happens by the alarm."""
    drop = truth_of_2018()["drop"]
    first = date.fromisoformat(drop["first_day"])
    rows = sorted((r for r in rated if r.unit == drop["unit_id"]), key=lambda r: r.day)
    weeks, hits, n = _weeks(rows)
    found = binomial_break(hits, n, replicates=199)
    assert found.supported
    assert found.p_value <= 0.01
    assert abs((weeks[found.at] - first).days) <= 14
    event = np.array([r.level <= 3 for r in rows], dtype=float)
    frozen = np.array([r.day < "2018-05-01" for r in rows])
    p = np.full(len(event), float(event[frozen].mean()))
    limits = budget([p] * 20, [len(event)] * 20)
    alerts = [a for a in alerts_of(event, p, limits.worse[0], limits.better[0]) if a.worse]
    told = [a for a in alerts if date.fromisoformat(rows[a.at].day) >= first]
    assert told
    assert abs((date.fromisoformat(rows[told[0].start].day) - first).days) <= 14
    before = [a for a in alerts if date.fromisoformat(rows[a.at].day) < first]
    assert len(before) <= 1  # the budget of six false alarms a year allows so much
    length.keep("officer-truth", "drop", {
        "true_first_day": str(first), "break_week": str(weeks[found.at]),
        "alert_start": rows[told[0].start].day, "alert_day": rows[told[0].at].day,
    })


def test_other_drops_are_dated_within_two_weeks() -> None:
    rng = np.random.default_rng(20)
    near, many = 0, 200 if length.FULL else 40
    for _ in range(many):
        at = int(rng.integers(15, 38))
        n = rng.poisson(18, 52)
        share = np.where(np.arange(52) < at, rng.uniform(0.88, 0.95), rng.uniform(0.65, 0.75))
        found = binomial_break(rng.binomial(n, share), n, replicates=19)
        near += abs(found.at - at) <= 2
    assert near / many >= 0.9
    length.keep("officer-truth", "other drops", {"drops": many, "within_two_weeks": near})
