"""Effects of trainings as kept: newest estimates, publications, and what waits for an estimate."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from hashlib import sha256

from sqlalchemy import Connection, insert, select

from kiosk_app.core import audit, db
from kiosk_app.core.audit import Actor
from kiosk_app.core.columns import from_ms, to_ms
from kiosk_app.core.errors import RuleError
from kiosk_app.feedback import cells as feedback_cells
from kiosk_app.feedback import events
from kiosk_app.reporting import effect_records
from kiosk_app.reporting.effect_records import Kept
from kiosk_app.reporting.models import EffectEstimate, EffectPublication
from kiosk_app.training import queries as training
from kiosk_app.training.cohorts import cohort
from kiosk_app.training.records import Cohort

LOOKED_AT = timedelta(days=430)
"""So long after its last day a session is estimated anew when facts change."""


def newest(conn: Connection, session_id: int) -> Kept | None:
    """The newest estimate, None before the worker has made one."""
    row = conn.execute(
        select(EffectEstimate.__table__).where(EffectEstimate.session_id == session_id)
        .order_by(EffectEstimate.id.desc()).limit(1)
    ).first()
    if row is None:
        return None
    return Kept(effect_records.from_text(row.figures), row.version, from_ms(row.made_ms))


def published(conn: Connection, session_id: int) -> list[Kept]:
    """Publications of a session, the newest first; their figures are as they were."""
    rows = conn.execute(
        select(EffectPublication.__table__).where(EffectPublication.session_id == session_id)
        .order_by(EffectPublication.id.desc())
    )
    return [
        Kept(effect_records.from_text(row.figures), row.version, from_ms(row.made_ms), row.digest,
             row.published_by, from_ms(row.published_ms))
        for row in rows
    ]


def publish(session_id: int, version: str, *, actor: Actor, now: datetime) -> str:
    """Freeze the newest estimate; its hash. RuleError if another is newer, or it is out already."""
    with db.transaction() as conn:
        found = newest(conn, session_id)
        if found is None or found.version != version:
            raise RuleError("effect_moved", "another estimate is newer")
        if any(one.version == version for one in published(conn, session_id)):
            raise RuleError("effect_published", "this estimate is published")
        figures = effect_records.as_text(found.effect)
        digest = sha256(figures.encode()).hexdigest()
        conn.execute(insert(EffectPublication).values(
            session_id=session_id, version=version, figures=figures, digest=digest,
            made_ms=to_ms(found.made_at), published_by=actor.name, published_ms=to_ms(now),
        ))
        audit.record(
            conn, actor=actor, scope="training", action="effect_published",
            subject=f"session {session_id}", now=now, version=version, digest=digest,
        )
    return digest


def _version(facts: str, closed: int, who: Cohort) -> str:
    people = f"{sorted(who.trained)}|{sorted(who.comparison)}"
    return f"{facts}/{closed}/{sha256(people.encode()).hexdigest()[:12]}"


def refresh(*, today: date, now: datetime) -> int:
    """Estimate each held session of the last months whose facts have changed; how many."""
    closed = feedback_cells.last_closed(today)[0]
    with db.reading() as conn:
        facts = events.version(conn)
        held = training.sessions(
            conn, first=today - LOOKED_AT, last=today, states=["held"]
        )
        due = []
        for one in held:
            who = cohort(conn, one.id)
            version, before = _version(facts, closed, who), newest(conn, one.id)
            if before is None or before.version != version:
                due.append((one.id, version, who))
    for session_id, version, who in due:
        _estimate(session_id, version, who, closed, now)
    return len(due)


def _estimate(session_id: int, version: str, who: Cohort, closed: int, now: datetime) -> None:
    """Outside any transaction until the result is there: it takes seconds."""
    from kiosk_app.reporting import training_effect  # statistics, which only the worker needs

    first, last = training_effect.window(who, closed)
    with db.reading() as conn:
        rows = events.in_order(
            conn, first_day=first * 100 + 1, last_day=last * 100 + 31,
            unit_ids=sorted(who.unit_ids),
        )
    figures = effect_records.as_text(training_effect.estimate(rows, who, closed))
    with db.transaction() as conn:
        conn.execute(insert(EffectEstimate).values(
            session_id=session_id, version=version, figures=figures, made_ms=to_ms(now),
        ))
