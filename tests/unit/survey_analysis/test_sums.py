"""Sums over units beside the units' own cells, and decisions of drawn tables that stay what they were.

``tests/data/disclosure_decisions.json`` holds what was decided of forty drawn tables: hiding more is
a loss of figures, hiding less may be an exposure (the attacks here and in ``tests/campaigns`` tell).
``python -m tests.unit.survey_analysis.test_sums`` writes it anew after a change that is meant.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from survey_analysis import (
    Block,
    CellKey,
    Lattice,
    Pattern,
    Relation,
    attack,
    build_lattice,
    discloses,
    suppress_block,
    suppress_weeks,
)
from survey_analysis.disclosure.blocks import disclosing
from survey_analysis.disclosure.primary import Audience
from survey_analysis.disclosure.sums import Sums, Units, sums_shown
from survey_analysis.errors import InvalidCountsError

KNOWN = Path(__file__).resolve().parents[2] / "data" / "disclosure_decisions.json"
UNITS, MEMBERS = 3, 4
HALF_YEAR = (0, 0, 0, 1, 1, 1)
TABLES = range(40)


def drawn(number: int) -> tuple[np.ndarray, tuple[int, ...], bool, Audience]:
    """Counts of three units, quarters of their periods, whether members add up, and the audience."""
    random = np.random.default_rng(number)
    means = random.choice([0.4, 2.0, 5.0, 14.0], size=(UNITS, MEMBERS, 1, 1))
    quarter = () if number % 7 == 6 else HALF_YEAR
    counts = random.poisson(
        means * np.array([0.05, 0.05, 0.1, 0.3, 0.5]), size=(UNITS, MEMBERS, 6 if quarter else 1, 5)
    )
    return counts, quarter, number % 3 != 2, "public" if number % 5 == 4 else "house"


def blocks(number: int) -> tuple[Units, int, Audience]:
    """The units' tables as they are decided, and how many small cells stay open in them."""
    counts, quarter, partition, audience = drawn(number)
    hidden, small, open_ = [], [], 0
    for table in counts:
        found = suppress_block(Block(table, quarter, partition), audience)
        open_ += found.unprotected
        hidden.append(found.hidden)
        by_quarter, by_year = Block(table, quarter).sums()
        small.append(Pattern(
            disclosing(table) & found.hidden.cells, disclosing(by_quarter) & found.hidden.quarters,
            disclosing(by_year) & found.hidden.years,
        ))
    return Units(counts, stacked(hidden), stacked(small), quarter, partition), open_, audience


def stacked(patterns: list[Pattern]) -> Pattern:
    return Pattern(
        np.array([p.cells for p in patterns]), np.array([p.quarters for p in patterns]),
        np.array([p.years for p in patterns]),
    )


def bits(pattern: Pattern) -> str:
    """A pattern in letters that a person can compare."""
    return " ".join(
        "".join("#" if one else "." for one in np.ravel(mask))
        for mask in (pattern.cells, pattern.quarters, pattern.years)
    )


def decision(number: int) -> dict[str, object]:
    """Everything that is decided of one drawn table."""
    units, open_, audience = blocks(number)
    sums = sums_shown(units, audience=audience)
    return {
        "hidden": bits(units.hidden), "open": open_, "sums": bits(sums.shown),
        "sums open": sums.unprotected, "given": given_out(units, audience),
        "weeks": weeks_of(number),
    }


def given_out(units: Units, audience: Audience) -> list[object]:
    """The same where every sum of the first member was given out before."""
    members, periods = units.counts.shape[1:3]
    given = Pattern.empty(members, periods, units.hidden.quarters.shape[2])
    given.cells[0] = given.quarters[0] = True
    given.years[0] = True
    found = sums_shown(units, given, audience)
    return [bits(found.shown), found.unprotected]


def weeks_of(number: int) -> str:
    """Weeks of a quarter with thin ends of months; every fourth table knows earlier decisions."""
    random = np.random.default_rng(1000 + number)
    weeks: dict[str, dict[int, tuple[int, ...]]] = {}
    for week in range(1, 14):
        month = 201801 + (week - 1) * 3 // 13
        runs = {month: tuple(int(n) for n in random.poisson(1.2, 5))}
        if week % 4 == 0 and month < 201803:
            runs[month + 1] = tuple(int(n) for n in random.poisson(0.6, 5))
        weeks[f"2018-W{week:02d}"] = runs
    decided = {"2018-W02": True, "2018-W06": False} if number % 4 == 3 else {}
    hidden = [201802] if number % 8 == 5 else []
    rather = ["2018-W03", "2018-W10"] if number % 2 else []
    shown = suppress_weeks(weeks, [201801, 201802, 201803], hidden, decided, rather)
    return "".join("." if shown.get(week, False) else "#" for week in sorted(weeks))


@pytest.mark.parametrize("number", TABLES)
def test_what_was_decided_of_a_drawn_table_is_decided_again(number: int) -> None:
    known = json.loads(KNOWN.read_text("utf-8"))
    assert decision(number) == known[number]


