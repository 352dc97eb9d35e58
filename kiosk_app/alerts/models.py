"""Tables of alerts: alerts, acknowledgements, the outbox of messages."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from kiosk_app.core.db import Base


class Alert(Base):
    """A lasting change of a unit's satisfaction; figures as they stood when it was raised."""

    __tablename__ = "alerts"
    __table_args__ = (UniqueConstraint("ref"), Index(None, "unit_id", "day"))
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    ref: Mapped[str] = mapped_column(String(36))
    """Random name used in addresses and messages."""
    unit_id: Mapped[int] = mapped_column(Integer)
    procedure_code: Mapped[str] = mapped_column(String(60))
    """'' for the unit as a whole."""
    worse: Mapped[int] = mapped_column(Integer)
    first_day: Mapped[int] = mapped_column(Integer)
    day: Mapped[int] = mapped_column(Integer)
    """Local day of the alarm, yyyymmdd."""
    n: Mapped[int] = mapped_column(Integer)
    share: Mapped[float] = mapped_column(Float)
    expected: Mapped[float] = mapped_column(Float)
    low: Mapped[float] = mapped_column(Float)
    high: Mapped[float] = mapped_column(Float)
    severity: Mapped[float] = mapped_column(Float)
    false_alarms: Mapped[float] = mapped_column(Float)
    """Budget in force: expected false alarms of the unit's charts a year."""
    version: Mapped[str] = mapped_column(String(80))
    raised_ms: Mapped[int] = mapped_column(BigInteger)


class AlertAcknowledgement(Base):
    """That a person saw an alert, and what was said to it; append-only."""

    __tablename__ = "alert_acknowledgements"
    __table_args__ = (Index(None, "alert_id"), {"sqlite_autoincrement": True})
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    alert_id: Mapped[int] = mapped_column(ForeignKey("alerts.id"))
    comment: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(String(120))
    recorded_ms: Mapped[int] = mapped_column(BigInteger)


class OutgoingMessage(Base):
    """A message that leaves once its transaction is committed, tried again for three days."""

    __tablename__ = "outgoing_messages"
    __table_args__ = (
        UniqueConstraint("ref"),
        Index(None, "state", "due_ms"),
        CheckConstraint("kind IN ('mail','webhook')", name="kind"),
        CheckConstraint("state IN ('waiting','sent','given_up')", name="state"),
    )
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    ref: Mapped[str] = mapped_column(String(36))
    """Random name that stays the same over all tries: a receiver can tell a repeat."""
    kind: Mapped[str] = mapped_column(String(8))
    target: Mapped[str] = mapped_column(String(300))
    subject: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(8))
    tries: Mapped[int] = mapped_column(Integer)
    created_ms: Mapped[int] = mapped_column(BigInteger)
    due_ms: Mapped[int] = mapped_column(BigInteger)
    sent_ms: Mapped[int | None] = mapped_column(BigInteger)
    problem: Mapped[str] = mapped_column(String(300))
    """Why the last try failed, '' without one."""
    calendar: Mapped[str] = mapped_column(Text, server_default="")
    """iCalendar text that goes with a mail, '' without one."""
