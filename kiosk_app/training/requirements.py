"""Who must hold which course: rules given ``today``, and the reads they need."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, Select, func, select
from sqlalchemy.orm import aliased

from kiosk_app.core import settings_table
from kiosk_app.organisation import queries as organisation
from kiosk_app.organisation.records import Post, PostingRecord
from kiosk_app.training.cohorts import RECEIVING_KINDS
from kiosk_app.training.models import (
    Certificate,
    CertificateRevocation,
    Course,
    CourseRequirement,
    Enrolment,
    HalfDay,
    RequirementExemption,
    TrainingSession,
)
from kiosk_app.training.seats import SEATED

SOON = 90
"""Days before its end in which a completion counts as expiring."""
NORM = "training_hours_norm"
DEFAULT_NORM = 24.0
STATES = ("valid", "expiring", "missing", "exempt", "none")
LACKING = frozenset({"missing", "expiring"})


@dataclass(frozen=True)
class Requirement:
    """A course that those named must hold: all, a role (centre, wards), a field, a unit."""

    id: int
    course_id: int
    target: str
    value: str

    def wants(self, at: Post, role: str) -> bool:
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


def _revoked() -> Select[int]:
    """Enrolments whose newest certificate was revoked."""
    later = aliased(Certificate)
    return select(Certificate.enrolment_id).join(
        CertificateRevocation, CertificateRevocation.certificate_id == Certificate.id
    ).outerjoin(
        later, (later.enrolment_id == Certificate.enrolment_id) & (later.id > Certificate.id)
    ).where(later.id.is_(None))


def completions(
    conn: Connection, course_ids: Collection[int], officer_ids: Collection[int] | None = None
) -> dict[int, dict[int, date]]:
    """Last day of the newest completed session by course, then officer.

    A session whose certificate was revoked, and not issued anew, does not count.
    """
    ended = select(
        TrainingSession.id, TrainingSession.course_id, func.max(HalfDay.day).label("day")
    ).join(HalfDay, HalfDay.session_id == TrainingSession.id).where(
        TrainingSession.course_id.in_(course_ids)
    ).group_by(TrainingSession.id, TrainingSession.course_id).order_by("day")
    query = select(Enrolment.session_id, Enrolment.officer_id).where(
        Enrolment.state == "completed", Enrolment.id.not_in(_revoked()))
    if officer_ids is None:
        query = query.where(Enrolment.session_id.in_(
            select(TrainingSession.id).where(TrainingSession.course_id.in_(course_ids))))
    else:
        query = query.where(Enrolment.officer_id.in_(officer_ids))
    attended = defaultdict[int, list[int]](list)
    for session_id, officer in conn.execute(query).all():
        attended[session_id].append(officer)
    found: dict[int, dict[int, date]] = {one: {} for one in course_ids}
    for session_id, course, day in conn.execute(ended):
        found[course] |= dict.fromkeys(attended.get(session_id, ()), day)
    return found


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
    conn: Connection, posts: Mapping[int, Post], today: date, *, only: str = ""
) -> Matrix:
    """Standings of these officers in every course (or ``only`` this one) that somebody must hold."""
    wanted, role_of = in_force(conn, today), roles(conn)
    if only:
        wanted = [one for one in wanted if str(one.course_id) == only]
    courses = terms(conn, ids={one.course_id for one in wanted})
    few = list(posts) if len(posts) <= 500 else None
    done = completions(conn, [one.id for one in courses], few)
    free = defaultdict[int, dict[int, Exemption]](dict)
    for (who, course_id), exempt in exemptions(conn, few).items():
        free[course_id][who] = exempt
    groups = defaultdict[Post, list[int]](list)
    for officer, post in posts.items():
        groups[post].append(officer)
    cells: dict[int, dict[int, Standing]] = {}
    for course in courses:
        asked = [one for one in wanted if one.course_id == course.id]
        needed = {post: must_hold(asked, post, role_of) for post in groups}
        cells[course.id] = column(
            course, groups, needed,
            {who: needed[posts[who]] for who in {*done[course.id], *free[course.id]} if who in posts},
            done[course.id], free[course.id], today,
        )
    return Matrix(tuple(courses), cells)


def column(
    course: CourseTerms, groups: Mapping[Post, Sequence[int]], needed: Mapping[Post, bool],
    duty: Mapping[int, bool], done: Mapping[int, date], free: Mapping[int, Exemption], today: date,
) -> dict[int, Standing]:
    """Everybody's standing in one course, by officer; equal ones are worked out once.

    ``groups``: officers by post; ``needed``: whether a post must hold the course; ``duty``: the same
    for each officer who has completed it (``done``: the day) or is exempt (``free``).
    """
    return _untouched(course, groups, needed, today) | _touched(course, duty, done, free, today)


def _untouched(
    course: CourseTerms, groups: Mapping[Post, Sequence[int]], needed: Mapping[Post, bool],
    today: date,
) -> dict[int, Standing]:
    """Everybody's standing in one course, as if nobody had completed it or were exempt."""
    plain = {required: standing(None, course.valid_months, None, required=required, today=today)
             for required in (False, True)}
    found: dict[int, Standing] = {}
    for post, officers in groups.items():
        found |= dict.fromkeys(officers, plain[needed[post]])
    return found


