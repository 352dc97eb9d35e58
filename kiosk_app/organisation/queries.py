"""Reads of the organisation. Facts change over time: most take the day they are asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date

from sqlalchemy import Connection, Row, or_, select

from kiosk_app.organisation import rules
from kiosk_app.organisation.models import (
    Counter,
    Field,
    Officer,
    Posting,
    Procedure,
    Seating,
    Unit,
    UnitEvent,
    UnitName,
)
from kiosk_app.organisation.records import (
    CounterRecord,
    FieldRecord,
    NameMatch,
    OfficerRecord,
    Post,
    PostingRecord,
    ProcedureRecord,
    UnitEventRecord,
    UnitRecord,
)


def _in_force(valid_from: date | None, valid_to: date | None, day: date) -> bool:
    return (valid_from is None or valid_from <= day) and (valid_to is None or day <= valid_to)


def units(conn: Connection, *, on: date | None = None) -> dict[int, UnitRecord]:
    """All units by id, with name and parent of the day ``on`` (default: their last)."""
    rows = conn.execute(
        select(Unit, UnitName)
        .join(UnitName, UnitName.unit_id == Unit.id)
        .order_by(Unit.id, UnitName.valid_from, UnitName.id)
        .with_only_columns(
            Unit.id, Unit.ref, Unit.kind, UnitName.parent_id, UnitName.name_vi, UnitName.name_en,
            UnitName.dossier_prefix, Unit.valid_from, Unit.valid_to, UnitName.desk_name_vi,
            Unit.opening_date, UnitName.valid_from, UnitName.valid_to,
        )
    ).all()
    found: dict[int, UnitRecord] = {}
    for row in sorted(rows, key=lambda r: (r[0], r[11] or date.min)):
        named = on is not None and _in_force(row[11], row[12], on)
        if row[0] not in found or on is None or named:
            found[row[0]] = UnitRecord(
                row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7], row[8], row[9],
                row[10],
            )
    return found


def unit(conn: Connection, unit_id: int) -> UnitRecord | None:
    """One unit, or None."""
    return units(conn).get(unit_id)


def unit_by_ref(conn: Connection, ref: str) -> int | None:
    """Id of the unit with this key in the organisation file."""
    return conn.execute(select(Unit.id).where(Unit.ref == ref)).scalar()


def descendants(conn: Connection, unit_id: int, *, on: date | None = None) -> list[int]:
    """The unit and all below it, with the parents of ``on`` (default: the last known)."""
    children: dict[int | None, list[int]] = {}
    for record in units(conn, on=on).values():
        if on is None or _in_force(record.valid_from, record.valid_to, on):
            children.setdefault(record.parent_id, []).append(record.id)
    found, waiting = [unit_id], [unit_id]
    while waiting:
        below = [c for c in children.get(waiting.pop(), []) if c not in found]
        found += below
        waiting += below
    return found


def receiving_units(conn: Connection, *, on: date | None = None) -> list[UnitRecord]:
    """Centre and wards that receive dossiers (in force on ``on`` if given), centre first."""
    found = [
        u for u in units(conn, on=on).values()
        if u.kind in rules.RECEIVING_KINDS and u.prefix
        and (on is None or _in_force(u.valid_from, u.valid_to, on))
    ]
    return sorted(found, key=lambda u: (u.kind != "centre", rules.name_key(u.name_vi)))


def events(conn: Connection) -> list[UnitEventRecord]:
    """Mergers, splits, renamings and changes of parent, by day."""
    rows = conn.execute(
        select(
            UnitEvent.ref, UnitEvent.event_date, UnitEvent.event_type, UnitEvent.from_unit_id,
            UnitEvent.to_unit_id, UnitEvent.share, UnitEvent.legal_basis, UnitEvent.certainty,
        ).order_by(UnitEvent.event_date, UnitEvent.id)
    ).all()
    return [UnitEventRecord(*row) for row in rows]


def successors(conn: Connection, unit_id: int, *, on: date) -> list[tuple[int, str]]:
    """The units that ``unit_id`` has become by ``on``, with the share (whole or part).

    A unit that still is in force is its own successor; one that cannot be re-allocated has none.
    """
    known = events(conn)

    def follow(current: int, share: str, seen: frozenset[int]) -> list[tuple[int, str]]:
        onward = [
            e for e in known
            if e.from_unit_id == current and e.day <= on and e.to_unit_id not in (current, *seen)
            and e.event_type != "change_parent"
        ]
        if not onward:
            return [(current, share)]
        found: list[tuple[int, str]] = []
        for event in onward:
            if event.to_unit_id is not None:
                part = "part" if "part" in (share, event.share) else "whole"
                found += follow(event.to_unit_id, part, seen | {current})
        return found

    return list(dict.fromkeys(follow(unit_id, "whole", frozenset())))


_Prefix = Row[str, int, date | None, date | None]


def unit_by_prefix(conn: Connection, code_key: str) -> int | None:
    """The unit whose prefix begins this normal form: the longest, in force on the code's day."""
    starts = [code_key[:n] for n in range(len(code_key), 2, -1)]
    rows = conn.execute(
        select(UnitName.dossier_prefix, UnitName.unit_id, UnitName.valid_from, UnitName.valid_to)
        .where(UnitName.dossier_prefix.in_(starts[:80]), UnitName.dossier_prefix != "")
        .order_by(UnitName.id)
    ).all()
    return _owner(code_key, rows)


