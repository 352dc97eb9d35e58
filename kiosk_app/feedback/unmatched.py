"""Reads of ratings that wait for their dossier: the code as given, the cause, what may be meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, select
from sqlalchemy.orm import aliased

from kiosk_app.core import keys
from kiosk_app.core.columns import local_day
from kiosk_app.devices import placement
from kiosk_app.dossiers import queries as dossier_queries
from kiosk_app.dossiers.records import DossierFacts
from kiosk_app.dossiers.rules import resolve_step
from kiosk_app.feedback import ballots
from kiosk_app.feedback.causes import Cause, cause_of, neighbours, one_away
from kiosk_app.feedback.models import Attribution, Erasable, RatingItem
from kiosk_app.organisation import queries as organisation_queries

MOST_CANDIDATES = 5
NEWEST = 1000
"""Causes are told of this many; older ones wait their turn."""


@dataclass(frozen=True)
class Waiting:
    """A rating that waits: never its level, its comment or its hour."""

    rating_id: str
    given: str
    unit_id: int
    day: int
    """Local day yyyymmdd; pages show the week only."""
    cause: Cause
    candidates: tuple[DossierFacts, ...]
    rated: frozenset[str]
    """Normal forms of the candidates whose step has been rated: a match would not be counted."""


def total(conn: Connection, unit_ids: Sequence[int] | None = None) -> int:
    """How many items wait, of these units (None: of all)."""
    newer = aliased(Attribution)
    query = select(func.count()).select_from(Attribution).where(
        Attribution.state == "unmatched",
        ~select(newer.id).where(
            newer.item_id == Attribution.item_id, newer.version > Attribution.version
        ).exists(),
    )
    if unit_ids is not None:
        query = query.where(Attribution.unit_id.in_(unit_ids))
    return int(conn.execute(query).scalar() or 0)


def _rows(conn: Connection, limit: int) -> Sequence[Row[*tuple[Any, ...]]]:
    newer = aliased(Attribution)
    return conn.execute(
        select(
            RatingItem.id, RatingItem.rating_id, RatingItem.device_id, RatingItem.corrected_ms,
            RatingItem.kind, RatingItem.step,
            Attribution.unit_id, Attribution.day, Erasable.receipt, Erasable.receipt_key,
            Erasable.receipt_hint,
        )
        .join(Attribution, Attribution.item_id == RatingItem.id)
        .join(Erasable, (Erasable.subject == "item") & (Erasable.subject_id == RatingItem.id))
        .where(
            Attribution.state == "unmatched",
            ~select(newer.id).where(
                newer.item_id == Attribution.item_id, newer.version > Attribution.version
            ).exists(),
        )
        .order_by(RatingItem.id.desc())
        .limit(limit)
    ).all()


def _sender_unit(conn: Connection, row: Row[*tuple[Any, ...]]) -> int:
    where = placement.of_device(conn, row.device_id) if row.device_id else None
    return where.unit_id if where else 0


def _possible(found: Sequence[DossierFacts], row: Row[*tuple[Any, ...]]) -> tuple[DossierFacts, ...]:
    """Dossiers that were there when the rating was given, newest first."""
    there = [one for one in found if local_day(one.received_ms) <= row.day]
    return tuple(sorted(there, key=lambda one: -one.received_ms)[:MOST_CANDIDATES])


def _rated(
    urn: ballots.Urn, possible: Sequence[DossierFacts], row: Row[*tuple[Any, ...]]
) -> frozenset[str]:
    found = set()
    for one in possible:
        step = resolve_step(row.step, row.corrected_ms, one.returned_ms)
        value, _attempt = urn.open_attempt(one.code_key, step, row.kind)
        if urn.is_cast(value):
            found.add(one.code_key)
    return frozenset(found)


def _explain(
    conn: Connection, row: Row[*tuple[Any, ...]], prefixes: dict[int, str], urn: ballots.Urn
) -> Waiting:
    unit = _sender_unit(conn, row) or row.unit_id
    fitting, near, of_code = 0, [], None
    if row.receipt_key:
        of_code = organisation_queries.unit_by_prefix(conn, row.receipt_key)
        wanted = neighbours(row.receipt_key, prefixes.get(unit, ""))
        near = list(dossier_queries.facts_by_key(conn, wanted).values())
    elif row.receipt_hint:
        tails = {text for text in one_away(row.receipt_hint) if len(text) == 6}
        same = dossier_queries.by_tail(conn, unit, row.receipt_hint)
        fitting = len(same)
        near = same or dossier_queries.by_tails(conn, unit, tails)
    possible = _possible(near, row)
    cause = cause_of(
        receipt_key=row.receipt_key, unit_of_code=of_code, unit_id=unit, fitting=fitting,
        near=[one.code_key for one in possible],
    )
    return Waiting(
        row.rating_id, row.receipt or row.receipt_hint or "", unit, row.day, cause, possible,
        _rated(urn, possible, row),
    )


def waiting(conn: Connection, *, limit: int = NEWEST) -> list[Waiting]:
    """The newest ratings that wait, each with its cause and the dossiers that may be meant."""
    prefixes = {u.id: u.prefix for u in organisation_queries.units(conn).values()}
    urn = ballots.Urn(conn, keys.current())
    return [_explain(conn, row, prefixes, urn) for row in _rows(conn, limit)]
