"""Setting a course's checklist and ticking what a person met; both only grow."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, insert, select

from kiosk_app.core import audit, db
from kiosk_app.core.audit import Actor
from kiosk_app.core.errors import NotFoundError, RuleError
from kiosk_app.training import checklists, ledger, queries, rules
from kiosk_app.training.checklists import Item
from kiosk_app.training.models import Checklist, ChecklistTick, Course

SCOPE = "training"


def set_checklist(
    course_id: int, items: Sequence[Item], needed: int | None, *, actor: Actor, now: datetime
) -> bool:
    """Add a version of a course's checklist, empty to end it; False where nothing changed.

    Sessions that have begun keep the version they began with.
    """
    checklists.require_checklist(items, needed)
    with db.transaction() as conn:
        code = conn.execute(select(Course.code).where(Course.id == course_id)).scalar()
        if code is None:
            raise NotFoundError("course_unknown", f"course {course_id}")
        before = checklists.of_course(conn, course_id)
        if (before.items, before.needed) == (tuple(items), needed) if before else not items:
            return False
        last = conn.execute(select(func.max(Checklist.version)).where(
            Checklist.course_id == course_id)).scalar() or 0
        conn.execute(insert(Checklist).values(
            course_id=course_id, version=last + 1, needed=needed, recorded_by=actor.name,
            items=json.dumps([{"text": one.text, "mandatory": one.mandatory} for one in items],
                             ensure_ascii=False), recorded_at=now,
        ))
        audit.record(conn, actor=actor, scope=SCOPE, action="checklist_set", subject=code, now=now,
                     items=len(items), needed=needed)
    return True


def tick(
    session_id: int, enrolment_id: int, item: int, *, met: bool, actor: Actor, now: datetime,
    note: str = "",
) -> bool:
    """Write down whether a person met an item; False where the ruling judgement says the same.

    RuleError ``checklist_none``, ``checklist_item``, or as of attendance before the session began
    or once it was cancelled. A held session is settled anew.
    """
    with db.transaction() as conn:
        held = queries.session(conn, session_id)
        row = next((one for one in queries.roster(conn, session_id)
                    if one.enrolment_id == enrolment_id and one.state not in queries.GONE), None)
        if row is None:
            raise NotFoundError("enrolment_unknown", f"enrolment {enrolment_id}")
        one = checklists.practicals(conn, held, [enrolment_id]).get(enrolment_id)
        if one is None:
            raise RuleError("checklist_none", held.code)
        if not 0 <= item < len(one.checklist.items):
            raise RuleError("checklist_item", str(item))
        rules.require_markable(held.state, held.slots[0], now)
        before = one.ruling(item)
        if before is not None and before.met == met and note in ("", before.note):
            return False
        conn.execute(insert(ChecklistTick).values(
            enrolment_id=enrolment_id, checklist_id=one.checklist.id, item=item, met=met,
            version=before.version + 1 if before else 1, note=note[:200],
            recorded_by=actor.name, recorded_at=now,
        ))
        if held.state == "held":
            ledger.settle(conn, held.id)
        audit.record(conn, actor=actor, scope=SCOPE, action="checklist_ticked", subject=held.code,
                     now=now, enrolment=enrolment_id, item=item, met=met,
                     before=before.met if before else None)
    return True
