"""Commands of integrity: keep a screening, decide about an officer's ratings under review."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import insert

from kiosk_app.core import audit
from kiosk_app.core.audit import Actor
from kiosk_app.core.columns import to_ms
from kiosk_app.core.db import transaction
from kiosk_app.core.errors import RuleError
from kiosk_app.feedback import setting_aside
from kiosk_app.integrity import queries
from kiosk_app.integrity.models import MisuseDecision, MisuseReview, MisuseScreening
from kiosk_app.integrity.records import ReviewRecord

DECISIONS = ("kept", "set_aside")
LONGEST = 500


def keep_screening(
    year: int, *, version: str, tests: int, families: int, expected_false: float,
    reviews: Sequence[ReviewRecord], now: datetime,
) -> None:
    """Store a screening; those before it stay."""
    with transaction() as conn:
        made = conn.execute(insert(MisuseScreening).values(
            year=year, version=version, tests=tests, families=families,
            expected_false=expected_false, made_ms=to_ms(now),
        ).returning(MisuseScreening.id)).scalar_one()
        if reviews:
            conn.execute(insert(MisuseReview), [
                {
                    "screening_id": made, "officer_id": r.officer_id, "unit_id": r.unit_id,
                    "months": json.dumps(r.months),
                    "findings": json.dumps([asdict(f) for f in r.findings]),
                } for r in reviews
            ])


def decide(
    officer_id: int, year: int, decision: str, *, reason: str, unit_ids: Sequence[int],
    actor: Actor, now: datetime,
) -> int:
    """Let the ratings under review count or set them aside; how many changed.

    Ratings are never deleted and never altered: a further attribution says whether they count, and
    a later decision may say otherwise. Raises RuleError ``decision_unknown``, ``reason_missing``
    or ``not_under_review`` (also for officers of units outside ``unit_ids``).
    """
    if decision not in DECISIONS:
        raise RuleError("decision_unknown", "kept or set_aside", field="decision")
    said = reason.strip()[:LONGEST]
    if not said:
        raise RuleError("reason_missing", "say why", field="reason")
    with transaction() as conn:
        known = queries.screening(conn, year)
        review = next((r for r in known.reviews if r.officer_id == officer_id), None) if known else None
        if review is None or review.unit_id not in unit_ids:
            raise RuleError("not_under_review", "no screening asks to look at this officer")
        changed = setting_aside.apply(
            conn, officer_id, review.unit_id, review.months, aside=decision == "set_aside",
            detail=said, actor=actor.name, now=now,
        )
        conn.execute(insert(MisuseDecision).values(
            officer_id=officer_id, unit_id=review.unit_id, year=year,
            months=json.dumps(review.months), codes=json.dumps(review.codes), decision=decision,
            ratings=changed, reason=said, actor=actor.name, recorded_ms=to_ms(now),
        ))
        audit.record(
            conn, actor=actor, scope="figures", action=f"misuse_{decision}",
            subject=f"officer {officer_id} {year}", now=now, reason=said, ratings=changed,
        )
    return changed
