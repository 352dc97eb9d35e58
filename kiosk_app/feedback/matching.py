"""Late matching: ratings that came before their dossier, and dossiers whose facts changed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, func, insert, or_, select
from sqlalchemy.orm import aliased

from kiosk_app.core.keys import KeyRing
from kiosk_app.dossiers import queries as dossier_queries
from kiosk_app.dossiers.records import DossierFacts
from kiosk_app.dossiers.rules import tail_of
from kiosk_app.feedback import ballots, cells, readings, rules, surveys
from kiosk_app.feedback.events import SET_ASIDE
from kiosk_app.feedback.intake import attribution_row, counted_of
from kiosk_app.feedback.models import Attribution, Ballot, Erasable, RatingItem, RatingMatch
from kiosk_app.feedback.records import Place
from kiosk_app.organisation import fields as procedure_fields
from kiosk_app.questionnaires import queries as questionnaire_queries

CHUNK = 300
MINUTE = 60_000
HALF_A_DAY = 43_200_000
"""A paper form knows its day and counts as rated at noon: what came later that day fits as well."""
_PLACE = tuple(getattr(Attribution, name) for name in Place.__dataclass_fields__)
_ITEM = (
    RatingItem.id, RatingItem.kind, RatingItem.level, RatingItem.channel, RatingItem.entry,
    RatingItem.reasons, RatingItem.step.label("step_sent"), RatingItem.corrected_ms,
    RatingItem.arrived_ms, RatingItem.duration_ms, RatingItem.questionnaire, RatingItem.answers,
    Erasable.receipt_key, Erasable.receipt_hint, Attribution.version,
)


def newest_attributions() -> Select[*tuple[Any, ...]]:
    """Item and its newest attribution version."""
    return select(
        Attribution.item_id, func.max(Attribution.version).label("version")
    ).group_by(Attribution.item_id)


def _candidates() -> Select[*tuple[Any, ...]]:
    newer = aliased(Attribution)
    return (
        select(*_ITEM, *_PLACE)
        .join(Attribution, Attribution.item_id == RatingItem.id)
        .join(
            Erasable, and_(Erasable.subject == "item", Erasable.subject_id == RatingItem.id)
        )
        .where(
            ~select(newer.id)
            .where(newer.item_id == Attribution.item_id, newer.version > Attribution.version)
            .exists()
        )
        .order_by(RatingItem.id)
    )


def unmatched_after(conn: Connection, item_id: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """The next unmatched items after ``item_id``, oldest first."""
    query = _candidates().where(Attribution.state == "unmatched", Attribution.item_id > item_id)
    return conn.execute(query.limit(CHUNK)).all()


def linked_to(
    conn: Connection, keys: Sequence[str], *, state: str = "counted"
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Items counted for (or waiting for) dossiers of these normal forms, by full code or digits."""
    by_digits = and_(
        Erasable.receipt_key.is_(None), Erasable.receipt_hint.in_({tail_of(key) for key in keys})
    )
    named = [*keys, *dossier_queries.slip_keys(conn, keys)]
    by_hand = RatingItem.id.in_(select(RatingMatch.item_id).where(RatingMatch.code_key.in_(keys)))
    query = _candidates().where(
        Attribution.state == state, or_(Erasable.receipt_key.in_(named), by_digits, by_hand)
    )
    return conn.execute(query).all()


def _place_of(row: Row[*tuple[Any, ...]]) -> Place:
    return Place(**{name: getattr(row, name) for name in Place.__dataclass_fields__})


def chosen_by_hand(conn: Connection, item_ids: Sequence[int]) -> dict[int, str]:
    """Normal form of the dossier that a person chose, by item; the newest choice rules."""
    if not item_ids:
        return {}
    rows = conn.execute(
        select(RatingMatch.item_id, RatingMatch.code_key)
        .where(RatingMatch.item_id.in_(item_ids))
        .order_by(RatingMatch.id)
    ).all()
    return {row.item_id: row.code_key for row in rows}


def unmatched_item(conn: Connection, rating_id: str) -> Row[*tuple[Any, ...]] | None:
    """The item of this id if it is unmatched."""
    return conn.execute(
        _candidates().where(RatingItem.rating_id == rating_id, Attribution.state == "unmatched")
    ).first()


def unmatched_beside(
    conn: Connection, rating_id: str, row: Row[*tuple[Any, ...]]
) -> Sequence[Row[*tuple[Any, ...]]]:
    """What was given beside a rating (survey, wish to be called) under the same code, and waits."""
    same = (
        Erasable.receipt_key == row.receipt_key if row.receipt_key
        else Erasable.receipt_hint == row.receipt_hint
    )
    return conn.execute(_candidates().where(
        RatingItem.relates_to == rating_id, Attribution.state == "unmatched", same
    )).all()


def _facts_for(
    conn: Connection, rows: Iterable[Row[*tuple[Any, ...]]]
) -> dict[int, DossierFacts]:
    rows = list(rows)
    chosen = chosen_by_hand(conn, [row.id for row in rows])
    wanted = {r.receipt_key for r in rows if r.receipt_key} | set(chosen.values())
    by_key = dossier_queries.facts_by_key(conn, wanted)
    found: dict[int, DossierFacts] = {}
    for row in rows:
        facts = by_key.get(chosen.get(row.id) or row.receipt_key or "")
        if facts is None and not row.receipt_key and row.receipt_hint and row.unit_id:
            fitting = dossier_queries.by_tail(
                conn, row.unit_id, row.receipt_hint, at_ms=row.corrected_ms,
                ahead_ms=HALF_A_DAY if row.channel == "paper" else MINUTE,
            )
            facts = fitting[0] if len(fitting) == 1 else None
        if facts is not None:
            found[row.id] = facts
    return found


