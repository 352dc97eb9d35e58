"""Commands of export jobs: ask, say how far, end, let go."""

from __future__ import annotations

import json
import uuid
from datetime import datetime, timedelta

from sqlalchemy import func, insert, select, update

from kiosk_app.core import audit
from kiosk_app.core.audit import Actor
from kiosk_app.core.columns import to_ms
from kiosk_app.core.db import transaction
from kiosk_app.core.errors import RuleError
from kiosk_app.exports.models import ExportJob
from kiosk_app.exports.records import Wish

KEPT = timedelta(days=7)
MOST_WAITING = 3
FORMATS = ("csv", "xlsx")


def ask(user_id: int, wish: Wish, *, actor: Actor, now: datetime) -> str:
    """Put a job in line; its name. RuleError ``format_unknown`` or ``too_many_waiting``."""
    if wish.format not in FORMATS:
        raise RuleError("format_unknown", "csv or xlsx", field="format")
    ref = str(uuid.uuid4())
    with transaction() as conn:
        waiting = conn.execute(select(func.count()).select_from(ExportJob).where(
            ExportJob.user_id == user_id, ExportJob.state.in_(("waiting", "running"))
        )).scalar()
        if int(waiting or 0) >= MOST_WAITING:
            raise RuleError("too_many_waiting", "wait for the jobs before")
        conn.execute(insert(ExportJob).values(
            ref=ref, user_id=user_id, kind=wish.kind, period=wish.period,
            unit_ids=json.dumps(wish.unit_ids), officers=int(wish.officers), format=wish.format,
            lang=wish.lang, texts=json.dumps(wish.texts, ensure_ascii=False), state="waiting",
            rows_done=0, rows_total=0, created_ms=to_ms(now), digest="", problem="",
        ))
        audit.record(conn, actor=actor, scope="figures", action="ask_export",
                     subject=f"{wish.kind} {wish.period}", now=now, format=wish.format,
                     officers=wish.officers)
    return ref


def progress(ref: str, rows_done: int, rows_total: int) -> None:
    """Say how far a job is."""
    with transaction() as conn:
        conn.execute(update(ExportJob).where(ExportJob.ref == ref).values(
            state="running", rows_done=rows_done, rows_total=rows_total
        ))


def end(ref: str, *, rows: int, digest: str, problem: str = "", now: datetime) -> None:
    """A job is done, or has failed for a reason; the result lies for seven days."""
    with transaction() as conn:
        conn.execute(update(ExportJob).where(ExportJob.ref == ref).values(
            state="failed" if problem else "done", rows_done=rows, rows_total=rows,
            ended_ms=to_ms(now), expires_ms=to_ms(now + KEPT), digest=digest,
            problem=problem[:300],
        ))


def let_go(ref: str) -> None:
    """The result lies no more."""
    with transaction() as conn:
        conn.execute(update(ExportJob).where(ExportJob.ref == ref).values(state="expired"))
