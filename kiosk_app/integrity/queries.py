"""Reads of integrity: the newest screening of a year, decisions of persons."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import Connection, select

from kiosk_app.integrity.models import MisuseDecision, MisuseReview, MisuseScreening
from kiosk_app.integrity.records import (
    DecisionRecord,
    FindingRecord,
    ReviewRecord,
    ScreeningRecord,
)


def screening(conn: Connection, year: int) -> ScreeningRecord | None:
    """The newest screening of a year with all its reviews, None before the first."""
    row = conn.execute(
        select(MisuseScreening.__table__).where(MisuseScreening.year == year)
        .order_by(MisuseScreening.id.desc()).limit(1)
    ).mappings().first()
    if row is None:
        return None
    reviews = conn.execute(
        select(MisuseReview.__table__).where(MisuseReview.screening_id == row["id"])
        .order_by(MisuseReview.id)
    ).mappings()
    return ScreeningRecord(
        row["year"], row["version"], row["tests"], row["families"], row["expected_false"],
        row["made_ms"], tuple(
            ReviewRecord(
                r["officer_id"], r["unit_id"], tuple(json.loads(r["months"])),
                tuple(FindingRecord(**f) for f in json.loads(r["findings"])),
            ) for r in reviews
        ),
    )


def version(conn: Connection, year: int) -> str:
    """Version of the facts that the newest screening of a year saw, '' before the first."""
    return str(conn.execute(
        select(MisuseScreening.version).where(MisuseScreening.year == year)
        .order_by(MisuseScreening.id.desc()).limit(1)
    ).scalar() or "")


def decisions(
    conn: Connection, year: int, *, unit_ids: Sequence[int] | None = None
) -> list[DecisionRecord]:
    """Every decision about a year's ratings, the newest first."""
    query = select(MisuseDecision.__table__).where(MisuseDecision.year == year)
    if unit_ids is not None:
        query = query.where(MisuseDecision.unit_id.in_(unit_ids))
    rows = conn.execute(query.order_by(MisuseDecision.id.desc())).mappings()
    return [
        DecisionRecord(
            r["officer_id"], r["unit_id"], r["year"], tuple(json.loads(r["months"])),
            tuple(json.loads(r["codes"])), r["decision"], r["ratings"], r["reason"], r["actor"],
            r["recorded_ms"],
        ) for r in rows
    ]
