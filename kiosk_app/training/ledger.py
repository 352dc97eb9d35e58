"""Writing of enrolments, marks and results inside a caller's transaction; marks only grow."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time

from sqlalchemy import Connection, func, insert, select, update

from kiosk_app.core.audit import Actor
from kiosk_app.organisation import queries as organisation
from kiosk_app.training import attended, checklists, queries, rules, seats
from kiosk_app.training.models import (
    AttendanceMark,
    Course,
    Enrolment,
    EnrolmentStep,
    HalfDay,
    TestResult,
)
from kiosk_app.training.records import RosterRow


def unit_on(conn: Connection, officer_id: int, day: date) -> int | None:
    """The unit an officer is posted at on ``day``, None if nowhere."""
    posting = organisation.posting_on(conn, officer_id, day)
    return posting.unit_id if posting else None


def half_day_values(slot: rules.Slot) -> dict[str, object]:
    """The columns of a half-day; hours only where they are not the usual ones."""
    return {
        "day": slot.day, "part": slot.part,
        "starts_min": _minutes(slot.starts), "ends_min": _minutes(slot.ends),
    }


def _minutes(at: time | None) -> int | None:
    return None if at is None else at.hour * 60 + at.minute


def add_half_days(conn: Connection, session_id: int, slots: list[rules.Slot]) -> None:
    """Write the half-days of a new session."""
    rows = [
        {"session_id": session_id, **half_day_values(slot)}
        for slot in rules.in_order(slots)
    ]
    conn.execute(insert(HalfDay), rows)


def add_enrolment(
    conn: Connection, *, session_id: int, officer_id: int, unit_id: int | None,
    nominated: bool, now: datetime, state: str = "enrolled", stands_for: int | None = None,
) -> int:
    """Write an enrolment; its id."""
    return int(
        conn.execute(
            insert(Enrolment).values(
                session_id=session_id, officer_id=officer_id, unit_id=unit_id,
                nominated=nominated, state=state, reason="", created_at=now,
                stands_for=stands_for,
            ).returning(Enrolment.id)
        ).scalar_one()
    )


def append_mark(
    conn: Connection, *, enrolment_id: int, half_day_id: int, mark: str, as_written: str,
    actor: Actor, now: datetime, source: str = "", note: str = "",
) -> bool:
    """Add a version of an attendance mark; False if the ruling one says the same."""
    query = select(AttendanceMark.mark, AttendanceMark.version, AttendanceMark.note).where(
        AttendanceMark.enrolment_id == enrolment_id, AttendanceMark.half_day_id == half_day_id
    ).order_by(AttendanceMark.version.desc()).limit(1)
    last = conn.execute(query).first()
    if last is not None and last.mark == mark and note in ("", last.note):
        return False
    conn.execute(
        insert(AttendanceMark).values(
            enrolment_id=enrolment_id, half_day_id=half_day_id, mark=mark,
            version=(last.version if last else 0) + 1, as_written=as_written[:80],
            recorded_by=actor.name, recorded_at=now, source=source, note=note[:200],
        )
    )
    attended.keep(conn, enrolment_id)
    return True


def append_result(
    conn: Connection, *, enrolment_id: int, kind: str, mark: float | None, as_written: str,
    actor: Actor, now: datetime,
) -> bool:
    """Add a version of a test mark (None: absent); False if the ruling one says the same."""
    query = select(TestResult.mark, TestResult.version).where(
        TestResult.enrolment_id == enrolment_id, TestResult.kind == kind
    ).order_by(TestResult.version.desc()).limit(1)
    last = conn.execute(query).first()
    if last is not None and last.mark == mark:
        return False
    conn.execute(
        insert(TestResult).values(
            enrolment_id=enrolment_id, kind=kind, mark=mark,
            version=(last.version if last else 0) + 1, as_written=as_written[:80],
            recorded_by=actor.name, recorded_at=now,
        )
    )
    return True


def move(
    conn: Connection, *, enrolment_id: int, before: str, after: str, reason: str, actor: Actor,
    now: datetime,
) -> None:
    """Change the state of an enrolment that is there, and write the step down."""
    seats.require_move(before, after, reason)
    values: dict[str, object] = {"state": after, "reason": reason}
    conn.execute(update(Enrolment).where(Enrolment.id == enrolment_id).values(values))
    note_step(conn, enrolment_id, before, after, reason, actor, now)


def note_step(
    conn: Connection, enrolment_id: int, before: str, after: str, reason: str, actor: Actor,
    now: datetime,
) -> None:
    """Write down a change of state."""
    conn.execute(insert(EnrolmentStep).values(
        enrolment_id=enrolment_id, before=before, after=after, reason=reason,
        recorded_by=actor.name, recorded_at=now,
    ))


def settle(conn: Connection, session_id: int) -> Mapping[str, int]:
    """Completed or not, of everybody in a held session, from the ruling marks."""
    held = queries.session(conn, session_id)
    totals = {"completed": 0, "not_completed": 0}
    rows = [row for row in queries.roster(conn, session_id) if row.state not in queries.GONE]
    practical = checklists.practicals(conn, held, [row.enrolment_id for row in rows])
    for row in rows:
        state = rules.outcome_state(
            queries.ordered_marks(held, row), has_test=held.has_test,
            final=row.value("post"), pass_mark=held.pass_mark,
            practical=not practical or practical[row.enrolment_id].passed,
        )
        totals[state] += 1
        if state != row.state:
            seats.require_move(row.state, state)
            mine = Enrolment.id == row.enrolment_id
            conn.execute(update(Enrolment).where(mine).values(state=state))
    return totals


def enrolment(conn: Connection, session_id: int, officer_id: int) -> RosterRow | None:
    """The enrolment of an officer in a session, None if there is none."""
    rows = queries.roster_rows(conn, session_ids=[session_id], officer_id=officer_id)
    return rows[0] if rows else None


def next_course_code(conn: Connection) -> str:
    """A free course code ``KH-nn``."""
    taken = set(conn.execute(select(Course.code)).scalars())
    number = int(conn.execute(select(func.count()).select_from(Course)).scalar_one()) + 1
    while f"KH-{number:02d}" in taken:
        number += 1
    return f"KH-{number:02d}"
