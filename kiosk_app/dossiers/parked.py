"""Pushes that name an unknown unit, procedure or officer: kept until those are known."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from kiosk_app.dossiers.models import ParkedPush

KEYS = (
    "code", "updated_at", "unit", "procedure", "officer", "filing_mode", "received_at", "due_date",
    "finished_at", "returned_at", "status", "supplement_count",
)
STEP_KEYS = ("step", "at", "officer")


@dataclass(frozen=True)
class Parked:
    """A body that waits, and for what."""

    reason: str
    field: str
    updated_ms: int
    body: Mapping[str, object]


def _read_keys(body: Mapping[str, object]) -> dict[str, object]:
    """Only the keys that are read: nothing of the applicant is kept."""
    kept = {key: body[key] for key in KEYS if key in body}
    steps = body.get("steps")
    if isinstance(steps, list):
        kept["steps"] = [{k: one[k] for k in STEP_KEYS if k in one} for one in steps]
    return kept


def keep(conn: Connection, found: Mapping[str, Parked]) -> None:
    """Keep bodies by normal form; an older one of the same dossier gives way."""
    newest = {
        row.code_key: row.updated_ms for row in conn.execute(
            select(ParkedPush.code_key, ParkedPush.updated_ms)
            .where(ParkedPush.code_key.in_(sorted(found)))
        ).all()
    }
    fresh = {key: one for key, one in found.items() if one.updated_ms > newest.get(key, -1)}
    if not fresh:
        return
    conn.execute(delete(ParkedPush).where(ParkedPush.code_key.in_(sorted(fresh))))
    conn.execute(insert(ParkedPush), [
        {"code_key": key, "reason": one.reason, "field": one.field, "updated_ms": one.updated_ms,
         "body": json.dumps(_read_keys(one.body), ensure_ascii=False)}
        for key, one in fresh.items()
    ])


def forget(conn: Connection, stored: Mapping[str, int]) -> None:
    """What is stored now (normal form → its ``updated_at`` in ms) waits no longer."""
    waiting = conn.execute(select(ParkedPush.code_key, ParkedPush.updated_ms)).all()
    gone = [row.code_key for row in waiting if stored.get(row.code_key, -1) >= row.updated_ms]
    if gone:
        conn.execute(delete(ParkedPush).where(ParkedPush.code_key.in_(gone)))


def bodies(conn: Connection) -> list[dict[str, object]]:
    """Bodies that wait, as far as they are read."""
    rows = conn.execute(select(ParkedPush.body).order_by(ParkedPush.code_key)).scalars()
    return [json.loads(body) for body in rows]


def waiting(conn: Connection) -> dict[str, Parked]:
    """What waits, by normal form, for the page of what needs a person."""
    rows = conn.execute(
        select(ParkedPush.code_key, ParkedPush.reason, ParkedPush.field, ParkedPush.updated_ms,
               ParkedPush.body)
    ).all()
    return {row[0]: Parked(row[1], row[2], row[3], json.loads(row[4])) for row in rows}
