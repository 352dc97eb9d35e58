"""Surveys and requests to be called back: what of them is accepted, and what of them is counted."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from kiosk_app.feedback import contact
from kiosk_app.feedback.models import ReleasedCell
from kiosk_app.feedback.records import Answered, AnswerRow, Place
from kiosk_app.questionnaires import rules as survey_rules

DIMENSION = "answer"
NOT_MET = ":na"
_PHONE = re.compile(r"^\+?[0-9]{9,15}$")

Definitions = Mapping[str, Mapping[str, Any]]


def refusal(item: Mapping[str, object], surveys: Definitions) -> str | None:
    """Why a survey or a request to be called back is refused; None if it is good or neither."""
    kind, ref = item.get("kind"), str(item.get("questionnaire"))
    if kind == "survey":
        answers = item.get("answers")
        if ref not in surveys:
            return "unknown_questionnaire"
        if not isinstance(answers, Mapping) or not answers:
            return "malformed"
        return survey_rules.judge(surveys[ref], answers)
    if kind == "contact":
        return contact_refusal(item.get("contact"))
    return None


def contact_refusal(given: object) -> str | None:
    """Why contact details are refused: no number, or no consent that we know the words of."""
    if not isinstance(given, Mapping) or set(given) - {"phone", "consent_version"}:
        return "malformed"
    number = re.sub(r"[ .\-()]", "", str(given.get("phone") or ""))
    if not _PHONE.match(number):
        return "malformed"
    return None if given.get("consent_version") in contact.CONSENTS else "unknown_consent"


def answered(
    ref: str, answers: Mapping[str, object], where: Place, surveys: Definitions
) -> Answered | None:
    """What the counts need of a survey; None where its version is not known."""
    if ref not in surveys:
        return None
    questions = {str(q["code"]): q for q in surveys[ref]["questions"]}
    found = tuple(
        (code + NOT_MET, 1) if answer == survey_rules.NOT_MET
        else (code, survey_rules.place(questions[code], answer))
        for code, answer in sorted(answers.items()) if code in questions
    )
    return Answered(where, ref, found)


def answered_of_row(
    ref: str, answers: str, where: Place, surveys: Definitions
) -> Answered | None:
    """The same from a stored item."""
    return answered(ref, json.loads(answers), where, surveys)


def counts(
    conn: Connection, *, months: Sequence[int], unit_ids: Sequence[int]
) -> list[AnswerRow]:
    """Released counts per questionnaire, question and answer over months ``yyyymm`` and units."""
    columns = tuple(getattr(ReleasedCell, f"copy_{i}") for i in range(1, 6))
    totals: dict[str, Counter[int]] = {}
    for row in conn.execute(
        select(ReleasedCell.value, *columns).where(
            ReleasedCell.grain == "month", ReleasedCell.dimension == DIMENSION,
            ReleasedCell.period.in_(months), ReleasedCell.unit_id.in_(unit_ids),
        )
    ).all():
        seen = totals.setdefault(row[0], Counter())
        for place_, n in enumerate(row[1:]):
            seen[place_] += int(n)
    names = {key.removesuffix(NOT_MET) for key in totals}
    empty: Counter[int] = Counter()
    found = []
    for name in sorted(names):
        ref, _, question = name.partition(":")
        given = totals.get(name, empty)
        found.append(AnswerRow(
            ref, question, (given[0], given[1], given[2], given[3], given[4]),
            totals.get(name + NOT_MET, empty)[0],
        ))
    return found


def named(row: AnswerRow, definitions: Definitions) -> dict[str, Any]:
    """A row with its answers by name: value to count, and ``na``."""
    question = next(q for q in definitions[row.questionnaire]["questions"] if q["code"] == row.question)
    counted = {
        str(value): row.counts[survey_rules.place(question, value) - 1]
        for value in sorted(survey_rules.values(question), key=str)
    }
    return {
        "questionnaire": row.questionnaire, "question": row.question,
        "counts": {**counted, survey_rules.NOT_MET: row.not_met},
    }
