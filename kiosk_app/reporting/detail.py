"""One officer or one procedure: course, reasons, masked comments, what the case mix does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from kiosk_app.dossiers import counts as dossier_counts
from kiosk_app.feedback.readings import Said
from kiosk_app.organisation import queries as organisation_queries
from kiosk_app.organisation.records import PostingRecord, ProcedureRecord
from kiosk_app.reporting import change, comments, judging, satisfaction
from kiosk_app.reporting.change import Change
from kiosk_app.reporting.judging import NOTHING, Cell
from kiosk_app.reporting.periods import Period, before, parse
from kiosk_app.reporting.records import Figure
from survey_analysis import DEFAULTS

COMMENTS = 20
"""Newest comments that a page of one officer or procedure shows."""


@dataclass(frozen=True)
class OfficerDetail:
    """Everything of one officer that may be shown; ``reasons`` are of the calendar year."""

    row: Figure
    before: Change | None
    """Against the period ``earlier``, as the table of all has it."""
    earlier: Period
    course: tuple[Figure, ...]
    reasons: tuple[Figure, ...]
    reasons_year: int
    comments: tuple[Said, ...]
    posting: PostingRecord | None
    on_time: float | None
    """Share of results handed over in time, of those that could be judged."""


@dataclass(frozen=True)
class ProcedureDetail:
    """Everything of one procedure that may be shown."""

    row: Figure
    before: Change | None
    earlier: Period
    course: tuple[Figure, ...]
    comments: tuple[Said, ...]
    version: ProcedureRecord
    service: dossier_counts.ServiceRow | None


def _course(
    conn: Connection, months: Sequence[int], unit_ids: Sequence[int], dimension: str,
    member: str, values: frozenset[str],
) -> tuple[Figure, ...]:
    levels = satisfaction.grouped(
        conn, months, unit_ids, dimension,
        lambda row: row.period, among=values,
    )
    return satisfaction.by_month(conn, unit_ids, months, levels, {}, dimension, member)


def _change(
    conn: Connection, rows: Sequence[Figure], key: str, earlier: Period, unit_ids: Sequence[int],
    dimension: str,
) -> Change | None:
    """The change of one row, judged among all rows of its table: page and table say the same."""
    found = change.among(rows, satisfaction.shares(conn, earlier, unit_ids, dimension))
    return next((one for one in found if one.key == key), None)


def _reasons(conn: Connection, year: int, unit_ids: Sequence[int], officer: str) -> tuple[Figure, ...]:
    """Reasons of a year: officers by reason are published for no shorter period."""
    levels = satisfaction.grouped(
        conn, parse(str(year)).months, unit_ids, "officer_reason",
        lambda row: row.value.partition(":")[2], prefix=f"{officer}:", over_periods=True,
    )
    rows = judging.each(conn, unit_ids, [
        Cell(c, c, found, 0, "officer_reason", str(year), f"{officer}:{c}")
        for c, found in levels.items() if c
    ])
    return tuple(sorted((r for r in rows if r.n), key=lambda r: (-(r.n or 0), r.key)))


def _on_time(conn: Connection, period: Period, unit_ids: Sequence[int], officer: int) -> float | None:
    counts = {0: 0, 1: 0}
    for row in dossier_counts.eligible(
        conn, months=period.months, unit_ids=unit_ids, by=("step", "late"), officer_ids=[officer]
    ):
        if row.key[0] == "return" and row.key[1] in (0, 1):
            counts[int(row.key[1])] += row.n
    total = sum(counts.values())
    return counts[0] / total if total else None


def _posted(conn: Connection, officer_id: int, unit_ids: Sequence[int]) -> bool:
    """Whether the officer is or was posted at one of these units."""
    return any(
        p.unit_id in unit_ids for p in organisation_queries.postings(conn, officer_id=officer_id)
    )


def officer(
    conn: Connection, officer_id: int, period: Period, unit_ids: Sequence[int],
    data_months: Sequence[int], today: date, *, with_comments: bool,
) -> OfficerDetail | None:
    """The officer's figures of the period; None without a row within these units."""
    rows = satisfaction.by_officer(conn, period, unit_ids)
    row = next((one for one in rows if one.key == str(officer_id)), None)
    if row is None:
        if not _posted(conn, officer_id, unit_ids):
            return None
        name = organisation_queries.officers(conn, [officer_id])[officer_id].full_name
        row = judging.each(conn, unit_ids, [
            Cell(str(officer_id), name, NOTHING, 0, "officer", period.key, str(officer_id))
        ])[0]
    year = period.months[-1] // 100
    earlier = before(period)
    return OfficerDetail(
        row=row, before=_change(conn, rows, row.key, earlier, unit_ids, "officer"), earlier=earlier,
        course=_course(conn, data_months, unit_ids, "officer", str(officer_id),
                       frozenset((str(officer_id),))),
        reasons=_reasons(conn, year, unit_ids, str(officer_id)), reasons_year=year,
        comments=comments.newest(
            conn, comments.where_of(period, unit_ids, today, officer_ids=[officer_id]), limit=COMMENTS)
        if with_comments and not row.suppressed else (),
        posting=organisation_queries.posting_on(conn, officer_id, period.last_day),
        on_time=_on_time(conn, period, unit_ids, officer_id),
    )


def procedure(
    conn: Connection, code: str, period: Period, unit_ids: Sequence[int],
    data_months: Sequence[int], today: date, lang: str, *, with_comments: bool,
) -> ProcedureDetail | None:
    """The procedure's figures of the period; None if no version of it is in force."""
    versions = [p for p in organisation_queries.procedures(conn).values() if p.code == code]
    current = next((p for p in organisation_queries.procedures_in_force(
        conn, period.first_day, period.last_day) if p.code == code), None)
    if current is None:
        return None
    rows = satisfaction.by_procedure(conn, period, unit_ids, lang)
    row = next((one for one in rows if one.key == code), None)
    row = row or judging.each(conn, unit_ids, [
        Cell(code, current.name(lang), NOTHING, 0, "procedure", period.key, code)
    ])[0]
    ids = frozenset(p.id for p in versions)
    sums = [
        one for one in dossier_counts.service(
            conn, months=period.months, unit_ids=unit_ids, by=("procedure_id",))
        if one.key[0] in ids
    ]
    earlier = before(period)
    return ProcedureDetail(
        row=row, before=_change(conn, rows, code, earlier, unit_ids, "procedure"), earlier=earlier,
        course=_course(conn, data_months, unit_ids, "procedure", code,
                       frozenset(map(str, ids))),
        comments=comments.newest(
            conn, comments.where_of(period, unit_ids, today, procedure_ids=sorted(ids)), limit=COMMENTS)
        if with_comments and not row.suppressed else (),
        version=current, service=dossier_counts.added(sums),
    )


def own_row(row: Figure | None) -> bool:
    """Whether an officer may see the own figures: enough ratings and a reliability of .5."""
    return (
        row is not None and not row.suppressed
        and (row.reliability or 0.0) >= DEFAULTS.reliability_own
    )
