"""Commands of the organisation: intake of its files.

Every import is all-or-nothing: with one wrong cell nothing is written, and the errors name row,
column and cure. Importing the same file again changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from kiosk_app.core import audit
from kiosk_app.core.audit import Actor
from kiosk_app.core.db import transaction
from kiosk_app.organisation import rules, upserts
from kiosk_app.organisation.models import (
    UNIT_KINDS,
    Counter,
    Field,
    Holiday,
    Officer,
    Posting,
    Procedure,
    Unit,
    UnitEvent,
    UnitName,
)
from kiosk_app.organisation.records import ImportResult, RowError
from kiosk_app.organisation.upserts import Tally, Values

Rows = Sequence[Mapping[str, str | None]]
Work = Callable[[Connection, list[RowError], Tally], None]
_NEW_PARENT = re.compile(r"->\s*(\S+)")
EVENT_TYPES = ("change_parent", "dissolve", "merge_into", "merge_new", "rename_upgrade", "rename",
               "split")
LEVELS = {"city": "city", "ward": "ward", "commune": "ward"}


KeepEmails = Callable[[Connection, Mapping[int, str]], None]
"""Keeps addresses by officer inside the import's transaction."""


class _RefusedError(Exception):
    """Leaves the transaction without a trace."""


def _import(kind: str, work: Work, *, actor: Actor, now: datetime, dry_run: bool) -> ImportResult:
    errors: list[RowError] = []
    tally = Tally()
    try:
        with transaction() as conn:
            work(conn, errors, tally)
            if errors or dry_run:
                raise _RefusedError
            if tally.created or tally.updated:
                audit.record(
                    conn, actor=actor, scope="settings", action=f"import_{kind}", subject=kind,
                    now=now, created=tally.created, updated=tally.updated,
                )
    except _RefusedError:
        if errors:
            return ImportResult(errors=tuple(sorted(errors, key=lambda e: (e.row, e.column))))
    return ImportResult(tally.created, tally.updated, tally.unchanged)


def _readers(
    rows: Rows, columns: Sequence[str], errors: list[RowError]
) -> list[rules.RowReader]:
    rules.check_columns(rows, columns, errors)
    if errors:
        return []
    return [rules.RowReader(n, cells, errors) for n, cells in enumerate(rows, start=2)]


def _unit_ids(conn: Connection) -> dict[str, int]:
    return {ref: i for i, ref in conn.execute(select(Unit.id, Unit.ref)).all()}


def _reference(
    reader: rules.RowReader, column: str, known: Mapping[str, int], *, required: bool = False
) -> int | None:
    ref = reader.text(column, required=required)
    if ref and ref not in known:
        reader.refuse(column, "unit_unknown", f"add the unit {ref} to the file of units first")
    return known.get(ref)


def _once(reader: rules.RowReader, column: str, key: object, seen: set[object]) -> None:
    if key in seen:
        reader.refuse(column, "duplicate_in_file", "keep one row of the two")
    seen.add(key)


def _order(reader: rules.RowReader, start: date | None, end: date | None, column: str) -> None:
    if start and end and end < start:
        reader.refuse(column, "ends_before_start", "the last day must not lie before the first")


def import_units(
    rows: Rows, *, actor: Actor, now: datetime, dry_run: bool = False
) -> ImportResult:
    """Take in the file of units (``unit_id unit_code name_vi unit_type parent_id …``)."""

    def work(conn: Connection, errors: list[RowError], tally: Tally) -> None:
        readers = _readers(rows, ("unit_id", "name_vi", "unit_type", "parent_id"), errors)
        seen: set[object] = set()
        refs = {**_unit_ids(conn), **{r.text("unit_id"): 0 for r in readers}}
        desired: list[Values] = []
        for reader in readers:
            ref = reader.text("unit_id", required=True, limit=40)
            _once(reader, "unit_id", ref, seen)
            _reference(reader, "parent_id", refs)
            valid_from, valid_to = reader.day("valid_from"), reader.day("valid_to")
            _order(reader, valid_from, valid_to, "valid_to")
            desired.append({
                "ref": ref, "kind": reader.choice("unit_type", UNIT_KINDS),
                "valid_from": valid_from, "valid_to": valid_to,
                "certainty": reader.text("certainty", limit=16), "note": reader.text("note"),
            })
            reader.text("name_vi", required=True, limit=200)
        if not errors and desired:
            ids = upserts.write(conn, Unit, ("ref",), desired, tally)
            _write_names(conn, readers, {key[0]: i for key, i in ids.items()})

    return _import("units", work, actor=actor, now=now, dry_run=dry_run)


