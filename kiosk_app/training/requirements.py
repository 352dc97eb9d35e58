"""Who must hold which course: rules given ``today``, and the reads they need."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, func, select

from kiosk_app.core import settings_table
from kiosk_app.organisation import queries as organisation
from kiosk_app.organisation.records import Post, PostingRecord
from kiosk_app.training.cohorts import RECEIVING_KINDS
from kiosk_app.training.models import (
    Course,
    CourseRequirement,
    Enrolment,
    HalfDay,
    RequirementExemption,
    TrainingSession,
)

SOON = 90
"""Days before its end in which a completion counts as expiring."""
NORM = "training_hours_norm"
DEFAULT_NORM = 24.0
STATES = ("valid", "expiring", "missing", "exempt", "none")


@dataclass(frozen=True)
class Requirement:
    """A course that those named must hold: all, a role (centre, wards), a field, a unit."""

    id: int
    course_id: int
    target: str
    value: str

    def wants(self, at: Post | PostingRecord, role: str) -> bool:
        """Whether an officer posted so must hold it."""
        return {
            "all": True, "role": role == self.value, "field": str(at.field_id) == self.value,
            "unit": str(at.unit_id) == self.value,
        }[self.target]


@dataclass(frozen=True)
class Standing:
    """One officer and course: state of STATES, the day it was completed and ends, why exempt."""

    state: str
    completed: date | None = None
    ends: date | None = None
    reason: str = ""


@dataclass(frozen=True)
class CourseTerms:
    """What standings need of a course."""

    id: int
    code: str
    name: str
    valid_months: int | None
    topics: tuple[str, ...]


@dataclass(frozen=True)
class Exemption:
    """That an officer need not take a course until a day."""

    reason: str
    until: date


def ends_on(completed: date, valid_months: int | None) -> date | None:
    """Last day of validity: the same day of the month ``valid_months`` later, or its last day."""
    if valid_months is None:
        return None
    at = completed.year * 12 + completed.month - 1 + valid_months
    year, month = at // 12, at % 12 + 1
    for day in (completed.day, 30, 29, 28):
        try:
            return date(year, month, day)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


def standing(
    completed: date | None, valid_months: int | None, exempt: Exemption | None, *,
    required: bool, today: date,
) -> Standing:
    """State of one officer and course. A completion rules over an exemption."""
    ends = ends_on(completed, valid_months) if completed else None
    if completed and (ends is None or ends >= today):
        soon = ends is not None and ends <= today + timedelta(days=SOON)
        return Standing("expiring" if soon else "valid", completed, ends)
    if exempt is not None and exempt.until >= today:
        return Standing("exempt", completed, exempt.until, exempt.reason)
    return Standing("missing" if required else "none", completed, ends)


def terms(conn: Connection, *, ids: Collection[int] | None = None) -> list[CourseTerms]:
    """Active courses by code."""
    query = select(Course.__table__).where(Course.active.is_(True)).order_by(Course.code)
    if ids is not None:
        query = query.where(Course.id.in_(ids))
    return [
        CourseTerms(r.id, r.code, r.name, r.valid_months,
                    tuple(t for t in r.topics.split(",") if t))
        for r in conn.execute(query)
    ]


def validity(conn: Connection, course_id: int) -> int | None:
    """Months that a completion of the course is valid, None for ever."""
    return conn.execute(select(Course.valid_months).where(Course.id == course_id)).scalar()


def in_force(conn: Connection, today: date) -> list[Requirement]:
    """Requirements of the day."""
    query = select(CourseRequirement.__table__).where(
        CourseRequirement.from_day <= today,
        CourseRequirement.to_day.is_(None) | (CourseRequirement.to_day >= today),
    ).order_by(CourseRequirement.id)
    return [Requirement(r.id, r.course_id, r.target, r.value) for r in conn.execute(query)]


def exemptions(
    conn: Connection, officer_ids: Collection[int] | None = None
) -> dict[tuple[int, int], Exemption]:
    """The ruling exemption by officer and course."""
    query = select(RequirementExemption.__table__).order_by(RequirementExemption.id)
    if officer_ids is not None:
        query = query.where(RequirementExemption.officer_id.in_(officer_ids))
    return {
        (r.officer_id, r.course_id): Exemption(r.reason, r.until) for r in conn.execute(query)
    }


def completions(
    conn: Connection, course_ids: Collection[int], officer_ids: Collection[int] | None = None
) -> dict[tuple[int, int], date]:
    """Last day of the newest completed session by officer and course."""
    ended = select(HalfDay.session_id, func.max(HalfDay.day).label("day")).group_by(
        HalfDay.session_id
    ).subquery()
    query = select(
        Enrolment.officer_id, TrainingSession.course_id, func.max(ended.c.day)
    ).join(TrainingSession, TrainingSession.id == Enrolment.session_id).join(
        ended, ended.c.session_id == TrainingSession.id
    ).where(
        Enrolment.state == "completed", TrainingSession.course_id.in_(course_ids)
    ).group_by(Enrolment.officer_id, TrainingSession.course_id)
    if officer_ids is not None:
        query = query.where(Enrolment.officer_id.in_(officer_ids))
    return {(who, course): day for who, course, day in conn.execute(query).tuples().all()}


@dataclass(frozen=True)
class Matrix:
    """Courses across, officers down: standings by course, then officer."""

    courses: tuple[CourseTerms, ...]
    cells: Mapping[int, Mapping[int, Standing]]

    def of(self, officer_id: int) -> list[Standing]:
        """One officer's row."""
        return [self.cells[one.id][officer_id] for one in self.courses]

    def counts(self) -> dict[int, dict[str, int]]:
        """How many officers are in each state, by course."""
        found = {one.id: dict.fromkeys(STATES, 0) for one in self.courses}
        for course, column in self.cells.items():
            found[course] |= Counter(one.state for one in column.values())
        return found


