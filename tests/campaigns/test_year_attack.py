"""All tables of a year against an attacker by linear programming; a short run takes one drawn ward.

The attacker knows every cell that the ledger lets out, every total, and that an empty cell is empty
even where it looks hidden, which is more than the pages tell.
"""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from kiosk_app.reporting import deciding, lattices
from kiosk_app.reporting.lattices import HOUSE, Table, Year
from kiosk_app.reporting.queries import Decisions, Entry, Key
from survey_analysis import (
    Cell,
    CellKey,
    Lattice,
    Relation,
    attack,
    build_lattice,
    discloses,
    week_of,
)
from survey_analysis.disclosure.audit import System, hidden_parts
from survey_analysis.disclosure.certificates import Certificates
from tests.campaigns import length

TABLES = tuple(d for d in deciding.DIMENSIONS if d != "officer_reason")
AFTERWARDS = datetime(2019, 2, 1, tzinfo=UTC)
AFTER = (201912, 201952)
"""Newest closed month and week: the whole year 2018 is over."""


def drawn(number: int) -> Year:
    """A centre and two wards whose dimensions are drawn, each adding up to the same totals."""
    rng = np.random.default_rng(number)
    year = Year(2018)
    for unit, size in ((1, 60), (2, 18), (3, 14)):
        for month in range(201801, 201813):
            ratings = rng.choice(5, size=int(rng.poisson(size)), p=[0.04, 0.04, 0.07, 0.25, 0.6])
            for dimension, members in (
                ("total", 1), ("step", 3), ("field", 6), ("procedure", 25), ("officer", 4),
                ("channel", 3), ("filing_mode", 3), ("reason", 9), ("weekday_hour", 30),
            ):
                weights = rng.dirichlet(np.full(members, 0.7))
                period = lattices.quarter_name(month) if dimension == "weekday_hour" else lattices.month_name(month)
                for level in ratings if dimension != "reason" else ratings[::2]:
                    member = "" if dimension == "total" else str(1 + rng.choice(members, p=weights))
                    levels = tuple(int(i == level) for i in range(5))
                    for place in (unit, HOUSE):
                        lattices.add(
                            year.tables.setdefault((place, dimension), {}), member, period, levels
                        )
    return year


def with_weeks(year: Year, number: int) -> None:
    """The ratings of each month fall on its working days, which lie in weeks."""
    rng = np.random.default_rng(number)
    for unit in year.units:
        for period, levels in year.tables[unit, "total"][""].items():
            first = date(int(period[:4]), int(period[5:]), 1)
            span = monthrange(first.year, first.month)[1]
            for level, n in enumerate(levels):
                for offset in rng.integers(0, span, size=n):
                    day = first + timedelta(days=int(offset))
                    one = tuple(int(i == level) for i in range(5))
                    for place in (unit, HOUSE):
                        runs = year.weeks.setdefault(place, {}).setdefault(week_of(day), {})
                        known = runs.get(day.year * 100 + day.month, lattices.EMPTY)
                        runs[day.year * 100 + day.month] = tuple(map(sum, zip(known, one, strict=True)))


def decided(
    year: Year, known: Decisions | None = None, closed: tuple[int, int] = AFTER
) -> deciding.Round:
    work = deciding.Round(year, known or Decisions(), closed)
    deciding.totals(work)
    for unit in year.units:
        for dimension in deciding.DIMENSIONS:
            deciding.dimension(work, unit, dimension)
        deciding.unit_weeks(work, unit)
    for dimension in deciding.DIMENSIONS:
        deciding.house(work, dimension)
    deciding.house_weeks(work)
    return work


