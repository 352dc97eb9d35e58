"""Satisfaction from released copies: totals, trend, and tables by one dimension."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from kiosk_app.core.collation import alphabetical
from kiosk_app.dossiers import counts as dossier_counts
from kiosk_app.feedback import queries as feedback_queries
from kiosk_app.feedback.records import ReleasedRow
from kiosk_app.organisation import queries as organisation_queries
from kiosk_app.reporting import durations, fairness, judging
from kiosk_app.reporting.durations import Typical
from kiosk_app.reporting.fairness import Standing
from kiosk_app.reporting.judging import NOTHING, Cell
from kiosk_app.reporting.periods import Period, of_month
from kiosk_app.reporting.records import Figure

Levels = tuple[int, int, int, int, int]
ELIGIBLE_COLUMN = {
    "unit": "unit_id", "officer": "officer_id", "procedure": "procedure_id", "step": "step",
    "filing_mode": "filing_mode",
}


@dataclass(frozen=True)
class Overview:
    """What the manager's first page shows."""

    total: Figure
    recorded: int
    trend: tuple[Figure, ...]
    units: tuple[Figure, ...]
    reasons: tuple[Figure, ...]
    duration: Typical


def added(rows: Sequence[Levels]) -> Levels:
    """Counts by level over rows."""
    columns = [sum(row[i] for row in rows) for i in range(5)]
    return (columns[0], columns[1], columns[2], columns[3], columns[4])


def grouped(
    conn: Connection, months: Sequence[int], unit_ids: Sequence[int], dimension: str,
    key: Callable[[ReleasedRow], object], grain: str = "month", prefix: str = "",
    among: Collection[str] = (), over_periods: bool = False,
) -> dict[str, Levels]:
    """Released counts by level, summed under each key; to be judged before they are shown."""
    rows = feedback_queries.released(
        conn, grain=grain, periods=months, dimension=dimension, unit_ids=unit_ids,
        prefix=prefix, among=among, over_periods=over_periods,
    )
    groups: dict[str, list[Levels]] = defaultdict(list)
    for row in rows:
        groups[str(key(row))].append(row.levels)
    return {name: added(found) for name, found in groups.items()}


def eligible_by(
    conn: Connection, months: Sequence[int], unit_ids: Sequence[int], column: str | None
) -> dict[str, int]:
    """Dossier steps that could be rated under each value of a column; under "" without one."""
    by = (column,) if column else ()
    rows = dossier_counts.eligible(conn, months=months, unit_ids=unit_ids, by=by)
    return {str(row.key[0]) if row.key else "": row.n for row in rows}


def judged(
    conn: Connection, unit_ids: Sequence[int], period: Period, dimension: str,
    levels: Mapping[str, Levels], eligible: Mapping[str, int], labels: Mapping[str, str]
) -> tuple[Figure, ...]:
    """Rows by name that have passed the gate together; keys without a label are left out."""
    names = sorted(set(levels) | set(eligible), key=lambda k: alphabetical(labels.get(k, k)))
    of_units = dimension == "total"
    return tuple(judging.table(conn, unit_ids, [
        Cell(k, labels[k], levels.get(k, NOTHING), eligible.get(k, 0), dimension, period.key,
             "" if of_units else k, int(k) if of_units else None)
        for k in names if k in labels
    ]))


def overview(
    conn: Connection, period: Period, unit_ids: Sequence[int], data_months: Sequence[int],
    lang: str,
) -> Overview:
    """Total, trend over the months with data, units and reasons."""
    months = period.months
    total = grouped(conn, months, unit_ids, "total", lambda _row: "")
    monthly = grouped(conn, data_months, unit_ids, "total", lambda row: row.period)
    month_eligible, unit_eligible = _eligible_margins(conn, months, data_months, unit_ids)
    trend = by_month(conn, unit_ids, data_months, monthly, month_eligible)
    return Overview(
        total=judging.each(conn, unit_ids, [Cell(
            "", "", total.get("", NOTHING), sum(unit_eligible.values()), "total", period.key
        )])[0],
        recorded=feedback_queries.recorded(conn, months=months, unit_ids=unit_ids),
        trend=trend, units=by_unit(conn, period, unit_ids, lang, unit_eligible),
        reasons=by_reason(conn, period, unit_ids),
        duration=durations.of_period(conn, months, unit_ids),
    )


def by_reason(
    conn: Connection, period: Period, unit_ids: Sequence[int]
) -> tuple[Figure, ...]:
    """Reasons given, the most frequent first; those under the threshold are left out."""
    found = grouped(
        conn, period.months, unit_ids, "reason", lambda row: row.value, over_periods=True
    )
    rows = judging.each(conn, unit_ids, [
        Cell(code, code, levels, 0, "reason", period.key, code) for code, levels in found.items()
    ])
    return tuple(sorted((r for r in rows if r.n), key=lambda r: (-(r.n or 0), r.key)))


def eligible_beside(
    conn: Connection, months: Sequence[int], unit_ids: Sequence[int], dimension: str
) -> dict[tuple[int, str], int]:
    """What could be rated by unit and value; nothing for ``channel``: it is how a rating came."""
    column = {"field": "procedure_id", "step": "step", "filing_mode": "filing_mode"}.get(dimension)
    if column is None:
        return {}
    field_of = {p.id: str(p.field_id) for p in organisation_queries.procedures(conn).values()}
    found: Counter[tuple[int, str]] = Counter()
    for row in dossier_counts.eligible(
        conn, months=months, unit_ids=unit_ids, by=("unit_id", column)
    ):
        unit, value = row.key
        name = field_of.get(int(value), "0") if dimension == "field" else str(value)
        found[int(unit), name] += row.n
    return dict(found)


