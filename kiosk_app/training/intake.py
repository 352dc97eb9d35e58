"""Intake of a training workbook: every row judged, then all of it stored in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import Connection, insert, select

from kiosk_app.core import audit, db
from kiosk_app.core.audit import Actor
from kiosk_app.core.columns import LOCAL_ZONE
from kiosk_app.core.errors import RuleError
from kiosk_app.training import ledger, queries, rules, workbook
from kiosk_app.training.models import Course, TrainingSession
from kiosk_app.training.people import Roll
from kiosk_app.training.workbook import ClassSheet, PersonRow

STORED = frozenset({"created", "updated", "unchanged", "warned"})


@dataclass(frozen=True)
class Row:
    """What became of one row, under the names of the expected list."""

    sheet: str
    row: int
    session: str
    officer_code: str
    outcome: str
    reason: str
    attendance: tuple[str, ...]
    pre: float | None
    post: float | None
    completed: bool
    officer_id: int | None = None
    person: PersonRow | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Report:
    """Totals of what the file holds, and every row."""

    sessions: int
    half_days: int
    enrolments: int
    completed: int
    marks: Mapping[str, int]
    rows: list[Row]
    stored: bool

    @property
    def outcomes(self) -> Mapping[str, int]:
        """How many rows had each outcome."""
        return Counter(row.outcome for row in self.rows)


def _judge_row(sheet: ClassSheet, person: PersonRow, roll: Roll, seen: set[int]) -> Row:
    first_day = min(slot.day for slot in sheet.slots)
    read = [rules.read_attendance(text) for text in person.attendance]
    marks = tuple(mark or "unknown" for mark in read)
    pre, post = rules.read_mark(person.pre), rules.read_mark(person.post)
    officer_id, trouble = roll.find(person, first_day)
    outcome, reason = "created", ""
    kinds = {pre.kind, post.kind}
    if trouble:
        outcome, reason = "parked", trouble
    elif officer_id in seen:
        outcome, reason = "refused", "duplicate_in_list"
    elif "out_of_range" in kinds:
        outcome, reason = "warned", "mark_out_of_range"
    elif "unreadable" in kinds:
        outcome, reason = "warned", "mark_unreadable"
    elif None in read:
        outcome, reason = "warned", "attendance_unreadable"
    elif "unknown" in marks:
        outcome, reason = "warned", "attendance_blank"
    elif officer_id is not None and not roll.is_posted(officer_id, first_day):
        outcome, reason = "warned", "no_posting_on_day"
    done = rules.is_completed(
        marks, has_test=sheet.has_test, final=post.value, pass_mark=5.0
    )
    return Row(
        sheet.sheet, person.row, sheet.code, roll.code_of(officer_id), outcome, reason, marks,
        pre.value, post.value, done and officer_id is not None, officer_id, person,
    )


def _overlap(row: Row, sheet: ClassSheet, earlier: Sequence[rules.Booking]) -> Row:
    """Warn of a person who sat in an earlier class of the same half-day."""
    if row.outcome != "created" or row.officer_id is None:
        return row
    wanted = rules.Booking(0, sheet.code, "", "", frozenset(sheet.slots),
                           frozenset({row.officer_id}))
    for clash in rules.clashes(wanted, earlier):
        return replace(row, outcome="warned", reason=f"overlaps_{clash.code}")
    return row


def _judge(conn: Connection, sheets: Sequence[ClassSheet]) -> list[Row]:
    roll = Roll.load(conn)
    codes = {sheet.code for sheet in sheets}
    days = {slot.day for sheet in sheets for slot in sheet.slots}
    earlier = [one for one in queries.bookings(conn, days=days) if one.code not in codes]
    judged: list[Row] = []
    for number, sheet in enumerate(sheets):
        seen: set[int] = set()
        for person in sheet.rows:
            row = _overlap(_judge_row(sheet, person, roll, seen), sheet, earlier)
            if row.outcome == "created" and not person.nominated:
                row = replace(row, outcome="warned", reason="not_nominated")
            if row.officer_id is not None:
                seen.add(row.officer_id)
            judged.append(row)
        earlier.append(rules.Booking(-1 - number, sheet.code, "", "", frozenset(sheet.slots),
                                     frozenset(seen)))
    return judged


def _report(sheets: Sequence[ClassSheet], rows: list[Row], *, stored: bool) -> Report:
    kept = [row for row in rows if row.outcome in STORED]
    return Report(
        sessions=len(sheets), half_days=sum(len(sheet.slots) for sheet in sheets),
        enrolments=len(kept), completed=sum(row.completed for row in kept),
        marks=Counter(mark for row in kept for mark in row.attendance), rows=rows, stored=stored,
    )


def _course(conn: Connection, sheet: ClassSheet) -> int:
    known = conn.execute(select(Course.id).where(Course.name == sheet.course)).scalar()
    if known is not None:
        return known
    return int(
        conn.execute(
            insert(Course).values(
                code=ledger.next_course_code(conn), name=sheet.course,
                hours=sum(slot.hours for slot in sheet.slots), has_test=sheet.has_test,
                pass_mark=5.0, topics="", active=True,
            ).returning(Course.id)
        ).scalar_one()
    )


def _session(conn: Connection, sheet: ClassSheet, now: datetime) -> int:
    """The id of the class, written if it is not known; RuleError if it is another class."""
    query = select(TrainingSession.id).where(TrainingSession.code == sheet.code)
    known = conn.execute(query).scalar()
    if known is not None:
        if queries.session(conn, known).slots != rules.in_order(sheet.slots):
            detail = f"sheet {sheet.sheet}: {sheet.code} is known with other half-days"
            raise RuleError("session_conflict", detail, field="file")
        return known
    over = max(slot.day for slot in sheet.slots) < now.astimezone(LOCAL_ZONE).date()
    session_id = int(
        conn.execute(
            insert(TrainingSession).values(
                code=sheet.code, course_id=_course(conn, sheet), title=sheet.title,
                audience=sheet.audience, room=sheet.room, trainer=sheet.trainer,
                capacity=None, has_test=sheet.has_test, state="held" if over else "planned",
                note="",
            ).returning(TrainingSession.id)
        ).scalar_one()
    )
    ledger.add_half_days(conn, session_id, list(sheet.slots))
    return session_id


def _store_row(
    conn: Connection, sheet: ClassSheet, row: Row, session_id: int, actor: Actor, now: datetime
) -> Row:
    person, officer_id = row.person, row.officer_id
    if person is None or officer_id is None or row.outcome not in STORED:
        return row
    known = ledger.enrolment(conn, session_id, officer_id)
    first: date = min(slot.day for slot in sheet.slots)
    enrolment_id = known.enrolment_id if known else ledger.add_enrolment(
        conn, session_id=session_id, officer_id=officer_id, nominated=person.nominated, now=now,
        unit_id=ledger.unit_on(conn, officer_id, first),
    )
    halves = {half.slot: half.id for half in queries.half_days(conn, [session_id])[session_id]}
    changed = False
    for slot, mark, written in zip(sheet.slots, row.attendance, person.attendance, strict=True):
        changed |= ledger.append_mark(
            conn, enrolment_id=enrolment_id, half_day_id=halves[slot], mark=mark,
            as_written=written, actor=actor, now=now,
        )
    for kind, written in (("pre", person.pre), ("post", person.post)):
        read = rules.read_mark(written)
        if read.kind in {"mark", "absent"}:
            changed |= ledger.append_result(
                conn, enrolment_id=enrolment_id, kind=kind, mark=read.value,
                as_written=written, actor=actor, now=now,
            )
    if row.outcome != "created" or known is None:
        return row
    return replace(row, outcome="updated" if changed else "unchanged")


def _store(
    conn: Connection, sheets: Sequence[ClassSheet], rows: Sequence[Row], actor: Actor,
    now: datetime,
) -> list[Row]:
    stored: list[Row] = []
    for sheet in sheets:
        session_id = _session(conn, sheet, now)
        stored += [
            _store_row(conn, sheet, row, session_id, actor, now)
            for row in rows if row.session == sheet.code
        ]
        if queries.session(conn, session_id).state == "held":
            ledger.settle(conn, session_id)
    return stored


def import_workbook(
    path: Path, *, actor: Actor, now: datetime, dry_run: bool = False, skip_bad_rows: bool = True
) -> Report:
    """Judge and store a training workbook; nothing is stored if anything in it cannot be read.

    Refused and parked rows are left out and reported; without ``skip_bad_rows`` one of them
    keeps the whole file out. A second import of the same file changes nothing.
    """
    sheets = workbook.read(Path(path))
    if dry_run:
        with db.reading() as conn:
            return _report(sheets, _judge(conn, sheets), stored=False)
    with db.transaction() as conn:
        rows = _judge(conn, sheets)
        bad = any(row.outcome not in STORED for row in rows)
        if bad and not skip_bad_rows:
            return _report(sheets, rows, stored=False)
        report = _report(sheets, _store(conn, sheets, rows, actor, now), stored=True)
        audit.record(conn, actor=actor, scope="intake", action="training_imported",
                     subject=Path(path).name, now=now, **report.outcomes,
                     sessions=report.sessions)
    return report
