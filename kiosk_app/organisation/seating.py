"""Who sits at which counter: dated facts, the newest of a counter and day rules."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Connection, func, insert, or_, select

from kiosk_app.core import audit
from kiosk_app.core.audit import Actor
from kiosk_app.core.columns import to_ms
from kiosk_app.core.db import transaction
from kiosk_app.core.errors import NotFoundError, RuleError
from kiosk_app.organisation.models import Counter, Posting, Seating


def _check_posted(conn: Connection, officer_id: int, unit_id: int, day: date) -> None:
    posted = conn.execute(
        select(Posting.id).where(
            Posting.officer_id == officer_id, Posting.unit_id == unit_id,
            Posting.posted_from <= day,
            or_(Posting.posted_to.is_(None), Posting.posted_to >= day),
        )
    ).first()
    if posted is None:
        raise RuleError(
            "officer_not_posted", "this officer is not posted at the counter's unit on that day",
            field="officer",
        )


def _held(conn: Connection, officer_id: int, day: date) -> set[int]:
    """Counters at which the officer sits on ``day`` by the newest word."""
    newest = (
        select(func.max(Seating.id)).where(Seating.day == day).group_by(Seating.counter_id)
    )
    return set(
        conn.execute(
            select(Seating.counter_id).where(
                Seating.id.in_(newest), Seating.officer_id == officer_id
            )
        ).scalars()
    )


def _sit(
    conn: Connection, counter_id: int, officer_id: int | None, day: date, actor: Actor,
    now: datetime,
) -> None:
    conn.execute(insert(Seating).values(
        counter_id=counter_id, officer_id=officer_id, day=day, set_at_ms=to_ms(now),
        set_by=actor.name,
    ))
    audit.record(
        conn, actor=actor, scope="settings", action="seat", subject=f"counter {counter_id}",
        now=now, officer=officer_id, day=day.isoformat(),
    )


def seat(
    counter_id: int, officer_id: int | None, day: date, *, actor: Actor, now: datetime
) -> None:
    """Say who sits at a counter on ``day`` (None: nobody); the newest word rules.

    Whoever sits down leaves the counter of before. RuleError ``officer_not_posted`` for somebody
    who is not posted at the counter's unit that day.
    """
    with transaction() as conn:
        unit_id = conn.execute(select(Counter.unit_id).where(Counter.id == counter_id)).scalar()
        if unit_id is None:
            raise NotFoundError("counter_unknown", f"there is no counter {counter_id}")
        if officer_id is not None:
            _check_posted(conn, officer_id, unit_id, day)
            for other in _held(conn, officer_id, day) - {counter_id}:
                _sit(conn, other, None, day, actor, now)
        _sit(conn, counter_id, officer_id, day, actor, now)
