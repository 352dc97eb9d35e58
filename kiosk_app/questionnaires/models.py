"""Tables of questionnaires: immutable versions with their texts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Integer, PrimaryKeyConstraint, String, Text
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
