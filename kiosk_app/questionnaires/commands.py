"""Commands of questionnaires: versions are added, never changed; rounds are set per unit."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from kiosk_app.core import audit
from kiosk_app.core.audit import Actor
from kiosk_app.core.db import transaction
from kiosk_app.core.errors import NotFoundError, RuleError
from kiosk_app.questionnaires import builtin, queries, rules
from kiosk_app.questionnaires.models import QuestionnaireVersion, SurveyRound

LANGUAGES = ("vi", "en")
"""In which every text of a survey must be there; further languages may be."""


def _add(conn: Connection, name: str, version: int, definition: Mapping[str, Any], now: datetime) -> bool:
    known = conn.execute(
        select(QuestionnaireVersion.version).where(
            QuestionnaireVersion.questionnaire == name, QuestionnaireVersion.version == version
        )
    ).first()
    if known is not None:
        return False
    conn.execute(
        insert(QuestionnaireVersion).values(
            questionnaire=name, version=version, created_at=now,
            definition=json.dumps(definition, ensure_ascii=False),
        )
    )
    return True


def ensure_builtin(conn: Connection, *, now: datetime) -> None:
    """Add the faces and the surveys that come with the service, where they are not there yet."""
    _add(conn, builtin.QUESTIONNAIRE, builtin.VERSION, builtin.definition(), now)
    for known in (builtin.survey(), builtin.training()):
        _add(conn, known["questionnaire"], known["version"], known, now)


def publish(definition: Mapping[str, Any], *, actor: Actor, now: datetime) -> str:
    """Add a version of a survey of citizens or, with the kind ``training``, of learners; its reference.

    Raises RuleError ``survey_invalid`` with every problem, ``version_taken``.
    """
    found = rules.problems(definition, LANGUAGES)
    if found:
        raise RuleError("survey_invalid", "; ".join(found), field="questions")
    name, version = str(definition["questionnaire"]), int(definition["version"])
    ref = f"{name}@{version}"
    with transaction() as conn:
        kind = "training" if definition.get("kind") == "training" else "survey"
        kept = {**definition, "ref": ref, "kind": kind}
        if not _add(conn, name, version, kept, now):
            raise RuleError(
                "version_taken", f"{ref} exists and never changes; publish version {version + 1}",
                field="version",
            )
        audit.record(conn, actor=actor, scope="settings", action="survey_publish", subject=ref, now=now)
    return ref


def set_round(
    unit_id: int, ref: str, first_day: date, last_day: date, *, actor: Actor, now: datetime
) -> None:
    """Offer a survey at a unit from the first to the last day.

    Raises RuleError ``round_dates``, NotFoundError ``survey_unknown``.
    """
    if last_day < first_day:
        raise RuleError("round_dates", "the last day lies before the first", field="last_day")
    with transaction() as conn:
        if ref not in queries.surveys(conn, [ref]):
            raise NotFoundError("survey_unknown", f"no survey is called {ref}", field="questionnaire")
        _note(conn, unit_id, ref, first_day, last_day, actor, now)


def end_round(unit_id: int, *, today: date, actor: Actor, now: datetime) -> None:
    """Offer no survey at a unit from now on."""
    with transaction() as conn:
        _note(conn, unit_id, "", today, today, actor, now)


def _note(
    conn: Connection, unit_id: int, ref: str, first_day: date, last_day: date, actor: Actor,
    now: datetime,
) -> None:
    conn.execute(
        insert(SurveyRound).values(
            unit_id=unit_id, questionnaire=ref, first_day=first_day, last_day=last_day,
            actor=actor.name, recorded_at=now,
        )
    )
    audit.record(
        conn, actor=actor, scope="settings", action="survey_round", now=now,
        subject=f"unit {unit_id}: {ref or 'none'} {first_day} – {last_day}",
    )
