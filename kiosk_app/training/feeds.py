"""Secret addresses of personal calendars: only their hash is kept, renewing ends the old one."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from kiosk_app.core import audit, db
from kiosk_app.core.audit import Actor
from kiosk_app.training.models import CalendarFeed


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def renew(user_id: int, *, actor: Actor, now: datetime) -> str:
    """A new random token of 256 bits for this user; told once, the one before ends."""
    token = secrets.token_urlsafe(32)
    with db.transaction() as conn:
        conn.execute(delete(CalendarFeed).where(CalendarFeed.user_id == user_id))
        conn.execute(insert(CalendarFeed).values(
            user_id=user_id, token_hash=_hash(token), renewed_at=now))
        audit.record(conn, actor=actor, scope="training", action="feed_renewed",
                     subject=actor.name, now=now)
    return token


def owner(conn: Connection, token: str) -> int | None:
    """The user whose calendar this address is, None for nobody's."""
    return conn.execute(
        select(CalendarFeed.user_id).where(CalendarFeed.token_hash == _hash(token))
    ).scalar()


def renewed_at(conn: Connection, user_id: int) -> datetime | None:
    """When this user's address was made, None without one."""
    return conn.execute(
        select(CalendarFeed.renewed_at).where(CalendarFeed.user_id == user_id)
    ).scalar()
