"""Commands that seat people, let them go, hand seats over and move a waiting list up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from kiosk_app.core import audit, db
from kiosk_app.core.audit import Actor
from kiosk_app.core.errors import NotFoundError, RuleError
from kiosk_app.organisation import queries as organisation
from kiosk_app.training import ledger, queries, rules, seats
from kiosk_app.training.errors import ClashError, PeopleError
from kiosk_app.training.models import CoursePrerequisite, Enrolment, TrainingSession
from kiosk_app.training.records import Enrolled, RosterRow, SessionRecord

SCOPE = "training"


def _record(
    conn: Connection, actor: Actor, now: datetime, action: str, subject: str, **detail: object
) -> None:
    audit.record(conn, actor=actor, scope=SCOPE, action=action, subject=subject, now=now, **detail)


def clashes_of(
    conn: Connection, held: SessionRecord, officer_ids: frozenset[int]
) -> list[rules.Clash]:
    """Where these people sit in another session at the time of this one."""
    wanted = rules.Booking(held.id, held.code, "", "", frozenset(held.slots), officer_ids)
    days = {slot.day for slot in held.slots}
    return rules.clashes(wanted, queries.bookings(conn, days=days))


def _require_able(conn: Connection, held: SessionRecord, officer_ids: Sequence[int]) -> None:
    """Refuse people who sit elsewhere at the time or lack a course that must come first."""
    named = organisation.officers(conn, list(officer_ids))
    found = clashes_of(conn, held, frozenset(officer_ids))
    if found:
        raise ClashError(found, named)
    lacking = missing_prerequisites(conn, held.course_id, officer_ids)
    if lacking:
        courses = {one.id: one.code for one in queries.courses(conn)}
        first = min(lacking, key=lambda one: (named[one].full_name, one))
        raise PeopleError(
            "prerequisite_missing", [named[one].full_name for one in sorted(lacking)],
            ", ".join(courses[one] for one in sorted(lacking[first])),
        )


def missing_prerequisites(
    conn: Connection, course_id: int, officer_ids: Sequence[int]
) -> dict[int, set[int]]:
    """By officer, the courses that must come first and were not completed; {} if nobody lacks one."""
    required = set(conn.execute(select(CoursePrerequisite.required_id).where(
        CoursePrerequisite.course_id == course_id
    )).scalars())
    if not required:
        return {}
    done: dict[int, set[int]] = {one: set() for one in officer_ids}
    query = select(Enrolment.officer_id, TrainingSession.course_id).join(
        TrainingSession, TrainingSession.id == Enrolment.session_id
    ).where(
        Enrolment.state == "completed", Enrolment.officer_id.in_(officer_ids),
        TrainingSession.course_id.in_(required),
    )
    for row in conn.execute(query):
        done[row.officer_id].add(row.course_id)
    return {one: required - had for one, had in done.items() if required - had}


def _known(conn: Connection, officer_ids: Sequence[int]) -> dict[int, str]:
    """Names of the officers; RuleError for nobody or somebody who is not there."""
    named = organisation.officers(conn, list(officer_ids))
    if not officer_ids or any(one not in named for one in officer_ids):
        raise RuleError("officer_unknown", "choose from the list", field="officer_ids")
    return {one.id: one.full_name for one in named.values()}


def enrol(
    session_id: int, officer_ids: Sequence[int], *, actor: Actor, now: datetime,
    state: str = "enrolled", may_wait: bool = False,
) -> Enrolled:
    """Seat officers in a planned session as ``enrolled`` or ``invited``.

    Those for whom no seat is left wait in the order given if they may; otherwise nobody is seated
    (``session_full``). ClashError and PeopleError name whom and what stands in the way.
    """
    with db.transaction() as conn:
        return seat(conn, session_id, officer_ids, actor=actor, now=now, state=state,
                    may_wait=may_wait)


def seat(
    conn: Connection, session_id: int, officer_ids: Sequence[int], *, actor: Actor, now: datetime,
    state: str = "enrolled", may_wait: bool = False,
) -> Enrolled:
    """``enrol`` inside a caller's transaction."""
    held = queries.session(conn, session_id)
    rules.require_planned(held.state)
    seats.require_open(held.slots, now)
    named = _known(conn, officer_ids)
    wanted = list(dict.fromkeys(officer_ids))
    there = {row.officer_id: row for row in queries.roster(conn, session_id)}
    double = [one for one in wanted if one in there
              and there[one].state in seats.SEATED | {"waiting"}]
    if double:
        raise PeopleError("already_enrolled", [named[one] for one in double], held.code)
    left = seats.free(held.capacity, held.enrolled)
    sit, wait = seats.split(wanted, left, may_wait=may_wait)
    _require_able(conn, held, wanted)
    for one in wanted:
        _put(conn, held, one, there.get(one), state if one in sit else "waiting", actor, now)
    codes = organisation.officers(conn, wanted)
    _record(conn, actor, now, "officers_enrolled", held.code, state=state,
            officers=[codes[one].code for one in sit], waiting=[codes[one].code for one in wait])
    return Enrolled(len(sit), len(wait))


