"""Tables of paper entry. Mutable until a batch is closed; then its forms are ratings like others."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Integer, PrimaryKeyConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from kiosk_app.core.columns import UTCDateTime
from kiosk_app.core.db import Base


class PaperBatch(Base):
    """The forms of one box of one unit."""

    __tablename__ = "paper_batches"
    __table_args__ = (CheckConstraint("state IN ('keying','closed')", name="state"),)
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    double_keyed: Mapped[int] = mapped_column(Integer)
    """1 where every form is keyed twice."""
    state: Mapped[str] = mapped_column(String(8))
    opened_by: Mapped[str] = mapped_column(String(120))
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime)
    closed_by: Mapped[str] = mapped_column(String(120), default="")
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class PaperForm(Base):
    """One form of a batch, as keyed: first and second time, as JSON; the text goes at closing."""

    __tablename__ = "paper_forms"
    __table_args__ = (PrimaryKeyConstraint("batch_id", "number"),)
    batch_id: Mapped[int] = mapped_column(ForeignKey("paper_batches.id"))
    number: Mapped[int] = mapped_column(Integer)
    """Position in the pile, from 1."""
    rating_id: Mapped[str] = mapped_column(String(36))
    first: Mapped[str] = mapped_column(Text)
    second: Mapped[str] = mapped_column(Text, default="")
    verdict: Mapped[str] = mapped_column(String(12), default="")
    reason: Mapped[str] = mapped_column(String(40), default="")
