"""Commands of questionnaires: versions are added, never changed."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import Connection, insert, select

from kiosk_app.questionnaires import builtin
from kiosk_app.questionnaires.models import QuestionnaireVersion


def ensure_builtin(conn: Connection, *, now: datetime) -> None:
    """Add ``sao5@1`` if it is not there yet."""
    known = conn.execute(
        select(QuestionnaireVersion.version).where(
            QuestionnaireVersion.questionnaire == builtin.QUESTIONNAIRE,
            QuestionnaireVersion.version == builtin.VERSION,
        )
    ).first()
    if known is None:
        conn.execute(
            insert(QuestionnaireVersion).values(
                questionnaire=builtin.QUESTIONNAIRE, version=builtin.VERSION, created_at=now,
                definition=json.dumps(builtin.definition(), ensure_ascii=False),
            )
        )
