"""Tables of questionnaires: immutable versions with their texts."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, Index, Integer, PrimaryKeyConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from kiosk_app.core.columns import UTCDateTime
from kiosk_app.core.db import Base


class QuestionnaireVersion(Base):
    """One version of a questionnaire; never changed once it exists."""

    __tablename__ = "questionnaire_versions"
    __table_args__ = (PrimaryKeyConstraint("questionnaire", "version"),)
    questionnaire: Mapped[str] = mapped_column(String(40))
    version: Mapped[int] = mapped_column(Integer)
    definition: Mapped[str] = mapped_column(Text)
    """JSON: kind, levels, questions, reasons by level set, texts by language."""
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class SurveyRound(Base):
    """A round in which a unit offers a full survey; the newest row of a unit rules, rows stay."""

    __tablename__ = "survey_rounds"
    __table_args__ = (Index(None, "unit_id"), {"sqlite_autoincrement": True})
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    unit_id: Mapped[int] = mapped_column(Integer)
    questionnaire: Mapped[str] = mapped_column(String(48))
    """Reference ``id@version``; empty: no round from this row on."""
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
    actor: Mapped[str] = mapped_column(String(120))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
