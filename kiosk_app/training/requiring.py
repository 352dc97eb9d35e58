"""Commands about requirements: set and end them, exempt, the yearly norm."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Connection, insert, select, update

from kiosk_app.core import audit, db, settings_table
from kiosk_app.core.audit import Actor
from kiosk_app.core.columns import LOCAL_ZONE
from kiosk_app.core.errors import NotFoundError, RuleError
from kiosk_app.organisation import queries as organisation
from kiosk_app.training import requirements
from kiosk_app.training.models import Course, CourseRequirement, RequirementExemption

MOST_HOURS = 400.0


def _course(conn: Connection, course_id: int) -> str:
    code = conn.execute(select(Course.code).where(Course.id == course_id)).scalar()
    if code is None:
        raise RuleError("course_unknown", "choose a course", field="course_id")
    return str(code)


def _known_value(conn: Connection, target: str, value: str) -> bool:
    if target == "field":
        return value.isdigit() and int(value) in organisation.fields(conn)
    if target == "unit":
        return value.isdigit() and int(value) in organisation.units(conn)
    return value in ("centre", "wards") if target == "role" else not value


def require(
    course_id: int, target: str, value: str, *, actor: Actor, now: datetime
) -> int:
    """Make a course mandatory from today; its id. RuleError for what is unknown or in force."""
    today = now.astimezone(LOCAL_ZONE).date()
    with db.transaction() as conn:
        code = _course(conn, course_id)
        if target not in ("all", "role", "field", "unit") or not _known_value(conn, target, value):
            raise RuleError("requirement_target", "choose for whom", field="target")
        wanted = (course_id, target, value)
        if any((r.course_id, r.target, r.value) == wanted
               for r in requirements.in_force(conn, today)):
            raise RuleError("requirement_twice", code, field="target")
        made = int(conn.execute(insert(CourseRequirement).values(
            course_id=course_id, target=target, value=value, from_day=today, to_day=None,
            recorded_by=actor.name,
        ).returning(CourseRequirement.id)).scalar_one())
        audit.record(conn, actor=actor, scope="training", action="requirement_added", subject=code,
                     now=now, target=target, value=value)
    return made


def end(requirement_id: int, *, actor: Actor, now: datetime) -> None:
    """End a requirement with the day before today."""
    today = now.astimezone(LOCAL_ZONE).date()
    with db.transaction() as conn:
        mine = CourseRequirement.id == requirement_id
        known = {one.id: one for one in requirements.in_force(conn, today)}
        if requirement_id not in known:
            raise NotFoundError("requirement_unknown", f"requirement {requirement_id}")
        yesterday = date.fromordinal(today.toordinal() - 1)
        conn.execute(update(CourseRequirement).where(mine).values(to_day=yesterday))
        audit.record(conn, actor=actor, scope="training", action="requirement_ended",
                     subject=_course(conn, known[requirement_id].course_id), now=now)


def exempt(
    officer_id: int, course_id: int, *, reason: str, until: date, actor: Actor, now: datetime
) -> None:
    """Exempt an officer from a course until a day, with the reason."""
    if not reason.strip():
        raise RuleError("reason_needed", "say why", field="reason")
    if until < now.astimezone(LOCAL_ZONE).date():
        raise RuleError("exemption_past", f"{until:%d/%m/%Y}", field="until")
    with db.transaction() as conn:
        code = _course(conn, course_id)
        officers = organisation.officers(conn, [officer_id])
        if officer_id not in officers:
            raise RuleError("officer_unknown", "choose an officer", field="officer")
        conn.execute(insert(RequirementExemption).values(
            officer_id=officer_id, course_id=course_id, reason=reason.strip()[:300], until=until,
            recorded_by=actor.name, recorded_at=now,
        ))
        audit.record(conn, actor=actor, scope="training", action="requirement_exempted",
                     subject=f"{officers[officer_id].code} {code}", now=now, until=str(until),
                     reason=reason.strip()[:300])


def set_norm(hours: float, *, actor: Actor, now: datetime) -> None:
    """Set the hours of training a year."""
    if not 0 < hours <= MOST_HOURS:
        raise RuleError("norm_hours", f"0 to {MOST_HOURS:g}", field="norm")
    with db.transaction() as conn:
        settings_table.write(conn, requirements.NORM, f"{hours:g}")
        audit.record(conn, actor=actor, scope="training", action="norm_set", subject=f"{hours:g}",
                     now=now)
