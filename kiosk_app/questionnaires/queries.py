"""Reads of questionnaires."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from kiosk_app.questionnaires.models import QuestionnaireVersion, SurveyRound
from kiosk_app.questionnaires.records import Round


def known_refs(conn: Connection) -> frozenset[str]:
    """References ``id@version`` that items of citizens may bear: all but those about training."""
    rows = conn.execute(select(QuestionnaireVersion.__table__)).all()
    return frozenset(
        f"{row.questionnaire}@{row.version}" for row in rows
        if json.loads(row.definition).get("kind") != "training"
    )


def about_training(conn: Connection) -> dict[str, Any] | None:
    """The newest definition that asks about a training session; None if there is none."""
    query = select(QuestionnaireVersion.definition).order_by(
        QuestionnaireVersion.created_at.desc(), QuestionnaireVersion.version.desc()
    )
    for text in conn.execute(query).scalars():
        found: dict[str, Any] = json.loads(text)
        if found.get("kind") == "training":
            return found
    return None


def definition(conn: Connection, ref: str) -> dict[str, object] | None:
    """The definition of ``id@version``, or None."""
    name, _, version = ref.partition("@")
    if not version.isdigit():
        return None
    text = conn.execute(
        select(QuestionnaireVersion.definition).where(
            QuestionnaireVersion.questionnaire == name,
            QuestionnaireVersion.version == int(version),
        )
    ).scalar()
    if text is None:
        return None
    found: dict[str, object] = json.loads(text)
    return found


def surveys(conn: Connection, refs: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Those of the references that are surveys, with their definitions."""
    found = {ref: definition(conn, ref) for ref in set(refs)}
    return {ref: known for ref, known in found.items() if known and known.get("kind") == "survey"}


def newest_round(conn: Connection, unit_id: int) -> Round | None:
    """The round that was set last for a unit, whether it runs or not; None if there is none."""
    row = conn.execute(
        select(SurveyRound.questionnaire, SurveyRound.first_day, SurveyRound.last_day)
        .where(SurveyRound.unit_id == unit_id)
        .order_by(SurveyRound.id.desc())
        .limit(1)
    ).first()
    return Round(*row) if row and row.questionnaire else None


def running_round(conn: Connection, unit_id: int, today: date) -> Round | None:
    """The round that a unit runs today, or None."""
    found = newest_round(conn, unit_id)
    return found if found and found.first_day <= today <= found.last_day else None
