"""Tables decided by exchanges: attacked by linear programming, and bound by what was given out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_analysis import (
    Block,
    Cell,
    CellKey,
    Lattice,
    Pattern,
    attack,
    build_lattice,
    discloses,
    may_refresh,
    suppress_block,
    suppress_weeks,
)
from survey_analysis.errors import InvalidCountsError

MONTHS = tuple(i // 3 for i in range(12))


def lattice_of(counts: np.ndarray, hidden: Pattern, *, partition: bool) -> tuple[Lattice, set[CellKey]]:
    """The same table as the lattice that an attacker sees, and its hidden cells.

    Empty cells beside hidden ones look hidden, so an attacker gets them as unknown too.
    """
    months = {}
    names = set()
    for member, rows in enumerate(counts):
        for period, levels in enumerate(rows):
            key = CellKey("unit", "officer" if partition else "reason", member, f"2018-{period + 1:02d}")
            months[key] = tuple(int(n) for n in levels)
            if hidden.cells[member, period] or (not any(levels) and hidden.cells[:, period].any()):
                names.add(key)
    if partition:
        for period in range(counts.shape[1]):
            key = CellKey("unit", "total", "", f"2018-{period + 1:02d}")
            months[key] = tuple(int(n) for n in counts[:, period].sum(axis=0))
    for member in range(len(counts)):
        by = "officer" if partition else "reason"
        for quarter in range(hidden.quarters.shape[1]):
            empty = not counts[member, quarter * 3 : quarter * 3 + 3].any()
            if hidden.quarters[member, quarter] or (empty and hidden.quarters[:, quarter].any()):
                names.add(CellKey("unit", by, member, f"2018-Q{quarter + 1}"))
        if hidden.years[member]:
            names.add(CellKey("unit", by, member, "2018"))
    return build_lattice(months, partitions=("officer",)), names


def found_out(lattice: Lattice, hidden: set[CellKey]) -> list[tuple[CellKey, float, float]]:
    """Small cells that an attacker narrows down to fewer than five raters, or to three values."""
    # Hidden parts that the attack leaves out as empty are unknown to the attacker as well: each gets
    # no rater in truth, but must stay a variable. One rater more would change the sums, so such
    # cells are left out only where that can but narrow the bounds.
    small = {k for k in hidden if 0 < lattice.cells[k].n < 5}
    return [
        (key, bounds.low, bounds.high)
        for key, bounds in attack(lattice, hidden, small).items()
        if bounds.high < 5 - 1e-6 or bounds.high - bounds.low < 3 - 1e-6
    ]


@pytest.mark.parametrize("partition", [True, False])
@pytest.mark.parametrize("seed", range(2))
def test_no_linear_programme_undoes_a_block(seed: int, partition: bool) -> None:
    rng = np.random.default_rng(seed)
    means = rng.choice([0.3, 1.5, 4.0, 12.0], size=(7, 1, 1))
    counts = rng.poisson(means * np.array([0.05, 0.05, 0.1, 0.3, 0.5]), size=(7, 12, 5))
    found = suppress_block(Block(counts, MONTHS, partition))
    assert found.primary.cells.any()
    assert found.unprotected == 0
    assert found_out(*lattice_of(counts, found.hidden, partition=partition)) == []


def beside(counts: np.ndarray, loose: list[int], *, seed: int) -> Block:
    """A block whose sums are hidden in some periods, beside a row whose sums are hidden with them."""
    rng = np.random.default_rng(seed + 50)
    other = np.zeros_like(counts[:1])
    other[0, loose] = rng.integers(0, 4, size=(len(loose), 5))
    members, periods, _ = counts.shape
    kept, fixed = Pattern.empty(members + 1, periods, 4), Pattern.empty(members + 1, periods, 4)
    kept.cells[:, loose] = True
    fixed.quarters[-1], fixed.years[-1] = True, True
    return Block(
        np.concatenate([counts, other]), MONTHS, True, None, fixed, kept,
        np.arange(members + 1) == members,
    )


@pytest.mark.parametrize("seed", range(4))
def test_a_hidden_sum_moves_against_what_lies_beside(seed: int) -> None:
    """The sum of both is known, each alone is not: the programmes find no small cell either."""
    rng = np.random.default_rng(seed)
    counts = rng.poisson(np.array([0.3, 0.3, 0.5, 1.5, 4.0]), size=(4, 12, 5))
    loose = [0, 1]
    counts[:, 0, :4] = 0
    counts[:, 0, 4] = [3, 1, 0, 2]
    block = beside(counts, loose, seed=seed)
    found = suppress_block(block)
    assert found.unprotected == 0
    alone = suppress_block(Block(counts, MONTHS))
    assert found.hidden.cells[:-1, 2:].sum() <= alone.hidden.cells[:, 2:].sum()
    lattice, hidden = lattice_of(block.counts, found.hidden, partition=True)
    outside = {key for key in hidden if key.member == len(counts)}
    small = {
        key for key in hidden - outside
        if lattice.cells[key].n > 0 and discloses(lattice.cells[key].levels)
    }
    known = {key for key in lattice.cells if isinstance(key, CellKey) and key.member == len(counts)
             and key.period not in {"2018-01", "2018-02"}}
    bounds = attack(lattice, hidden - known, small)
    assert [k for k, b in bounds.items() if b.high < 5 or b.high - b.low < 3 or b.exact] == []


@given(st.lists(st.lists(st.integers(0, 4), min_size=5, max_size=5), min_size=1, max_size=5))
@settings(max_examples=25)
def test_a_table_of_one_period_hides_every_small_cell_or_names_it(rows: list[list[int]]) -> None:
    counts = np.array(rows)[:, None, :]
    found = suppress_block(Block(counts))
    n = counts.sum(axis=2)
    small = (n > 0) & ((n < 5) | ((n < 10) & ((counts > 0).sum(axis=2) == 1)))
    assert (found.hidden.cells >= small).all()
    total = counts.sum(axis=0)[0]
    if found.unprotected:
        # Nothing more can be hidden: the published total itself is too small or of one level.
        assert total.sum() < 8 or (total > 0).sum() == 1 or found.hidden.cells[n > 0].all()


def test_what_was_shown_stays_shown_and_what_was_hidden_stays_hidden() -> None:
    counts = np.full((3, 12, 5), 4)
    counts[0, 0] = [0, 0, 0, 1, 1]
    fixed, kept = Pattern.empty(3, 12, 4), Pattern.empty(3, 12, 4)
    fixed.cells[1, 0] = True
    kept.cells[2, 5] = True
    found = suppress_block(Block(counts, MONTHS, fixed=fixed, kept=kept))
    assert not found.hidden.cells[1, 0]
    assert found.hidden.cells[0, 0]
    assert found.hidden.cells[2, 0]
    assert found.hidden.cells[2, 5]
    everything = Pattern.empty(3, 12, 4)
    everything.cells[1:, 0] = True
    assert suppress_block(Block(counts, MONTHS, fixed=everything)).unprotected == 1


def test_members_on_no_page_hide_beside_the_named() -> None:
    counts = np.array([[[0, 1, 0, 1, 1]], [[1, 2, 3, 4, 9]], [[3, 3, 3, 9, 9]]])
    unpublished = np.array([False, True, False])
    found = suppress_block(Block(counts, unpublished=unpublished))
    assert found.hidden.cells.ravel().tolist() == [True, True, False]


def test_a_block_refuses_what_cannot_be() -> None:
    with pytest.raises(InvalidCountsError):
        Block(np.array([[[1, -1]]]))
    with pytest.raises(InvalidCountsError):
        Block(np.zeros((1, 12, 5), dtype=int), (0, 0))


def _week_lattice(weeks: dict[str, dict[int, tuple[int, ...]]], shown: dict[str, bool]) -> list[object]:
    """Runs and weeks that a linear programme finds out from months and shown weeks."""
    from survey_analysis.disclosure.lattice import Relation

    cells: dict[object, Cell] = {}
    relations = []
    months: dict[int, list[object]] = {}
    for week, runs in weeks.items():
        for month, levels in runs.items():
            cells[week, month] = Cell(levels, published=len(runs) == 1)
            months.setdefault(month, []).append((week, month))
        if len(runs) > 1:
            cells[week] = Cell(tuple(map(sum, zip(*runs.values(), strict=True))))
            relations.append(Relation(week, tuple((week, m) for m in runs), "days"))
    for month, parts in months.items():
        cells[month] = Cell(tuple(map(sum, zip(*(cells[p].levels for p in parts), strict=True))))
        relations.append(Relation(month, tuple(parts), "month"))
    lattice = Lattice(cells, tuple(relations))
    hidden = {(w, m) for w, runs in weeks.items() for m in runs if len(runs) > 1 or not shown[w]}
    hidden |= {w for w, runs in weeks.items() if len(runs) > 1 and not shown[w]}
    small = {k for k in hidden if 0 < cells[k].n < 5}
    return [k for k, b in attack(lattice, hidden, small).items() if b.high < 5 or b.exact]


@pytest.mark.parametrize("seed", range(3))
def test_weeks_leave_no_small_run_of_days(seed: int) -> None:
    rng = np.random.default_rng(seed)
    weeks: dict[str, dict[int, tuple[int, ...]]] = {}
    for number in range(1, 27):
        month = 201801 + (number - 1) * 6 // 26
        size = 3 if number % 4 == 0 else 12
        runs = {month: tuple(int(n) for n in rng.poisson(size / 5, 5) + (rng.random(5) < 0.3))}
        if number % 4 == 0 and month < 201806:
            runs[month + 1] = tuple(int(n) for n in rng.poisson(size / 5, 5))
        weeks[f"2018-W{number:02d}"] = {m: lv for m, lv in runs.items() if any(lv)}
    months = list(range(201801, 201807))
    shown = suppress_weeks(weeks, months, [], {})
    assert any(shown.values())
    assert not all(shown.values())
    assert _week_lattice(weeks, shown) == []


def test_weeks_wait_for_their_months_and_keep_what_was_decided() -> None:
    weeks = {
        "2018-W40": {201810: (1, 2, 3, 9, 9)}, "2018-W44": {201810: (1, 2, 3, 4, 5), 201811: (1, 2, 3, 4, 5)},
    }
    assert suppress_weeks(weeks, [201810], [], {}) == {"2018-W40": True}
    assert suppress_weeks(weeks, [201810, 201811], [], {"2018-W40": False}) == {
        "2018-W40": False, "2018-W44": True,
    }
    assert suppress_weeks(weeks, [201810, 201811], [201811], {}) == {
        "2018-W40": True, "2018-W44": False,
    }


def test_days_of_one_level_hide_their_week_and_another() -> None:
    """Seven raters of one level in January's last days: nobody may learn that all chose it."""
    whole = {
        "2018-W03": {201801: (2, 3, 4, 9, 12)}, "2018-W04": {201801: (2, 3, 4, 9, 9)},
        "2018-W06": {201802: (2, 3, 4, 9, 9)},
    }
    alike = {**whole, "2018-W05": {201801: (0, 0, 0, 0, 7), 201802: (2, 2, 2, 9, 9)}}
    assert suppress_weeks(alike, [201801, 201802], [], {}) == {
        "2018-W03": True, "2018-W04": False, "2018-W05": False, "2018-W06": True,
    }
    mixed = {**whole, "2018-W05": {201801: (0, 0, 0, 1, 6), 201802: (2, 2, 2, 9, 9)}}
    assert all(suppress_weeks(mixed, [201801, 201802], [], {}).values())


