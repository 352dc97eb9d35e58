"""Commands of training: each opens its own transaction and writes its audit event in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from kiosk_app.core import audit, db
from kiosk_app.core.audit import Actor
from kiosk_app.core.errors import NotFoundError, RuleError
from kiosk_app.training import catalogue, checklists, ledger, queries, rules
from kiosk_app.training.errors import ClashError
from kiosk_app.training.models import Course, TrainingSession
from kiosk_app.training.records import RosterRow, SessionRecord

SCOPE = "training"


@dataclass(frozen=True, kw_only=True)
class SessionPlan:
    """What is decided when a session is planned."""

    code: str
    course_id: int
    title: str
    audience: str
    room: str
    trainer: str
    capacity: int | None
    has_test: bool
    slots: tuple[rules.Slot, ...]
    note: str = ""
    cost_vnd: int | None = None


def _record(
    conn: Connection, actor: Actor, now: datetime, action: str, subject: str, **detail: object
) -> None:
    audit.record(conn, actor=actor, scope=SCOPE, action=action, subject=subject, now=now, **detail)


def add_course(
    *, code: str, name: str, hours: float, has_test: bool, pass_mark: float,
    valid_months: int | None, actor: Actor, now: datetime,
) -> int:
    """Add a course; its id. RuleError when the code is taken or a figure impossible."""
    if not code:
        raise RuleError("course_unnamed", "code and name are needed", field="code")
    catalogue.require_syllabus(catalogue.Syllabus(name, hours, has_test, pass_mark))
    with db.transaction() as conn:
        if conn.execute(select(Course.id).where(Course.code == code)).first():
            raise RuleError("course_code_taken", code, field="code")
        course_id = conn.execute(
            insert(Course).values(
                code=code, name=name, hours=hours, has_test=has_test, pass_mark=pass_mark,
                valid_months=valid_months, topics="", active=True,
            ).returning(Course.id)
        ).scalar_one()
        _record(conn, actor, now, "course_added", code, name=name)
    return int(course_id)


def named(conn: Connection, plan: SessionPlan) -> SessionPlan:
    """The plan with room and trainer as they are known, and no more seats than the room has."""
    room = catalogue.checked_name(conn, "room", plan.room)
    catalogue.require_room_for(conn, room, plan.capacity)
    return replace(plan, room=room, trainer=catalogue.checked_name(conn, "trainer", plan.trainer))


def plan_session(plan: SessionPlan, *, actor: Actor, now: datetime) -> int:
    """Plan a session; its id. ClashError names the room or trainer already taken."""
    rules.require_plan(plan.slots, plan.capacity)
    rules.require_future(plan.slots, now)
    if not plan.code:
        raise RuleError("session_unnamed", "the session needs a code", field="code")
    with db.transaction() as conn:
        taken = select(TrainingSession.id).where(TrainingSession.code == plan.code)
        if conn.execute(taken).first():
            raise RuleError("session_code_taken", plan.code, field="code")
        if conn.execute(select(Course.id).where(Course.id == plan.course_id)).first() is None:
            raise RuleError("course_unknown", "choose a course", field="course_id")
        plan = named(conn, plan)
        wanted = rules.Booking(0, plan.code, plan.room, plan.trainer, frozenset(plan.slots))
        days = {slot.day for slot in plan.slots}
        found = rules.clashes(wanted, queries.bookings(conn, days=days))
        if found:
            raise ClashError(found)
        session_id = int(
            conn.execute(
                insert(TrainingSession).values(
                    code=plan.code, course_id=plan.course_id, title=plan.title,
                    audience=plan.audience, room=plan.room, trainer=plan.trainer,
                    capacity=plan.capacity, has_test=plan.has_test, state="planned",
                    note=plan.note, cost_vnd=plan.cost_vnd,
                ).returning(TrainingSession.id)
            ).scalar_one()
        )
        ledger.add_half_days(conn, session_id, list(plan.slots))
        _record(conn, actor, now, "session_planned", plan.code, half_days=len(plan.slots))
    return session_id


def _row(rows: Sequence[RosterRow], enrolment_id: int) -> RosterRow:
    for row in rows:
        if row.enrolment_id == enrolment_id and row.state not in queries.GONE:
            return row
    raise NotFoundError("enrolment_unknown", f"enrolment {enrolment_id}")


def record_attendance(
    session_id: int, marks: Mapping[tuple[int, int], str], *, actor: Actor, now: datetime,
    source: str = "roster", note: str = "",
) -> int:
    """Write marks by (enrolment id, half-day id); how many are new or changed.

    Earlier versions stay; ``note`` says why, ``source`` from where (roster or sheet). RuleError before a half-day began or for an unknown mark.
    """
    with db.transaction() as conn:
        held = queries.session(conn, session_id)
        slots = {half.id: half.slot for half in held.half_days}
        rows = queries.roster(conn, session_id)
        changed: list[list[object]] = []
        for (enrolment_id, half_day_id), mark in marks.items():
            row = _row(rows, enrolment_id)
            if half_day_id not in slots:
                raise NotFoundError("half_day_unknown", f"half-day {half_day_id}")
            if rules.read_attendance(mark) is None and mark not in MARKS:
                raise RuleError("mark_unknown", mark, field=f"m-{enrolment_id}-{half_day_id}")
            before = row.marks.get(half_day_id)
            if before is not None and before.mark == mark and note in ("", before.note):
                continue
            rules.require_markable(held.state, slots[half_day_id], now)
            ledger.append_mark(conn, enrolment_id=enrolment_id, half_day_id=half_day_id,
                               mark=mark, as_written="", actor=actor, now=now, source=source,
                               note=note)
            changed.append([enrolment_id, half_day_id, before.mark if before else None, mark])
        _settled(conn, held, changed, "attendance_recorded", actor, now)
    return len(changed)


MARKS = frozenset({"present", "late", "absent", "excused", "unknown"})


def record_results(
    session_id: int, results: Mapping[tuple[int, str], str], *, actor: Actor, now: datetime
) -> int:
    """Write test marks as typed (``8,5``, ``vắng``) by (enrolment id, kind); how many changed."""
    with db.transaction() as conn:
        held = queries.session(conn, session_id)
        rows = queries.roster(conn, session_id)
        if not held.has_test and any(text.strip() for text in results.values()):
            raise RuleError("no_test", "the session has no test")
        changed: list[list[object]] = []
        for (enrolment_id, kind), written in results.items():
            before = _row(rows, enrolment_id).results.get(kind)
            read = rules.read_mark(written)
            place = f"{kind}-{enrolment_id}"
            if read.kind in {"out_of_range", "unreadable"}:
                raise RuleError(f"mark_{read.kind}", written, field=place)
            if read.kind == "blank":
                if before is not None:
                    raise RuleError("mark_not_removable", written, field=place)
                continue
            if before is not None and before.mark == read.value:
                continue
            rules.require_result(kind, held.state, held.slots, now)
            ledger.append_result(conn, enrolment_id=enrolment_id, kind=kind, mark=read.value,
                                 as_written=written, actor=actor, now=now)
            changed.append([enrolment_id, kind, before.mark if before else None, read.value])
        _settled(conn, held, changed, "results_recorded", actor, now)
    return len(changed)


def _settled(
    conn: Connection, held: SessionRecord, changed: list[list[object]], action: str,
    actor: Actor, now: datetime,
) -> None:
    if not changed:
        return
    if held.state == "held":
        ledger.settle(conn, held.id)
    _record(conn, actor, now, action, held.code, changes=changed)


def hold_session(session_id: int, *, actor: Actor, now: datetime) -> Mapping[str, int]:
    """Close a session as held: everybody becomes completed or not completed; the totals."""
    with db.transaction() as conn:
        held = queries.session(conn, session_id)
        rules.require_holdable(held.state, held.slots, now)
        conn.execute(
            update(TrainingSession).where(TrainingSession.id == session_id).values(state="held")
        )
        totals = ledger.settle(conn, session_id)
        _record(conn, actor, now, "session_held", held.code, **totals)
    return totals


def cancel_session(session_id: int, *, reason: str, actor: Actor, now: datetime) -> None:
    """Cancel a planned session; its room, trainer and people are free again."""
    if not reason.strip():
        raise RuleError("reason_needed", "say why", field="reason")
    with db.transaction() as conn:
        held = queries.session(conn, session_id)
        rules.require_planned(held.state)
        conn.execute(
            update(TrainingSession).where(TrainingSession.id == session_id)
            .values(state="cancelled", note=reason, sequence=held.sequence + 1)
        )
        _record(conn, actor, now, "session_cancelled", held.code, reason=reason)


def complete(session_id: int, enrolment_id: int, *, actor: Actor, now: datetime) -> None:
    """Declare one person completed; refused for an absentee or without what passes."""
    with db.transaction() as conn:
        held = queries.session(conn, session_id)
        row = _row(queries.roster(conn, session_id), enrolment_id)
        if held.state != "held":
            raise RuleError("session_not_held", f"the session is {held.state}")
        practical = checklists.practicals(conn, held, [enrolment_id]).get(enrolment_id)
        rules.require_completable(
            queries.ordered_marks(held, row), has_test=held.has_test,
            final=row.value("post"), pass_mark=held.pass_mark,
            practical=practical is None or practical.passed,
        )
        if row.state != "completed":
            ledger.move(conn, enrolment_id=enrolment_id, before=row.state, after="completed",
                        reason="", actor=actor, now=now)
        _record(conn, actor, now, "enrolment_completed", held.code, officer=row.officer_id)


def note_look(subject: str, *, actor: Actor, now: datetime) -> None:
    """Write down that somebody looked at people's records or took them away."""
    with db.transaction() as conn:
        _record(conn, actor, now, "record_viewed", subject)