def postings_on(conn: Connection, day: date) -> dict[int, PostingRecord]:
    """The posting in force by officer; of two the later one."""
    return {one.officer_id: one for one in organisation.postings(conn) if one.covers(day)}


def roles(conn: Connection) -> dict[int, str]:
    """centre, wards or '' by unit."""
    return {
        one.id: next((r for r, kinds in RECEIVING_KINDS.items() if one.kind in kinds), "")
        for one in organisation.units(conn).values()
    }


def matrix(
    conn: Connection, at: Mapping[int, Post | PostingRecord], today: date, *, only: str = ""
) -> Matrix:
    """Standings of these officers in every course (or ``only`` this one) that somebody must hold."""
    wanted, role_of = in_force(conn, today), roles(conn)
    if only:
        wanted = [one for one in wanted if str(one.course_id) == only]
    courses = terms(conn, ids={one.course_id for one in wanted})
    few = list(at) if len(at) <= 500 else None
    done, free = defaultdict[int, dict[int, date]](dict), defaultdict[int, dict[int, Exemption]](dict)
    for (who, course_id), day in completions(conn, [one.id for one in courses], few).items():
        done[course_id][who] = day
    for (who, course_id), exempt in exemptions(conn, few).items():
        free[course_id][who] = exempt
    posts = {officer: Post(place.unit_id, place.field_id) for officer, place in at.items()}
    held = set(posts.values())
    cells: dict[int, dict[int, Standing]] = {}
    for course in courses:
        asked = [one for one in wanted if one.course_id == course.id]
        needed = {post: _required(asked, post, role_of) for post in held}
        cells[course.id] = _column(course, posts, needed, done[course.id], free[course.id], today)
    return Matrix(tuple(courses), cells)


def _column(
    course: CourseTerms, posts: Mapping[int, Post], needed: Mapping[Post, bool],
    done: Mapping[int, date], free: Mapping[int, Exemption], today: date,
) -> dict[int, Standing]:
    """Standings in one course; equal ones, of whom is not exempt, are worked out once."""
    known: dict[bool, dict[date | None, Standing]] = {False: {}, True: {}}
    found: dict[int, Standing] = {}
    for officer, post in posts.items():
        required, day = needed[post], done.get(officer)
        one = None if officer in free else known[required].get(day)
        if one is None:
            one = standing(day, course.valid_months, free.get(officer), required=required, today=today)
            if officer not in free:
                known[required][day] = one
        found[officer] = one
    return found


def _required(
    wanted: Sequence[Requirement], at: Post, role_of: Mapping[int, str]
) -> bool:
    return any(one.wants(at, role_of.get(at.unit_id, "")) for one in wanted)


def lacking(found: Matrix, officer_ids: Iterable[int]) -> dict[int, list[int]]:
    """Officers by course who must renew or take it: missing or expiring."""
    gaps: dict[int, list[int]] = {one.id: [] for one in found.courses}
    for officer in officer_ids:
        for course, one in zip(found.courses, found.of(officer), strict=True):
            if one.state in {"missing", "expiring"}:
                gaps[course.id].append(officer)
    return gaps


def norm(conn: Connection) -> float:
    """Hours of training a year that an officer is to have."""
    return float(settings_table.read(conn, NORM) or DEFAULT_NORM)
