"""Reads of paper entry."""

from __future__ import annotations

import json
from collections import Counter

from sqlalchemy import Connection, select

from kiosk_app.paper import rules
from kiosk_app.paper.models import PaperBatch, PaperForm
from kiosk_app.paper.records import Batch, Form, Keyed


def _keyed(stored: str) -> Keyed | None:
    return rules.from_json(json.loads(stored)) if stored else None


def forms(conn: Connection, batch_id: int) -> list[Form]:
    """The forms of a batch in the order of the pile."""
    rows = conn.execute(
        select(
            PaperForm.number, PaperForm.rating_id, PaperForm.first, PaperForm.second,
            PaperForm.verdict, PaperForm.reason,
        ).where(PaperForm.batch_id == batch_id).order_by(PaperForm.number)
    ).all()
    found = []
    for number, rating_id, first, second, verdict, reason in rows:
        one, two = _keyed(first), _keyed(second)
        differ = rules.differences(one, two) if one and two else ()
        found.append(Form(number, rating_id, one, two, differ, verdict, reason))
    return found


def _with_totals(conn: Connection, row: PaperBatch) -> Batch:
    all_forms = forms(conn, row.id)
    levels = Counter(form.first.level for form in all_forms if form.first)
    return Batch(
        id=row.id, unit_id=row.unit_id, double_keyed=bool(row.double_keyed), state=row.state,
        opened_by=row.opened_by, opened_at=row.opened_at, closed_at=row.closed_at,
        forms=len(all_forms), keyed_twice=sum(form.second is not None for form in all_forms),
        differing=sum(bool(form.differences) for form in all_forms),
        by_level=(levels[1], levels[2], levels[3], levels[4], levels[5]),
    )


def batch(conn: Connection, batch_id: int) -> Batch | None:
    """A batch with its running totals, or None."""
    row = conn.execute(select(PaperBatch.__table__).where(PaperBatch.id == batch_id)).first()
    return None if row is None else _with_totals(conn, row)  # type: ignore[arg-type]


def batches(conn: Connection, *, limit: int = 30) -> list[Batch]:
    """The newest batches, newest first."""
    rows = conn.execute(
        select(PaperBatch.__table__).order_by(PaperBatch.id.desc()).limit(limit)
    ).all()
    return [_with_totals(conn, row) for row in rows]  # type: ignore[arg-type]
