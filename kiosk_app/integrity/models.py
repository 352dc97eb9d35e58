"""Tables of integrity: screenings, the reviews they asked for, decisions of persons."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Float, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from kiosk_app.core.db import Base


class MisuseScreening(Base):
    """One run of all tests over a year, with the version of the facts it saw."""

    __tablename__ = "misuse_screenings"
    __table_args__ = (Index(None, "year"),)
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    year: Mapped[int] = mapped_column(Integer)
    version: Mapped[str] = mapped_column(String(80))
    tests: Mapped[int] = mapped_column(Integer)
    families: Mapped[int] = mapped_column(Integer)
    expected_false: Mapped[float] = mapped_column(Float)
    made_ms: Mapped[int] = mapped_column(BigInteger)


class MisuseReview(Base):
    """An officer whom a screening asks to look at, and the findings that asked for it."""

    __tablename__ = "misuse_reviews"
    __table_args__ = (Index(None, "screening_id"),)
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    screening_id: Mapped[int] = mapped_column(ForeignKey("misuse_screenings.id"))
    officer_id: Mapped[int] = mapped_column(ForeignKey("officers.id"))
    unit_id: Mapped[int] = mapped_column(Integer)
    months: Mapped[str] = mapped_column(Text)
    """JSON list of yyyymm."""
    findings: Mapped[str] = mapped_column(Text)
    """JSON list of code, month (0: whole time), observed, expected, n, p; the surest first."""


class MisuseDecision(Base):
    """What a person decided about an officer's ratings under review; append-only, newest rules."""

    __tablename__ = "misuse_decisions"
    __table_args__ = (
        Index(None, "officer_id", "year"),
        CheckConstraint("decision IN ('kept','set_aside')", name="decision"),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey("officers.id"))
    unit_id: Mapped[int] = mapped_column(Integer)
    year: Mapped[int] = mapped_column(Integer)
    months: Mapped[str] = mapped_column(Text)
    codes: Mapped[str] = mapped_column(Text)
    decision: Mapped[str] = mapped_column(String(12))
    ratings: Mapped[int] = mapped_column(Integer)
    """How many ratings changed their state by it."""
    reason: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(String(120))
    recorded_ms: Mapped[int] = mapped_column(BigInteger)