def _touched(
    course: CourseTerms, duty: Mapping[int, bool], done: Mapping[int, date],
    free: Mapping[int, Exemption], today: date,
) -> dict[int, Standing]:
    """Standings of those who completed it or are exempt; ``duty``: whether each must hold it."""
    known: dict[tuple[date | None, bool], Standing] = {}
    found: dict[int, Standing] = {}
    for officer, required in duty.items():
        day, exempt = done.get(officer), free.get(officer)
        one = None if exempt else known.get((day, required))
        if one is None:
            one = standing(day, course.valid_months, exempt, required=required, today=today)
            if exempt is None:
                known[day, required] = one
        found[officer] = one
    return found


def must_hold(
    wanted: Sequence[Requirement], at: Post, role_of: Mapping[int, str]
) -> bool:
    """Whether one of the requirements names an officer posted so."""
    return any(one.wants(at, role_of.get(at.unit_id, "")) for one in wanted)


def lacking(found: Matrix, officer_ids: Iterable[int]) -> dict[int, list[int]]:
    """Officers by course who must renew or take it: missing or expiring."""
    listed = list(officer_ids)
    return {
        course: [who for who in listed if column[who].state in LACKING]
        for course, column in found.cells.items()
    }


def seated_ahead(
    conn: Connection, today: date, course_ids: Collection[int]
) -> dict[int, set[int]]:
    """Who holds a seat in a planned session that is not over, by course."""
    query = select(TrainingSession.course_id, Enrolment.officer_id).join(
        Enrolment, Enrolment.session_id == TrainingSession.id
    ).where(
        TrainingSession.course_id.in_(course_ids), TrainingSession.state == "planned",
        Enrolment.state.in_(SEATED), TrainingSession.id.in_(
            select(HalfDay.session_id).where(HalfDay.day >= today)),
    )
    found: dict[int, set[int]] = {one: set() for one in course_ids}
    for course, officer in conn.execute(query):
        found[course].add(officer)
    return found


@dataclass(frozen=True)
class Places:
    """Of one required course: who lacks it, who of them sits in a coming session, seats left there."""

    lacking: tuple[int, ...]
    seated: frozenset[int]
    free: int | None
    """None: a coming session has no limit."""

    @property
    def unseated(self) -> int:
        """How many lack it and have no seat yet."""
        return len(self.lacking) - len(self.seated)

    @property
    def to_open(self) -> int:
        """Seats that no coming session has."""
        return 0 if self.free is None else max(self.unseated - self.free, 0)


def norm(conn: Connection) -> float:
    """Hours of training a year that an officer is to have."""
    return float(settings_table.read(conn, NORM) or DEFAULT_NORM)
