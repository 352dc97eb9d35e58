"""Reads of questionnaires."""

from __future__ import annotations

import json

from sqlalchemy import Connection, select

from kiosk_app.questionnaires.models import QuestionnaireVersion


def known_refs(conn: Connection) -> frozenset[str]:
    """References ``id@version`` that items may bear."""
    rows = conn.execute(
        select(QuestionnaireVersion.questionnaire, QuestionnaireVersion.version)
    ).all()
    return frozenset(f"{name}@{version}" for name, version in rows)


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