def _eligible_margins(
    conn: Connection, months: Sequence[int], data_months: Sequence[int], unit_ids: Sequence[int]
) -> tuple[dict[str, int], dict[str, int]]:
    """Eligible steps by month of the trend and by unit of the period, from one reading."""
    by_month: Counter[str] = Counter()
    by_unit_: Counter[str] = Counter()
    for row in dossier_counts.eligible(
        conn, months=sorted({*months, *data_months}), unit_ids=unit_ids, by=("month", "unit_id")
    ):
        month, unit = row.key
        by_month[str(month)] += row.n
        if month in months:
            by_unit_[str(unit)] += row.n
    return dict(by_month), dict(by_unit_)


def by_month(
    conn: Connection, unit_ids: Sequence[int], months: Sequence[int],
    levels: Mapping[str, Levels], eligible: Mapping[str, int], dimension: str = "total",
    member: str = "",
) -> tuple[Figure, ...]:
    """One row a month; within a quarter no hidden month can be subtracted from the total."""
    quarters: dict[int, list[int]] = defaultdict(list)
    for month in months:
        quarters[month // 100 * 10 + (month % 100 - 1) // 3].append(month)
    rows: list[Figure] = []
    for members in quarters.values():
        rows += judging.table(conn, unit_ids, [
            Cell(str(m), of_month(m).key, levels.get(str(m), NOTHING), eligible.get(str(m), 0),
                 dimension, of_month(m).key, member)
            for m in members
        ])
    return tuple(rows)


def by_unit(
    conn: Connection, period: Period, unit_ids: Sequence[int], lang: str,
    eligible: Mapping[str, int] | None = None,
) -> tuple[Figure, ...]:
    """One row a receiving unit, centre first, then by name; ``eligible`` if it was read already."""
    receiving = [u for u in organisation_queries.receiving_units(conn) if u.id in set(unit_ids)]
    levels = grouped(conn, period.months, unit_ids, "total", lambda row: row.unit_id)
    if eligible is None:
        eligible = eligible_by(conn, period.months, unit_ids, "unit_id")
    active = [u for u in receiving if str(u.id) in levels or str(u.id) in eligible]
    rows = judged(conn, unit_ids, period, "total", levels, eligible,
                  {str(u.id): u.name(lang) for u in active})
    order = {str(u.id): i for i, u in enumerate(active)}
    return tuple(sorted(rows, key=lambda row: order[row.key]))


def by_procedure(
    conn: Connection, period: Period, unit_ids: Sequence[int], lang: str
) -> tuple[Figure, ...]:
    """One row a procedure, by name."""
    versions = organisation_queries.procedures(conn).values()
    code_of = {str(p.id): p.code for p in versions}
    labels = {p.code: p.name(lang) for p in versions}
    levels = grouped(
        conn, period.months, unit_ids, "procedure", lambda row: code_of.get(row.value, row.value),
        over_periods=True,
    )
    eligible: Counter[str] = Counter()
    for procedure, n in eligible_by(conn, period.months, unit_ids, "procedure_id").items():
        eligible[code_of.get(procedure, procedure)] += n
    rows = judged(conn, unit_ids, period, "procedure", levels, eligible, labels)
    return placed(rows, fairness.procedures(conn, period.months, unit_ids))


def by_officer(
    conn: Connection, period: Period, unit_ids: Sequence[int]
) -> tuple[Figure, ...]:
    """One row an officer, by name, compared on like cases within the units given."""
    officers = organisation_queries.officers(conn)
    shared = {n for n, times in Counter(o.full_name for o in officers.values()).items() if times > 1}
    labels = {
        str(o.id): f"{o.full_name} ({o.code})" if o.full_name in shared else o.full_name
        for o in officers.values()
    }
    levels = grouped(
        conn, period.months, unit_ids, "officer", lambda row: row.value, over_periods=True
    )
    eligible = eligible_by(conn, period.months, unit_ids, "officer_id")
    rows = judged(conn, unit_ids, period, "officer", levels, eligible, labels)
    return placed(rows, fairness.officers(conn, period.months, unit_ids))


def shares(
    conn: Connection, period: Period, unit_ids: Sequence[int], dimension: str
) -> dict[str, Figure]:
    """Rows of ``officer`` or ``procedure`` by key, without coverage: to hold others against."""
    code_of = {
        str(p.id): p.code for p in organisation_queries.procedures(conn).values()
    } if dimension == "procedure" else {}
    levels = grouped(
        conn, period.months, unit_ids, dimension, lambda row: code_of.get(row.value, row.value),
        over_periods=True,
    )
    rows = judged(conn, unit_ids, period, dimension, levels, {}, {key: key for key in levels})
    return {row.key: row for row in rows}


def placed(
    rows: Sequence[Figure], standings: Mapping[str, Standing]
) -> tuple[Figure, ...]:
    """Shown rows with their standing among the others; hidden rows get none."""
    return tuple(
        row if row.suppressed or (one := standings.get(row.key)) is None else replace(
            row, adjusted=one.adjusted, adjusted_low=one.low, adjusted_high=one.high,
            expected=one.expected, overall=one.overall, tau2=one.tau2, family=one.family, few=one.few,
            tier=one.tier, reliability=one.reliability, still_needed=one.still_needed,
            shrunken=one.shrunken,
        )
        for row in rows
    )
