"""Reads of training: sessions, rosters, records of officers, cohorts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date

from sqlalchemy import Connection, func, select

from kiosk_app.core.errors import NotFoundError
from kiosk_app.training import rules
from kiosk_app.training.models import (
    AttendanceMark,
    Course,
    Enrolment,
    HalfDay,
    TestResult,
    TrainingSession,
)
from kiosk_app.training.records import (
    CourseRecord,
    HalfDayRecord,
    MarkRecord,
    ResultRecord,
    RosterRow,
    SessionRecord,
    StaffTotals,
    Transcript,
    TranscriptEntry,
)

GONE = frozenset({"declined", "withdrawn"})


def courses(conn: Connection, *, active_only: bool = False) -> list[CourseRecord]:
    """Courses by code, with the number of sessions that were not cancelled."""
    ran = select(TrainingSession.course_id, func.count().label("n")).where(
        TrainingSession.state != "cancelled"
    ).group_by(TrainingSession.course_id)
    counts = {row.course_id: row.n for row in conn.execute(ran)}
    query = select(Course.__table__).order_by(Course.code)
    if active_only:
        query = query.where(Course.active.is_(True))
    return [
        CourseRecord(row.id, row.code, row.name, row.hours, row.has_test, row.pass_mark,
                     row.valid_months, row.active, counts.get(row.id, 0))
        for row in conn.execute(query)
    ]


def half_days(
    conn: Connection, session_ids: Collection[int] | None = None
) -> dict[int, list[HalfDayRecord]]:
    """Half-days in order, by session id."""
    query = select(HalfDay.__table__)
    if session_ids is not None:
        query = query.where(HalfDay.session_id.in_(session_ids))
    found: dict[int, list[HalfDayRecord]] = defaultdict(list)
    for row in conn.execute(query):
        found[row.session_id].append(HalfDayRecord(row.id, rules.Slot(row.day, row.part)))
    for records in found.values():
        records.sort(key=lambda half: (half.slot.day, rules.PART_ORDER[half.slot.part]))
    return found


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def sessions(
    conn: Connection, *, year: int | None = None, ids: Collection[int] | None = None,
    unit_ids: Collection[int] | None = None,
) -> list[SessionRecord]:
    """Sessions by first day; totals count the officers of ``unit_ids`` where given."""
    query = select(
        TrainingSession.__table__, Course.name.label("course"), Course.pass_mark
    ).join(Course, Course.id == TrainingSession.course_id)
    if ids is not None:
        query = query.where(TrainingSession.id.in_(ids))
    rows = conn.execute(query).all()
    days = half_days(conn, ids)
    people: dict[int, list[RosterRow]] = defaultdict(list)
    for person in roster_rows(conn, session_ids=ids, unit_ids=unit_ids):
        if person.state not in GONE:
            people[person.session_id].append(person)
    found = [
        SessionRecord(
            id=row.id, code=row.code, course_id=row.course_id, course=row.course,
            title=row.title, audience=row.audience, room=row.room, trainer=row.trainer,
            capacity=row.capacity, has_test=row.has_test, pass_mark=row.pass_mark,
            state=row.state, note=row.note, half_days=tuple(days.get(row.id, ())),
            enrolled=len(people[row.id]),
            completed=sum(person.state == "completed" for person in people[row.id]),
            pre_mean=_mean(person.value("pre") for person in people[row.id]),
            post_mean=_mean(person.value("post") for person in people[row.id]),
        )
        for row in rows
    ]
    if year is not None:
        found = [one for one in found if one.first_day is not None and one.first_day.year == year]
    return sorted(found, key=lambda one: (one.first_day or date.max, one.code))


def session(
    conn: Connection, session_id: int, *, unit_ids: Collection[int] | None = None
) -> SessionRecord:
    """One session; NotFoundError if there is none."""
    found = sessions(conn, ids=[session_id], unit_ids=unit_ids)
    if not found:
        raise NotFoundError("session_unknown", f"session {session_id}")
    return found[0]


def _ruling_marks(
    conn: Connection, enrolment_ids: Collection[int]
) -> dict[int, dict[int, MarkRecord]]:
    found: dict[int, dict[int, MarkRecord]] = defaultdict(dict)
    query = select(AttendanceMark.__table__).where(
        AttendanceMark.enrolment_id.in_(enrolment_ids)
    ).order_by(AttendanceMark.version)
    for row in conn.execute(query):
        found[row.enrolment_id][row.half_day_id] = MarkRecord(
            row.mark, row.as_written, row.version
        )
    return found


def _ruling_results(
    conn: Connection, enrolment_ids: Collection[int]
) -> dict[int, dict[str, ResultRecord]]:
    found: dict[int, dict[str, ResultRecord]] = defaultdict(dict)
    query = select(TestResult.__table__).where(
        TestResult.enrolment_id.in_(enrolment_ids)
    ).order_by(TestResult.version)
    for row in conn.execute(query):
        found[row.enrolment_id][row.kind] = ResultRecord(row.mark, row.as_written, row.version)
    return found


def roster_rows(
    conn: Connection, *, session_ids: Collection[int] | None = None,
    officer_id: int | None = None, unit_ids: Collection[int] | None = None,
) -> list[RosterRow]:
    """Enrolments with their ruling marks, in the order they were written."""
    query = select(Enrolment.__table__).order_by(Enrolment.id)
    if session_ids is not None:
        query = query.where(Enrolment.session_id.in_(session_ids))
    if officer_id is not None:
        query = query.where(Enrolment.officer_id == officer_id)
    if unit_ids is not None:
        query = query.where(Enrolment.unit_id.in_(unit_ids))
    rows = conn.execute(query).all()
    ids = [row.id for row in rows]
    marks, results = _ruling_marks(conn, ids), _ruling_results(conn, ids)
    return [
        RosterRow(row.id, row.session_id, row.officer_id, row.unit_id, row.nominated, row.state,
                  row.reason, dict(marks.get(row.id, {})), dict(results.get(row.id, {})))
        for row in rows
    ]


def roster(
    conn: Connection, session_id: int, *, unit_ids: Collection[int] | None = None
) -> list[RosterRow]:
    """The people of one session."""
    return roster_rows(conn, session_ids=[session_id], unit_ids=unit_ids)


def versions_of_marks(conn: Connection, enrolment_id: int, half_day_id: int) -> list[str]:
    """All marks ever written for one half-day of one person, oldest first."""
    query = select(AttendanceMark.mark).where(
        AttendanceMark.enrolment_id == enrolment_id, AttendanceMark.half_day_id == half_day_id
    ).order_by(AttendanceMark.version)
    return list(conn.execute(query).scalars())


def ordered_marks(session_record: SessionRecord, row: RosterRow) -> list[str]:
    """Marks of every half-day in order; a half-day without one is ``unknown``."""
    return [
        row.marks[half.id].mark if half.id in row.marks else "unknown"
        for half in session_record.half_days
    ]


def record_of(conn: Connection, officer_id: int) -> Transcript:
    """What one officer took part in, newest first; empty for one who never did."""
    rows = [r for r in roster_rows(conn, officer_id=officer_id) if r.state not in GONE]
    known = {one.id: one for one in sessions(conn, ids=[row.session_id for row in rows])}
    by_year: dict[int, float] = defaultdict(float)
    entries = []
    for row in rows:
        held = known[row.session_id]
        hours = rules.hours_of(ordered_marks(held, row))
        entries.append(TranscriptEntry(held, row, hours))
        if held.first_day is not None:
            by_year[held.first_day.year] += hours
    entries.sort(key=lambda entry: entry.session.first_day or date.min, reverse=True)
    return Transcript(officer_id, tuple(entries), dict(by_year))


def staff_totals(conn: Connection) -> dict[int, StaffTotals]:
    """Sessions, completions and hours of every officer who ever took part."""
    known = {one.id: one for one in sessions(conn)}
    found: dict[int, StaffTotals] = {}
    for row in roster_rows(conn):
        held = known[row.session_id]
        if row.state in GONE or held.state == "cancelled":
            continue
        so_far = found.get(row.officer_id, StaffTotals(row.officer_id, 0, 0, 0.0, None))
        days = [day for day in (so_far.last_day, held.last_day) if day is not None]
        found[row.officer_id] = StaffTotals(
            row.officer_id, so_far.sessions + 1,
            so_far.completed + (row.state == "completed"),
            so_far.hours + rules.hours_of(ordered_marks(held, row)),
            max(days) if days else None,
        )
    return found


def bookings(conn: Connection) -> list[rules.Booking]:
    """What every session that was not cancelled holds: slots, room, trainer, people."""
    people: dict[int, set[int]] = defaultdict(set)
    for row in conn.execute(select(Enrolment.session_id, Enrolment.officer_id, Enrolment.state)):
        if row.state not in GONE:
            people[row.session_id].add(row.officer_id)
    days = half_days(conn)
    query = select(TrainingSession.__table__).where(TrainingSession.state != "cancelled")
    return [
        rules.Booking(row.id, row.code, row.room, row.trainer,
                      frozenset(half.slot for half in days.get(row.id, ())),
                      frozenset(people[row.id]))
        for row in conn.execute(query)
    ]


def years(conn: Connection) -> list[int]:
    """Years that have a session, oldest first."""
    return sorted({day.year for day in conn.execute(select(HalfDay.day).distinct()).scalars()})


def ward_rounds(conn: Connection, year: int) -> int:
    """Rounds for the staff of wards that were held in ``year``."""
    return sum(
        one.state == "held" and one.audience == "wards" for one in sessions(conn, year=year)
    )
