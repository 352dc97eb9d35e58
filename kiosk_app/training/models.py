"""Tables of training: courses, sessions over half-days, enrolments, attendance, results."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from kiosk_app.core.columns import UTCDateTime
from kiosk_app.core.db import Base

MARKS = ("present", "late", "absent", "excused", "unknown")
SESSION_STATES = ("planned", "held", "cancelled")
ENROLMENT_STATES = ("enrolled", "declined", "withdrawn", "completed", "not_completed")


class Programme(Base):
    """A training programme: what several courses belong to."""

    __tablename__ = "programmes"
    __table_args__ = (UniqueConstraint("name"),)
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))


class Course(Base):
    """A course (khoá, chuyên đề)."""

    __tablename__ = "courses"
    __table_args__ = (UniqueConstraint("code"), CheckConstraint("hours > 0", name="hours"))
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(300))
    programme_id: Mapped[int | None] = mapped_column(ForeignKey("programmes.id"))
    topics: Mapped[str] = mapped_column(Text, default="")
    """Reason codes it works on, comma separated."""
    hours: Mapped[float] = mapped_column(Float)
    has_test: Mapped[bool] = mapped_column(default=False)
    pass_mark: Mapped[float] = mapped_column(Float, default=5.0)
    valid_months: Mapped[int | None] = mapped_column(Integer)
    active: Mapped[bool] = mapped_column(default=True)


class TrainingSession(Base):
    """A session (đợt, lớp) of a course."""

    __tablename__ = "training_sessions"
    __table_args__ = (
        UniqueConstraint("code"),
        CheckConstraint("state IN ('planned','held','cancelled')", name="state"),
        CheckConstraint("capacity IS NULL OR capacity > 0", name="capacity"),
    )
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    code: Mapped[str] = mapped_column(String(40))
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    title: Mapped[str] = mapped_column(String(300), default="")
    audience: Mapped[str] = mapped_column(String(16), default="")
    """centre, wards or ''. """
    room: Mapped[str] = mapped_column(String(120), default="")
    trainer: Mapped[str] = mapped_column(String(160), default="")
    capacity: Mapped[int | None] = mapped_column(Integer)
    has_test: Mapped[bool] = mapped_column(default=False)
    """Whether this session ends with a test; rounds of one course may differ."""
    state: Mapped[str] = mapped_column(String(12))
    note: Mapped[str] = mapped_column(Text, default="")


class HalfDay(Base):
    """One morning or afternoon of a session."""

    __tablename__ = "training_half_days"
    __table_args__ = (
        UniqueConstraint("session_id", "day", "part"),
        CheckConstraint("part IN ('morning','afternoon')", name="part"),
    )
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("training_sessions.id"))
    day: Mapped[date] = mapped_column(Date)
    part: Mapped[str] = mapped_column(String(12))


class Enrolment(Base):
    """An officer in a session."""

    __tablename__ = "enrolments"
    __table_args__ = (
        UniqueConstraint("session_id", "officer_id"),
        Index(None, "officer_id"),
        CheckConstraint(
            "state IN ('enrolled','declined','withdrawn','completed','not_completed')",
            name="state",
        ),
    )
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("training_sessions.id"))
    officer_id: Mapped[int] = mapped_column(ForeignKey("officers.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    """Unit of the officer on the first day."""
    nominated: Mapped[bool] = mapped_column(default=True)
    state: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class AttendanceMark(Base):
    """A mark of attendance; append-only, the newest of an enrolment and half-day rules."""

    __tablename__ = "attendance_marks"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "half_day_id", "version"),
        CheckConstraint(
            "mark IN ('present','late','absent','excused','unknown')", name="mark"
        ),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"))
    half_day_id: Mapped[int] = mapped_column(ForeignKey("training_half_days.id"))
    version: Mapped[int] = mapped_column(Integer)
    mark: Mapped[str] = mapped_column(String(12))
    as_written: Mapped[str] = mapped_column(String(80), default="")
    recorded_by: Mapped[str] = mapped_column(String(120))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class TestResult(Base):
    """A test mark; append-only, the newest of an enrolment and kind rules."""

    __tablename__ = "test_results"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "kind", "version"),
        CheckConstraint("kind IN ('pre','post')", name="kind"),
        CheckConstraint("mark IS NULL OR mark BETWEEN 0 AND 10", name="mark"),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"))
    kind: Mapped[str] = mapped_column(String(4))
    version: Mapped[int] = mapped_column(Integer)
    mark: Mapped[float | None] = mapped_column(Float)
    """None: absent from the test."""
    as_written: Mapped[str] = mapped_column(String(80), default="")
    recorded_by: Mapped[str] = mapped_column(String(120))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
