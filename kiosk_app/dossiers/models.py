"""Tables of dossiers: identity, dated versions, steps, import runs, and the counts of them.

A dossier is never overwritten: an import or a push writes a further version. Rows of an import
carry its run and are visible once the run is published, so a whole year becomes visible in one
small update. No applicant data has a column here.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from kiosk_app.core.columns import UTCDateTime
from kiosk_app.core.db import Base

STEPS = ("reception", "supplement", "refusal", "return")
FILING_MODES = ("direct", "online", "post")


class ImportRun(Base):
    """One file (or push) taken in: staged, then published as a whole, or abandoned."""

    __tablename__ = "import_runs"
    __table_args__ = (
        CheckConstraint("state IN ('staging','published','abandoned')", name="state"),
    )
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str] = mapped_column(String(24))
    source_name: Mapped[str] = mapped_column(String(200))
    source_sha256: Mapped[str] = mapped_column(String(64), default="")
    state: Mapped[str] = mapped_column(String(12))
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    actor: Mapped[str] = mapped_column(String(120), default="")
    summary: Mapped[str] = mapped_column(Text, default="{}")


class ImportFinding(Base):
    """A row that was warned about, parked or refused, with place and cure."""

    __tablename__ = "import_findings"
    __table_args__ = (Index(None, "run_id"),)
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("import_runs.id"))
    sheet: Mapped[str] = mapped_column(String(80), default="")
    row: Mapped[int] = mapped_column(Integer)
    column: Mapped[str] = mapped_column(String(80), default="")
    field: Mapped[str] = mapped_column(String(40), default="")
    outcome: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(String(40))
    detail: Mapped[str] = mapped_column(Text, default="")


class Dossier(Base):
    """Identity of a dossier: its code. Everything that can change is in its versions."""

    __tablename__ = "dossiers"
    __table_args__ = (UniqueConstraint("code_key"), Index(None, "unit_id", "tail"))
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    code: Mapped[str] = mapped_column(String(60))
    """As printed."""
    code_key: Mapped[str] = mapped_column(String(60))
    """Normal form: NFKC, capitals, letters and digits only, O = 0, I = 1."""
    tail: Mapped[str] = mapped_column(String(6))
    """Last six digits: day and running number, what a citizen types."""
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    """Receiving unit."""


class DossierVersion(Base):
    """What is known of a dossier from one intake on; the newest visible version rules."""

    __tablename__ = "dossier_versions"
    __table_args__ = (
        PrimaryKeyConstraint("dossier_id", "version"),
        Index(None, "run_id"),
        CheckConstraint("filing_mode IN ('direct','online','post')", name="filing_mode"),
    )
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"))
    version: Mapped[int] = mapped_column(Integer)
    run_id: Mapped[int] = mapped_column(ForeignKey("import_runs.id"))
    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedures.id"))
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("officers.id"))
    counter_id: Mapped[int | None] = mapped_column(ForeignKey("counters.id"))
    deciding_unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    filing_mode: Mapped[str] = mapped_column(String(8))
    received_ms: Mapped[int] = mapped_column(BigInteger)
    due_day: Mapped[int | None] = mapped_column(Integer)
    """yyyymmdd, local."""
    finished_ms: Mapped[int | None] = mapped_column(BigInteger)
    returned_ms: Mapped[int | None] = mapped_column(BigInteger)
    supplement_count: Mapped[int] = mapped_column(Integer, default=0)
    status: Mapped[int] = mapped_column(Integer)
    """National status 1–10; 10 = handed over, 9 = result waiting."""
    fee_vnd: Mapped[int | None] = mapped_column(Integer)
    updated_ms: Mapped[int | None] = mapped_column(BigInteger)
    """``updated_at`` of a push; None for files."""


class DossierStep(Base):
    """A step of a dossier that took place: when, and by which officer."""

    __tablename__ = "dossier_steps"
    __table_args__ = (
        PrimaryKeyConstraint("dossier_id", "version", "step"),
        CheckConstraint("step IN ('reception','supplement','refusal','return')", name="step"),
    )
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"))
    version: Mapped[int] = mapped_column(Integer)
    step: Mapped[str] = mapped_column(String(12))
    occurred_ms: Mapped[int | None] = mapped_column(BigInteger)
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("officers.id"))


class ParkedPush(Base):
    """A push that names an unknown unit, procedure or officer, without anything personal."""

    __tablename__ = "parked_pushes"
    code_key: Mapped[str] = mapped_column(String(60), primary_key=True)
    reason: Mapped[str] = mapped_column(String(40))
    field: Mapped[str] = mapped_column(String(40))
    updated_ms: Mapped[int] = mapped_column(BigInteger)
    body: Mapped[str] = mapped_column(Text)


class Slip(Base):
    """A rating slip of our own (refusal, supplement, ward without software): a further code.

    It stands for one step, of a dossier or, where there is none, of a procedure at a unit.
    """

    __tablename__ = "slips"
    __table_args__ = (
        UniqueConstraint("code_key"),
        UniqueConstraint("made_day", "number"),
        Index(None, "unit_id", "tail"),
        Index(None, "dossier_id"),
    )
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    code: Mapped[str] = mapped_column(String(60))
    code_key: Mapped[str] = mapped_column(String(60))
    dossier_id: Mapped[int | None] = mapped_column(ForeignKey("dossiers.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    step: Mapped[str] = mapped_column(String(12))
    made_ms: Mapped[int] = mapped_column(BigInteger)
    made_day: Mapped[int] = mapped_column(Integer)
    """Local day yyyymmdd."""
    number: Mapped[int] = mapped_column(Integer)
    """Running number of the day, from 1."""
    tail: Mapped[str] = mapped_column(String(6))
    procedure_id: Mapped[int | None] = mapped_column(ForeignKey("procedures.id"))
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("officers.id"))
    counter_id: Mapped[int | None] = mapped_column(ForeignKey("counters.id"))


class EligibleDay(Base):
    """How many dossier steps could be rated, per local day; one run's contribution a row."""

    __tablename__ = "eligible_days"
    __table_args__ = (
        PrimaryKeyConstraint(
            "day", "unit_id", "officer_id", "counter_id", "procedure_id", "step", "filing_mode",
            "late", "supplemented", "run_id",
        ),
        {"sqlite_with_rowid": False},
    )
    day: Mapped[int] = mapped_column(Integer)
    unit_id: Mapped[int] = mapped_column(Integer)
    officer_id: Mapped[int] = mapped_column(Integer)
    counter_id: Mapped[int] = mapped_column(Integer)
    procedure_id: Mapped[int] = mapped_column(Integer)
    step: Mapped[str] = mapped_column(String(12))
    filing_mode: Mapped[str] = mapped_column(String(8))
    late: Mapped[int] = mapped_column(Integer)
    supplemented: Mapped[int] = mapped_column(Integer)
    run_id: Mapped[int] = mapped_column(Integer)
    n: Mapped[int] = mapped_column(Integer)