def _write_names(
    conn: Connection, readers: Sequence[rules.RowReader], ids: Mapping[str, int]
) -> None:
    """First name of each unit; those that an event dated since stay as they are."""
    named: dict[int, list[int]] = {}
    for name_id, unit_id in conn.execute(
        select(UnitName.id, UnitName.unit_id).order_by(UnitName.valid_from, UnitName.id)
    ).all():
        named.setdefault(unit_id, []).append(name_id)
    for reader in readers:
        unit_id = ids[reader.text("unit_id")]
        parent_id = ids.get(reader.text("parent_id"))
        values = {
            "name_vi": reader.text("name_vi"), "name_en": reader.text("name_en"),
            "desk_name_vi": reader.text("desk_name_vi"), "code": reader.text("unit_code"),
            "dossier_prefix": rules.prefix_form(reader.text("unit_code")),
            "nso_code": reader.text("nso_code"),
        }
        name_ids = named.get(unit_id, [])
        if not name_ids:
            conn.execute(insert(UnitName).values(
                unit_id=unit_id, parent_id=parent_id, valid_from=reader.day("valid_from"),
                valid_to=reader.day("valid_to"), **values,
            ))
        else:
            conn.execute(update(UnitName).where(UnitName.id.in_(name_ids)).values(**values))
        if len(name_ids) <= 1:
            conn.execute(update(UnitName).where(UnitName.unit_id == unit_id).values(
                parent_id=parent_id, valid_from=reader.day("valid_from"),
                valid_to=reader.day("valid_to"),
            ))
            conn.execute(update(Unit).where(Unit.id == unit_id).values(parent_id=parent_id))


def import_unit_events(
    rows: Rows, *, actor: Actor, now: datetime, dry_run: bool = False
) -> ImportResult:
    """Take in the file of mergers, splits, renamings and changes of parent."""

    def work(conn: Connection, errors: list[RowError], tally: Tally) -> None:
        readers = _readers(rows, ("event_id", "event_date", "event_type", "from_unit_id"), errors)
        known, seen = _unit_ids(conn), set[object]()
        desired: list[Values] = []
        for reader in readers:
            ref = reader.text("event_id", required=True, limit=24)
            _once(reader, "event_id", ref, seen)
            desired.append({
                "ref": ref, "event_date": reader.day("event_date", required=True),
                "event_type": reader.choice("event_type", EVENT_TYPES),
                "from_unit_id": _reference(reader, "from_unit_id", known),
                "to_unit_id": _reference(reader, "to_unit_id", known),
                "share": reader.text("share", limit=16),
                "legal_basis": reader.text("legal_basis", limit=200),
                "certainty": reader.text("certainty", limit=16), "note": reader.text("note"),
            })
        if not errors and desired:
            upserts.write(conn, UnitEvent, ("ref",), desired, tally)
            for event, reader in zip(desired, readers, strict=True):
                if event["event_type"] == "change_parent":
                    _move(conn, event, known, reader)

    return _import("unit_events", work, actor=actor, now=now, dry_run=dry_run)


def _move(
    conn: Connection, event: Values, known: Mapping[str, int], reader: rules.RowReader
) -> None:
    """Date a change of parent: the name row ends the day before, a further one begins."""
    day, unit_id = event["event_date"], event["from_unit_id"]
    written = _NEW_PARENT.search(event["note"])
    parent_id = known.get(written.group(1)) if written else None
    if parent_id is None:
        reader.refuse("note", "new_parent_missing", "write the new parent as: parent OLD -> NEW")
        return
    rows = conn.execute(
        select(UnitName.__table__).where(UnitName.unit_id == unit_id).order_by(UnitName.valid_from)
    ).mappings().all()
    if any(row["valid_from"] == day for row in rows):
        return
    for row in rows:
        starts, ends = row["valid_from"] or date.min, row["valid_to"] or date.max
        if starts < day <= ends:
            conn.execute(update(UnitName).where(UnitName.id == row["id"]).values(
                valid_to=day - timedelta(days=1)
            ))
            fresh = {k: v for k, v in row.items() if k != "id"}
            conn.execute(insert(UnitName).values(
                {**fresh, "valid_from": day, "parent_id": parent_id}
            ))
            if ends == (rows[-1]["valid_to"] or date.max):
                conn.execute(update(Unit).where(Unit.id == unit_id).values(parent_id=parent_id))


