"""Audit events: who did or looked at what, written in the transaction of the deed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Index, Integer, String, Text, func, insert, select
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


def newest(conn: Connection, scopes: tuple[str, ...], *, but: tuple[str, ...] = ()) -> int:
    """Number of the newest deed in these scopes, 0 for none; looks named in ``but`` are none."""
    found = conn.execute(
        select(AuditEvent.id).where(AuditEvent.scope.in_(scopes), AuditEvent.action.not_in(but))
        .order_by(AuditEvent.id.desc()).limit(1)
    ).scalar()
    return int(found or 0)


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

    @property
    def facts(self) -> dict[str, Any]:
        """What was written beside the deed."""
        found: dict[str, Any] = json.loads(self.detail)
        return found


@dataclass(frozen=True)
class Trail:
    """Events of one page, how many fit the question, and the deeds there are to ask for."""

    events: list[AuditRecord]
    total: int
    actions: list[str]


def trail(
    conn: Connection, *, scopes: tuple[str, ...] | None, action: str = "", actor: str = "",
    skip: int = 0, limit: int,
) -> Trail:
    """Newest events first, of these scopes only (None: all); ``actor`` is a part of a name."""
    within: list[ColumnElement[bool]] = (
        [] if scopes is None else [AuditEvent.scope.in_(scopes)]
    )
    asked = [*within]
    if action:
        asked.append(AuditEvent.action == action)
    if actor:
        asked.append(func.lower(AuditEvent.actor).contains(actor.lower(), autoescape=True))
    rows = conn.execute(
        select(
            AuditEvent.at, AuditEvent.actor, AuditEvent.role, AuditEvent.scope, AuditEvent.action,
            AuditEvent.subject, AuditEvent.detail,
        ).where(*asked).order_by(AuditEvent.id.desc()).offset(skip).limit(limit)
    ).all()
    return Trail(
        [AuditRecord(*row) for row in rows],
        int(conn.execute(select(func.count()).select_from(AuditEvent).where(*asked)).scalar_one()),
        list(conn.execute(select(AuditEvent.action).where(*within).distinct()).scalars()),
    )
