"""Satisfaction from released copies: totals, trend, and tables by one dimension."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from kiosk_app.core.collation import alphabetical
from kiosk_app.dossiers import counts as dossier_counts
from kiosk_app.feedback import queries as feedback_queries
from kiosk_app.feedback.records import ReleasedRow, StratumRow
from kiosk_app.organisation import queries as organisation_queries
from kiosk_app.reporting import disclosure, durations
from kiosk_app.reporting.durations import Typical
from kiosk_app.reporting.periods import Period, of_month
from kiosk_app.reporting.records import Figure
from survey_analysis import Comparison, OfficerCounts, compare

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


def _sum(rows: Sequence[Levels]) -> Levels:
    columns = [sum(row[i] for row in rows) for i in range(5)]
    return (columns[0], columns[1], columns[2], columns[3], columns[4])


def _grouped(
    conn: Connection, months: Sequence[int], unit_ids: Sequence[int], dimension: str,
    key: Callable[[ReleasedRow], object],
) -> dict[str, Levels]:
    rows = feedback_queries.released(
        conn, grain="month", periods=months, dimension=dimension, unit_ids=unit_ids
    )
    groups: dict[str, list[Levels]] = defaultdict(list)
    for row in rows:
        groups[str(key(row))].append(row.levels)
    return {name: _sum(found) for name, found in groups.items()}


def _eligible(
    conn: Connection, months: Sequence[int], unit_ids: Sequence[int], column: str | None
) -> dict[str, int]:
    by = (column,) if column else ()
    rows = dossier_counts.eligible(conn, months=months, unit_ids=unit_ids, by=by)
    return {str(row.key[0]) if row.key else "": row.n for row in rows}


def _table(
    levels: Mapping[str, Levels], eligible: Mapping[str, int], labels: Mapping[str, str]
) -> tuple[Figure, ...]:
    names = sorted(set(levels) | set(eligible), key=lambda k: alphabetical(labels.get(k, k)))
    empty = (0, 0, 0, 0, 0)
    rows = [
        disclosure.figure(k, labels.get(k, k), levels.get(k, empty), eligible.get(k, 0))
        for k in names if k in labels
    ]
    sizes = [sum(levels.get(row.key, empty)) for row in rows]
    return tuple(disclosure.table(rows, sizes))


def overview(
    conn: Connection, period: Period, unit_ids: Sequence[int], data_months: Sequence[int],
    lang: str,
) -> Overview:
    """Total, trend over the months with data, units and reasons."""
    months = period.months
    total = _grouped(conn, months, unit_ids, "total", lambda _row: "")
    by_month = _grouped(conn, data_months, unit_ids, "total", lambda row: row.period)
    month_eligible, unit_eligible = _eligible_margins(conn, months, data_months, unit_ids)
    trend = _trend(data_months, by_month, month_eligible)
    reasons = _grouped(conn, months, unit_ids, "reason", lambda row: row.value)
    return Overview(
        total=disclosure.figure("", "", total.get("", (0, 0, 0, 0, 0)),
                                sum(unit_eligible.values())),
        recorded=feedback_queries.recorded(conn, months=months, unit_ids=unit_ids),
        trend=trend, units=by_unit(conn, period, unit_ids, lang, unit_eligible),
        reasons=tuple(
            row for row in (
                disclosure.figure(code, code, found, 0) for code, found in reasons.items()
            ) if row.n
        ),
        duration=durations.of_period(conn, months, unit_ids),
    )


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


def _trend(
    months: Sequence[int], levels: Mapping[str, Levels], eligible: Mapping[str, int]
) -> tuple[Figure, ...]:
    """One row a month; within a quarter no hidden month can be subtracted from the total."""
    quarters: dict[int, list[int]] = defaultdict(list)
    for month in months:
        quarters[month // 100 * 10 + (month % 100 - 1) // 3].append(month)
    rows: list[Figure] = []
    for members in quarters.values():
        empty = (0, 0, 0, 0, 0)
        alone = [
            disclosure.figure(str(m), of_month(m).key, levels.get(str(m), empty),
                              eligible.get(str(m), 0))
            for m in members
        ]
        rows += disclosure.table(alone, [sum(levels.get(str(m), empty)) for m in members])
    return tuple(rows)


def by_unit(
    conn: Connection, period: Period, unit_ids: Sequence[int], lang: str,
    eligible: Mapping[str, int] | None = None,
) -> tuple[Figure, ...]:
    """One row a receiving unit, centre first, then by name; ``eligible`` if it was read already."""
    receiving = [u for u in organisation_queries.receiving_units(conn) if u.id in set(unit_ids)]
    levels = _grouped(conn, period.months, unit_ids, "total", lambda row: row.unit_id)
    if eligible is None:
        eligible = _eligible(conn, period.months, unit_ids, "unit_id")
    active = [u for u in receiving if str(u.id) in levels or str(u.id) in eligible]
    rows = _table(levels, eligible, {str(u.id): u.name(lang) for u in active})
    order = {str(u.id): i for i, u in enumerate(active)}
    return tuple(sorted(rows, key=lambda row: order[row.key]))


def by_procedure(
    conn: Connection, period: Period, unit_ids: Sequence[int], lang: str
) -> tuple[Figure, ...]:
    """One row a procedure, by name."""
    versions = organisation_queries.procedures(conn).values()
    code_of = {str(p.id): p.code for p in versions}
    labels = {p.code: p.name(lang) for p in versions}
    levels = _grouped(
        conn, period.months, unit_ids, "procedure", lambda row: code_of.get(row.value, row.value)
    )
    eligible: Counter[str] = Counter()
    for procedure, n in _eligible(conn, period.months, unit_ids, "procedure_id").items():
        eligible[code_of.get(procedure, procedure)] += n
    return _table(levels, eligible, labels)


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
    levels = _grouped(conn, period.months, unit_ids, "officer", lambda row: row.value)
    eligible = _eligible(conn, period.months, unit_ids, "officer_id")
    rows = _table(levels, eligible, labels)
    compared = _compared(feedback_queries.strata(conn, months=period.months, unit_ids=unit_ids))
    return tuple(
        row if row.suppressed or row.key not in compared else replace(
            row, adjusted=compared[row.key].adjusted, tier=compared[row.key].tier,
            reliability=compared[row.key].reliability,
            still_needed=compared[row.key].still_needed,
        )
        for row in rows
    )


def _compared(strata: Sequence[StratumRow]) -> dict[str, Comparison]:
    """Comparison of each officer within the unit that most of the ratings are of.

    Officers are compared with those of their own centre only (statistics §2.5 and §8).
    """
    families: dict[int, list[OfficerCounts]] = defaultdict(list)
    for row in strata:
        stratum = (row.procedure_id, row.late, row.supplemented, row.filing_mode)
        families[row.unit_id].append(
            OfficerCounts(str(row.officer_id), row.procedure_id, stratum, row.n, row.satisfied)
        )
    found: dict[str, Comparison] = {}
    for family in families.values():
        for officer, one in compare(family).items():
            name = str(officer)
            if name not in found or found[name].n < one.n:
                found[name] = one
    return found
