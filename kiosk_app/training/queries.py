"""Reads of training: sessions, rosters, records of officers, cohorts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Connection, Select, Subquery, case, func, select

from kiosk_app.core.columns import LOCAL_ZONE
from kiosk_app.core.errors import NotFoundError
from kiosk_app.training import rules
from kiosk_app.training.models import (
    ENROLMENT_STATES,
    AttendanceMark,
    Course,
    Enrolment,
    EnrolmentStep,
    HalfDay,
    TestResult,
    TrainingSession,
)
from kiosk_app.training.records import (
    CourseRecord,
    HalfDayRecord,
    MarkRecord,
    MarkVersion,
    ResultRecord,
    RosterRow,
    SessionRecord,
    StaffTotals,
    StepRecord,
    Transcript,
    TranscriptEntry,
)
from kiosk_app.training.seats import SEATED

GONE = frozenset(ENROLMENT_STATES) - SEATED
"""States that hold no seat: left, handed over, or still waiting for one."""


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


def _clock(minutes: int | None) -> time | None:
    return None if minutes is None else time(minutes // 60, minutes % 60)


def _slot(row: Any) -> rules.Slot:
    return rules.Slot(row.day, row.part, _clock(row.starts_min), _clock(row.ends_min))


def half_days(
    conn: Connection, session_ids: Collection[int] | None = None
) -> dict[int, list[HalfDayRecord]]:
    """Half-days in order, by session id."""
    query = select(HalfDay.__table__)
    if session_ids is not None:
        query = query.where(HalfDay.session_id.in_(session_ids))
    found: dict[int, list[HalfDayRecord]] = defaultdict(list)
    for row in conn.execute(query):
        found[row.session_id].append(HalfDayRecord(row.id, _slot(row)))
    for records in found.values():
        records.sort(key=lambda half: (half.slot.day, rules.PART_ORDER[half.slot.part]))
    return found


def _counts(
    conn: Connection, session_ids: Collection[int], unit_ids: Collection[int] | None
) -> dict[int, tuple[int, int, int]]:
    """Seated, completed and waiting people by session."""
    query = select(
        Enrolment.session_id,
        func.sum(case((Enrolment.state.in_(SEATED), 1), else_=0)).label("seated"),
        func.sum(case((Enrolment.state == "completed", 1), else_=0)).label("completed"),
        func.sum(case((Enrolment.state == "waiting", 1), else_=0)).label("waiting"),
    ).where(Enrolment.session_id.in_(session_ids)).group_by(Enrolment.session_id)
    if unit_ids is not None:
        query = query.where(Enrolment.unit_id.in_(unit_ids))
    return {r.session_id: (r.seated, r.completed, r.waiting) for r in conn.execute(query)}


def _means(
    conn: Connection, session_ids: Collection[int], unit_ids: Collection[int] | None
) -> dict[int, tuple[float | None, float | None]]:
    """Mean of the ruling marks before and after by session, of those who have both.

    Where nobody has both, of those who have one: the pair then compares nothing.
    """
    ruling = select(
        TestResult.enrolment_id, TestResult.kind, func.max(TestResult.version).label("version")
    ).join(Enrolment, Enrolment.id == TestResult.enrolment_id).where(
        Enrolment.session_id.in_(session_ids)
    ).group_by(TestResult.enrolment_id, TestResult.kind).subquery()
    marks = [func.max(case((TestResult.kind == kind, TestResult.mark))).label(kind)
             for kind in ("pre", "post")]
    people = select(Enrolment.session_id, *marks).join(
        TestResult, TestResult.enrolment_id == Enrolment.id
    ).join(
        ruling, (ruling.c.enrolment_id == TestResult.enrolment_id)
        & (ruling.c.kind == TestResult.kind) & (ruling.c.version == TestResult.version)
    ).where(Enrolment.state.in_(SEATED)).group_by(Enrolment.id, Enrolment.session_id)
    if unit_ids is not None:
        people = people.where(Enrolment.unit_id.in_(unit_ids))
    one = people.subquery()
    both = one.c.pre.is_not(None) & one.c.post.is_not(None)
    query = select(
        one.c.session_id, func.avg(case((both, one.c.pre))), func.avg(case((both, one.c.post))),
        func.avg(one.c.pre), func.avg(one.c.post),
    ).group_by(one.c.session_id)
    return {
        at: (pre, post) if pre is not None else (any_pre, any_post)
        for at, pre, post, any_pre, any_post in conn.execute(query)
    }


def sessions(
    conn: Connection, *, year: int | None = None, ids: Collection[int] | None = None,
    unit_ids: Collection[int] | None = None, states: Collection[str] | None = None,
    first: date | None = None, last: date | None = None,
) -> list[SessionRecord]:
    """Sessions by first day; totals count the officers of ``unit_ids`` where given.

    ``year`` is that of the first day; ``first`` and ``last`` ask for a half-day between them.
    """
    query = select(
        TrainingSession.__table__, Course.name.label("course"), Course.pass_mark,
        Course.hours.label("course_hours"), Course.has_test.label("course_has_test"),
    ).join(Course, Course.id == TrainingSession.course_id)
    if ids is not None:
        query = query.where(TrainingSession.id.in_(ids))
    if states is not None:
        query = query.where(TrainingSession.state.in_(states))
    if year is not None:
        begins = select(HalfDay.session_id).group_by(HalfDay.session_id).having(
            func.min(HalfDay.day).between(date(year, 1, 1), date(year, 12, 31))
        )
        query = query.where(TrainingSession.id.in_(begins))
    if first is not None and last is not None:
        within = select(HalfDay.session_id).where(HalfDay.day.between(first, last))
        query = query.where(TrainingSession.id.in_(within))
    rows = conn.execute(query).all()
    wanted = [row.id for row in rows]
    days, counts = half_days(conn, wanted), _counts(conn, wanted, unit_ids)
    means = _means(conn, wanted, unit_ids)
    found = [_session_record(row, days, counts, means) for row in rows]
    return sorted(found, key=lambda one: (one.first_day or date.max, one.code))


def _session_record(
    row: Any, days: Mapping[int, list[HalfDayRecord]],
    counts: Mapping[int, tuple[int, int, int]],
    means: Mapping[int, tuple[float | None, float | None]],
) -> SessionRecord:
    enrolled, completed, waiting = counts.get(row.id, (0, 0, 0))
    pre, post = means.get(row.id, (None, None))
    return SessionRecord(
        id=row.id, code=row.code, course_id=row.course_id, course=row.course,
        title=row.title, audience=row.audience, room=row.room, trainer=row.trainer,
        capacity=row.capacity, has_test=row.has_test, pass_mark=row.pass_mark,
        state=row.state, note=row.note, cost_vnd=row.cost_vnd, sequence=row.sequence,
        half_days=tuple(days.get(row.id, ())), enrolled=enrolled, completed=completed,
        waiting=waiting, course_hours=row.course_hours, course_has_test=row.course_has_test,
        pre_mean=pre, post_mean=post,
    )


def session(
    conn: Connection, session_id: int, *, unit_ids: Collection[int] | None = None
) -> SessionRecord:
    """One session; NotFoundError if there is none."""
    found = sessions(conn, ids=[session_id], unit_ids=unit_ids)
    if not found:
        raise NotFoundError("session_unknown", f"session {session_id}")
    return found[0]


def sessions_on(conn: Connection, now: datetime) -> list[SessionRecord]:
    """Sessions with a half-day on the local day of ``now`` that were not cancelled."""
    today = now.astimezone(LOCAL_ZONE).date()
    return sessions(conn, states=("planned", "held"), first=today, last=today)


def _ruling_marks(
    conn: Connection, enrolment_ids: Collection[int]
) -> dict[int, dict[int, MarkRecord]]:
    found: dict[int, dict[int, MarkRecord]] = defaultdict(dict)
    query = select(AttendanceMark.__table__).where(
        AttendanceMark.enrolment_id.in_(enrolment_ids)
    ).order_by(AttendanceMark.version)
    for row in conn.execute(query):
        found[row.enrolment_id][row.half_day_id] = MarkRecord(
            row.mark, row.as_written, row.version, row.source, row.note, row.recorded_by,
            row.recorded_at,
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
                  row.reason, dict(marks.get(row.id, {})), dict(results.get(row.id, {})),
                  row.stands_for)
        for row in rows
    ]


def roster(
    conn: Connection, session_id: int, *, unit_ids: Collection[int] | None = None
) -> list[RosterRow]:
    """The people of one session."""
    return roster_rows(conn, session_ids=[session_id], unit_ids=unit_ids)


def completed_by(conn: Connection, session_ids: Collection[int]) -> set[int]:
    """Officers who completed any of these sessions."""
    query = select(Enrolment.officer_id).where(
        Enrolment.session_id.in_(session_ids), Enrolment.state == "completed"
    )
    return set(conn.execute(query).scalars())


def waiting_order(conn: Connection, session_id: int) -> dict[int, int]:
    """By enrolment that waits, its place in the order of joining the list."""
    joined = select(EnrolmentStep.enrolment_id, func.max(EnrolmentStep.id).label("at")).join(
        Enrolment, Enrolment.id == EnrolmentStep.enrolment_id
    ).where(
        Enrolment.session_id == session_id, Enrolment.state == "waiting",
        EnrolmentStep.after == "waiting",
    ).group_by(EnrolmentStep.enrolment_id).order_by("at")
    return {row.enrolment_id: place for place, row in enumerate(conn.execute(joined), 1)}


def steps(conn: Connection, session_id: int) -> dict[int, list[StepRecord]]:
    """Changes of state by enrolment of a session, oldest first."""
    query = select(EnrolmentStep.__table__).join(
        Enrolment, Enrolment.id == EnrolmentStep.enrolment_id
    ).where(Enrolment.session_id == session_id).order_by(EnrolmentStep.id)
    found: dict[int, list[StepRecord]] = defaultdict(list)
    for row in conn.execute(query):
        found[row.enrolment_id].append(
            StepRecord(row.before, row.after, row.reason, row.recorded_by, row.recorded_at)
        )
    return found


def mark_history(conn: Connection, session_id: int) -> list[MarkVersion]:
    """All versions of attendance marks that were changed at least once, oldest first."""
    twice = select(AttendanceMark.enrolment_id, AttendanceMark.half_day_id).join(
        Enrolment, Enrolment.id == AttendanceMark.enrolment_id
    ).where(Enrolment.session_id == session_id, AttendanceMark.version == 2).subquery()
    query = select(AttendanceMark.__table__).join(
        twice, (twice.c.enrolment_id == AttendanceMark.enrolment_id)
        & (twice.c.half_day_id == AttendanceMark.half_day_id)
    ).order_by(AttendanceMark.enrolment_id, AttendanceMark.half_day_id, AttendanceMark.version)
    return [
        MarkVersion(row.enrolment_id, row.half_day_id, MarkRecord(
            row.mark, row.as_written, row.version, row.source, row.note, row.recorded_by,
            row.recorded_at,
        ))
        for row in conn.execute(query)
    ]


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
    """What one officer took part in, newest first; empty for one who never did.

    Sessions that were cancelled are left out, as in ``staff_totals``.
    """
    rows = [r for r in roster_rows(conn, officer_id=officer_id) if r.state not in GONE]
    known = {one.id: one for one in sessions(
        conn, ids=[row.session_id for row in rows], states=("planned", "held"))}
    rows = [row for row in rows if row.session_id in known]
    by_year: dict[int, float] = defaultdict(float)
    entries = []
    for row in rows:
        held = known[row.session_id]
        hours = rules.hours_of(held.slots, ordered_marks(held, row))
        entries.append(TranscriptEntry(held, row, hours))
        if held.first_day is not None:
            by_year[held.first_day.year] += hours
    entries.sort(key=lambda entry: entry.session.first_day or date.min, reverse=True)
    return Transcript(officer_id, tuple(entries), dict(by_year))


def _sitting(today: date, *columns: Any) -> Select[Any]:
    """``columns`` by officer over the sessions that have begun and were not cancelled."""
    begun = select(HalfDay.session_id).join(
        TrainingSession, TrainingSession.id == HalfDay.session_id
    ).where(HalfDay.day <= today, TrainingSession.state != "cancelled")
    return select(Enrolment.officer_id, *columns).where(
        Enrolment.state.in_(SEATED), Enrolment.session_id.in_(begun)
    ).group_by(Enrolment.officer_id)


def _ends(today: date) -> Subquery:
    """The last day of each session that is not after ``today``."""
    return select(HalfDay.session_id, func.max(HalfDay.day).label("last")).where(
        HalfDay.day <= today).group_by(HalfDay.session_id).subquery()


COMPLETED = func.sum(case((Enrolment.state == "completed", 1), else_=0))
MINUTES = func.sum(Enrolment.attended_min)


def staff_totals(
    conn: Connection, today: date, officer_ids: Collection[int] | None = None
) -> dict[int, StaffTotals]:
    """Sessions begun by ``today``, completions and hours of every officer (of these) who took part.

    The last day is of a session that was attended, not of one that was missed.
    """
    ends = _ends(today)
    query = _sitting(
        today, func.count().label("sessions"), COMPLETED.label("completed"), MINUTES.label("minutes"),
        func.max(case((Enrolment.attended_min > 0, ends.c.last))).label("last"),
    ).outerjoin(ends, ends.c.session_id == Enrolment.session_id)
    if officer_ids is not None:
        query = query.where(Enrolment.officer_id.in_(officer_ids))
    return {
        row.officer_id: StaffTotals(row.officer_id, row.sessions, row.completed, row.minutes / 60,
                                    row.last)
        for row in conn.execute(query)
    }


def staff_order(conn: Connection, today: date, by: str) -> dict[int, Any]:
    """One of the totals alone, to sort by: ``sessions``, ``completed``, ``hours`` or ``last``."""
    ends = _ends(today)
    if by == "last":
        query = _sitting(today, func.max(ends.c.last)).join(
            ends, ends.c.session_id == Enrolment.session_id).where(Enrolment.attended_min > 0)
    else:
        query = _sitting(today, {"sessions": func.count(), "completed": COMPLETED, "hours": MINUTES}[by])
    return dict(conn.execute(query).all())


def minutes_of_year(conn: Connection, year: int, today: date) -> dict[int, int]:
    """Minutes attended by officer in sessions whose first day is in ``year`` and not to come."""
    began = select(HalfDay.session_id).group_by(HalfDay.session_id).having(
        func.min(HalfDay.day).between(date(year, 1, 1), min(date(year, 12, 31), today))
    )
    query = _sitting(today, MINUTES).where(Enrolment.session_id.in_(began))
    return dict(conn.execute(query).all())


def bookings(
    conn: Connection, *, days: Collection[date] | None = None
) -> list[rules.Booking]:
    """What sessions that were not cancelled hold: slots, room, trainer, people.

    ``days`` asks only for the half-days of these days and the sessions that have one of them.
    """
    query = select(
        HalfDay.__table__, TrainingSession.code, TrainingSession.room, TrainingSession.trainer
    ).join(TrainingSession, TrainingSession.id == HalfDay.session_id).where(
        TrainingSession.state != "cancelled"
    )
    if days is not None:
        query = query.where(HalfDay.day.in_(days))
    slots: dict[int, set[rules.Slot]] = defaultdict(set)
    named: dict[int, tuple[str, str, str]] = {}
    for row in conn.execute(query):
        slots[row.session_id].add(_slot(row))
        named[row.session_id] = (row.code, row.room, row.trainer)
    people: dict[int, set[int]] = defaultdict(set)
    sitting = select(Enrolment.session_id, Enrolment.officer_id).where(
        Enrolment.state.in_(SEATED)
    )
    if days is not None:
        sitting = sitting.where(Enrolment.session_id.in_(list(named)))
    for person in conn.execute(sitting):
        people[person.session_id].add(person.officer_id)
    return [
        rules.Booking(one, *named[one], frozenset(slots[one]), frozenset(people[one]))
        for one in sorted(named)
    ]


def years(conn: Connection) -> list[int]:
    """Years that have a session, oldest first."""
    return sorted({day.year for day in conn.execute(select(HalfDay.day).distinct()).scalars()})


def ward_rounds(conn: Connection, year: int) -> int:
    """Rounds for the staff of wards that were held in ``year``."""
    return sum(
        one.state == "held" and one.audience == "wards" for one in sessions(conn, year=year)
    )