def _claim(urn: ballots.Urn, row: Row[*tuple[Any, ...]], key: str, where: Place) -> Place:
    """Claim the true receipt and step unless the item did so when it arrived."""
    if row.receipt_key == key and row.step_sent == where.step:
        return replace(where, attempt=row.attempt)
    attempt = urn.cast(key, where.step, row.kind)
    if attempt is None:
        return replace(where, state="superseded")
    return replace(where, attempt=attempt)


def _move(
    moves: cells.Moves, row: Row[*tuple[Any, ...]], place: Place, amount: int,
    known: surveys.Definitions,
) -> None:
    if row.kind == "survey":
        said = surveys.answered_of_row(row.questionnaire, row.answers, place, known)
        if said is not None:
            moves.add_answers(said, amount)
    elif row.kind == "rating":
        moment = rules.figure_ms(row.corrected_ms, row.arrived_ms)
        moves.add(
            counted_of(row.level, row.channel, row.entry, json.loads(row.reasons), moment, place,
                       row.duration_ms),
            amount,
        )


def _rewrite(
    conn: Connection, ring: KeyRing,
    changes: Sequence[tuple[Row[*tuple[Any, ...]], Place]], urn: ballots.Urn, now_ms: int,
) -> None:
    moves, attributions, moved = cells.Moves(), [], {}
    known = questionnaire_queries.surveys(
        conn, {row.questionnaire for row, _ in changes if row.kind == "survey"}
    )
    for row, where in changes:
        old = _place_of(row)
        attributions.append(attribution_row(ring, row.id, row.version + 1, where, now_ms))
        moved[row.id] = attributions[-1]
        for place, amount in ((old, -1), (where, 1)):
            if place.state != "superseded":
                _move(moves, row, place, amount, known)
    if attributions:
        conn.execute(insert(Attribution), attributions)
        readings.follow(conn, moved)
    if urn.new_rows():
        conn.execute(insert(Ballot), urn.new_rows())
    cells.apply(conn, moves, now_ms=now_ms)


def match_rows(
    conn: Connection, ring: KeyRing, rows: Sequence[Row[*tuple[Any, ...]]], *, now_ms: int
) -> int:
    """Match what can be matched of ``rows``; how many were."""
    facts, urn = _facts_for(conn, rows), ballots.Urn(conn, ring)
    field_of: Mapping[int, int] = procedure_fields.of_procedures(conn) if facts else {}
    by_hand = chosen_by_hand(conn, [row.id for row in rows])
    changes: list[tuple[Row[*tuple[Any, ...]], Place]] = []
    for row in rows:
        known = facts.get(row.id)
        if known is None:
            continue
        where = rules.place_linked(
            known, step=row.step_sent, corrected_ms=row.corrected_ms, arrived_ms=row.arrived_ms,
            field_id=field_of.get(known.procedure_id, 0),
            cause="match_by_hand" if row.id in by_hand else "late_match",
        )
        changes.append((row, _claim(urn, row, known.code_key, where)))
    _rewrite(conn, ring, changes, urn, now_ms)
    return len(changes)


def refresh_rows(
    conn: Connection, ring: KeyRing, rows: Sequence[Row[*tuple[Any, ...]]], *, now_ms: int
) -> int:
    """Write a further attribution where the dossier's facts now say otherwise; how many."""
    facts, urn = _facts_for(conn, rows), ballots.Urn(conn, ring)
    field_of: Mapping[int, int] = procedure_fields.of_procedures(conn) if facts else {}
    changes: list[tuple[Row[*tuple[Any, ...]], Place]] = []
    for row in rows:
        known, old = facts.get(row.id), _place_of(row)
        if known is None:
            continue
        where = rules.place_linked(
            known, step=old.step or None, corrected_ms=row.corrected_ms,
            arrived_ms=row.arrived_ms, field_id=field_of.get(known.procedure_id, 0),
            invited=(old.officer_id, old.counter_id) if old.officer_source == "invitation" else None,
            cause=old.cause,
        )
        where = replace(where, attempt=old.attempt, flagged=old.flagged)
        if where != old:
            changes.append((row, replace(where, cause="late_fact")))
    _rewrite(conn, ring, changes, urn, now_ms)
    return len(changes)


def rows_of_officer(
    conn: Connection, officer_id: int, unit_id: int, months: Sequence[int], *, set_aside: bool
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Ratings of an officer in some months: those that count, or those that were set aside."""
    state = (
        and_(Attribution.state == "superseded", Attribution.cause == SET_ASIDE) if set_aside
        else Attribution.state == "counted"
    )
    days = or_(*(Attribution.day.between(m * 100 + 1, m * 100 + 31) for m in months))
    return conn.execute(_candidates().where(
        state, days, RatingItem.kind == "rating", Attribution.officer_id == officer_id,
        Attribution.unit_id == unit_id, Attribution.step == "return",
    )).all()


def restate(
    conn: Connection, ring: KeyRing, rows: Sequence[Row[*tuple[Any, ...]]], *, state: str,
    cause: str, now_ms: int,
) -> int:
    """A further attribution that lets ``rows`` count or not; everything else of them stays."""
    changes = [(row, replace(_place_of(row), state=state, cause=cause)) for row in rows]
    _rewrite(conn, ring, changes, ballots.Urn(conn, ring), now_ms)
    return len(changes)
