"""The right of reply: what an officer says to the own figures, kept as it was said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from kiosk_app.core import audit
from kiosk_app.core.audit import Actor
from kiosk_app.core.columns import from_ms, to_ms
from kiosk_app.core.db import transaction
from kiosk_app.core.errors import RuleError
from kiosk_app.feedback.models import OfficerReply

LONGEST = 2_000


@dataclass(frozen=True)
class ReplyRecord:
    """One reply: to which period, what, when."""

    period: str
    text: str
    at: datetime


def reply(
    officer_id: int, period: str, text: str, *, actor: Actor, now: datetime
) -> None:
    """Add a reply; RuleError ``reply_empty`` or ``reply_too_long``. Audited, never changed."""
    said = text.strip()
    if not said:
        raise RuleError("reply_empty", "write what you want to say", field="text")
    if len(said) > LONGEST:
        raise RuleError("reply_too_long", f"at most {LONGEST} characters", field="text")
    with transaction() as conn:
        conn.execute(insert(OfficerReply).values(
            officer_id=officer_id, period=period, text=said, actor=actor.name,
            recorded_ms=to_ms(now),
        ))
        audit.record(conn, actor=actor, scope="figures", action="reply_to_figures",
                     subject=f"officer {officer_id}", now=now, period=period)


def replies(conn: Connection, officer_id: int) -> list[ReplyRecord]:
    """Replies of an officer, newest first."""
    rows = conn.execute(
        select(OfficerReply.period, OfficerReply.text, OfficerReply.recorded_ms)
        .where(OfficerReply.officer_id == officer_id)
        .order_by(OfficerReply.id.desc())
    ).all()
    return [ReplyRecord(r[0], r[1], from_ms(r[2])) for r in rows]


def note_look(officer_id: int, *, actor: Actor, now: datetime, period: str) -> None:
    """Write down that somebody looked at one officer's figures."""
    with transaction() as conn:
        audit.record(conn, actor=actor, scope="figures", action="look_at_officer",
                     subject=f"officer {officer_id}", now=now, period=period)
