"""Days off in the training office's plans: told beside the form and on the class, never refused."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import Connection

from kiosk_app.organisation import days_off
from kiosk_app.organisation.days_off import DayOff
from kiosk_app.training.records import SessionRecord


def among(conn: Connection, days: Iterable[date]) -> list[DayOff]:
    """Those of ``days`` on which offices rest, in order."""
    by_year: dict[int, set[date]] = {}
    for day in days:
        by_year.setdefault(day.year, set()).add(day)
    found: list[DayOff] = []
    for _year, wanted in sorted(by_year.items()):
        off = days_off.between(conn, min(wanted), max(wanted)).off
        found += [one for day, one in off.items() if day in wanted]
    return found


def of_plan(conn: Connection, held: SessionRecord) -> list[DayOff]:
    """Days off of a session that can still be moved."""
    return among(conn, (slot.day for slot in held.slots)) if held.state == "planned" else []
