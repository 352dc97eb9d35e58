"""Tables of training: courses, sessions over half-days, enrolments, attendance, results."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column

from kiosk_app.core.columns import UTCDateTime
from kiosk_app.core.db import Base

MARKS = ("present", "late", "absent", "excused", "unknown")
SESSION_STATES = ("planned", "held", "cancelled")
ENROLMENT_STATES = (
    "invited", "enrolled", "waiting", "declined", "withdrawn", "substituted", "completed",
    "not_completed",
)


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
    cost_vnd: Mapped[int | None] = mapped_column(BigInteger)
    """What it cost, None while nobody has said."""
    sequence: Mapped[int] = mapped_column(Integer, server_default="0")
    """Raised with every change of dates, room or state: SEQUENCE of its calendar entries."""


class HalfDay(Base):
    """One morning or afternoon of a session."""

    __tablename__ = "training_half_days"
    __table_args__ = (
        UniqueConstraint("session_id", "day", "part"),
        Index(None, "day"),
        CheckConstraint("part IN ('morning','afternoon')", name="part"),
    )
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("training_sessions.id"))
    day: Mapped[date] = mapped_column(Date)
    part: Mapped[str] = mapped_column(String(12))
    starts_min: Mapped[int | None] = mapped_column(Integer)
    """Minutes after midnight at the centre; None: the usual time of the part."""
    ends_min: Mapped[int | None] = mapped_column(Integer)


class Enrolment(Base):
    """An officer in a session."""

    __tablename__ = "enrolments"
    __table_args__ = (
        UniqueConstraint("session_id", "officer_id"),
        Index(None, "officer_id", "session_id", "state", "attended_min"),
        Index(None, "session_id", "state", "officer_id"),
        CheckConstraint(
            "state IN ('" + "','".join(ENROLMENT_STATES) + "')", name="state",
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
    stands_for: Mapped[int | None] = mapped_column(Integer)
    """The enrolment whose seat was handed over to this person."""
    attended_min: Mapped[int] = mapped_column(Integer, server_default="0")
    """Minutes attended by the ruling marks; kept by ``attended``."""


class EnrolmentStep(Base):
    """One change of an enrolment's state; append-only."""

    __tablename__ = "enrolment_steps"
    __table_args__ = (Index(None, "enrolment_id"), {"sqlite_autoincrement": True})
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"))
    before: Mapped[str] = mapped_column(String(16))
    after: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(Text, default="")
    recorded_by: Mapped[str] = mapped_column(String(120))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


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
    source: Mapped[str] = mapped_column(String(12), server_default="")
    """roster, code, sheet, moved; '' for a file."""
    note: Mapped[str] = mapped_column(String(200), server_default="")
    """Why it was changed, or the reason of an excuse."""


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


class Checklist(Base):
    """A version of a course's practical criteria and how many must be met; append-only."""

    __tablename__ = "checklists"
    __table_args__ = (UniqueConstraint("course_id", "version"), {"sqlite_autoincrement": True})
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    version: Mapped[int] = mapped_column(Integer)
    items: Mapped[str] = mapped_column(Text)
    """JSON list of text and mandatory; empty: no checklist from here on."""
    needed: Mapped[int | None] = mapped_column(Integer)
    recorded_by: Mapped[str] = mapped_column(String(120))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ChecklistTick(Base):
    """Whether a person met one item; append-only, the newest of an enrolment and item rules."""

    __tablename__ = "checklist_ticks"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "checklist_id", "item", "version"),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"))
    checklist_id: Mapped[int] = mapped_column(ForeignKey("checklists.id"))
    item: Mapped[int] = mapped_column(Integer)
    version: Mapped[int] = mapped_column(Integer)
    met: Mapped[bool] = mapped_column()
    note: Mapped[str] = mapped_column(String(200))
    recorded_by: Mapped[str] = mapped_column(String(120))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ReactionBox(Base):
    """What learners said of a session: counts by question and answer, and comments apart.

    There is no row of one answer. With each answer the whole row is written anew, comments in
    alphabetical order, so that neither place nor age of anything tells who said it.
    """

    __tablename__ = "reaction_boxes"
    session_id: Mapped[int] = mapped_column(
        ForeignKey("training_sessions.id"), primary_key=True, autoincrement=False)
    questionnaire: Mapped[str] = mapped_column(String(48))
    answered: Mapped[int] = mapped_column(Integer)
    counts: Mapped[str] = mapped_column(Text)
    """JSON: question to answer to number."""
    comments: Mapped[str] = mapped_column(Text)
    """JSON list."""


class SpentReaction(Base):
    """That a link to answer was used; keyed by its hash alone, without time or session."""

    __tablename__ = "spent_reactions"
    __table_args__ = ({"sqlite_with_rowid": False},)
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)