def lattice_of(units: Units, sums: Sums) -> tuple[Lattice, set[CellKey]]:
    """What an attacker sees: every unit's table and total, and the sums that are shown."""
    by = "officer" if units.partition else "reason"
    months, hidden = {}, set()
    for unit, table in enumerate(units.counts):
        for member, rows in enumerate(table):
            for period, levels in enumerate(rows):
                key = CellKey(f"u{unit}", by, member, f"2018-{period + 1:02d}")
                months[key] = tuple(int(n) for n in levels)
                beside = units.hidden.cells[unit, :, period].any()
                if units.hidden.cells[unit, member, period] or (not any(levels) and beside):
                    hidden.add(key)
            for quarter in range(units.hidden.quarters.shape[2]):
                empty = not rows[3 * quarter : 3 * quarter + 3].any()
                beside = units.hidden.quarters[unit, :, quarter].any()
                if units.hidden.quarters[unit, member, quarter] or (empty and beside):
                    hidden.add(CellKey(f"u{unit}", by, member, f"2018-Q{quarter + 1}"))
            if units.hidden.years[unit, member]:
                hidden.add(CellKey(f"u{unit}", by, member, "2018"))
        if units.partition:
            for period in range(table.shape[1]):
                key = CellKey(f"u{unit}", "total", "", f"2018-{period + 1:02d}")
                months[key] = tuple(int(n) for n in table[:, period].sum(axis=0))
    made = build_lattice(months, partitions=("officer",))
    cells, relations = dict(made.cells), list(made.relations)
    for kind, at, names in (
        ("cells", range(6), [f"2018-{n + 1:02d}" for n in range(6)]),
        ("quarters", range(2), ["2018-Q1", "2018-Q2"]), ("years", [0], ["2018"]),
    ):
        for member in range(units.counts.shape[1]):
            for column, name in zip(at, names, strict=True):
                mask = getattr(sums.shown, kind)
                if not (mask[member] if kind == "years" else mask[member, column]):
                    continue
                parts = tuple(
                    key for unit in range(len(units.counts))
                    if (key := CellKey(f"u{unit}", by, member, name)) in cells
                )
                total = CellKey("house", by, member, name)
                levels = tuple(map(sum, zip(*(cells[key].levels for key in parts), strict=True)))
                cells[total] = type(cells[parts[0]])(levels)
                relations.append(Relation(total, parts, "unit"))
    return Lattice(cells, tuple(relations)), hidden & set(cells)


@pytest.mark.parametrize("number", [1, 2, 5, 8, 10, 11])
def test_no_linear_programme_finds_a_small_cell_from_sums(number: int) -> None:
    units, open_, audience = blocks(number)
    assert (open_, audience) == (0, "house")
    found = sums_shown(units)
    lattice, hidden = lattice_of(units, found)
    small = {k for k in hidden if 0 < lattice.cells[k].n < 5}
    assert small
    exposed = [
        key for key, bounds in attack(lattice, hidden, small).items()
        if bounds.high < 5 - 1e-6 or bounds.high - bounds.low < 3 - 1e-6
    ]
    assert exposed == []


@pytest.mark.parametrize("number", [1, 2, 5, 8])
def test_only_sums_offered_are_tried_and_they_are_as_safe(number: int) -> None:
    units, _open, _audience = blocks(number)
    members, periods, quarters = units.counts.shape[1], units.counts.shape[2], units.hidden.quarters.shape[2]
    offered = Pattern.empty(members, periods, quarters)
    offered.years[:] = True
    found = sums_shown(units, offered=offered)
    whole = units.sums()
    assert not (found.shown.cells & whole.cells).any()
    assert not (found.shown.quarters & whole.quarters).any()
    lattice, hidden = lattice_of(units, found)
    small = {k for k in hidden if 0 < lattice.cells[k].n < 5}
    assert [
        key for key, bounds in attack(lattice, hidden, small).items()
        if bounds.high < 5 - 1e-6 or bounds.high - bounds.low < 3 - 1e-6
    ] == []


def test_sums_without_hidden_parts_are_shown_and_shapes_are_checked() -> None:
    counts = np.full((2, 3, 6, 5), 9)
    nothing = stacked([Pattern.empty(3, 6, 2)] * 2)
    assert sums_shown(Units(counts, nothing, nothing, HALF_YEAR)).shown.cells.all()
    with pytest.raises(InvalidCountsError):
        Units(counts[0], nothing, nothing)
    with pytest.raises(InvalidCountsError):
        Units(counts[:1], nothing, nothing)


def test_disclosing_is_discloses_of_every_cell() -> None:
    random = np.random.default_rng(3)
    counts = random.poisson(0.9, size=(40, 5))
    for audience in ("house", "public"):
        assert disclosing(counts, audience).tolist() == [
            bool(any(row) and discloses(tuple(row), audience)) for row in counts.tolist()
        ]


if __name__ == "__main__":
    KNOWN.write_text(json.dumps([decision(n) for n in TABLES], indent=0) + "\n", "utf-8")


def test_a_small_cell_that_only_later_months_can_protect_keeps_its_sums_back() -> None:
    """Quarter and year are seen, so nothing can be exchanged yet: sums wait where months are to come."""
    counts = np.zeros((2, 2, 1, 5), dtype=int)
    counts[:, :, 0] = [[[0, 1, 1, 0, 1], [1, 2, 3, 2, 4]], [[0, 2, 1, 1, 0], [2, 3, 3, 2, 4]]]
    hidden = Pattern(np.ones((2, 2, 1), bool), np.zeros((2, 2, 1), bool), np.zeros((2, 2), bool))
    small = Pattern(hidden.cells & np.array([[[1], [0]], [[1], [0]]], bool), hidden.quarters, hidden.years)
    units = Units(counts, hidden, small, (0,))
    assert sums_shown(units).shown.cells.all()
    found = sums_shown(units, ahead=True)
    assert (found.shown.cells.any(), found.unprotected) == (False, 0)
    given = Pattern.empty(2, 1, 1)
    given.cells[0] = True
    assert sums_shown(units, given, ahead=True).unprotected > 0
