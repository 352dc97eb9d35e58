"""Rules of one cell, what the public sees of it, the lattice's sums, and the ledger."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey_analysis import (
    DEFAULTS,
    Cell,
    CellKey,
    Decision,
    InvalidCountsError,
    Lattice,
    LatticeError,
    Ledger,
    LedgerConflictError,
    MissingIdentifierError,
    Relation,
    build_lattice,
    comments_shown,
    difference_allowed,
    discloses,
    house,
    may_refresh,
    public_count,
    public_figure,
    public_percent,
    quarter_of,
    single_level,
    suppress,
    table_lattice,
    week_of,
)
from tests.unit.survey_analysis.random_lattices import undone

levels = st.lists(st.integers(0, 15), min_size=5, max_size=5)


@pytest.mark.parametrize(
    ("counts", "inside", "outside"),
    [((0, 0, 0, 0, 0), False, False), ((0, 1, 1, 1, 1), True, True), ((0, 1, 1, 1, 2), False, True),
     ((0, 0, 0, 0, 9), True, True), ((9, 0, 0, 0, 0), True, True), ((0, 0, 0, 0, 10), False, False),
     ((0, 0, 0, 4, 5), False, True), ((0, 0, 0, 4, 6), False, False), ((4,), True, True),
     ((5,), False, True), ((9,), False, True), ((10,), False, False)],
)
def test_which_cells_are_hidden_for_themselves(counts, inside: bool, outside: bool) -> None:
    assert discloses(counts) is inside
    assert discloses(counts, "public") is outside


@given(levels)
def test_the_public_sees_no_more_than_the_house(counts: list[int]) -> None:
    assert discloses(counts, "public") or not discloses(counts)
    assert single_level(counts) == (len([n for n in counts if n]) == 1)
    assert house(counts) == (sum(counts) >= 10)


@given(levels, levels)
def test_an_edition_needs_five_new_raters_of_more_than_one_mind(old, more) -> None:
    new = [a + b for a, b in zip(old, more, strict=True)]
    allowed = may_refresh(old, new)
    assert allowed == (
        not any(more) or (sum(more) >= 5 and (sum(more) >= 10 or not single_level(more)))
    )
    assert may_refresh(new, old) == allowed
    assert difference_allowed(new, old) == (not discloses(more))


def test_what_moved_away_counts_too() -> None:
    assert not may_refresh([10, 0, 0, 0, 10], [9, 0, 0, 0, 20])
    assert may_refresh([10, 3, 0, 0, 10], [7, 0, 0, 0, 21])
    assert may_refresh([12], [17])
    assert not may_refresh([12], [16])


def test_editions_and_nested_cells_must_fit() -> None:
    with pytest.raises(InvalidCountsError):
        may_refresh([1, 2], [1, 2, 3])
    with pytest.raises(InvalidCountsError):
        may_refresh([1, -2], [1, 2])
    with pytest.raises(InvalidCountsError):
        difference_allowed([1, 2], [2, 0])
    with pytest.raises(InvalidCountsError):
        difference_allowed([1, 2], [1])
    with pytest.raises(InvalidCountsError):
        discloses([3, -1])


def test_comments_are_listed_from_five() -> None:
    assert [comments_shown(n) for n in (0, 4, 5)] == [False, False, True]


@given(st.integers(0, 5000))
def test_the_public_sees_multiples_of_five_below_a_hundred(n: int) -> None:
    found = public_count(n)
    if n < DEFAULTS.round_below:
        assert found % 5 == 0
        assert abs(found - n) <= 2
    else:
        assert found == n


@given(st.integers(10, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_public_shares_are_whole_or_have_one_decimal(pair) -> None:
    x, n = pair
    found = public_figure(x, n)
    assert found.percent is not None
    assert 0 <= found.percent <= 100
    step = 1 if n < 100 else 0.1
    assert abs(found.percent - 100 * x / n) <= step / 2 + 1e-6
    assert round(found.percent / step) * step == pytest.approx(found.percent)


def test_halves_go_up_and_too_few_are_nothing() -> None:
    assert public_percent(0.125, 40) == 13
    assert public_percent(0.8725, 400) == 87.3
    assert public_figure(9, 9) == public_figure(0, 0)
    assert public_figure(9, 9).count is None
    for arguments in ((-1, 5), (6, 5)):
        with pytest.raises(InvalidCountsError):
            public_figure(*arguments)
    with pytest.raises(InvalidCountsError):
        public_count(-1)
    with pytest.raises(InvalidCountsError):
        public_percent(1.2, 50)


KEY = CellKey("u", "total", "", "2018-10")


def year(seed: int, units: tuple[str, ...] = ("u",), ratings: int = 900):
    """Ratings of some units in the last quarter, as months, days, weekday × hour, officers' reasons."""
    random = np.random.default_rng(seed)
    months: dict[CellKey, list[int]] = defaultdict(lambda: [0] * 5)
    longer: dict[CellKey, list[int]] = defaultdict(lambda: [0] * 5)
    days: dict[tuple[str, date], list[int]] = defaultdict(lambda: [0] * 5)
    for _ in range(ratings):
        unit = str(random.choice(units))
        day = date(2018, 10, 1) + timedelta(days=int(random.integers(0, 92)))
        level = int(random.choice(5, p=[0.03, 0.05, 0.1, 0.3, 0.52]))
        month, officer = f"{day:%Y-%m}", f"o{min(int(random.exponential(2)), 9)}"
        reason = f"r{int(random.integers(0, 4))}"
        for by, member in (("total", ""), ("officer", officer), ("reason", reason),
                           ("channel", str(random.choice(["tablet", "phone"], p=[0.97, 0.03])))):
            months[CellKey(unit, by, member, month)][level] += 1
        longer[CellKey(unit, "weekday_hour", (day.weekday(), 9), "2018-Q4")][level] += 1
        longer[CellKey(unit, "officer_reason", (officer, reason), "2018")][level] += 1
        days[unit, day][level] += 1
    return (
        {k: tuple(v) for k, v in months.items()}, {k: tuple(v) for k, v in longer.items()},
        {k: tuple(v) for k, v in days.items()},
    )


