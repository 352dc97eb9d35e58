"""Changing a planned session: dates, hours, room, trainer, seats; people and marks follow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, update

from kiosk_app.core import audit, db
from kiosk_app.core.audit import Actor
from kiosk_app.core.errors import RuleError
from kiosk_app.organisation import queries as organisation
from kiosk_app.training import enrolling, ledger, queries, rules
from kiosk_app.training.catalogue import MOST_VND
from kiosk_app.training.commands import SessionPlan, named
from kiosk_app.training.errors import ClashError
from kiosk_app.training.models import HalfDay, TrainingSession
from kiosk_app.training.records import HalfDayRecord, SessionRecord


@dataclass(frozen=True)
class Changed:
    """What a change brought about."""

    moved: bool
    """Whether dates, hours, room or trainer are others now."""
    unmarked: int
    """Marks of half-days that were moved: they are unknown again, the old ones are kept."""
    promoted: tuple[int, ...]
    """Enrolments that moved up because there are more seats."""


def change_session(
    session_id: int, plan: SessionPlan, *, actor: Actor, now: datetime
) -> Changed:
    """Change a planned session; what was marked for a half-day that moves must be marked again.

    ClashError names room, trainer or person taken at the new time. RuleError ``past_date`` for a
    new half-day that has begun, ``capacity_below_seated`` (detail: seated) for too few seats,
    ``half_day_marked`` for dropping a half-day whose attendance was marked.
    """
    rules.require_plan(plan.slots, plan.capacity)
    with db.transaction() as conn:
        held = queries.session(conn, session_id)
        rules.require_planned(held.state)
        if plan.capacity is not None and plan.capacity < held.enrolled:
            raise RuleError("capacity_below_seated", str(held.enrolled), field="capacity")
        plan = named(conn, plan)
        old = {_timed(half.slot) for half in held.half_days}
        rules.require_future([s for s in plan.slots if _timed(s) not in old], now)
        _require_free(conn, held, plan)
        moved = old != {_timed(s) for s in plan.slots}
        elsewhere = (plan.room, plan.trainer) != (held.room, held.trainer)
        unmarked = _move(conn, held, plan, actor, now) if moved else 0
        conn.execute(update(TrainingSession).where(TrainingSession.id == session_id).values(
            title=plan.title, audience=plan.audience, room=plan.room, trainer=plan.trainer, capacity=plan.capacity,
            has_test=plan.has_test, cost_vnd=plan.cost_vnd,
            sequence=held.sequence + (moved or elsewhere),
        ))
        up = enrolling.promote(conn, session_id, actor=actor, now=now)
        audit.record(conn, actor=actor, scope="training", action="session_changed",
                     subject=held.code, now=now, moved=moved, unmarked=unmarked, promoted=len(up))
    return Changed(moved or elsewhere, unmarked, tuple(up))


def set_cost(session_id: int, cost_vnd: int | None, *, actor: Actor, now: datetime) -> None:
    """Enter what a session cost, also after it was held; RuleError ``cost`` below 0."""
    if cost_vnd is not None and not 0 <= cost_vnd <= MOST_VND:
        raise RuleError("cost", str(cost_vnd), field="cost_vnd")
    with db.transaction() as conn:
        held = queries.session(conn, session_id)
        conn.execute(update(TrainingSession).where(TrainingSession.id == session_id)
                     .values(cost_vnd=cost_vnd))
        audit.record(conn, actor=actor, scope="training", action="cost_set", subject=held.code,
                     now=now, before=held.cost_vnd, cost_vnd=cost_vnd)


def _timed(slot: rules.Slot) -> tuple[datetime, datetime]:
    return slot.starts_at, slot.ends_at


def _require_free(conn: Connection, held: SessionRecord, plan: SessionPlan) -> None:
    people = frozenset(
        row.officer_id for row in queries.roster(conn, held.id) if row.state not in queries.GONE
    )
    wanted = rules.Booking(held.id, held.code, plan.room, plan.trainer, frozenset(plan.slots),
                           people)
    found = rules.clashes(wanted, queries.bookings(conn, days={s.day for s in plan.slots}))
    if found:
        raise ClashError(found, organisation.officers(conn, list(people)))


def _move(
    conn: Connection, held: SessionRecord, plan: SessionPlan, actor: Actor, now: datetime
) -> int:
    """Give each half-day its new time; those that stay keep their rows. How many marks fell."""
    wanted = {_timed(slot): slot for slot in plan.slots}
    leaving = [half for half in held.half_days if _timed(half.slot) not in wanted]
    staying = {_timed(half.slot) for half in held.half_days} & set(wanted)
    coming = rules.in_order(slot for at, slot in wanted.items() if at not in staying)
    leaving, coming = _paired(leaving, coming)
    fallen = 0
    for half, slot in zip(leaving, coming, strict=False):
        conn.execute(update(HalfDay).where(HalfDay.id == half.id)
                     .values(**ledger.half_day_values(slot)))
        fallen += _unmark(conn, held.id, half.id, actor, now)
    for half in leaving[len(coming):]:
        if any(half.id in row.marks for row in queries.roster(conn, held.id)):
            raise RuleError("half_day_marked", f"{half.slot.day:%d/%m/%Y}", field="slots")
        conn.execute(delete(HalfDay).where(HalfDay.id == half.id))
    if coming[len(leaving):]:
        conn.execute(insert(HalfDay), [
            {"session_id": held.id, **ledger.half_day_values(slot)}
            for slot in coming[len(leaving):]
        ])
    return fallen


def _paired(
    leaving: list[HalfDayRecord], coming: list[rules.Slot]
) -> tuple[list[HalfDayRecord], list[rules.Slot]]:
    """Both lists with those first that only change their hours: they keep their rows."""
    same = {(half.slot.day, half.slot.part): half for half in leaving}
    kept = [slot for slot in coming if (slot.day, slot.part) in same]
    halves = [same[slot.day, slot.part] for slot in kept]
    return (halves + [half for half in leaving if half not in halves],
            kept + [slot for slot in coming if slot not in kept])


def _unmark(
    conn: Connection, session_id: int, half_day_id: int, actor: Actor, now: datetime
) -> int:
    fallen = 0
    for row in queries.roster(conn, session_id):
        if row.marks.get(half_day_id) and row.marks[half_day_id].mark != "unknown":
            fallen += ledger.append_mark(
                conn, enrolment_id=row.enrolment_id, half_day_id=half_day_id, mark="unknown",
                as_written="", actor=actor, now=now, source="moved",
            )
    return fallen
