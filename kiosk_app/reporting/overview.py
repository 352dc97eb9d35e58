"""The manager's first page: total and units, what changed, where, and whether it is noise."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from kiosk_app.core.errors import RuleError
from kiosk_app.dossiers import counts as dossier_counts
from kiosk_app.feedback import queries as feedback_queries
from kiosk_app.organisation import queries as organisation_queries
from kiosk_app.reporting import change, durations, judging, periods, satisfaction
from kiosk_app.reporting.change import Change
from kiosk_app.reporting.durations import Typical
from kiosk_app.reporting.judging import NOTHING, Cell
from kiosk_app.reporting.periods import Period
from kiosk_app.reporting.records import Figure

Margins = Mapping[tuple[int, int], int]
"""Dossier steps that could be rated, by month and unit."""
DIMENSIONS = ("field", "channel", "filing_mode", "step")
"""What may be chosen beside the unit; never two at once (the published lattice)."""


@dataclass(frozen=True)
class Beside:
    """One dimension chosen beside the unit, and its value."""

    dimension: str
    value: str


@dataclass(frozen=True)
class Overview:
    """Figures of the first page; where a dimension is chosen, all of them are of its value."""

    total: Figure
    before: Change | None
    """Against the period of the same length just before; None where either is hidden."""
    season: Change | None
    """Against the same season of the year before."""
    before_period: Period
    season_period: Period
    units: tuple[Figure, ...]
    changes: tuple[Change, ...]
    """Of the units, against the period before."""
    trend: tuple[Figure, ...]
    recorded: int
    duration: Typical

    @property
    def adds_up(self) -> bool:
        """Whether the units shown make up the total shown."""
        return judging.adds_up(self.total, self.units)

    @property
    def clear(self) -> tuple[Change, ...]:
        """Units that changed beyond chance."""
        return tuple(c for c in self.changes if c.clear)


@dataclass(frozen=True)
class Counted:
    """Released counts of a dimension by unit and value, with what could be rated."""

    levels: Mapping[tuple[int, str], satisfaction.Levels]
    eligible: Mapping[tuple[int, str], int]

    def summed(self, by: int) -> tuple[dict[str, satisfaction.Levels], Counter[str]]:
        """Sums by unit (0) or by value (1)."""
        levels: dict[str, list[satisfaction.Levels]] = defaultdict(list)
        for key, found in self.levels.items():
            levels[str(key[by])].append(found)
        eligible: Counter[str] = Counter()
        for key, n in self.eligible.items():
            eligible[str(key[by])] += n
        return {name: satisfaction.added(rows) for name, rows in levels.items()}, eligible


def beside(dimension: str, value: str) -> Beside:
    """A chosen dimension; RuleError for one that is not published beside the unit."""
    if dimension not in DIMENSIONS:
        raise RuleError("not_published", f"published are {', '.join(DIMENSIONS)}", field=dimension)
    return Beside(dimension, value)


def choices(
    conn: Connection, months: Sequence[int], unit_ids: Sequence[int]
) -> dict[str, set[str]]:
    """Values of each dimension that have ratings in these months."""
    found: dict[str, set[str]] = {dimension: set() for dimension in DIMENSIONS}
    for dimension, value in feedback_queries.values(
        conn, periods=months, dimensions=DIMENSIONS, unit_ids=unit_ids
    ):
        found[dimension].add(value)
    return found


def _cells(
    conn: Connection, months: Sequence[int], unit_ids: Sequence[int], dimension: str
) -> Counted:
    rows = feedback_queries.released(
        conn, grain="month", periods=months, dimension=dimension, unit_ids=unit_ids
    )
    levels: dict[tuple[int, str], list[satisfaction.Levels]] = defaultdict(list)
    for row in rows:
        levels[row.unit_id, row.value].append(row.levels)
    return Counted(
        {key: satisfaction.added(found) for key, found in levels.items()},
        satisfaction.eligible_beside(conn, months, unit_ids, dimension),
    )


def _of_value(
    conn: Connection, period: Period, unit_ids: Sequence[int], chosen: Beside,
    names: Mapping[str, str],
) -> tuple[Figure, tuple[Figure, ...]]:
    """The total of a value and its row of every unit."""
    cells = _cells(conn, period.months, unit_ids, chosen.dimension)
    levels, eligible = cells.summed(1)
    labels = {value: value for value in {*levels, chosen.value}}
    rows = satisfaction.judged(
        conn, unit_ids, period, chosen.dimension, levels, eligible, labels
    )
    total = next((r for r in rows if r.key == chosen.value), None) or judging.each(
        conn, unit_ids,
        [Cell(chosen.value, chosen.value, NOTHING, 0, chosen.dimension, period.key, chosen.value)],
    )[0]
    own = {str(u): found for (u, v), found in cells.levels.items() if v == chosen.value}
    could = {str(u): n for (u, v), n in cells.eligible.items() if v == chosen.value}
    units = judging.table(conn, unit_ids, [
        Cell(k, names[k], own.get(k, NOTHING), could.get(k, 0), chosen.dimension, period.key,
             chosen.value, int(k))
        for k in sorted({*own, *could}) if k in names
    ])
    return total, tuple(units)


def _of_units(
    conn: Connection, period: Period, unit_ids: Sequence[int], chosen: Beside | None,
    names: Mapping[str, str], could: Margins,
) -> tuple[Figure, tuple[Figure, ...]]:
    if chosen is not None:
        return _of_value(conn, period, unit_ids, chosen, names)
    levels = satisfaction.grouped(
        conn, period.months, unit_ids, "total", lambda row: row.unit_id
    )
    eligible: Counter[str] = Counter()
    for (month, unit), n in could.items():
        if month in period.months:
            eligible[str(unit)] += n
    total = judging.each(conn, unit_ids, [Cell(
        "", "", satisfaction.added(list(levels.values())), sum(eligible.values()), "total",
        period.key,
    )])[0]
    return total, satisfaction.judged(
        conn, unit_ids, period, "total", levels, eligible, names
    )


def _course(
    conn: Connection, months: Sequence[int], unit_ids: Sequence[int], chosen: Beside | None,
    could: Margins,
) -> tuple[Figure, ...]:
    dimension = chosen.dimension if chosen else "total"
    levels = satisfaction.grouped(
        conn, months, unit_ids, dimension,
        lambda row: row.period, among=(chosen.value,) if chosen else (),
    )
    eligible: Counter[str] = Counter()
    if chosen is None:
        for (month, _unit), n in could.items():
            eligible[str(month)] += n
    return satisfaction.by_month(
        conn, unit_ids, months, levels, eligible, dimension, chosen.value if chosen else ""
    )


def _margins(conn: Connection, months: set[int], unit_ids: Sequence[int]) -> Margins:
    """All that the page needs of what could be rated, in one reading."""
    rows = dossier_counts.eligible(
        conn, months=sorted(months), unit_ids=unit_ids, by=("month", "unit_id")
    )
    return {(int(row.key[0]), int(row.key[1])): row.n for row in rows}


def overview(
    conn: Connection, period: Period, unit_ids: Sequence[int], data_months: Sequence[int],
    lang: str, chosen: Beside | None = None,
) -> Overview:
    """Everything of the first page but its charts, which come in requests of their own."""
    receiving = [u for u in organisation_queries.receiving_units(conn) if u.id in set(unit_ids)]
    names = {str(u.id): u.name(lang) for u in receiving}
    earlier, season = periods.before(period), periods.year_before(period)
    could = {} if chosen else _margins(
        conn, {*period.months, *earlier.months, *season.months, *data_months}, unit_ids
    )
    total, units = _of_units(conn, period, unit_ids, chosen, names, could)
    total_before, units_before = (
        _of_units(conn, earlier, unit_ids, chosen, names, could)
        if set(data_months) & set(earlier.months) else (None, ())
    )
    total_season = (
        _of_units(conn, season, unit_ids, chosen, names, could)[0]
        if set(data_months) & set(season.months) else None
    )
    order = {str(u.id): i for i, u in enumerate(receiving)}
    active = sorted((r for r in units if r.n != 0 or r.eligible), key=lambda r: order[r.key])
    return Overview(
        total=total, before=change.between(total, total_before) if total_before else None,
        season=change.between(total, total_season) if total_season else None,
        before_period=earlier, season_period=season, units=tuple(active),
        changes=change.among(active, {r.key: r for r in units_before}),
        trend=_course(conn, data_months, unit_ids, chosen, could),
        recorded=feedback_queries.recorded(conn, months=period.months, unit_ids=unit_ids),
        duration=durations.of_period(conn, period.months, unit_ids),
    )