def until(year: Year, month: int) -> Year:
    """What is there of a year when a month ends; quarters once they are over."""
    found, name = Year(year.number), lattices.month_name(month)
    for at, table in year.tables.items():
        for member, row in table.items():
            for period, levels in row.items():
                last = f"{year.number}-{3 * int(period[6:]):02d}" if "Q" in period else period
                if last <= name:
                    found.tables.setdefault(at, {}).setdefault(member, {})[period] = levels
    for unit, weeks in year.weeks.items():
        for week, runs in weeks.items():
            kept = {m: levels for m, levels in runs.items() if m <= month}
            if kept:
                found.weeks.setdefault(unit, {})[week] = kept
    return found


def lived(year: Year, months: range) -> Iterator[tuple[int, bool, deciding.Round]]:
    """The year decided while each month runs and when it is closed, as the worker does; what is final stays."""
    known: dict[Key, Entry] = {}
    for month in months:
        for closed in (month - 1, month):
            at = year.number * 100
            work = decided(until(year, at + month), Decisions(dict(known)), (at + closed, 0))
            known.update(
                (row.key, Entry(1, row.shown, row.final)) for rows in work.rows.values() for row in rows)
            yield month, closed == month, work


def week_lattice(year: Year, shown: dict[Key, bool]) -> tuple[Lattice, set[object]]:
    """Weeks, months, what they add up to, and the runs of days between, of all units and the house."""
    cells: dict[object, Cell] = {}
    relations: list[Relation] = []
    hidden: set[object] = set()
    months: dict[tuple[int, int], list[object]] = {}
    for unit, weeks in year.weeks.items():
        for week, runs in weeks.items():
            cells[unit, week] = Cell(tuple(map(sum, zip(*runs.values(), strict=True))))
            if not shown.get(Key(unit, "total", week, ""), False):
                hidden.add((unit, week))
            for month, levels in runs.items():
                cells[unit, week, month] = Cell(levels, published=False)
                hidden.add((unit, week, month))
                months.setdefault((unit, month), []).append((unit, week, month))
            relations.append(Relation((unit, week), tuple((unit, week, m) for m in runs), "days"))
    for (unit, month), parts in months.items():
        total = tuple(map(sum, zip(*(cells[part].levels for part in parts), strict=True)))
        cells[unit, month] = Cell(total)
        relations.append(Relation((unit, month), tuple(parts), "month"))
        if not shown.get(Key(unit, "total", lattices.month_name(month), ""), False):
            hidden.add((unit, month))
    for unit in year.weeks:
        for quarter in range(1, 5):
            parts = [(unit, m) for m in range(3 * quarter + 201798, 3 * quarter + 201801) if (unit, m) in cells]
            cells[unit, f"Q{quarter}"] = Cell(tuple(map(sum, zip(*(cells[p].levels for p in parts), strict=True))))
            relations.append(Relation((unit, f"Q{quarter}"), tuple(parts), "month"))
            if not shown.get(Key(unit, "total", f"2018-Q{quarter}", ""), False):
                hidden.add((unit, f"Q{quarter}"))
        parts = [(unit, f"Q{quarter}") for quarter in range(1, 5)]
        cells[unit, "year"] = Cell(tuple(map(sum, zip(*(cells[p].levels for p in parts), strict=True))))
        relations.append(Relation((unit, "year"), tuple(parts), "quarter"))
    for key in [key for key in cells if isinstance(key, tuple) and key[0] == HOUSE]:
        parts = tuple((unit, *key[1:]) for unit in year.units if (unit, *key[1:]) in cells)
        relations.append(Relation(key, parts, "unit"))
    return Lattice(cells, tuple(relations)), hidden


def months_of(unit: int, dimension: str, table: Table) -> dict[CellKey, tuple[int, ...]]:
    return {
        CellKey(unit, dimension, member, period): levels
        for member, row in table.items() for period, levels in row.items()
    }


