"""Reads of seals: the published roots."""

from __future__ import annotations

from sqlalchemy import Connection, select

from kiosk_app.seals.models import SealRoot
from kiosk_app.seals.records import Root


def roots(conn: Connection, *, after: int = 0, limit: int = 1000) -> list[Root]:
    """Roots in order, from number ``after`` + 1."""
    rows = conn.execute(
        select(
            SealRoot.number, SealRoot.first_leaf, SealRoot.last_leaf, SealRoot.merkle_root,
            SealRoot.chained, SealRoot.sealed_ms,
        )
        .where(SealRoot.number > after)
        .order_by(SealRoot.number)
        .limit(limit)
    ).all()
    return [Root(*row) for row in rows]
