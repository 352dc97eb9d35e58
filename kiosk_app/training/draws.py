"""Random waves: a draw is stored with its seed and seats people in the same transaction."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from kiosk_app.core import audit, db
from kiosk_app.core.audit import Actor
from kiosk_app.core.errors import NotFoundError, RuleError
from kiosk_app.training import enrolling, queries
from kiosk_app.training.models import WaveDraw


@dataclass(frozen=True)
class DrawRecord:
    """A stored draw: wave k sits in the k-th session."""

    id: int
    course_id: int
    seed: int
    session_ids: tuple[int, ...]
    officers: tuple[tuple[int, str], ...]
    seats: tuple[int, ...]
    waves: tuple[int, ...]
    recorded_by: str
    recorded_at: datetime


def require_sessions(conn: Connection, session_ids: Sequence[int]) -> int:
    """The course of at least two planned sessions; RuleError ``draw_sessions`` otherwise."""
    found = queries.sessions(conn, ids=session_ids)
    courses = {one.course_id for one in found}
    planned = all(one.state == "planned" for one in found)
    if len(found) < 2 or len(found) != len(set(session_ids)) or len(courses) != 1 or not planned:
        raise RuleError("draw_sessions", str(len(found)), field="session_ids")
    return courses.pop()


def apply(
    *, session_ids: Sequence[int], officers: Sequence[tuple[int, str]], seats: Sequence[int],
    seed: int, waves: Sequence[int], actor: Actor, now: datetime,
) -> int:
    """Store a draw and seat each wave in its session, all or nothing; the id of the draw."""
    with db.transaction() as conn:
        course_id = require_sessions(conn, session_ids)
        for wave, session_id in enumerate(session_ids, 1):
            people = [one for (one, _desk), at in zip(officers, waves, strict=True) if at == wave]
            if people:
                enrolling.seat(conn, session_id, people, actor=actor, now=now)
        draw_id = int(conn.execute(insert(WaveDraw).values(
            course_id=course_id, seed=seed, session_ids=json.dumps(list(session_ids)),
            officers=json.dumps([list(one) for one in officers], ensure_ascii=False),
            seats=json.dumps(list(seats)), waves=json.dumps(list(waves)),
            recorded_by=actor.name, recorded_at=now,
        ).returning(WaveDraw.id)).scalar_one())
        audit.record(conn, actor=actor, scope="training", action="waves_drawn",
                     subject=str(draw_id), now=now, seed=seed, sessions=list(session_ids),
                     people=len(officers))
    return draw_id


def draws(conn: Connection, draw_id: int | None = None) -> list[DrawRecord]:
    """Stored draws, newest first; NotFoundError for an id that is none."""
    query = select(WaveDraw.__table__).order_by(WaveDraw.id.desc())
    if draw_id is not None:
        query = query.where(WaveDraw.id == draw_id)
    found = [
        DrawRecord(
            row.id, row.course_id, row.seed, tuple(json.loads(row.session_ids)),
            tuple((int(one), str(desk)) for one, desk in json.loads(row.officers)),
            tuple(json.loads(row.seats)), tuple(json.loads(row.waves)), row.recorded_by,
            row.recorded_at,
        )
        for row in conn.execute(query)
    ]
    if draw_id is not None and not found:
        raise NotFoundError("draw_unknown", f"draw {draw_id}")
    return found