def lattice_of(year: Year, dimensions: Sequence[str], units: list[int]) -> Lattice:
    """Dimensions of units at once, with the totals they share; of several units with the house's sums."""
    months: dict[CellKey, tuple[int, ...]] = {}
    for unit in units:
        for dimension in ("total", *dimensions):
            months |= months_of(unit, dimension, year.tables.get((unit, dimension), {}))
    short = {k: v for k, v in months.items() if len(k.period) == 7 and "Q" not in k.period}
    longer = {k: v for k, v in months.items() if k not in short}
    centre = dict.fromkeys(units, HOUSE) if len(units) > 1 else {}
    if longer and centre:
        for key, levels in list(longer.items()):
            whole = key._replace(unit=HOUSE)
            known = longer.get(whole, (0,) * 5)
            longer[whole] = tuple(a + b for a, b in zip(known, levels, strict=True))
    partitions = tuple(d for d in dimensions if d != "reason")
    return build_lattice(short, longer=longer, centre=centre, partitions=partitions)


def hidden_of(lattice: Lattice, shown: dict[Key, bool]) -> set[CellKey]:
    return {
        key for key, cell in lattice.cells.items()
        if isinstance(key, CellKey) and cell.n
        and not shown.get(Key(int(str(key.unit)), key.by, key.period, str(key.member)), False)
    }


def undone(lattice: Lattice, hidden: set[CellKey]) -> Iterator[tuple[CellKey, float, float]]:
    """Cells hidden for themselves that the attacker finds, or bounds below five raters."""
    small = {key for key in hidden if discloses(lattice.cells[key].levels)}
    for key, found in attack(lattice, hidden, small).items():
        if found.high - found.low < 3 - 1e-6 or found.high < 5 - 1e-6:
            yield key, found.low, found.high  # type: ignore[misc]


def undone_of_many(
    lattice: Lattice, hidden: set[CellKey]
) -> Iterator[tuple[CellKey, float, float]]:
    """The same for thousands of cells: tables that fit are sought for many at once.

    A cell with such tables far enough apart is open to any attack; only the others are attacked
    one by one.
    """
    small = {key for key in hidden if discloses(lattice.cells[key].levels)}
    for keys, relations in hidden_parts(lattice, hidden):
        asked = [key for key in keys if key in small]
        if not asked:
            continue
        proof = Certificates(lattice, keys, relations)
        rows = np.array([proof.row[key] for key in asked], dtype=np.intp)
        for level in np.tile(np.argsort(-proof.levels.sum(axis=0)), 2):
            wanted = np.maximum(5, proof.low[rows] + 3) - proof.high[rows]
            if (wanted > 0).any():
                proof.seek(int(level), rows[wanted > 0], (wanted + proof.up[rows, level])[wanted > 0])
        system = System(lattice, keys, relations)
        for row, key in zip(rows, asked, strict=True):
            if proof.high[row] < 5 or proof.high[row] - proof.low[row] < 3:
                found = system.bounds(key)
                if found.high - found.low < 3 - 1e-6 or found.high < 5 - 1e-6:
                    yield key, found.low, found.high  # type: ignore[misc]


def attacked(
    year: Year, shown: dict[Key, bool], *, units: list[int], houses: tuple[str, ...],
    undo: Callable[[Lattice, set[CellKey]], Iterator[tuple[CellKey, float, float]]],
) -> Counter[str]:
    """Counts over all tables; fails at the first that is undone.

    Of each unit all dimensions at once, as they share its totals, which may be hidden; of the house
    each of ``houses`` with the units that it is the sum of.
    """
    counted: Counter[str] = Counter()
    places = [([unit], TABLES) for unit in units]
    places += [(year.units, (d,)) for d in houses]
    for scope, dimensions in places:
        lattice = lattice_of(year, dimensions, scope)
        hidden = hidden_of(lattice, shown)
        found = list(undo(lattice, hidden))
        assert found == [], (scope, dimensions, found[:3])
        counted["tables"] += len(dimensions)
        counted["cells"] += sum(1 for cell in lattice.cells.values() if cell.n)
        counted["hidden"] += len(hidden)
        counted["attacked"] += sum(1 for k in hidden if discloses(lattice.cells[k].levels))
    return counted


