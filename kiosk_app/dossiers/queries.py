"""Reads of dossiers: only what published import runs have made visible."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Connection, Row, Select, and_, func, select

from kiosk_app.core.columns import local_day
from kiosk_app.dossiers.models import Dossier, DossierStep, DossierVersion, ImportRun, Slip
from kiosk_app.dossiers.records import DossierFacts, SlipRecord
from kiosk_app.dossiers.rules import is_expired, is_late, is_slip

CHUNK = 400
MANY = 5000
"""Codes asked for at once where most of them do not exist."""
T = TypeVar("T")
TAIL = 6
MINUTE_MS = 60_000


def _chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]


def _visible() -> Select[*tuple[Any, ...]]:
    return (
        select(DossierVersion.dossier_id, func.max(DossierVersion.version).label("version"))
        .join(ImportRun, ImportRun.id == DossierVersion.run_id)
        .where(ImportRun.state == "published")
        .group_by(DossierVersion.dossier_id)
    )


_COLUMNS = (
    Dossier.id, Dossier.code, Dossier.code_key, Dossier.unit_id, DossierVersion.version,
    DossierVersion.procedure_id, DossierVersion.officer_id, DossierVersion.counter_id,
    DossierVersion.filing_mode, DossierVersion.received_ms, DossierVersion.due_day,
    DossierVersion.finished_ms, DossierVersion.returned_ms, DossierVersion.supplement_count,
    DossierVersion.status,
)


def _facts(conn: Connection, dossier_ids: Sequence[int]) -> list[DossierFacts]:
    if not dossier_ids:
        return []
    newest = _visible().where(DossierVersion.dossier_id.in_(dossier_ids)).subquery()
    rows = conn.execute(
        select(*_COLUMNS)
        .join(DossierVersion, DossierVersion.dossier_id == Dossier.id)
        .join(
            newest,
            and_(
                newest.c.dossier_id == DossierVersion.dossier_id,
                newest.c.version == DossierVersion.version,
            ),
        )
    ).all()
    steps = conn.execute(
        select(
            DossierStep.dossier_id, DossierStep.version, DossierStep.step, DossierStep.officer_id
        ).where(DossierStep.dossier_id.in_(dossier_ids))
    ).all()
    officers: dict[tuple[int, int], dict[str, int | None]] = {}
    for dossier_id, version, step, officer_id in steps:
        officers.setdefault((dossier_id, version), {})[step] = officer_id
    return [_record(row, officers.get((row.id, row.version), {})) for row in rows]


def _record(row: Row[*tuple[Any, ...]], officers: dict[str, int | None]) -> DossierFacts:
    return DossierFacts(
        dossier_id=row.id, code=row.code, code_key=row.code_key, unit_id=row.unit_id,
        procedure_id=row.procedure_id, officer_id=row.officer_id, counter_id=row.counter_id,
        filing_mode=row.filing_mode, received_ms=row.received_ms, due_day=row.due_day,
        finished_ms=row.finished_ms, returned_ms=row.returned_ms,
        supplement_count=row.supplement_count, status=row.status, step_officers=officers,
    )


def facts_version(conn: Connection) -> str:
    """A mark that differs as soon as a dossier, a visible version, a slip or an import run is new.

    Versions come with their run's publication, or one by one into the push run of the day.
    """
    pushes = (
        select(ImportRun.id).where(ImportRun.kind == "push").order_by(ImportRun.id.desc()).limit(2)
    )
    counted = conn.execute(select(
        select(func.count()).where(DossierVersion.run_id.in_(pushes)).scalar_subquery(),
        pushes.limit(1).scalar_subquery(),
        select(func.max(Dossier.id)).scalar_subquery(), select(func.max(Slip.id)).scalar_subquery(),
        select(func.count()).where(ImportRun.state == "published").scalar_subquery(),
    )).one()
    return "d" + ".".join(str(int(n or 0)) for n in counted)


def facts_by_key(conn: Connection, keys: Iterable[str]) -> dict[str, DossierFacts]:
    """Facts of the visible dossiers whose normal form, or that of a slip of them, is in ``keys``.

    A slip of a dossier gives the dossier's facts and the one step it stands for; a slip without
    a dossier gives what was known when it was made.
    """
    wanted = sorted(set(keys))
    ids: list[int] = []
    for start in range(0, len(wanted), MANY):
        some = wanted[start : start + MANY]
        ids += conn.execute(select(Dossier.id).where(Dossier.code_key.in_(some))).scalars()
    found = {facts.code_key: facts for chunk in _chunks(ids) for facts in _facts(conn, chunk)}
    slips = {key for key in keys if key not in found and is_slip(key)}
    found.update(_slip_facts(conn, sorted(slips)))
    return found


def _slip_facts(conn: Connection, keys: Sequence[str]) -> Iterator[tuple[str, DossierFacts]]:
    for chunk in _chunks(keys):
        rows = conn.execute(select(Slip.__table__).where(Slip.code_key.in_(chunk))).all()
        of_dossiers = {
            facts.dossier_id: facts
            for facts in _facts(conn, [row.dossier_id for row in rows if row.dossier_id])
        }
        for row in rows:
            known = of_dossiers.get(row.dossier_id)
            if known is not None:
                yield row.code_key, replace(known, slip_step=row.step)
            else:
                yield row.code_key, _facts_of_slip(row)


def _facts_of_slip(row: Row[*tuple[Any, ...]]) -> DossierFacts:
    ended = row.made_ms if row.step != "reception" else None
    return DossierFacts(
        dossier_id=0, code=row.code, code_key=row.code_key, unit_id=row.unit_id,
        procedure_id=row.procedure_id or 0, officer_id=row.officer_id, counter_id=row.counter_id,
        filing_mode="direct", received_ms=row.made_ms, due_day=None, finished_ms=None,
        returned_ms=ended, supplement_count=0, status=0, slip_step=row.step,
    )


def slip_keys(conn: Connection, dossier_keys: Sequence[str]) -> list[str]:
    """Normal forms of the slips that were made for these dossiers."""
    found: list[str] = []
    for chunk in _chunks(dossier_keys):
        found += conn.execute(
            select(Slip.code_key)
            .join(Dossier, Dossier.id == Slip.dossier_id)
            .where(Dossier.code_key.in_(chunk))
        ).scalars()
    return found


def slips(conn: Connection, *, unit_id: int, limit: int = 20) -> list[SlipRecord]:
    """The newest slips of a unit, newest first."""
    rows = conn.execute(
        select(
            Slip.code, Slip.code_key, Slip.unit_id, Slip.step, Slip.made_ms, Dossier.code,
            Slip.procedure_id, Slip.officer_id,
        )
        .outerjoin(Dossier, Dossier.id == Slip.dossier_id)
        .where(Slip.unit_id == unit_id)
        .order_by(Slip.id.desc())
        .limit(limit)
    ).all()
    return [SlipRecord(*row) for row in rows]


def by_tails(conn: Connection, unit_id: int, tails: Iterable[str]) -> list[DossierFacts]:
    """Visible dossiers of a unit whose code ends in one of these six digits."""
    found: list[DossierFacts] = []
    for chunk in _chunks(sorted(set(tails))):
        ids = conn.execute(
            select(Dossier.id).where(Dossier.unit_id == unit_id, Dossier.tail.in_(chunk)).limit(200)
        ).scalars().all()
        found += _facts(conn, ids)
    return found


def pushed_at(conn: Connection, dossier_ids: Sequence[int]) -> dict[int, int]:
    """Newest ``updated_at`` (UTC ms) that one-stop software gave, of those it ever pushed."""
    rows = conn.execute(
        select(DossierVersion.dossier_id, func.max(DossierVersion.updated_ms))
        .where(
            DossierVersion.dossier_id.in_(dossier_ids), DossierVersion.updated_ms.is_not(None)
        )
        .group_by(DossierVersion.dossier_id)
    ).all()
    return {dossier_id: updated for dossier_id, updated in rows if updated is not None}


def by_tail(
    conn: Connection, unit_id: int, digits: str, *, at_ms: int | None = None,
    ahead_ms: int = MINUTE_MS,
) -> list[DossierFacts]:
    """Visible dossiers and slips of a unit whose code ends in these six digits, newest first.

    With ``at_ms`` only those that could be rated then: received by then (or up to ``ahead_ms``
    later, as clocks differ), and open or handed over in the 30 days before.
    """
    if len(digits) != TAIL or not digits.isdigit():
        return []
    ids = conn.execute(
        select(Dossier.id).where(Dossier.unit_id == unit_id, Dossier.tail == digits)
    ).scalars().all()
    own = conn.execute(
        select(Slip.code_key).where(Slip.unit_id == unit_id, Slip.tail == digits)
    ).scalars().all()
    found = [
        *(
            facts for start in range(0, len(ids), CHUNK)
            for facts in _facts(conn, ids[start : start + CHUNK])
        ),
        *(facts for _key, facts in _slip_facts(conn, own)),
    ]
    rateable = [
        facts for facts in found
        if at_ms is None
        or (facts.received_ms <= at_ms + ahead_ms and not is_expired(facts.returned_ms, at_ms))
    ]
    return sorted(rateable, key=lambda f: -f.received_ms)


class Ended(NamedTuple):
    """A hand-over of a result: where, by whom, when, and what is known of it without a rating."""

    code_key: str
    tail: str
    unit_id: int
    officer_id: int
    returned_ms: int
    late: int
    supplemented: int


def handed_over(conn: Connection, *, first_ms: int, last_ms: int) -> list[Ended]:
    """Every hand-over between two moments, for jobs; without an officer it is left out."""
    newest = _visible().subquery()
    rows = conn.execute(
        select(
            Dossier.code_key, Dossier.tail, Dossier.unit_id,
            func.coalesce(DossierStep.officer_id, DossierVersion.officer_id),
            DossierVersion.returned_ms, DossierVersion.due_day, DossierVersion.finished_ms,
            DossierVersion.supplement_count,
        )
        .join(DossierVersion, DossierVersion.dossier_id == Dossier.id)
        .join(newest, and_(
            newest.c.dossier_id == DossierVersion.dossier_id,
            newest.c.version == DossierVersion.version,
        ))
        .join(DossierStep, and_(
            DossierStep.dossier_id == DossierVersion.dossier_id,
            DossierStep.version == DossierVersion.version, DossierStep.step == "return",
        ), isouter=True)
        .where(DossierVersion.returned_ms.between(first_ms, last_ms))
        .order_by(DossierVersion.returned_ms, Dossier.id)
    ).all()
    return [
        Ended(
            key, tail, unit, officer, returned,
            is_late(due, None if finished is None else local_day(finished)), int(supplements > 0),
        )
        for key, tail, unit, officer, returned, due, finished, supplements in rows
        if officer and returned is not None
    ]
