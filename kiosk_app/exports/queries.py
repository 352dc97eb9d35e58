"""Reads of export jobs: each account sees its own."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from kiosk_app.exports.models import ExportJob
from kiosk_app.exports.records import JobRecord, Wish


def _record(row: RowMapping | dict[str, Any]) -> JobRecord:
    return JobRecord(
        row["ref"], row["user_id"], Wish(
            row["kind"], row["period"], tuple(json.loads(row["unit_ids"])), bool(row["officers"]),
            row["format"], row["lang"], json.loads(row["texts"]),
        ), row["state"], row["rows_done"], row["rows_total"], row["created_ms"], row["ended_ms"],
        row["expires_ms"], row["digest"], row["problem"],
    )


def jobs(conn: Connection, user_id: int, limit: int = 20) -> list[JobRecord]:
    """The newest jobs of an account."""
    rows = conn.execute(
        select(ExportJob.__table__).where(ExportJob.user_id == user_id)
        .order_by(ExportJob.id.desc()).limit(limit)
    ).mappings()
    return [_record(row) for row in rows]


def job(conn: Connection, ref: str, user_id: int) -> JobRecord | None:
    """A job of this account; somebody else's is not there."""
    row = conn.execute(
        select(ExportJob.__table__).where(ExportJob.ref == ref, ExportJob.user_id == user_id)
    ).mappings().first()
    return None if row is None else _record(row)


def next_waiting(conn: Connection) -> JobRecord | None:
    """The oldest job that nobody has begun, or that was left running."""
    row = conn.execute(
        select(ExportJob.__table__).where(ExportJob.state.in_(("waiting", "running")))
        .order_by(ExportJob.id).limit(1)
    ).mappings().first()
    return None if row is None else _record(row)


def expired(conn: Connection, now_ms: int) -> list[JobRecord]:
    """Finished jobs whose result has lain long enough."""
    rows = conn.execute(
        select(ExportJob.__table__)
        .where(ExportJob.state == "done", ExportJob.expires_ms <= now_ms)
    ).mappings()
    return [_record(row) for row in rows]
