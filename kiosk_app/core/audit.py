"""Audit events: who did or looked at what, written in the transaction of the deed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Index, Integer, String, Text, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from kiosk_app.core.columns import UTCDateTime
from kiosk_app.core.db import Base


class AuditEvent(Base):
    """An append-only fact about a deed or a personal look."""

    __tablename__ = "audit_events"
    __table_args__ = (Index(None, "at"), Index(None, "scope", "at"))
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    actor: Mapped[str] = mapped_column(String(120))
    role: Mapped[str] = mapped_column(String(32))
    scope: Mapped[str] = mapped_column(String(32))
    action: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(120))
    detail: Mapped[str] = mapped_column(Text)


@dataclass(frozen=True)
class Actor:
    """The one who acts: a user's name and role, a device, an integration or the command line."""

    name: str
    role: str


SYSTEM = Actor("system", "system")


def record(
    conn: Connection, *, actor: Actor, scope: str, action: str, subject: str, now: datetime,
    **detail: Any,
) -> None:
    """Write one audit event; ``scope`` is settings, cases, figures, training, accounts, intake."""
    conn.execute(
        insert(AuditEvent).values(
            at=now, actor=actor.name, role=actor.role, scope=scope, action=action,
            subject=subject, detail=json.dumps(detail, ensure_ascii=False, sort_keys=True, default=str),
        )
    )


@dataclass(frozen=True)
class AuditRecord:
    """An audit event as read."""

    at: datetime
    actor: str
    role: str
    scope: str
    action: str
    subject: str
    detail: str


def newest(conn: Connection, *, scopes: tuple[str, ...] | None, limit: int) -> list[AuditRecord]:
    """Newest events, of these scopes only (None: all)."""
    query = select(
        AuditEvent.at, AuditEvent.actor, AuditEvent.role, AuditEvent.scope, AuditEvent.action,
        AuditEvent.subject, AuditEvent.detail,
    )
    if scopes is not None:
        query = query.where(AuditEvent.scope.in_(scopes))
    rows = conn.execute(query.order_by(AuditEvent.id.desc()).limit(limit)).all()
    return [AuditRecord(*row) for row in rows]
