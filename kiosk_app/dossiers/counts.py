"""Counts of dossiers that pages read: what could be rated, and service quality by month.

Only rows of published import runs count; a run's rows may be negative (−old +new).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from kiosk_app.core.kept import Kept
from kiosk_app.dossiers import queries
from kiosk_app.dossiers.models import (
    DossierVersion,
    EligibleDay,
    EligibleMonth,
    ImportRun,
    ServiceMonth,
)

MEASURES = (
    "received", "resolved", "early", "on_time", "late", "handed_over", "supplemented",
    "supplement_over_limit",
)


@dataclass(frozen=True)
class CountRow:
    """``n`` dossier steps under one key, in the order of ``by``."""

    key: tuple[int | str, ...]
    n: int


@dataclass(frozen=True)
class ServiceRow:
    """Service quality of the dossiers received under one key, in the order of ``by``."""

    key: tuple[int | str, ...]
    received: int
    resolved: int
    early: int
    on_time: int
    late: int
    handed_over: int
    supplemented: int
    supplement_over_limit: int


def _published(conn: Connection) -> list[int]:
    return list(
        conn.execute(select(ImportRun.id).where(ImportRun.state == "published")).scalars()
    )


_answers: Kept[tuple[CountRow, ...]] = Kept(500)


def eligible(
    conn: Connection, *, months: Sequence[int], unit_ids: Sequence[int], by: Sequence[str],
    officer_ids: Sequence[int] | None = None,
) -> list[CountRow]:
    """Dossier steps that could be rated in ``months`` (yyyymm), grouped by these columns."""
    few = None if officer_ids is None else tuple(officer_ids)
    key = (queries.facts_version(conn), tuple(months), tuple(unit_ids), tuple(by), few)
    return list(_answers.of(
        conn, key, lambda: tuple(_eligible(conn, months, unit_ids, by, few))
    ))


def _eligible(
    conn: Connection, months: Sequence[int], unit_ids: Sequence[int], by: Sequence[str],
    officer_ids: Sequence[int] | None,
) -> list[CountRow]:
    columns = [getattr(EligibleMonth, name) for name in by]
    query = select(*columns, func.sum(EligibleMonth.n)).where(
        EligibleMonth.month.in_(months), EligibleMonth.unit_id.in_(unit_ids),
        EligibleMonth.run_id.in_(_published(conn)),
    )
    if officer_ids is not None:
        query = query.where(EligibleMonth.officer_id.in_(officer_ids))
    rows = conn.execute(query.group_by(*columns)).all()
    return [CountRow(tuple(row[:-1]), int(row[-1])) for row in rows if row[-1]]


def eligible_days(
    conn: Connection, *, first_day: int, last_day: int, unit_ids: Sequence[int], by: Sequence[str]
) -> list[CountRow]:
    """The same between two local days (yyyymmdd, both included)."""
    columns = [getattr(EligibleDay, name) for name in by]
    rows = conn.execute(
        select(*columns, func.sum(EligibleDay.n))
        .where(
            EligibleDay.day.between(first_day, last_day), EligibleDay.unit_id.in_(unit_ids),
            EligibleDay.run_id.in_(_published(conn)),
        )
        .group_by(*columns)
    ).all()
    return [CountRow(tuple(row[:-1]), int(row[-1])) for row in rows if row[-1]]


def service(
    conn: Connection, *, months: Sequence[int], unit_ids: Sequence[int], by: Sequence[str]
) -> list[ServiceRow]:
    """Service quality of dossiers received in ``months``; ``by`` of month, unit_id,
    procedure_id, filing_mode.
    """
    columns = [getattr(ServiceMonth, name) for name in by]
    rows = conn.execute(
        select(*columns, *(func.sum(getattr(ServiceMonth, name)) for name in MEASURES))
        .where(
            ServiceMonth.month.in_(months), ServiceMonth.unit_id.in_(unit_ids),
            ServiceMonth.run_id.in_(_published(conn)),
        )
        .group_by(*columns)
    ).all()
    found = []
    for row in rows:
        values = [int(v or 0) for v in row[len(columns):]]
        if any(values):
            found.append(ServiceRow(tuple(row[: len(columns)]), *values))
    return found


def added(rows: Sequence[ServiceRow]) -> ServiceRow | None:
    """The sum of rows, without a key; None of none."""
    if not rows:
        return None
    return ServiceRow((), *(sum(getattr(row, name) for row in rows) for name in MEASURES))


_months: Kept[tuple[int, ...]] = Kept(4)


def months_with_data(conn: Connection) -> list[int]:
    """Months in which dossiers were received, ascending."""
    return list(_months.of(conn, queries.facts_version(conn), lambda: tuple(_received(conn))))


def _received(conn: Connection) -> Iterator[int]:
    """From month to month by the key: reading all rows for a dozen months a year would grow."""
    published, last = _published(conn), 0
    while month := conn.execute(
        select(ServiceMonth.month)
        .where(ServiceMonth.month > last, ServiceMonth.run_id.in_(published))
        .order_by(ServiceMonth.month).limit(1)
    ).scalar():
        last = month
        yield month


def version(conn: Connection) -> str:
    """A mark that differs as soon as a further run is published."""
    return f"r{max(_published(conn), default=0)}"


def staging_runs(conn: Connection) -> list[int]:
    """Import runs that were begun and neither published nor abandoned."""
    return list(conn.execute(select(ImportRun.id).where(ImportRun.state == "staging")).scalars())


def total(conn: Connection) -> int:
    """How many dossiers are visible."""
    n = conn.execute(
        select(func.count(func.distinct(DossierVersion.dossier_id))).where(
            DossierVersion.run_id.in_(_published(conn))
        )
    ).scalar()
    return int(n or 0)
