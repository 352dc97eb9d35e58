"""Single counted ratings in the order of time, for jobs that need that order; shown to nobody."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, func, or_, select
from sqlalchemy.orm import aliased

from kiosk_app.feedback.models import Attribution, Erasable, RatingItem

SET_ASIDE = "set_aside"
"""Cause of the attribution by which a person's decision takes a rating out of the figures."""


class Event(NamedTuple):
    """One rating with its place, its level and the moment figures use."""

    unit_id: int
    officer_id: int
    procedure_id: int
    step: str
    filing_mode: str
    late: int
    supplemented: int
    day: int
    level: int
    channel: str
    moment_ms: int
    arrived_ms: int
    receipt_key: str | None
    receipt_hint: str | None


def in_order(
    conn: Connection, *, first_day: int, last_day: int, unit_ids: Sequence[int] | None = None,
    step: str | None = None, with_set_aside: bool = False,
) -> list[Event]:
    """Linked ratings of these local days by time; those set aside only where asked for."""
    newer = aliased(Attribution)
    state = Attribution.state == "counted"
    if with_set_aside:
        state = or_(state, Attribution.cause == SET_ASIDE)
    query = (
        select(
            Attribution.unit_id, Attribution.officer_id, Attribution.procedure_id,
            Attribution.step, Attribution.filing_mode, Attribution.late,
            Attribution.supplemented, Attribution.day, RatingItem.level, RatingItem.channel,
            RatingItem.corrected_ms, RatingItem.arrived_ms, Erasable.receipt_key,
            Erasable.receipt_hint,
        )
        .join(RatingItem, RatingItem.id == Attribution.item_id)
        .join(
            Erasable, (Erasable.subject == "item") & (Erasable.subject_id == RatingItem.id),
            isouter=True,
        )
        .where(
            state, RatingItem.kind == "rating", Attribution.procedure_id > 0,
            Attribution.day.between(first_day, last_day),
            ~select(newer.id).where(
                newer.item_id == Attribution.item_id, newer.version > Attribution.version
            ).exists(),
        )
        .order_by(RatingItem.corrected_ms, RatingItem.id)
    )
    if unit_ids is not None:
        query = query.where(Attribution.unit_id.in_(unit_ids))
    if step is not None:
        query = query.where(Attribution.step == step)
    return [Event._make(row) for row in conn.execute(query)]


def version(conn: Connection) -> str:
    """A mark that differs as soon as any rating's place does."""
    newest = conn.execute(select(func.max(Attribution.id))).scalar()
    return f"a{int(newest or 0)}"
