"""What is published of a year, from one consistent read: a table a unit and dimension."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import Connection

from kiosk_app.feedback import live
from kiosk_app.feedback.records import LiveRow
from kiosk_app.organisation import queries as organisation_queries

HOUSE = 0
"""The whole house: all receiving units together."""
NOBODY = "0"
"""Member of ratings whose officer or field is not known: on no page, but part of the sums."""
BY_MONTH = ("total", "step", "field", "procedure", "officer", "channel", "filing_mode", "reason")
BY_QUARTER = ("weekday_hour",)
BY_YEAR = ("officer_reason",)
Levels = tuple[int, ...]
EMPTY: Levels = (0, 0, 0, 0, 0)
Table = dict[str, dict[str, Levels]]
"""Member → shortest period published → raters by level."""


@dataclass
class Year:
    """Counts of one year by (unit, dimension), the house's among them."""

    number: int
    tables: dict[tuple[int, str], Table] = field(default_factory=dict)
    weeks: dict[int, dict[str, dict[int, Levels]]] = field(default_factory=dict)
    """Unit → ISO week → month yyyymm → raters of the week's days in it."""
    waiting: set[tuple[int, int]] = field(default_factory=set)
    """(unit, yyyymm) with copies that still wait for the close of their month."""

    @property
    def units(self) -> list[int]:
        """Units that have counts."""
        return sorted({unit for unit, _by in self.tables if unit != HOUSE})


def month_name(month: int) -> str:
    """``2018-10`` of 201810."""
    return f"{month // 100}-{month % 100:02d}"


def quarter_name(month: int) -> str:
    """``2018-Q4`` of 201810."""
    return f"{month // 100}-Q{(month % 100 + 2) // 3}"


def longer(period: str) -> tuple[str, ...]:
    """The periods published above a shortest one."""
    year = period[:4]
    if len(period) == 4 or "W" in period or "Q" in period:
        return ()
    return quarter_name(int(year) * 100 + int(period[5:])), year


def add(table: Table, member: str, period: str, levels: Levels) -> None:
    """Add raters to a member of a table."""
    row = table.setdefault(member, {})
    known = row.get(period, EMPTY)
    row[period] = tuple(a + b for a, b in zip(known, levels, strict=True))


def _take(year: Year, row: LiveRow, codes: Mapping[str, str]) -> None:
    period = month_name(row.period)
    if row.dimension in BY_QUARTER:
        period = quarter_name(row.period)
    elif row.dimension in BY_YEAR:
        period = period[:4]
    member = codes.get(row.value, row.value) if row.dimension == "procedure" else row.value
    for unit in (row.unit_id, HOUSE):
        add(year.tables.setdefault((unit, row.dimension), {}), member, period, row.levels)
    if not row.closed:
        year.waiting.add((row.unit_id, row.period))


def _weeks(conn: Connection, number: int) -> Iterator[tuple[int, str, int, Levels]]:
    """Unit, week, month and raters: weeks within a month whole, others by the days in each."""
    monday = date(number, 1, 1) - timedelta(days=date(number, 1, 1).weekday())
    last = date(number, 12, 31)
    totals: dict[int, list[LiveRow]] = defaultdict(list)
    for row in live.cells(conn, grain="week", first=(number - 1) * 100 + 52,
                          last=(number + 1) * 100 + 1, dimensions=("total",)):
        totals[row.period].append(row)
    while monday <= last:
        sunday = monday + timedelta(days=6)
        iso = monday.isocalendar()
        name = f"{iso.year}-W{iso.week:02d}"
        if monday.month == sunday.month:
            for row in totals[iso.year * 100 + iso.week]:
                yield row.unit_id, name, monday.year * 100 + monday.month, row.levels
        else:
            found = live.days(conn, first=int(f"{monday:%Y%m%d}"), last=int(f"{sunday:%Y%m%d}"))
            for (unit_id, day), levels in found.items():
                yield unit_id, name, day // 100, tuple(levels)
        monday += timedelta(days=7)


def read(conn: Connection, number: int) -> Year:
    """Everything that is published of a year, from one snapshot."""
    codes = {str(p.id): p.code for p in organisation_queries.procedures(conn).values()}
    year = Year(number)
    for row in live.cells(conn, grain="month", first=number * 100 + 1, last=number * 100 + 12):
        if any(row.levels):
            _take(year, row, codes)
    for unit_id in year.units:
        _unnamed_officers(year, unit_id)
    for unit_id, week, month, levels in _weeks(conn, number):
        if any(levels):
            for unit in (unit_id, HOUSE):
                runs = year.weeks.setdefault(unit, {}).setdefault(week, {})
                known = runs.get(month, EMPTY)
                runs[month] = tuple(a + b for a, b in zip(known, levels, strict=True))
    return year


def _unnamed_officers(year: Year, unit_id: int) -> None:
    """Reasons given to nobody known: what officers leave of a reason of the year."""
    table = year.tables.setdefault((unit_id, "officer_reason"), {})
    for reason, row in year.tables.get((unit_id, "reason"), {}).items():
        given = [
            levels for member, periods in table.items() if member.partition(":")[2] == reason
            for levels in periods.values()
        ]
        rest = _less(_total(row.values()), _total(given))
        if any(rest):
            add(table, f"{NOBODY}:{reason}", str(year.number), rest)


def _total(rows: Iterable[Levels]) -> Levels:
    columns = list(zip(*rows, strict=True))
    return tuple(sum(column) for column in columns) if columns else EMPTY


def _less(whole: Levels, part: Levels) -> Levels:
    return tuple(a - b for a, b in zip(whole, part, strict=True))
