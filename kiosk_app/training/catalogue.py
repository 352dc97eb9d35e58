"""Programmes, prerequisites, rooms, trainers and the yearly plan with its budget."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from kiosk_app.core import audit, db
from kiosk_app.core.audit import Actor
from kiosk_app.core.errors import NotFoundError, RuleError
from kiosk_app.training import queries
from kiosk_app.training.models import (
    Certificate,
    Course,
    CoursePrerequisite,
    Enrolment,
    PlanLine,
    Programme,
    TestResult,
    TrainingResource,
    TrainingSession,
)
from kiosk_app.training.records import SessionRecord
from kiosk_app.training.rules import CAPACITY_LIMIT, HIGHEST_MARK, LEAST_MARK, plain

MOST_VND = 10**13
MOST_HOURS = 400


@dataclass(frozen=True)
class CourseDetail:
    """What a course is part of, works on and needs first."""

    course_id: int
    programme: str
    topics: tuple[str, ...]
    """Reason codes of the satisfaction survey."""
    required_ids: frozenset[int]


@dataclass(frozen=True)
class ResourceRecord:
    """A room or trainer; ``id`` None for a name that only sessions bear."""

    kind: str
    name: str
    seats: int | None
    id: int | None
    retired: bool = False


@dataclass(frozen=True)
class Syllabus:
    """How a course is called, how long it takes and how it is passed."""

    name: str
    hours: float
    has_test: bool
    pass_mark: float


@dataclass(frozen=True)
class PlanRow:
    """One course in a year: what was planned, what came of it, money in dong."""

    course_id: int
    code: str
    name: str
    planned_sessions: int
    planned_seats: int
    budget_vnd: int
    sessions: int
    held: int
    people: int
    spent_vnd: int
    """Of sessions that were held."""
    committed_vnd: int
    """Entered for sessions to come."""
    unpriced: int
    """Sessions whose cost nobody has entered."""


def programmes(conn: Connection) -> list[str]:
    """Names of programmes, by name."""
    return sorted(conn.execute(select(Programme.name)).scalars(), key=plain)


def detail(conn: Connection, course_id: int) -> CourseDetail:
    """Programme, topics and prerequisites of a course; NotFoundError if there is none."""
    row = conn.execute(
        select(Course.topics, Programme.name).outerjoin(
            Programme, Programme.id == Course.programme_id).where(Course.id == course_id)
    ).first()
    if row is None:
        raise NotFoundError("course_unknown", f"course {course_id}")
    required = conn.execute(select(CoursePrerequisite.required_id).where(
        CoursePrerequisite.course_id == course_id)).scalars()
    topics = tuple(one for one in row.topics.split(",") if one)
    return CourseDetail(course_id, row.name or "", topics, frozenset(required))


def in_circle(required: Mapping[int, Collection[int]], start: int) -> bool:
    """Whether ``start`` would have to come before itself."""
    seen: set[int] = set()
    todo = list(required.get(start, ()))
    while todo:
        one = todo.pop()
        if one == start:
            return True
        if one not in seen:
            seen.add(one)
            todo += required.get(one, ())
    return False


def require_syllabus(wanted: Syllabus) -> None:
    """Refuse a course without a name, hours or a possible pass mark.

    RuleError ``course_unnamed``, ``course_hours`` (more than 0, 400 at most), ``pass_mark`` outside 0–10.
    """
    if not wanted.name:
        raise RuleError("course_unnamed", "code and name are needed", field="name")
    if not 0 < wanted.hours <= MOST_HOURS:
        raise RuleError("course_hours", "more than no hours", field="hours")
    if not LEAST_MARK <= wanted.pass_mark <= HIGHEST_MARK:
        raise RuleError("pass_mark", "between 0 and 10", field="pass_mark")


def _require_correctable(conn: Connection, course_id: int, old: Syllabus, new: Syllabus) -> None:
    """What was judged or handed out under the old syllabus stands.

    RuleError ``course_certified`` for another name once certificates bear it, ``pass_mark_used`` for
    another pass rule once a mark was entered or a session held.
    """
    if new.name != old.name and conn.execute(
        select(Certificate.id).where(Certificate.course_id == course_id).limit(1)
    ).first():
        raise RuleError("course_certified", old.name, field="name")
    if (new.has_test, new.pass_mark) == (old.has_test, old.pass_mark):
        return
    mine = select(TrainingSession.id).where(TrainingSession.course_id == course_id)
    marked = select(TestResult.id).join(
        Enrolment, Enrolment.id == TestResult.enrolment_id).where(Enrolment.session_id.in_(mine))
    if conn.execute(mine.where(TrainingSession.state == "held").limit(1)).first() or conn.execute(
        marked.limit(1)
    ).first():
        raise RuleError("pass_mark_used", str(old.pass_mark), field="pass_mark")


def set_detail(
    course_id: int, *, programme: str, topics: Sequence[str], required_ids: Collection[int],
    valid_months: int | None, active: bool, actor: Actor, now: datetime,
    syllabus: Syllabus | None = None,
) -> None:
    """Change what a course is part of, works on and needs first, how long it is valid, its syllabus.

    RuleError ``prerequisite_circle`` when a course would have to come before itself,
    ``valid_months`` for a span outside 1–240 months, those of ``require_syllabus``, and
    ``course_certified`` or ``pass_mark_used`` for what was already applied.
    """
    if valid_months is not None and not 1 <= valid_months <= 240:
        raise RuleError("valid_months", str(valid_months), field="valid_months")
    if syllabus is not None:
        require_syllabus(syllabus)
    with db.transaction() as conn:
        row = conn.execute(select(
            Course.code, Course.name, Course.hours, Course.has_test, Course.pass_mark,
        ).where(Course.id == course_id)).first()
        if row is None:
            raise NotFoundError("course_unknown", f"course {course_id}")
        code, before = row.code, Syllabus(*row[1:])
        syllabus = syllabus or before
        _require_correctable(conn, course_id, before, syllabus)
        links: dict[int, set[int]] = {}
        for row in conn.execute(select(CoursePrerequisite.__table__)):
            links.setdefault(row.course_id, set()).add(row.required_id)
        links[course_id] = set(required_ids)
        if in_circle(links, course_id):
            raise RuleError("prerequisite_circle", code, field="required_ids")
        conn.execute(delete(CoursePrerequisite).where(CoursePrerequisite.course_id == course_id))
        if required_ids:
            conn.execute(insert(CoursePrerequisite), [
                {"course_id": course_id, "required_id": one} for one in sorted(required_ids)])
        conn.execute(update(Course).where(Course.id == course_id).values(
            programme_id=_programme(conn, programme), topics=",".join(topics),
            valid_months=valid_months, active=active, **asdict(syllabus)))
        changed = {"before": asdict(before), "after": asdict(syllabus)} if syllabus != before else {}
        audit.record(conn, actor=actor, scope="training", action="course_changed", subject=code,
                     now=now, programme=programme, topics=list(topics),
                     required=sorted(required_ids), valid_months=valid_months, active=active,
                     **changed)


def _programme(conn: Connection, name: str) -> int | None:
    """The id of the programme of that name, made if it is new; None for ''."""
    if not name.strip():
        return None
    for row in conn.execute(select(Programme.id, Programme.name)):
        if plain(row.name) == plain(name):
            return int(row.id)
    return int(conn.execute(
        insert(Programme).values(name=name.strip()[:200]).returning(Programme.id)).scalar_one())


def resources(conn: Connection) -> list[ResourceRecord]:
    """Rooms and trainers that were entered, then other names that sessions bear, by name."""
    found = {
        (row.kind, plain(row.name)): ResourceRecord(
            row.kind, row.name, row.seats, row.id, row.retired)
        for row in conn.execute(select(TrainingResource.__table__))
    }
    for kind, column in (("room", TrainingSession.room), ("trainer", TrainingSession.trainer)):
        for name in conn.execute(select(column).distinct()).scalars():
            if name:
                found.setdefault((kind, plain(name)), ResourceRecord(kind, name, None, None))
    return sorted(found.values(), key=lambda one: (one.kind, plain(one.name)))


def add_resource(
    kind: str, name: str, seats: int | None, *, actor: Actor, now: datetime
) -> None:
    """Enter a room with its seats, or a trainer; an entered name gets the new seats.

    RuleError ``resource_unnamed``, ``seats`` outside 1–500.
    """
    if kind not in ("room", "trainer") or not name.strip():
        raise RuleError("resource_unnamed", kind, field="name")
    if seats is not None and not 0 < seats <= CAPACITY_LIMIT:
        raise RuleError("capacity", str(seats), field="seats")
    with db.transaction() as conn:
        for one in resources(conn):
            if one.kind == kind and one.id is not None and plain(one.name) == plain(name):
                conn.execute(update(TrainingResource).where(TrainingResource.id == one.id)
                             .values(seats=seats))
                break
        else:
            conn.execute(insert(TrainingResource).values(
                kind=kind, name=name.strip()[:120], seats=seats if kind == "room" else None))
        audit.record(conn, actor=actor, scope="training", action="resource_set",
                     subject=name.strip()[:120], now=now, kind=kind, seats=seats)


def resource(conn: Connection, kind: str, name: str) -> ResourceRecord:
    """The room or trainer of that name; NotFoundError if neither entered nor borne by a session."""
    for one in resources(conn):
        if one.kind == kind and plain(one.name) == plain(name):
            return one
    raise NotFoundError("resource_unknown", name)


def change_resource(
    kind: str, name: str, *, new_name: str, seats: int | None, retired: bool, actor: Actor,
    now: datetime,
) -> None:
    """Correct a room or trainer, or retire it; every session that bears the name gets the new one.

    RuleError ``resource_unnamed``, ``capacity`` outside 1–500, ``resource_alike`` when the new name is
    that of another, ``resource_in_use`` when a planned session still bears what is to be retired.
    """
    new_name = new_name.strip()[:120]
    if not new_name:
        raise RuleError("resource_unnamed", kind, field="name")
    if seats is not None and not 0 < seats <= CAPACITY_LIMIT:
        raise RuleError("capacity", str(seats), field="seats")
    with db.transaction() as conn:
        found = resource(conn, kind, name)
        for one in resources(conn):
            if one.kind == kind and one != found and bare(one.name) == bare(new_name):
                raise RuleError("resource_alike", one.name, field="name")
        column = TrainingSession.room if kind == "room" else TrainingSession.trainer
        bearing = {row.id: row for row in conn.execute(
            select(TrainingSession.id, TrainingSession.code, TrainingSession.state, column.label("name")))
            if plain(row.name) == plain(found.name)}
        coming = sorted(row.code for row in bearing.values() if row.state == "planned")
        if retired and coming:
            raise RuleError("resource_in_use", ", ".join(coming[:3]), field="retired")
        values = {"name": new_name, "seats": seats if kind == "room" else None, "retired": retired}
        if found.id is None:
            conn.execute(insert(TrainingResource).values(kind=kind, **values))
        else:
            conn.execute(update(TrainingResource).where(TrainingResource.id == found.id).values(**values))
        if new_name != found.name and bearing:
            conn.execute(update(TrainingSession).where(TrainingSession.id.in_(bearing)).values(
                {column.key: new_name}))
        audit.record(conn, actor=actor, scope="training", action="resource_changed", subject=found.name,
                     now=now, kind=kind, sessions=len(bearing), **values)


def bare(name: str) -> str:
    """A name without marks, case, spaces and stops: two that agree in this are likely one."""
    letters = unicodedata.normalize("NFD", name.casefold().replace("đ", "d"))
    return "".join(one for one in letters if one.isalnum())


def checked_name(conn: Connection, kind: str, name: str) -> str:
    """The name as it is known; RuleError ``resource_alike`` when it is nearly a known one.

    A clash is found by name: “Phong hop 2” and “Phòng họp 2” must not be two rooms.
    """
    if not name.strip():
        return ""
    known = [one for one in resources(conn) if one.kind == kind]
    for one in known:
        if plain(one.name) == plain(name):
            if one.retired:
                raise RuleError("resource_retired", one.name, field=kind)
            return one.name
    for one in known:
        if bare(one.name) == bare(name):
            raise RuleError("resource_alike", one.name, field=kind)
    return name.strip()


def require_room_for(conn: Connection, room: str, capacity: int | None) -> None:
    """Refuse more seats than the room has; RuleError ``room_too_small`` (detail: its seats)."""
    for one in resources(conn):
        small = one.seats is not None and (capacity is None or capacity > one.seats)
        if one.kind == "room" and small and plain(one.name) == plain(room):
            raise RuleError("room_too_small", str(one.seats), field="capacity")


def set_plan_line(
    year: int, course_id: int, *, sessions: int, seats: int, budget_vnd: int, actor: Actor,
    now: datetime,
) -> None:
    """Plan a course for a year; all zero takes it out. RuleError ``plan_figures``."""
    if not 2000 <= year <= 2100 or not (0 <= sessions <= 999 and 0 <= seats <= 99_999
                                        and 0 <= budget_vnd <= MOST_VND):
        raise RuleError("plan_figures", f"{year}", field="budget_vnd")
    with db.transaction() as conn:
        code = conn.execute(select(Course.code).where(Course.id == course_id)).scalar()
        if code is None:
            raise RuleError("course_unknown", "choose a course", field="course_id")
        conn.execute(delete(PlanLine).where(PlanLine.year == year,
                                            PlanLine.course_id == course_id))
        if sessions or seats or budget_vnd:
            conn.execute(insert(PlanLine).values(
                year=year, course_id=course_id, sessions=sessions, seats=seats,
                budget_vnd=budget_vnd))
        audit.record(conn, actor=actor, scope="training", action="plan_set", subject=code,
                     now=now, year=year, sessions=sessions, seats=seats, budget_vnd=budget_vnd)


def plan(conn: Connection, year: int) -> list[PlanRow]:
    """Courses that are planned for the year or had a session in it, by code."""
    lines = {row.course_id: row for row in conn.execute(
        select(PlanLine.__table__).where(PlanLine.year == year))}
    ran: dict[int, list[SessionRecord]] = {}
    for one in queries.sessions(conn, year=year, states=("planned", "held")):
        ran.setdefault(one.course_id, []).append(one)
    found = []
    for course in queries.courses(conn):
        line, mine = lines.get(course.id), ran.get(course.id, [])
        if line is None and not mine:
            continue
        found.append(PlanRow(
            course.id, course.code, course.name, line.sessions if line else 0,
            line.seats if line else 0, line.budget_vnd if line else 0, len(mine),
            sum(one.state == "held" for one in mine), sum(one.enrolled for one in mine),
            sum(one.cost_vnd or 0 for one in mine if one.state == "held"),
            sum(one.cost_vnd or 0 for one in mine if one.state != "held"),
            sum(one.cost_vnd is None for one in mine if one.state == "held"),
        ))
    return found
