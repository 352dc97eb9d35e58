"""Reads of ratings that wait for their dossier: the code as given, the cause, what may be meant."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row, func, select
from sqlalchemy.orm import aliased

from kiosk_app.core import keys
from kiosk_app.core.columns import local_day
from kiosk_app.core.kept import Kept
from kiosk_app.devices import placement
from kiosk_app.dossiers import queries as dossier_queries
from kiosk_app.dossiers.records import DossierFacts
from kiosk_app.dossiers.rules import resolve_step
from kiosk_app.feedback import ballots, events
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
    placed_id: int = 0
    """Unit whose figures it waits in: that of the code's prefix, which may be another than the
    tablet's (``unit_id``)."""
    rated: frozenset[str] = frozenset()
    """Normal forms of the candidates whose step has been rated: a match would not be counted."""


def by_unit(conn: Connection, unit_ids: Sequence[int] | None = None) -> dict[int, int]:
    """How many ratings wait, by the unit whose figures they wait in, of these units (None: of all)."""
    newer = aliased(Attribution)
    query = select(Attribution.unit_id, func.count()).join(
        RatingItem, RatingItem.id == Attribution.item_id
    ).where(
        RatingItem.kind == "rating",
        Attribution.state == "unmatched",
        ~select(newer.id).where(
            newer.item_id == Attribution.item_id, newer.version > Attribution.version
        ).exists(),
    ).group_by(Attribution.unit_id)
    if unit_ids is not None:
        query = query.where(Attribution.unit_id.in_(unit_ids))
    return {unit: int(n) for unit, n in conn.execute(query)}


def total(conn: Connection, unit_ids: Sequence[int] | None = None) -> int:
    """How many ratings wait, of these units (None: of all)."""
    return sum(by_unit(conn, unit_ids).values())


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
            RatingItem.kind == "rating", Attribution.state == "unmatched",
            ~select(newer.id).where(
                newer.item_id == Attribution.item_id, newer.version > Attribution.version
            ).exists(),
        )
        .order_by(RatingItem.id.desc())
        .limit(limit)
    ).all()


def _possible(found: Sequence[DossierFacts], row: Row[*tuple[Any, ...]]) -> tuple[DossierFacts, ...]:
    """Dossiers that were there when the rating was given, newest first."""
    there = [one for one in found if local_day(one.received_ms) <= row.day]
    return tuple(sorted(there, key=lambda one: -one.received_ms)[:MOST_CANDIDATES])


def _ballots(
    row: Row[*tuple[Any, ...]], candidates: Sequence[DossierFacts]
) -> list[tuple[str, str, str]]:
    """Normal form, step and kind that each candidate would be rated by."""
    return [
        (one.code_key, resolve_step(row.step, row.corrected_ms, one.returned_ms), row.kind)
        for one in candidates
    ]


@dataclass(frozen=True)
class _Known:
    """What all rows ask for, read at once."""

    units: Mapping[int, int]
    """Unit by tablet."""
    owners: Mapping[str, int | None]
    facts: Mapping[str, DossierFacts]
    near: Mapping[tuple[str, int], Collection[str]]
    """Normal forms one mistake away from a code, which depend on the unit it was given at."""


def _read_together(
    conn: Connection, rows: Sequence[Row[*tuple[Any, ...]]], units: Mapping[int, int]
) -> _Known:
    codes = {row.receipt_key for row in rows if row.receipt_key}
    prefixes = {u.id: u.prefix for u in organisation_queries.units(conn).values()}
    near = {
        (row.receipt_key, unit): neighbours(row.receipt_key, prefixes.get(unit, ""))
        for row in rows if row.receipt_key
        for unit in (units.get(row.device_id, 0) or row.unit_id,)
    }
    facts = dossier_queries.facts_by_key(conn, {key for keys in near.values() for key in keys})
    return _Known(units, organisation_queries.units_by_prefix(conn, codes), facts, near)


def _explain(conn: Connection, row: Row[*tuple[Any, ...]], known: _Known) -> Waiting:
    unit = known.units.get(row.device_id, 0) or row.unit_id
    fitting, near, of_code = 0, [], None
    if row.receipt_key:
        of_code = known.owners[row.receipt_key]
        near = [known.facts[key] for key in known.near[row.receipt_key, unit] if key in known.facts]
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
        row.unit_id,
    )


_answers: Kept[tuple[Waiting, ...]] = Kept(1)


def waiting(conn: Connection) -> list[Waiting]:
    """The newest ratings that wait, each with its cause and the dossiers that may be meant."""
    units = placement.units(conn)
    key = (
        events.version(conn), dossier_queries.facts_version(conn), tuple(units.items()),
        tuple(organisation_queries.prefix_owners(conn).items()),
    )
    return list(_answers.of(conn, key, lambda: tuple(_read(conn, units))))


def _read(conn: Connection, units: Mapping[int, int]) -> list[Waiting]:
    rows, urn = _rows(conn, NEWEST), ballots.Urn(conn, keys.current())
    known = _read_together(conn, rows, units)
    found = [_explain(conn, row, known) for row in rows]
    wanted = [_ballots(row, one.candidates) for row, one in zip(rows, found, strict=True)]
    urn.look_up(each for some in wanted for each in some)
    return [
        replace(one, rated=frozenset(
            each[0] for each in some if urn.is_cast(urn.open_attempt(*each)[0])
        ))
        for one, some in zip(found, wanted, strict=True)
    ]