class CheckInAttempt(Base):
    """A try to check in by the code of the room's screen, whatever came of it; append-only."""

    __tablename__ = "checkin_attempts"
    __table_args__ = (Index(None, "officer_id", "recorded_at"), {"sqlite_autoincrement": True})
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey("officers.id"))
    half_day_id: Mapped[int | None] = mapped_column(Integer)
    outcome: Mapped[str] = mapped_column(String(24))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class WaveDraw(Base):
    """A random order of attendance, with all that is needed to draw it again; append-only."""

    __tablename__ = "wave_draws"
    __table_args__ = (Index(None, "course_id"), {"sqlite_autoincrement": True})
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    seed: Mapped[int] = mapped_column(BigInteger)
    session_ids: Mapped[str] = mapped_column(Text)
    """JSON list, one session a wave."""
    officers: Mapped[str] = mapped_column(Text)
    """JSON list of [officer id, desk], in the order drawn from."""
    seats: Mapped[str] = mapped_column(Text)
    waves: Mapped[str] = mapped_column(Text)
    """JSON list of waves 1, 2, …, beside ``officers``."""
    recorded_by: Mapped[str] = mapped_column(String(120))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class CoursePrerequisite(Base):
    """A course that must have been completed before another."""

    __tablename__ = "course_prerequisites"
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"), primary_key=True)
    required_id: Mapped[int] = mapped_column(ForeignKey("courses.id"), primary_key=True)


class TrainingResource(Base):
    """A room with its seats, or a trainer, as sessions name them."""

    __tablename__ = "training_resources"
    __table_args__ = (
        UniqueConstraint("kind", "name"),
        CheckConstraint("kind IN ('room','trainer')", name="kind"),
        CheckConstraint("seats IS NULL OR seats > 0", name="seats"),
    )
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(String(160))
    seats: Mapped[int | None] = mapped_column(Integer)
    retired: Mapped[bool] = mapped_column(server_default=false())
    """No longer offered for new sessions."""


class PlanLine(Base):
    """How often a course is to run in a year, for how many and at what cost."""

    __tablename__ = "training_plan_lines"
    __table_args__ = (
        UniqueConstraint("year", "course_id"),
        CheckConstraint("sessions >= 0 AND seats >= 0 AND budget_vnd >= 0", name="figures"),
    )
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    year: Mapped[int] = mapped_column(Integer)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    sessions: Mapped[int] = mapped_column(Integer)
    seats: Mapped[int] = mapped_column(Integer)
    budget_vnd: Mapped[int] = mapped_column(BigInteger)


class TrainingNotice(Base):
    """That one person was told of one state of a session, once; append-only."""

    __tablename__ = "training_notices"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "kind", "sequence"), {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"))
    kind: Mapped[str] = mapped_column(String(16))
    sequence: Mapped[int] = mapped_column(Integer)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class OfficerAddress(Base):
    """Where invitations of an officer go."""

    __tablename__ = "officer_addresses"
    officer_id: Mapped[int] = mapped_column(ForeignKey("officers.id"), primary_key=True)
    email: Mapped[str] = mapped_column(String(200))


class CalendarFeed(Base):
    """The secret address of a person's calendar; only its hash is kept."""

    __tablename__ = "calendar_feeds"
    __table_args__ = (UniqueConstraint("token_hash"),)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64))
    renewed_at: Mapped[datetime] = mapped_column(UTCDateTime)


class CourseRequirement(Base):
    """Who must hold a valid completion of a course; ended, never deleted."""

    __tablename__ = "course_requirements"
    __table_args__ = (
        Index(None, "course_id"),
        CheckConstraint("target IN ('all','role','field','unit')", name="target"),
    )
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    target: Mapped[str] = mapped_column(String(8))
    value: Mapped[str] = mapped_column(String(40))
    """centre or wards of a role, id of a field or unit; '' for all."""
    from_day: Mapped[date] = mapped_column(Date)
    to_day: Mapped[date | None] = mapped_column(Date)
    recorded_by: Mapped[str] = mapped_column(String(120))


class RequirementExemption(Base):
    """That one officer need not take a course, why and until when; append-only, the newest rules."""

    __tablename__ = "requirement_exemptions"
    __table_args__ = (Index(None, "officer_id", "course_id"), {"sqlite_autoincrement": True})
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey("officers.id"))
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    reason: Mapped[str] = mapped_column(String(300))
    until: Mapped[date] = mapped_column(Date)
    """Last day; one before today withdraws it."""
    recorded_by: Mapped[str] = mapped_column(String(120))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Certificate(Base):
    """That an officer completed a course; never changed, of an enrolment's the newest rules."""

    __tablename__ = "certificates"
    __table_args__ = (
        UniqueConstraint("number"), Index(None, "enrolment_id"), Index(None, "officer_id"),
        Index(None, "ends_on"), {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    number: Mapped[str] = mapped_column(String(20))
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"))
    officer_id: Mapped[int] = mapped_column(ForeignKey("officers.id"))
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    issued_on: Mapped[date] = mapped_column(Date)
    completed_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date)
    recorded_by: Mapped[str] = mapped_column(String(120))


class CertificateRevocation(Base):
    """That a certificate is not valid any more, and why; append-only."""

    __tablename__ = "certificate_revocations"
    __table_args__ = (UniqueConstraint("certificate_id"), {"sqlite_autoincrement": True})
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificates.id"))
    reason: Mapped[str] = mapped_column(String(300))
    recorded_by: Mapped[str] = mapped_column(String(120))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class CertificateReminder(Base):
    """That a rung of the expiry ladder was told once; append-only."""

    __tablename__ = "certificate_reminders"
    __table_args__ = (
        UniqueConstraint("certificate_id", "rung"), {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificates.id"))
    rung: Mapped[int] = mapped_column(Integer)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