def test_a_newer_edition_waits_for_ten_of_one_level() -> None:
    assert not may_refresh([0] * 5, [0, 0, 0, 0, 9])
    assert may_refresh([0] * 5, [0, 0, 0, 0, 10])
    assert not may_refresh([0, 0, 0, 4, 8], [0, 0, 0, 0, 12])


def test_a_cell_whose_sum_was_let_out_takes_no_part_in_exchanges() -> None:
    """The complement is tied: another must be hidden, or the small cell counts as open."""
    table = np.zeros((3, 1, 5), dtype=int)
    table[:, 0] = [[0, 1, 1, 0, 1], [1, 2, 3, 2, 4], [4, 8, 2, 6, 10]]
    second = Pattern.empty(3, 1, 0)
    second.cells[1] = True
    kept = suppress_block(Block(table, kept=second))
    assert (kept.hidden.cells.ravel().tolist(), kept.unprotected) == ([True, True, False], 0)
    tied = suppress_block(Block(table, kept=second, tied=second))
    assert (tied.hidden.cells.ravel().tolist(), tied.unprotected) == ([True, True, True], 0)
    alone = suppress_block(Block(table[:2], kept=Pattern(*(m[:2] for m in (
        second.cells, second.quarters, second.years))), tied=Pattern(*(m[:2] for m in (
            second.cells, second.quarters, second.years)))))
    assert alone.unprotected == 1
