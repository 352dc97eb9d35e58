"""Everything that is published of a unit and year: cells, and the sums that bind them.

Members of a dimension add up to the unit, months to quarters, quarters to years, units to their
centre, and runs of days to both weeks and months: one system of equations.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, TypeVar

from survey_analysis.errors import LatticeError, MissingIdentifierError

Levels = tuple[int, ...]
Key = TypeVar("Key", bound=Hashable)

TOTAL = "total"
DAYS = "days"
PARTITIONS = ("step", "field", "procedure", "officer", "channel", "filing_mode", "weekday_hour")
"""Dimensions whose members add up to the unit; reasons do not, since a rating may give several."""


class CellKey(NamedTuple):
    """Name of a published cell: unit, dimension, member, period (2018-10, 2018-Q4, 2018, …)."""

    unit: Hashable
    by: str
    member: Hashable
    period: str


@dataclass(frozen=True)
class Cell:
    """Counts of one cell.

    Attributes
    ----------
    levels : tuple of int
        Raters by level; one entry where only their number is published.
    published : bool
        False for what is never shown itself but must not be found by subtraction (a run of days).
    upper : int or None
        Raters there can be at most, where everybody knows it (eligible dossiers).

    """

    levels: Levels
    published: bool = True
    upper: int | None = None

    @property
    def n(self) -> int:
        """Raters."""
        return sum(self.levels)


@dataclass(frozen=True)
class Relation:
    """A total and the parts that add up to it; ``kind`` names the way of adding."""

    total: Hashable
    parts: tuple[Hashable, ...]
    kind: str = ""


@dataclass(frozen=True)
class Lattice:
    """Cells and relations, known to fit.

    Raises
    ------
    LatticeError
        If a relation names an unknown cell or does not add up, levels differ in number, or a count
        is negative or beyond what can be.

    Examples
    --------
    >>> lattice = Lattice({"a": Cell((3,)), "b": Cell((9,)), "all": Cell((12,))},
    ...                   (Relation("all", ("a", "b")),))
    >>> len(lattice.cells)
    3

    """

    cells: Mapping[Hashable, Cell]
    relations: tuple[Relation, ...]

    def __post_init__(self) -> None:
        """Check what a caller may get wrong."""
        if len({len(cell.levels) for cell in self.cells.values()}) > 1:
            raise LatticeError("cells of different numbers of levels")
        for key, cell in self.cells.items():
            if min(cell.levels, default=-1) < 0:
                raise LatticeError(f"{key!r} has no levels or a negative count")
            if cell.upper is not None and cell.n > cell.upper:
                raise LatticeError(f"{key!r} has {cell.n} raters of at most {cell.upper}")
        for relation in self.relations:
            unknown = [k for k in (relation.total, *relation.parts) if k not in self.cells]
            if unknown or not relation.parts:
                raise LatticeError(f"{relation.total!r}: parts {unknown or 'none'} unknown")
            parts = zip(*(self.cells[k].levels for k in relation.parts), strict=True)
            if self.cells[relation.total].levels != tuple(sum(level) for level in parts):
                raise LatticeError(f"parts of {relation.total!r} ({relation.kind}) do not add up")


def quarter_of(month: str) -> str:
    """The quarter of a month.

    Raises
    ------
    LatticeError
        If it is no calendar month.

    Examples
    --------
    >>> quarter_of("2018-10")
    '2018-Q4'

    """
    year, _, number = month.partition("-")
    if not (year.isdigit() and len(number) == 2 and number.isdigit() and 1 <= int(number) <= 12):
        raise LatticeError(f"{month!r} is no calendar month")
    return f"{year}-Q{(int(number) + 2) // 3}"


def week_of(day: date) -> str:
    """The calendar week (ISO 8601) of a day.

    Examples
    --------
    >>> week_of(date(2018, 12, 31))
    '2019-W01'

    """
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def _add(first: Levels, second: Levels) -> Levels:
    return tuple(a + b for a, b in zip(first, second, strict=True))


def _summed(rows: Iterable[tuple[Key, Levels]]) -> dict[Key, Levels]:
    totals: dict[Key, Levels] = {}
    for key, levels in rows:
        totals[key] = _add(totals[key], levels) if key in totals else tuple(levels)
    return totals


class _Builder:
    def __init__(self) -> None:
        self.cells: dict[CellKey, Cell] = {}
        self.groups: dict[tuple[CellKey, str], list[CellKey]] = defaultdict(list)

    def put(self, key: CellKey, levels: Levels, published: bool = True) -> None:
        if None in (key.unit, key.member):
            raise MissingIdentifierError(f"{key!r}: a missing identifier is no member; name it")
        known = self.cells.get(key)
        if known is not None and known.levels != levels:
            raise LatticeError(f"{key!r} is given twice: {known.levels} and {levels}")
        self.cells[key] = Cell(levels, published)

    def part(self, total: CellKey, part: CellKey, kind: str) -> None:
        self.groups[(total, kind)].append(part)

    def lattice(self, upper: Mapping[CellKey, int]) -> Lattice:
        cells: dict[Hashable, Cell] = {
            key: Cell(cell.levels, cell.published, upper.get(key))
            for key, cell in self.cells.items()
        }
        relations = tuple(
            Relation(total, tuple(dict.fromkeys(parts)), kind)
            for (total, kind), parts in self.groups.items()
        )
        return Lattice(cells, relations)


def _quarter(key: CellKey) -> CellKey:
    return key._replace(period=quarter_of(key.period))


def _year(key: CellKey) -> CellKey:
    return key._replace(period=key.period[:4])


def _periods(builder: _Builder, months: Mapping[CellKey, Levels]) -> None:
    """Months, and the quarters and years they add up to."""
    for longer in (_quarter, _year):
        for key, levels in _summed((longer(k), tuple(v)) for k, v in months.items()).items():
            builder.put(key, levels)
    for key, levels in months.items():
        builder.put(key, tuple(levels))
        builder.part(_quarter(key), key, "period")
        builder.part(_year(key), _quarter(key), "period")


def _weeks(builder: _Builder, days: Mapping[tuple[Hashable, date], Levels]) -> None:
    """Weeks of unit totals. A week with days in two months is bound to them by hidden runs of days;
    any other is itself what its month has of it.
    """
    runs = _summed(
        (CellKey(unit, DAYS, week_of(day), f"{day:%Y-%m}"), tuple(levels))
        for (unit, day), levels in days.items()
    )
    weeks: dict[CellKey, list[CellKey]] = defaultdict(list)
    for run in runs:
        weeks[CellKey(run.unit, TOTAL, "", str(run.member))].append(run)
    for week, found in weeks.items():
        builder.put(week, tuple(map(sum, zip(*(runs[run] for run in found), strict=True))))
        for run in found:
            part = week if len(found) == 1 else run
            month = CellKey(run.unit, TOTAL, "", run.period)
            if month in builder.cells:
                builder.part(month, part, DAYS)
            if part is run:
                builder.put(run, runs[run], published=False)
                builder.part(week, run, DAYS)


def build_lattice(
    months: Mapping[CellKey, Levels], *, longer: Mapping[CellKey, Levels] | None = None,
    days: Mapping[tuple[Hashable, date], Levels] | None = None,
    centre: Mapping[Hashable, Hashable] | None = None,
    partitions: Collection[str] = PARTITIONS, upper: Mapping[CellKey, int] | None = None,
) -> Lattice:
    """The published lattice from counts by month.

    Parameters
    ----------
    months : mapping
        CellKey of a month → raters by level: the unit's total (``by`` = "total", member "") and
        its members by dimension. Every rating has a member in a partition; "not known" is a member
        with a name.
    longer : mapping, optional
        Cells that exist only by quarter or year: ("weekday_hour", (weekday, hour)) by quarter, and
        ("officer_reason", (officer, reason)) by year, which officers add up to the reason.
    days : mapping, optional
        (unit, day) → raters by level, for weeks of unit totals.
    centre : mapping, optional
        Unit → centre that it is part of; centres' cells are the sums of their units'.
    partitions : collection of str
        Dimensions whose members add up to the unit.
    upper : mapping, optional
        CellKey → eligible dossiers, where they are published.

    Returns
    -------
    Lattice

    Raises
    ------
    LatticeError
        If counts do not add up, or a period is no calendar month, quarter or year.
    MissingIdentifierError
        If a unit or member is None.

    Examples
    --------
    >>> key = CellKey("unit", "total", "", "2018-10")
    >>> lattice = build_lattice({
    ...     key: (1, 20), key._replace(by="officer", member="a"): (1, 8),
    ...     key._replace(by="officer", member="b"): (0, 12)})
    >>> len(lattice.cells), len(lattice.relations)
    (9, 9)

    """
    above = dict(centre or {})
    if None in above or None in above.values():
        raise MissingIdentifierError("a centre or unit without a name")
    counts = dict(months)
    counts.update(_summed(
        (key._replace(unit=above[key.unit]), tuple(levels))
        for key, levels in months.items() if key.unit in above
    ))
    builder = _Builder()
    _periods(builder, counts)
    for key, levels in (longer or {}).items():
        builder.put(key, tuple(levels))
    if days:
        _weeks(builder, days)
    for key in list(builder.cells):
        _bind(builder, key, above, partitions)
    return builder.lattice(upper or {})


def _bind(
    builder: _Builder, key: CellKey, centre: Mapping[Hashable, Hashable],
    partitions: Collection[str],
) -> None:
    total = key._replace(by=TOTAL, member="")
    if key.by in partitions and total in builder.cells:
        builder.part(total, key, key.by)
    if key.by == "officer_reason" and isinstance(key.member, tuple):
        reason = key._replace(by="reason", member=key.member[1])
        if reason in builder.cells:
            builder.part(reason, key, "officer_reason")
    above = centre.get(key.unit)
    if above is not None and key.by != DAYS and key._replace(unit=above) in builder.cells:
        builder.part(key._replace(unit=above), key, "unit")


def table_lattice(counts: Sequence[Sequence[int | Sequence[int]]]) -> Lattice:
    """A two-way table with its margins: cells ("cell", row, column), totals, and the whole.

    Parameters
    ----------
    counts : rows × columns (× levels) of int
        Interior cells.

    Returns
    -------
    Lattice
        Keys ("cell", i, j), ("row", i), ("column", j), ("all",).

    Raises
    ------
    LatticeError
        If rows differ in length or counts cannot be.

    Examples
    --------
    >>> len(table_lattice([[1, 2], [3, 4]]).cells)
    9

    """
    if not counts or len({len(row) for row in counts}) != 1 or not counts[0]:
        raise LatticeError("a table has rows and columns of equal length")
    inner: dict[Hashable, Levels] = {}
    for i, row in enumerate(counts):
        for j, entry in enumerate(row):
            levels = tuple(entry) if isinstance(entry, Sequence) else (int(entry),)
            inner[("cell", i, j)] = levels
    rows, columns = range(len(counts)), range(len(counts[0]))
    parts: dict[tuple[Hashable, ...], tuple[Hashable, ...]] = {
        ("row", i): tuple(("cell", i, j) for j in columns) for i in rows
    }
    parts |= {("column", j): tuple(("cell", i, j) for i in rows) for j in columns}
    known = dict(inner)
    for key, members in parts.items():
        known[key] = _summed(("x", inner[m]) for m in members)["x"]
    known[("all",)] = _summed(("x", levels) for levels in inner.values())["x"]
    relations = [
        Relation(key, members, "row" if key[0] == "row" else "column")
        for key, members in parts.items()
    ]
    relations += [
        Relation(("all",), tuple(("row", i) for i in rows), "rows"),
        Relation(("all",), tuple(("column", j) for j in columns), "columns"),
    ]
    return Lattice({key: Cell(levels) for key, levels in known.items()}, tuple(relations))
