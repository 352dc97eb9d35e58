"""The drawn year has the published proportions at every scale, and is the same for a seed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kiosk_app.demo import aggregates, dossiers, opinions, ratings, workdays
from kiosk_app.demo.dossiers import DAY_MINUTES

CENTRE, CENTRE_LATE, CENTRE_OVER = 139_214, 2_436, 14
WARDS, WARDS_LATE, WARDS_OVER = 96_742, 580, 5


def draw(scale: float, seed: int = 1) -> dossiers.Year:
    return dossiers.generate(scale, np.random.default_rng(seed))


@pytest.mark.parametrize("scale", [0.01, 0.02, pytest.param(0.1, marks=pytest.mark.slow)])
def test_totals_are_exactly_the_scaled_ones(scale: float) -> None:
    year = draw(scale)
    for inside, total, late, over in (
        (year.unit == 0, CENTRE, CENTRE_LATE, CENTRE_OVER),
        (year.unit != 0, WARDS, WARDS_LATE, WARDS_OVER),
    ):
        assert inside.sum() == round(total * scale)
        after_due = year.finished // DAY_MINUTES > year.due
        assert after_due[inside].sum() == year.late[inside].sum() == round(late * scale)
        assert (year.supplements[inside] > 1).sum() == round(over * scale)


def test_the_aggregates_are_those_of_the_article() -> None:
    cells = aggregates.cells()
    for centre, total, late, over in (
        (True, CENTRE, CENTRE_LATE, CENTRE_OVER), (False, WARDS, WARDS_LATE, WARDS_OVER),
    ):
        inside = [c for c in cells if (c.unit == "HL-TTHCC") == centre]
        assert sum(c.received for c in inside) == total
        assert sum(c.late for c in inside) == late
        assert sum(c.over_limit for c in inside) == over
    assert round(100 * (1 - CENTRE_LATE / CENTRE), 2) == 98.25
    assert round(100 * (1 - WARDS_LATE / WARDS), 1) == 99.4


def test_shipped_data_stay_small_and_hold_no_dossiers() -> None:
    folder = Path(aggregates.path_of("units.csv")).parent
    assert sum(p.stat().st_size for p in folder.iterdir()) < 200_000


def test_times_are_in_order_and_codes_are_unique() -> None:
    year = draw(0.02)
    handed = year.returned >= 0
    assert (year.finished >= year.received).all()
    assert (year.returned[handed] >= year.finished[handed]).all()
    codes = {year.code(i) for i in range(len(year))}
    assert len(codes) == len(year)
    assert "000.00.12.H49-180102-0001" in codes


def test_desks_are_closed_at_tet_and_on_holidays() -> None:
    year = draw(0.02)
    desk = year.mode != 1
    days = set((year.received[desk] // DAY_MINUTES).tolist())
    closed = {(d - workdays.FIRST).days for d in workdays.TET} | {0, 119, 120}
    assert not days & closed
    assert not (workdays.weekday(year.received[desk] // DAY_MINUTES) == 6).any()
    minutes = year.received[desk] % DAY_MINUTES
    assert minutes.min() >= 450
    assert minutes.max() < 17 * 60


def test_officers_work_only_while_posted() -> None:
    year = draw(0.02)
    left = year.officers.index("HL.CB.005")
    days = year.received[year.officer == left] // DAY_MINUTES
    assert len(days) > 0
    assert days.max() <= 89


def test_the_same_seed_gives_the_same_year() -> None:
    one, same, other = draw(0.01), draw(0.01), draw(0.01, seed=2)
    assert (one.received == same.received).all()
    assert not (one.received == other.received).all()


def test_a_third_rates_and_nine_in_ten_are_satisfied() -> None:
    rng = np.random.default_rng(5)
    year = dossiers.generate(0.1, rng)
    raters = opinions.draw(year, 0.1, opinions.draw_effects(year, rng), rng)
    assert len(raters.level) == 8_200
    assert 0.87 < (raters.level >= 4).mean() < 0.93
    late = year.late[raters.dossier] == 1
    assert (raters.level[late] >= 4).mean() < (raters.level[~late] >= 4).mean() - 0.05


def test_queues_are_numbered_without_gaps_and_one_tablet_was_wiped() -> None:
    rng = np.random.default_rng(5)
    year = dossiers.generate(0.05, rng)
    raters = opinions.draw(year, 0.05, opinions.draw_effects(year, rng), rng)
    queues = ratings.queues(year, raters, rng)
    for name in ratings.tablet_names():
        numbers: dict[str, list[int]] = {}
        for _, item in queues[name].items:
            numbers.setdefault(item["epoch"], []).append(item["seq"])
        assert len(numbers) == (2 if name == ratings.WIPED[0] else 1)
        assert all(seqs == list(range(1, len(seqs) + 1)) for seqs in numbers.values())
    batches = ratings.deliveries(queues, 0.05)
    assert sum(len(b.items) for b in batches) == 4_100
    assert max(len(b.items) for b in batches) <= ratings.BATCH
    assert [b.arrives for b in batches] == sorted(b.arrives for b in batches)
