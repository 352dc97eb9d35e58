"""Minutes attended: counted from the ruling marks, and kept beside the enrolment.

A list of all officers sorted by hours would otherwise read every mark ever made.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from typing import Any

from sqlalchemy import Connection, Select, case, func, select, update
from sqlalchemy.orm import aliased

from kiosk_app.training import rules
from kiosk_app.training.models import AttendanceMark, Enrolment, HalfDay


def _usual(at: Mapping[str, time], own: Any) -> Any:
    """The minute of a half-day's own time, else of the usual one of its part."""
    minutes = {part: one.hour * 60 + one.minute for part, one in at.items()}
    return func.coalesce(own, case(minutes, value=HalfDay.part))


def _counted(*columns: Any) -> Select[Any]:
    """Minutes by the newest mark of each half-day, after ``columns``."""
    later = aliased(AttendanceMark)
    lasted = _usual(rules.ENDS, HalfDay.ends_min) - _usual(rules.STARTS, HalfDay.starts_min)
    return select(*columns, func.coalesce(func.sum(lasted), 0)).select_from(AttendanceMark).join(
        HalfDay, HalfDay.id == AttendanceMark.half_day_id
    ).outerjoin(
        later, (later.enrolment_id == AttendanceMark.enrolment_id)
        & (later.half_day_id == AttendanceMark.half_day_id)
        & (later.version > AttendanceMark.version)
    ).where(later.id.is_(None), AttendanceMark.mark.in_(rules.ATTENDED))


def keep(conn: Connection, enrolment_id: int) -> None:
    """Count one enrolment's minutes anew, after a mark or the hours of its half-days changed."""
    minutes = _counted().where(AttendanceMark.enrolment_id == enrolment_id).scalar_subquery()
    conn.execute(update(Enrolment).where(Enrolment.id == enrolment_id).values(attended_min=minutes))


def differing(conn: Connection) -> list[tuple[int, int, int]]:
    """Enrolment, minutes kept and minutes recounted, where the two differ."""
    counted: dict[int, int] = dict(conn.execute(
        _counted(AttendanceMark.enrolment_id).group_by(AttendanceMark.enrolment_id)
    ).all())
    kept = conn.execute(select(Enrolment.id, Enrolment.attended_min).order_by(Enrolment.id))
    return [(one, minutes, counted.get(one, 0)) for one, minutes in kept
            if minutes != counted.get(one, 0)]