def import_procedures(
    rows: Rows, *, actor: Actor, now: datetime, dry_run: bool = False
) -> ImportResult:
    """Take in the catalogue of procedures; fields are created from their names."""

    def work(conn: Connection, errors: list[RowError], tally: Tally) -> None:
        readers = _readers(
            rows, ("procedure_code", "level", "name_vi", "field_vi", "statutory_days", "iso_days"),
            errors,
        )
        known, seen = _unit_ids(conn), set[object]()
        desired = [_procedure(reader, known, seen) for reader in readers]
        if not errors and desired:
            field_ids = _ensure_fields(conn, [
                (r.text("field_vi"), r.text("field_en")) for r in readers
            ])
            for values, reader in zip(desired, readers, strict=True):
                values["field_id"] = field_ids[reader.text("field_vi")]
            upserts.write(conn, Procedure, ("code", "valid_from"), desired, tally)

    return _import("procedures", work, actor=actor, now=now, dry_run=dry_run)


def _procedure(reader: rules.RowReader, known: Mapping[str, int], seen: set[object]) -> Values:
    code = rules.procedure_key(reader.text("procedure_code", required=True, limit=60))
    valid_from, valid_to = reader.day("valid_from", required=True), reader.day("valid_to")
    _once(reader, "procedure_code", (code, valid_from), seen)
    _order(reader, valid_from, valid_to, "valid_to")
    online = reader.whole("online_level")
    if online is not None and not 1 <= online <= 4:
        reader.refuse("online_level", "unknown_value", "use 1, 2, 3 or 4")
    reader.text("field_vi", required=True, limit=160)
    return {
        "code": code, "level": LEVELS.get(reader.choice("level", tuple(LEVELS)), ""),
        "name_vi": reader.text("name_vi", required=True), "name_en": reader.text("name_en"),
        "field_id": None, "deciding_unit_id": _reference(reader, "deciding_unit_id", known),
        "statutory_days": reader.number("statutory_days", required=True),
        "committed_days": reader.number("iso_days", required=True),
        "online_level": online, "fee_vnd": reader.whole("fee_vnd"), "valid_from": valid_from,
        "valid_to": valid_to, "code_is_real": reader.text("code_is_real") == "1",
    }


def _ensure_fields(conn: Connection, names: Sequence[tuple[str, str]]) -> dict[str, int]:
    known = {n: i for i, n in conn.execute(select(Field.id, Field.name_vi)).all()}
    fresh = {vi: en for vi, en in names if vi and vi not in known}
    if fresh:
        conn.execute(insert(Field), [{"name_vi": v, "name_en": e} for v, e in fresh.items()])
    return {n: i for i, n in conn.execute(select(Field.id, Field.name_vi)).all()}


def import_counters(
    rows: Rows, *, actor: Actor, now: datetime, dry_run: bool = False
) -> ImportResult:
    """Take in a list of counters (``unit_id``, ``counter``)."""

    def work(conn: Connection, errors: list[RowError], tally: Tally) -> None:
        readers = _readers(rows, ("unit_id", "counter"), errors)
        known, seen = _unit_ids(conn), set[object]()
        desired: list[Values] = []
        for reader in readers:
            unit_id = _reference(reader, "unit_id", known, required=True)
            name = reader.text("counter", required=True, limit=80)
            _once(reader, "counter", (unit_id, name), seen)
            desired.append({"unit_id": unit_id, "name": name, "active": True})
        if not errors and desired:
            upserts.write(conn, Counter, ("unit_id", "name"), desired, tally)

    return _import("counters", work, actor=actor, now=now, dry_run=dry_run)