@pytest.mark.timeout(3600 if length.FULL else 300)
@pytest.mark.parametrize("number", [*range(1, 11), 37] if length.FULL else [37])
def test_no_table_of_a_drawn_year_is_undone(number: int) -> None:
    year = drawn(number)
    with_weeks(year, number)
    work = decided(year)
    assert work.unprotected == dict.fromkeys(work.unprotected, 0)
    every = length.FULL
    found = attacked(
        year, work.shown, units=year.units if every else [3],
        houses=("step", "channel", "reason", "procedure") if every else ("step",), undo=undone_of_many,
    )
    if every:
        everything = lattice_of(year, TABLES, year.units)
        assert list(undone_of_many(everything, hidden_of(everything, work.shown))) == []
    assert found["attacked"] > 100
    weeks, hidden = week_lattice(year, work.shown)
    small = {k for k in hidden if discloses(weeks.cells[k].levels) and k[0] != HOUSE}
    assert [k for k, b in attack(weeks, hidden, small).items() if b.high < 5 or b.exact] == []
    length.keep("year-attack", f"drawn {number}", dict(found) | {"undone": 0})


@pytest.mark.timeout(3600 if length.FULL else 300)
@pytest.mark.parametrize("number", [2, 5, 7, 37] if length.FULL else [7])
def test_a_year_that_is_lived_month_by_month_is_not_undone(number: int) -> None:
    """What a quarter or year shows at its close must not undo the sums let out with its months."""
    year = drawn(number)
    with_weeks(year, number)
    attacked_cells = 0
    for month, closed, work in lived(year, range(1, 13 if length.FULL else 8)):
        if closed:
            assert work.unprotected == dict.fromkeys(work.unprotected, 0), month
        if closed and month in ((3, 6, 9, 12) if length.FULL else (7,)):
            for dimension in ("step", "field", "channel", "filing_mode", "reason"):
                lattice = lattice_of(work.year, (dimension,), year.units)
                hidden = hidden_of(lattice, work.shown)
                assert list(undone_of_many(lattice, hidden)) == [], (month, dimension)
                attacked_cells += sum(1 for key in hidden if discloses(lattice.cells[key].levels))
    assert attacked_cells > 100
    length.keep("year-attack", f"lived {number}", {"attacked": attacked_cells, "undone": 0})


@pytest.mark.parametrize("dropped", [0, 7, 21])
def test_both_attacks_find_the_same(dropped: int) -> None:
    """What is let out by mistake is found by the attack on one cell and by that on many."""
    year = drawn(2)
    lattice = lattice_of(year, ["field"], [3])
    hidden = set(sorted(hidden_of(lattice, decided(year).shown), key=str)[dropped:])
    found = {key for key, _low, _high in undone(lattice, hidden)}
    assert {key for key, _low, _high in undone_of_many(lattice, hidden)} == found
    assert bool(found) == bool(dropped)


if length.FULL:

    @pytest.mark.timeout(14_400)
    def test_no_table_of_the_demo_year_is_undone(tmp_path: Path) -> None:
        """As the ledger of the database says, not as it would be decided again."""
        from kiosk_app.cli.demo import fill
        from kiosk_app.config import Settings
        from kiosk_app.core import db
        from kiosk_app.feedback import commands as feedback
        from kiosk_app.reporting import commands, queries

        fill(Settings.from_env({"DATA_DIR": str(tmp_path)}), scale=1.0, seed=2018)
        feedback.release_closed(now=AFTERWARDS)
        commands.decide(now=AFTERWARDS)
        with db.reading() as conn:
            year = lattices.read(conn, 2018)
            entries = queries.read(conn, unit_ids=[HOUSE, *year.units], year=2018).entries
        shown = {key: entry.shown for key, entry in entries.items()}
        found = attacked(
            year, shown, units=year.units, undo=undone_of_many,
            houses=("step", "channel", "filing_mode", "reason", "weekday_hour"),
        )
        assert found["attacked"] > 1000
        length.keep("year-attack", "demo year 2018", dict(found) | {"undone": 0})