def units_by_prefix(conn: Connection, code_keys: Iterable[str]) -> dict[str, int | None]:
    """The same of many normal forms, with one look at the names."""
    rows = conn.execute(
        select(UnitName.dossier_prefix, UnitName.unit_id, UnitName.valid_from, UnitName.valid_to)
        .where(UnitName.dossier_prefix != "").order_by(UnitName.id)
    ).all()
    of_prefix: dict[str, list[_Prefix]] = defaultdict(list)
    for row in rows:
        of_prefix[row[0]].append(row)
    sizes = sorted({len(prefix) for prefix in of_prefix}, reverse=True)
    found: dict[str, int | None] = {}
    for key in set(code_keys):
        prefix = next((key[:n] for n in sizes if key[:n] in of_prefix), "")
        found[key] = _owner(key, of_prefix.get(prefix, []))
    return found


def _owner(
    code_key: str, rows: Sequence[_Prefix]
) -> int | None:
    """Of the names whose prefix begins the code: the longest, in force on the code's day."""
    if not rows:
        return None
    longest = max(len(row[0]) for row in rows)
    fitting = [row for row in rows if len(row[0]) == longest]
    day = rules.code_day(code_key, fitting[0][0])
    valid = [r for r in fitting if day is not None and _in_force(r[2], r[3], day)]
    return int((valid or fitting)[-1][1])


def prefix_owners(conn: Connection) -> dict[str, int]:
    """The unit that each prefix of dossier codes belongs to: the one that took it last."""
    rows = conn.execute(
        select(UnitName.dossier_prefix, UnitName.unit_id)
        .where(UnitName.dossier_prefix != "")
        .order_by(UnitName.id)
    ).all()
    return {row.dossier_prefix: row.unit_id for row in rows}


def counters(conn: Connection, unit_id: int | None = None) -> list[CounterRecord]:
    """Counters of a unit (or of all), by name."""
    query = select(Counter.id, Counter.unit_id, Counter.name, Counter.active)
    if unit_id is not None:
        query = query.where(Counter.unit_id == unit_id)
    return [CounterRecord(*row) for row in conn.execute(query.order_by(Counter.name)).all()]


MOST_NAMED = 1000
"""Up to so many ids are named in the statement; beyond, reading everybody costs less."""


def officers(conn: Connection, ids: Iterable[int] | None = None) -> dict[int, OfficerRecord]:
    """Officers by id; all of them without ``ids``."""
    wanted = None if ids is None else set(ids)
    query = select(Officer.id, Officer.code, Officer.full_name)
    if wanted is not None and len(wanted) <= MOST_NAMED:
        query = query.where(Officer.id.in_(wanted))
    rows = conn.execute(query).all()
    return {r[0]: OfficerRecord(*r) for r in rows if wanted is None or r[0] in wanted}


def officer_by_code(conn: Connection, code: str) -> int | None:
    """Id of the officer with this code."""
    return conn.execute(select(Officer.id).where(Officer.code == code)).scalar()


def postings(conn: Connection, *, officer_id: int | None = None) -> list[PostingRecord]:
    """All dated postings (of one officer), oldest first."""
    query = select(
        Posting.officer_id, Posting.unit_id, Posting.home_unit_id, Posting.counter_id,
        Posting.field_id, Posting.field_names, Posting.posted_from, Posting.posted_to,
    ).order_by(Posting.posted_from, Posting.id)
    if officer_id is not None:
        query = query.where(Posting.officer_id == officer_id)
    return [PostingRecord(*row) for row in conn.execute(query).all()]