class EligibleMonth(Base):
    """The same per local month ``yyyymm``: what pages read."""

    __tablename__ = "eligible_months"
    __table_args__ = (
        PrimaryKeyConstraint(
            "month", "unit_id", "officer_id", "counter_id", "procedure_id", "step", "filing_mode",
            "late", "supplemented", "run_id",
        ),
        {"sqlite_with_rowid": False},
    )
    month: Mapped[int] = mapped_column(Integer)
    unit_id: Mapped[int] = mapped_column(Integer)
    officer_id: Mapped[int] = mapped_column(Integer)
    counter_id: Mapped[int] = mapped_column(Integer)
    procedure_id: Mapped[int] = mapped_column(Integer)
    step: Mapped[str] = mapped_column(String(12))
    filing_mode: Mapped[str] = mapped_column(String(8))
    late: Mapped[int] = mapped_column(Integer)
    supplemented: Mapped[int] = mapped_column(Integer)
    run_id: Mapped[int] = mapped_column(Integer)
    n: Mapped[int] = mapped_column(Integer)


class ServiceMonth(Base):
    """Service quality of the dossiers received in a month; one run's contribution a row."""

    __tablename__ = "service_months"
    __table_args__ = (
        PrimaryKeyConstraint("month", "unit_id", "procedure_id", "filing_mode", "run_id"),
        {"sqlite_with_rowid": False},
    )
    month: Mapped[int] = mapped_column(Integer)
    unit_id: Mapped[int] = mapped_column(Integer)
    procedure_id: Mapped[int] = mapped_column(Integer)
    filing_mode: Mapped[str] = mapped_column(String(8))
    run_id: Mapped[int] = mapped_column(Integer)
    received: Mapped[int] = mapped_column(Integer)
    resolved: Mapped[int] = mapped_column(Integer)
    early: Mapped[int] = mapped_column(Integer)
    on_time: Mapped[int] = mapped_column(Integer)
    late: Mapped[int] = mapped_column(Integer)
    handed_over: Mapped[int] = mapped_column(Integer)
    supplemented: Mapped[int] = mapped_column(Integer)
    supplement_over_limit: Mapped[int] = mapped_column(Integer)
