"""Suppression against an attacker of its own, published tables, and laws."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_analysis import (
    Cell,
    Decision,
    Lattice,
    LatticeError,
    Ledger,
    Relation,
    attack,
    discloses,
    suppress,
    table_lattice,
)
from tests.unit.survey_analysis.random_lattices import lattices, undone
from tests.unit.survey_analysis.reference_cases import case

SHORT = 30


@pytest.mark.parametrize(("pattern", "exact"), [("pattern1", 1), ("pattern2", 0)])
def test_the_delinquent_children_of_working_paper_22(pattern: str, exact: int) -> None:
    """FCSM Statistical Policy Working Paper 22 (1994/2005), Tables 2–6."""
    known = case("sdc_wp22_delinquent_children")
    truth = [row[:4] for row in known.inputs["true_table"][:4]]
    lattice = table_lattice(truth)
    hidden = [
        ("cell", i, j) for i, row in enumerate(known.inputs[pattern])
        for j, value in enumerate(row) if value is None
    ]
    found = attack(lattice, hidden)
    assert sum(bounds.exact for bounds in found.values()) == known.expected[f"n_exact_{pattern}"]
    assert known.expected[f"n_exact_{pattern}"] == exact
    if exact:
        i, j, low, high = known.expected["disclosed_cell"]
        bounds = found["cell", i, j]
        assert (bounds.low, bounds.high) == pytest.approx((low, high), abs=known.tolerance)


def test_the_feasible_ranges_of_working_paper_22() -> None:
    """The same source; ranges noted beside the case."""
    known = case("sdc_wp22_delinquent_children")
    lattice = table_lattice([row[:4] for row in known.inputs["true_table"][:4]])
    ranges = {(0, 1): (0, 5), (0, 2): (0, 5), (0, 3): (0, 5), (2, 0): (0, 9), (2, 1): (6, 11),
              (2, 3): (0, 5), (3, 0): (6, 15), (3, 2): (5, 10), (3, 3): (0, 5)}
    found = attack(lattice, [("cell", i, j) for i, j in ranges])
    for (i, j), expected in ranges.items():
        bounds = found["cell", i, j]
        assert (bounds.low, bounds.high) == pytest.approx(expected, abs=1e-6)


def test_its_own_pattern_for_that_table_withstands() -> None:
    known = case("sdc_wp22_delinquent_children")
    lattice = table_lattice([row[:4] for row in known.inputs["true_table"][:4]])
    found = suppress(lattice)
    assert undone(lattice, found) == []
    assert not found.unprotected


def brute_bounds(lattice: Lattice, hidden: list[Hashable]) -> dict[Hashable, tuple[int, int]]:
    """All whole tables that fit, by trying them."""
    top = max(lattice.cells[key].n for key in lattice.cells if key[0] == "row")
    grid = np.indices((top + 1,) * len(hidden)).reshape(len(hidden), -1)
    guess = dict(zip(hidden, grid, strict=True))
    full = {k: guess.get(k, np.full(grid.shape[1], c.n)) for k, c in lattice.cells.items()}
    fits = np.ones(grid.shape[1], dtype=bool)
    for relation in lattice.relations:
        fits &= full[relation.total] == sum(full[p] for p in relation.parts)
    return {k: (int(guess[k][fits].min()), int(guess[k][fits].max())) for k in hidden}


def test_attacks_agree_with_trying_every_table() -> None:
    random = np.random.default_rng(61)
    for _ in range(200):
        table = random.integers(1, 4, (2, int(random.integers(2, 4)))).tolist()
        lattice = table_lattice(table)
        inner = [key for key in lattice.cells if key[0] == "cell"]
        size = int(random.integers(1, 5))
        hidden = [inner[i] for i in random.choice(len(inner), size, replace=False)]
        found, brute = attack(lattice, hidden), brute_bounds(lattice, hidden)
        for key in hidden:
            assert (found[key].low, found[key].high) == pytest.approx(brute[key], abs=1e-6)


@pytest.mark.parametrize("number", range(SHORT))
def test_no_attack_undoes_a_suppression(number: int) -> None:
    lattice = lattices(number)
    assert undone(lattice, suppress(lattice)) == []


@pytest.mark.parametrize("number", range(0, SHORT, 5))
def test_no_attack_undoes_what_the_public_sees(number: int) -> None:
    lattice = lattices(number)
    assert undone(lattice, suppress(lattice, "public"), least=10) == []


small = st.integers(2, 4).flatmap(
    lambda c: st.lists(st.lists(st.integers(0, 25), min_size=c, max_size=c), min_size=2, max_size=4)
)


@settings(max_examples=40)
@given(small)
def test_every_primary_cell_is_hidden_and_every_hidden_one_has_a_reason(table) -> None:
    lattice = table_lattice(table)
    found = suppress(lattice)
    hidden = {key for key, shown in found.shown.items() if not shown}
    assert found.primary == {k for k, c in lattice.cells.items() if discloses(c.levels)}
    assert hidden == found.primary | found.complementary
    assert found.primary.isdisjoint(found.complementary)
    assert all(lattice.cells[key].n > 0 for key in hidden)
    if not found.primary:
        assert hidden == set()


@settings(max_examples=40)
@given(small, st.randoms(use_true_random=False))
def test_the_bounds_hold_the_truth(table, random) -> None:
    lattice = table_lattice(table)
    filled = [key for key, cell in lattice.cells.items() if cell.n]
    hidden = random.sample(filled, min(len(filled), 6))
    for key, bounds in attack(lattice, hidden).items():
        assert bounds.low - 1e-6 <= lattice.cells[key].n <= bounds.high + 1e-6
    for key, bounds in attack(lattice, hidden, least=1).items():
        assert bounds.low - 1e-6 <= lattice.cells[key].n <= bounds.high + 1e-6


@settings(max_examples=40)
@given(small)
def test_a_further_margin_tells_more_and_protection_follows(table) -> None:
    """Bounds only narrow; and the decision that knows of the margin withstands it."""
    lattice = table_lattice(table)
    fewer = Lattice(lattice.cells, lattice.relations[:-1])
    plain = suppress(fewer)
    hidden = [key for key, shown in plain.shown.items() if not shown]
    wide, narrow = attack(fewer, hidden), attack(lattice, hidden)
    for key, bounds in narrow.items():
        assert bounds.low >= wide[key].low - 1e-6
        assert bounds.high <= wide[key].high + 1e-6
    full = suppress(lattice)
    assert full.primary == plain.primary
    assert undone(lattice, full) == []


@settings(max_examples=30)
@given(small)
def test_the_same_lattice_has_the_same_decision_whatever_its_order(table) -> None:
    lattice = table_lattice(table)
    turned = Lattice(
        dict(reversed(list(lattice.cells.items()))), tuple(reversed(lattice.relations))
    )
    assert undone(turned, suppress(turned)) == []
    assert suppress(lattice) == suppress(lattice)


def test_earlier_decisions_are_never_contradicted() -> None:
    random = np.random.default_rng(63)
    for _ in range(60):
        table = random.poisson(random.gamma(1, 10, (3, 4)))
        lattice = table_lattice(table.tolist())
        keys = list(lattice.cells)
        earlier = Ledger({
            keys[i]: Decision(bool(random.integers(0, 2)), final=bool(random.integers(0, 2)))
            for i in random.choice(len(keys), 4, replace=False)
        })
        found = suppress(lattice, ledger=earlier)
        for key, decision in earlier.items():
            if decision.shown:
                assert found.shown[key]
            elif decision.final:
                assert not found.shown[key]
        extended = earlier.extended(found.decisions())
        assert suppress(lattice, ledger=extended).shown == found.shown
        left = {key for key, _ in undone(lattice, found)}
        assert left <= set(found.unprotected), "what could not be protected is named"


def test_a_quarter_gives_way_to_months_already_shown() -> None:
    months = {"jan": Cell((3,)), "feb": Cell((20,)), "mar": Cell((30,)), "q1": Cell((53,))}
    lattice = Lattice(months, (Relation("q1", ("jan", "feb", "mar"), "period"),))
    given_out = Ledger({"feb": Decision(True), "mar": Decision(True), "jan": Decision(False)})
    found = suppress(lattice, ledger=given_out)
    assert found.shown == {"jan": False, "feb": True, "mar": True, "q1": False}
    late = Ledger({**given_out, "q1": Decision(True)})
    assert suppress(lattice, ledger=late).unprotected == {"jan"}


def eligible(a: int | None, b: int | None) -> Lattice:
    cells = {"a": Cell((2,), upper=a), "b": Cell((12,), upper=b), "c": Cell((40,)),
             "all": Cell((54,))}
    return Lattice(cells, (Relation("all", ("a", "b", "c")),))


def test_an_attacker_knows_the_eligible_dossiers() -> None:
    assert attack(eligible(None, None), "ab")["a"].high == pytest.approx(14)
    assert attack(eligible(9, 12), "ab")["a"] == attack(eligible(9, 12), ["a", "b"])["a"]
    found = attack(eligible(9, 12), "ab", least=1)
    assert (found["a"].low, found["a"].high) == pytest.approx((2, 9))
    assert (found["b"].low, found["b"].high) == pytest.approx((5, 12))


def test_no_more_is_asked_than_eligible_dossiers_allow() -> None:
    for a, b in ((None, None), (9, 14), (2, 30), (2, 13)):
        found = suppress(eligible(a, b))
        assert found.complementary == {"b"}
        assert not found.unprotected
    tight = suppress(eligible(9, 12))
    assert tight.complementary == {"b"}, "two to nine raters are enough"
    full = Lattice(
        {"a": Cell((4,), upper=4), "b": Cell((8,), upper=8), "c": Cell((9,), upper=20),
         "all": Cell((21,))}, (Relation("all", ("a", "b", "c")),)
    )
    assert suppress(full).complementary == {"b", "c"}, "b is full and leaves no room below"


def test_a_hidden_remainder_of_one_level_is_not_given_away() -> None:
    """Two hidden cells of one level: their sum would tell what seven known raters said."""
    cells = {"a": Cell((0, 3)), "b": Cell((0, 4)), "c": Cell((2, 30)), "all": Cell((2, 37))}
    found = suppress(Lattice(cells, (Relation("all", ("a", "b", "c")),)))
    assert found.complementary == {"c"}


def test_months_of_different_quarters_are_not_given_away_together() -> None:
    """Year − shown quarter − shown months leaves two months of two and two raters."""
    cells = {"m1": Cell((2,)), "m2": Cell((40,)), "m4": Cell((2,)), "m5": Cell((50,)),
             "q1": Cell((42,)), "q2": Cell((52,)), "year": Cell((94,))}
    lattice = Lattice(cells, (
        Relation("q1", ("m1", "m2"), "period"), Relation("q2", ("m4", "m5"), "period"),
        Relation("year", ("q1", "q2"), "period"),
    ))
    found = suppress(lattice)
    left = cells["year"].n - sum(
        cells[k].n for k in ("m2", "m5") if found.shown[k]
    ) if found.shown["year"] else None
    assert left is None or left >= 5
    assert undone(lattice, found) == []


def test_nothing_to_hide_and_nothing_at_all() -> None:
    assert all(suppress(table_lattice([[10, 20], [30, 40]])).shown.values())
    assert all(suppress(table_lattice([[0, 0], [0, 0]])).shown.values())
    assert not suppress(table_lattice([[3, 0], [0, 0]])).shown["all",]
    assert suppress(Lattice({}, ())).shown == {}


def test_where_everything_is_hidden_nothing_is_unprotected() -> None:
    """Eleven raters of one level in tiny cells: hiding the whole protects all at once."""
    best = [[3, 1, 1, 0], [2, 3, 0, 1]]
    found = suppress(table_lattice([[[0, 0, 0, 0, n] for n in row] for row in best]))
    assert not found.shown["all",]
    assert not found.unprotected


def test_unknown_cells_are_named() -> None:
    with pytest.raises(LatticeError, match="'x' is not in the lattice"):
        attack(table_lattice([[1, 2], [3, 4]]), ["x"])