def test_the_lattice_of_a_unit_adds_up_in_every_direction() -> None:
    months, longer, days = year(1)
    lattice = build_lattice(months, longer=longer, days=days)
    kinds = defaultdict(int)
    for relation in lattice.relations:
        kinds[relation.kind] += 1
    assert kinds["days"] == 5, "three months and the two weeks across their ends"
    assert kinds["officer"] == 5, "three months, a quarter, a year"
    assert kinds["weekday_hour"] == 1
    assert kinds["officer_reason"] == 4
    assert "reason" not in kinds, "a rating may give several reasons"
    assert lattice.cells[KEY._replace(period="2018")].n == 900
    assert lattice.cells[KEY._replace(period="2018-Q4")].n == 900
    weeks = [k for k in lattice.cells if "-W" in k.period and k.by == "total"]
    assert sum(lattice.cells[k].n for k in weeks) == 900
    assert all(not c.published for k, c in lattice.cells.items() if k.by == "days")


def test_units_add_up_to_their_centre() -> None:
    months, longer, _ = year(2, ("u", "v", "w"))
    lattice = build_lattice(months, longer=longer, centre=dict.fromkeys("uvw", "centre"))
    total = KEY._replace(unit="centre", period="2018")
    assert lattice.cells[total].n == 900
    assert any(r.kind == "unit" and r.total == total for r in lattice.relations)


@pytest.mark.parametrize("seed", range(2))
def test_a_whole_year_with_weeks_withstands(seed: int) -> None:
    months, longer, days = year(seed, ratings=260)
    lattice = build_lattice(months, longer=longer, days=days)
    found = suppress(lattice)
    assert not any(key.by == "days" for key in found.shown)
    # The attacker knows empty cells, also of runs of days.
    empty = {k: True for k, c in lattice.cells.items() if not c.n and not c.published}
    shown = {**found.shown, **empty}
    from dataclasses import replace

    attacked = replace(found, shown=shown, primary=frozenset(sorted(found.primary, key=repr)[::12]))
    assert undone(lattice, attacked) == []