def posted_on(
    conn: Connection, day: date, *, unit_id: int | None = None
) -> list[tuple[int, str, str, int, int | None]]:
    """Officer id, code, full name, unit and field of each posting in force on ``day``, by id."""
    query = select(
        Officer.id, Officer.code, Officer.full_name, Posting.unit_id, Posting.field_id
    ).join(Posting, Posting.officer_id == Officer.id).where(
        Posting.posted_from <= day, or_(Posting.posted_to.is_(None), Posting.posted_to >= day)
    ).order_by(Officer.id, Posting.posted_from, Posting.id)
    if unit_id is not None:
        query = query.where(Posting.unit_id == unit_id)
    return list(conn.execute(query).all())


def posts_on(
    conn: Connection, day: date, officer_ids: Collection[int] | None = None
) -> dict[int, Post]:
    """Unit and field of the posting in force on ``day`` by officer (of these); the later of two."""
    query = select(Posting.officer_id, Posting.unit_id, Posting.field_id).where(
        Posting.posted_from <= day, or_(Posting.posted_to.is_(None), Posting.posted_to >= day)
    ).order_by(Posting.posted_from, Posting.id)
    wanted = None if officer_ids is None else set(officer_ids)
    if wanted is not None and len(wanted) <= MOST_NAMED:
        query = query.where(Posting.officer_id.in_(wanted))
    return {who: Post(unit, field) for who, unit, field in conn.execute(query).all()
            if wanted is None or who in wanted}


def last_posted(conn: Connection, day: date) -> dict[int, tuple[int, str, str, int, int | None]]:
    """Officer id, code, full name, unit and counter of the newest posting begun by ``day``."""
    query = select(
        Officer.id, Officer.code, Officer.full_name, Posting.unit_id, Posting.counter_id
    ).join(Posting, Posting.officer_id == Officer.id).where(
        Posting.posted_from <= day).order_by(Officer.id, Posting.posted_from, Posting.id)
    return {row[0]: row for row in conn.execute(query).all()}


def posting_on(
    conn: Connection, officer_id: int, day: date, *, unit_id: int | None = None
) -> PostingRecord | None:
    """The officer's posting in force on ``day`` (at ``unit_id`` if given), the newest first."""
    fitting = [
        p for p in postings(conn, officer_id=officer_id)
        if p.covers(day) and unit_id in (None, p.unit_id)
    ]
    return fitting[-1] if fitting else None


def officer_by_name(conn: Connection, name: str, *, unit_id: int, day: date) -> NameMatch:
    """The officer of that name posted at the unit on that day, or the reason why none."""
    there = {p.officer_id for p in postings(conn) if p.unit_id == unit_id and p.covers(day)}
    people = officers(conn, there)
    return rules.match_name(name, ((o.id, o.full_name) for o in people.values()))


def fields(conn: Connection) -> dict[int, FieldRecord]:
    """Fields of administration by id."""
    rows = conn.execute(select(Field.id, Field.name_vi, Field.name_en)).all()
    return {r[0]: FieldRecord(*r) for r in rows}


def procedures(conn: Connection) -> dict[int, ProcedureRecord]:
    """Procedures (every dated version) by id."""
    rows = conn.execute(
        select(
            Procedure.id, Procedure.code, Procedure.name_vi, Procedure.name_en,
            Procedure.field_id, Procedure.level, Procedure.deciding_unit_id,
            Procedure.statutory_days, Procedure.committed_days, Procedure.online_level,
            Procedure.fee_vnd, Procedure.valid_from, Procedure.valid_to, Procedure.digitised,
        ).order_by(Procedure.code, Procedure.valid_from)
    ).all()
    return {r[0]: ProcedureRecord(*r) for r in rows}


def procedures_in_force(conn: Connection, first: date, last: date) -> list[ProcedureRecord]:
    """The version of each procedure in force in a period: the last one, where it changed."""
    newest: dict[str, ProcedureRecord] = {}
    for one in procedures(conn).values():
        begins, ends = one.valid_from or date.min, one.valid_to or date.max
        if begins <= last and ends >= first:
            newest[one.code] = one
    return list(newest.values())


def seated(conn: Connection, counter_id: int, day: date) -> int | None:
    """The officer who sits at the counter on ``day``; None if nobody said so."""
    return conn.execute(
        select(Seating.officer_id)
        .where(Seating.counter_id == counter_id, Seating.day == day)
        .order_by(Seating.id.desc())
        .limit(1)
    ).scalar()


def is_empty(conn: Connection) -> bool:
    """Whether no unit has been taken in yet."""
    return conn.execute(select(Unit.id).limit(1)).first() is None
