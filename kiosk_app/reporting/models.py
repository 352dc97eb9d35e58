"""Tables of reporting: the ledger of disclosure decisions, and effects of trainings."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Integer,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from kiosk_app.core.db import Base


class DisclosureDecision(Base):
    """Whether one cell of one period may be seen; append-only, the newest version rules.

    ``unit_id`` 0 is the whole house. Once ``final`` (the period is closed) no further version may
    say otherwise. The counts are those that the decision was made for.
    """

    __tablename__ = "disclosure_decisions"
    __table_args__ = (
        PrimaryKeyConstraint("unit_id", "dimension", "period", "member", "version"),
        CheckConstraint("shown IN (0, 1)", name="shown"),
        {"sqlite_with_rowid": False},
    )
    unit_id: Mapped[int] = mapped_column(Integer)
    dimension: Mapped[str] = mapped_column(String(16))
    period: Mapped[str] = mapped_column(String(8))
    """2018-10, 2018-Q4, 2018 or 2018-W41."""
    member: Mapped[str] = mapped_column(String(48))
    version: Mapped[int] = mapped_column(Integer)
    shown: Mapped[int] = mapped_column(Integer)
    final: Mapped[int] = mapped_column(Integer)
    n_1: Mapped[int] = mapped_column(Integer)
    n_2: Mapped[int] = mapped_column(Integer)
    n_3: Mapped[int] = mapped_column(Integer)
    n_4: Mapped[int] = mapped_column(Integer)
    n_5: Mapped[int] = mapped_column(Integer)
    decided_ms: Mapped[int] = mapped_column(BigInteger)


class DisclosureRound(Base):
    """The state of the counts that a unit and year was last decided for."""

    __tablename__ = "disclosure_rounds"
    __table_args__ = (PrimaryKeyConstraint("unit_id", "year"),)
    unit_id: Mapped[int] = mapped_column(Integer)
    year: Mapped[int] = mapped_column(Integer)
    number: Mapped[int] = mapped_column(Integer)
    """How often it was decided."""
    mark: Mapped[str] = mapped_column(String(120))
    """Sums over the counts: another mark, another decision."""
    cells: Mapped[int] = mapped_column(Integer)
    hidden: Mapped[int] = mapped_column(Integer)
    unprotected: Mapped[int] = mapped_column(Integer)
    """Cells that decisions already given out leave open to an attack."""
    decided_ms: Mapped[int] = mapped_column(BigInteger)


class EffectEstimate(Base):
    """What a session changed in one version of the facts, as the worker estimated it."""

    __tablename__ = "effect_estimates"
    __table_args__ = (UniqueConstraint("session_id", "version"),)
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("training_sessions.id"))
    version: Mapped[str] = mapped_column(String(80))
    """Newest attribution, last closed month and who was compared with whom."""
    figures: Mapped[str] = mapped_column(Text)
    """JSON of ``training_effect.Effect``; of groups only."""
    made_ms: Mapped[int] = mapped_column(BigInteger)


class EffectPublication(Base):
    """An estimate as it was published, with the hash of its figures; append-only."""

    __tablename__ = "effect_publications"
    __table_args__ = (
        UniqueConstraint("session_id", "version"), {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("training_sessions.id"))
    version: Mapped[str] = mapped_column(String(80))
    figures: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    """SHA-256 of ``figures``."""
    made_ms: Mapped[int] = mapped_column(BigInteger)
    published_by: Mapped[str] = mapped_column(String(120))
    published_ms: Mapped[int] = mapped_column(BigInteger)