def test_eligible_dossiers_are_carried() -> None:
    lattice = build_lattice({KEY: (0, 3)}, upper={KEY: 7})
    assert lattice.cells[KEY].upper == 7
    assert lattice.cells[KEY._replace(period="2018")].upper is None


@pytest.mark.parametrize(("day", "week"), [(date(2018, 1, 1), "2018-W01"), (date(2016, 1, 3), "2015-W53")])
def test_calendar_names(day: date, week: str) -> None:
    assert week_of(day) == week
    assert [quarter_of(f"2018-{m:02d}") for m in (1, 3, 4, 12)] == [
        "2018-Q1", "2018-Q1", "2018-Q2", "2018-Q4"
    ]
    for wrong in ("2018-13", "2018-1", "2018", "2018-Q1", "x-01"):
        with pytest.raises(LatticeError, match="no calendar month"):
            quarter_of(wrong)


def test_a_missing_member_is_no_member() -> None:
    with pytest.raises(MissingIdentifierError):
        build_lattice({KEY._replace(by="officer", member=None): (1, 2)})
    with pytest.raises(MissingIdentifierError):
        build_lattice({KEY: (1, 2)}, centre={"u": None})


def test_counts_that_do_not_add_up_are_refused() -> None:
    officer = KEY._replace(by="officer", member="a")
    with pytest.raises(LatticeError, match="do not add up"):
        build_lattice({KEY: (1, 20), officer: (1, 12)})
    with pytest.raises(LatticeError, match="given twice"):
        build_lattice({KEY: (1, 2)}, longer={KEY._replace(period="2018"): (3, 3)})
    with pytest.raises(LatticeError, match="no calendar month"):
        build_lattice({KEY._replace(period="2018"): (1, 2)})
    with pytest.raises(LatticeError, match="unknown"):
        Lattice({"a": Cell((1,))}, (Relation("b", ("a",)),))
    with pytest.raises(LatticeError, match="none unknown"):
        Lattice({"a": Cell((1,))}, (Relation("a", ()),))
    with pytest.raises(LatticeError, match="different numbers"):
        Lattice({"a": Cell((1,)), "b": Cell((1, 2))}, ())
    with pytest.raises(LatticeError, match="negative"):
        Lattice({"a": Cell((-1,))}, ())
    with pytest.raises(LatticeError, match="at most 3"):
        Lattice({"a": Cell((4,), upper=3)}, ())
    for wrong in ([], [[]], [[1, 2], [3]]):
        with pytest.raises(LatticeError, match="equal length"):
            table_lattice(wrong)


choices = st.dictionaries(
    st.sampled_from("abcdef"), st.builds(Decision, st.booleans(), st.booleans())
)


@given(st.lists(choices, max_size=5))
def test_the_ledger_never_takes_back(editions) -> None:
    ledger = Ledger()
    for edition in editions:
        try:
            after = ledger.extended(edition)
        except LedgerConflictError:
            continue
        for key, old in ledger.items():
            assert after[key].shown or not old.shown
            if old.final:
                assert after[key] == old
        assert set(after) == set(ledger) | set(edition)
        ledger = after
    assert len(ledger) == len(list(ledger))


def test_conflicts_are_named() -> None:
    ledger = Ledger({"a": Decision(True), "b": Decision(False), "c": Decision(False, final=False)})
    with pytest.raises(LedgerConflictError, match="'a' was shown"):
        ledger.extended({"a": Decision(False)})
    with pytest.raises(LedgerConflictError, match="'b' was hidden for good"):
        ledger.extended({"b": Decision(True)})
    assert ledger.extended({"c": Decision(True)})["c"].shown
    assert ledger.extended({"b": Decision(False, final=False)})["b"].final
