"""Ratings that a person takes out of the figures, or back in: by a further fact, never a deletion."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, insert

from kiosk_app.core import keys
from kiosk_app.core.columns import to_ms
from kiosk_app.feedback import matching, sealing
from kiosk_app.feedback.events import SET_ASIDE
from kiosk_app.feedback.models import RatingFlag

FLAG = "misuse"


def apply(
    conn: Connection, officer_id: int, unit_id: int, months: Sequence[int], *, aside: bool,
    detail: str, actor: str, now: datetime,
) -> int:
    """Set an officer's counted hand-overs of some months aside, or let those set aside count again.

    Each rating gets a flag with the decision's reason beside its new attribution; counts move in
    the caller's transaction. Returns how many ratings changed.
    """
    ring, now_ms = keys.current(), to_ms(now)
    rows = matching.rows_of_officer(conn, officer_id, unit_id, months, set_aside=not aside)
    if not rows:
        return 0
    conn.execute(insert(RatingFlag), [
        sealing.fact_row(ring, "rating_flags", sealing.FLAG_FIELDS, {
            "item_id": row.id, "quarantine_id": None,
            "flag": FLAG if aside else f"{FLAG}_lifted", "detail": detail, "actor": actor,
            "recorded_ms": now_ms,
        }) for row in rows
    ])
    return matching.restate(
        conn, ring, rows, state="superseded" if aside else "counted",
        cause=SET_ASIDE if aside else "restored", now_ms=now_ms,
    )
