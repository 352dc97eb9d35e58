"""The table of export jobs."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from kiosk_app.core.db import Base


class ExportJob(Base):
    """One long export: asked for by one account, fetched by that account alone."""

    __tablename__ = "export_jobs"
    __table_args__ = (
        UniqueConstraint("ref"),
        Index(None, "state", "id"),
        Index(None, "user_id"),
        CheckConstraint("state IN ('waiting','running','done','failed','expired')", name="state"),
        CheckConstraint("format IN ('csv','xlsx')", name="format"),
    )
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    ref: Mapped[str] = mapped_column(String(36))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    kind: Mapped[str] = mapped_column(String(24))
    period: Mapped[str] = mapped_column(String(8))
    unit_ids: Mapped[str] = mapped_column(Text)
    """JSON list: what the account could see when it asked."""
    officers: Mapped[int] = mapped_column(Integer)
    """1 if the account could see officers' figures when it asked."""
    format: Mapped[str] = mapped_column(String(4))
    lang: Mapped[str] = mapped_column(String(8))
    texts: Mapped[str] = mapped_column(Text)
    """JSON: title, notes, head and names of values in the language of the one who asked."""
    state: Mapped[str] = mapped_column(String(8))
    rows_done: Mapped[int] = mapped_column(Integer)
    rows_total: Mapped[int] = mapped_column(Integer)
    created_ms: Mapped[int] = mapped_column(BigInteger)
    ended_ms: Mapped[int | None] = mapped_column(BigInteger)
    expires_ms: Mapped[int | None] = mapped_column(BigInteger)
    digest: Mapped[str] = mapped_column(String(64))
    problem: Mapped[str] = mapped_column(String(300))