def import_officers(
    rows: Rows, *, actor: Actor, now: datetime, dry_run: bool = False,
    keep_emails: KeepEmails | None = None,
) -> ImportResult:
    """Take in officers with their postings; counters are created from their names.

    One row is one posting; an officer who was moved has several rows. The tally counts postings.
    A column ``email``, where the file has one, is handed to ``keep_emails`` in the same
    transaction; an empty cell leaves what is known.
    """

    def work(conn: Connection, errors: list[RowError], tally: Tally) -> None:
        readers = _readers(rows, ("officer_code", "full_name", "unit_id", "posted_from"), errors)
        known, seen = _unit_ids(conn), set[object]()
        people: dict[str, str] = {}
        emails: dict[str, str] = {}
        places: dict[tuple[int, str], None] = {}
        desired: list[Values] = []
        for reader in readers:
            values = _posting(reader, known, seen)
            name = reader.text("full_name", required=True, limit=120)
            if people.setdefault(values["officer_id"], name) != name:
                reader.refuse("full_name", "other_name", "one code, one name: correct either")
            email = reader.email("email")
            if email and emails.setdefault(values["officer_id"], email) != email:
                reader.refuse("email", "other_email", "one code, one address: correct either")
            if values["unit_id"] and values["counter_id"]:
                places[values["unit_id"], values["counter_id"]] = None
            desired.append(values)
        if not errors and desired:
            officers = _write_postings(conn, desired, people, list(places), tally)
            if emails and keep_emails is not None:
                keep_emails(conn, {officers[code,]: email for code, email in emails.items()})

    return _import("officers", work, actor=actor, now=now, dry_run=dry_run)


def import_holidays(
    rows: Rows, *, actor: Actor, now: datetime, dry_run: bool = False
) -> ImportResult:
    """Take in days off and days worked (``day kind name_vi name_en source``; kind off or work)."""

    def work(conn: Connection, errors: list[RowError], tally: Tally) -> None:
        seen: set[object] = set()
        desired: list[Values] = []
        for reader in _readers(rows, ("day", "kind", "name_vi"), errors):
            day = reader.day("day", required=True)
            _once(reader, "day", day, seen)
            desired.append({
                "day": day, "kind": reader.choice("kind", ("off", "work")),
                "name_vi": reader.text("name_vi", required=True, limit=160),
                "name_en": reader.text("name_en", limit=160),
                "source": reader.text("source", limit=200),
            })
        if not errors and desired:
            upserts.write(conn, Holiday, ("day",), desired, tally)

    return _import("holidays", work, actor=actor, now=now, dry_run=dry_run)


def _posting(reader: rules.RowReader, known: Mapping[str, int], seen: set[object]) -> Values:
    """Values of a posting, with names where ids are not known yet."""
    code = reader.text("officer_code", required=True, limit=40)
    unit_id = _reference(reader, "unit_id", known, required=True)
    start, end = reader.day("posted_from", required=True), reader.day("posted_to")
    _order(reader, start, end, "posted_to")
    _once(reader, "posted_from", (code, unit_id, start), seen)
    return {
        "officer_id": code, "unit_id": unit_id,
        "home_unit_id": _reference(reader, "home_unit_id", known),
        "counter_id": reader.text("counter", limit=80), "field_id": None,
        "field_names": reader.text("field"), "posted_from": start, "posted_to": end,
    }


def _write_postings(
    conn: Connection, desired: Sequence[Values], people: Mapping[str, str],
    places: Sequence[tuple[int, str]], tally: Tally,
) -> Mapping[tuple[object, ...], int]:
    officers = upserts.write(conn, Officer, ("code",), [
        {"code": code, "full_name": name} for code, name in people.items()
    ], Tally())
    counters = upserts.write(conn, Counter, ("unit_id", "name"), [
        {"unit_id": unit_id, "name": name} for unit_id, name in places
    ], Tally())
    fields = _ensure_fields(conn, [])
    for values in desired:
        values["officer_id"] = officers[(values["officer_id"],)]
        values["counter_id"] = counters.get((values["unit_id"], values["counter_id"]))
        values["field_id"] = fields.get(values["field_names"].split(";")[0].strip())
    upserts.write(conn, Posting, ("officer_id", "unit_id", "posted_from"), desired, tally)
    return officers