def _put(
    conn: Connection, held: SessionRecord, officer_id: int, row: RosterRow | None, state: str,
    actor: Actor, now: datetime, stands_for: int | None = None,
) -> int:
    """A new enrolment, or an old one taken up again at the end of the list."""
    if row is not None:
        ledger.move(conn, enrolment_id=row.enrolment_id, before=row.state, after=state, reason="",
                    actor=actor, now=now)
        return row.enrolment_id
    first = held.first_day
    enrolment_id = ledger.add_enrolment(
        conn, session_id=held.id, officer_id=officer_id, nominated=True, now=now, state=state,
        unit_id=ledger.unit_on(conn, officer_id, first) if first else None, stands_for=stands_for,
    )
    ledger.note_step(conn, enrolment_id, "", state, "", actor, now)
    return enrolment_id


def leave(
    session_id: int, enrolment_id: int, *, state: str, reason: str, actor: Actor, now: datetime,
    officer_id: int | None = None,
) -> int:
    """Take one person off a planned session as ``withdrawn`` or ``declined``; how many moved up.

    ``officer_id`` asks that the enrolment is this person's own.
    """
    with db.transaction() as conn:
        held = queries.session(conn, session_id)
        rules.require_planned(held.state)
        row = _open_row(conn, session_id, enrolment_id, officer_id)
        seats.require_open(held.slots, now)
        ledger.move(conn, enrolment_id=enrolment_id, before=row.state, after=state, reason=reason,
                    actor=actor, now=now)
        _record(conn, actor, now, f"officer_{state}", held.code, officer=row.officer_id,
                reason=reason)
        return len(promote(conn, session_id, actor=actor, now=now))


def withdraw(
    session_id: int, enrolment_id: int, *, reason: str, actor: Actor, now: datetime
) -> int:
    """Take one person off the roster of a planned session; how many moved up for it."""
    return leave(session_id, enrolment_id, state="withdrawn", reason=reason, actor=actor, now=now)


def accept(
    session_id: int, enrolment_id: int, *, officer_id: int, actor: Actor, now: datetime
) -> None:
    """The invited person says that they will come."""
    with db.transaction() as conn:
        held = queries.session(conn, session_id)
        rules.require_planned(held.state)
        row = _open_row(conn, session_id, enrolment_id, officer_id)
        if row.state == "enrolled":
            return
        if row.state != "invited":
            raise RuleError("enrolment_move", f"{row.state} → enrolled")
        ledger.move(conn, enrolment_id=enrolment_id, before="invited", after="enrolled", reason="",
                    actor=actor, now=now)
        _record(conn, actor, now, "invitation_accepted", held.code, officer=row.officer_id)


def substitute(
    session_id: int, enrolment_id: int, officer_id: int, *, reason: str, actor: Actor,
    now: datetime,
) -> int:
    """Hand one person's seat to another; the id of the new enrolment."""
    with db.transaction() as conn:
        held = queries.session(conn, session_id)
        rules.require_planned(held.state)
        seats.require_open(held.slots, now)
        row = _open_row(conn, session_id, enrolment_id, None)
        if row.state == "waiting":
            raise RuleError("enrolment_move", "waiting → substituted")
        named = _known(conn, [officer_id])
        there = {one.officer_id: one for one in queries.roster(conn, session_id)}
        other = there.get(officer_id)
        if other is not None and other.state in seats.SEATED:
            raise PeopleError("already_enrolled", [named[officer_id]], held.code)
        _require_able(conn, held, [officer_id])
        ledger.move(conn, enrolment_id=enrolment_id, before=row.state, after="substituted",
                    reason=reason, actor=actor, now=now)
        made = _put(conn, held, officer_id, other, "enrolled", actor, now, stands_for=enrolment_id)
        _record(conn, actor, now, "officer_substituted", held.code, officer=row.officer_id,
                substitute=officer_id, reason=reason)
    return made


def promote(
    conn: Connection, session_id: int, *, actor: Actor, now: datetime
) -> list[int]:
    """Give free seats to those who wait, first come first; the enrolments that moved up."""
    held = queries.session(conn, session_id)
    rows = [row for row in queries.roster(conn, session_id) if row.state == "waiting"]
    left = seats.free(held.capacity, held.enrolled)
    if not rows or left == 0:
        return []
    order = queries.waiting_order(conn, session_id)
    rows.sort(key=lambda row: order[row.enrolment_id])
    busy = {one.officer_id for one in
            clashes_of(conn, held, frozenset(row.officer_id for row in rows))}
    up = seats.promoted([(row.enrolment_id, row.officer_id) for row in rows], left,
                        {one for one in busy if one is not None})
    for enrolment_id, officer_id in up:
        ledger.move(conn, enrolment_id=enrolment_id, before="waiting", after="enrolled",
                    reason="", actor=actor, now=now)
        _record(conn, actor, now, "officer_promoted", held.code, officer=officer_id)
    return [enrolment_id for enrolment_id, _officer in up]


def _open_row(
    conn: Connection, session_id: int, enrolment_id: int, officer_id: int | None
) -> RosterRow:
    for row in queries.roster(conn, session_id):
        mine = officer_id is None or row.officer_id == officer_id
        if row.enrolment_id == enrolment_id and row.state in seats.OPEN and mine:
            return row
    raise NotFoundError("enrolment_unknown", f"enrolment {enrolment_id}")
