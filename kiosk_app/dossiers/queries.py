"""Reads of dossiers: only what published import runs have made visible."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, func, select

from kiosk_app.dossiers.models import Dossier, DossierStep, DossierVersion, ImportRun
from kiosk_app.dossiers.records import DossierFacts

CHUNK = 400


def _chunks(values: Sequence[str]) -> Iterator[Sequence[str]]:
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


def facts_by_key(conn: Connection, keys: Iterable[str]) -> dict[str, DossierFacts]:
    """Facts of the visible dossiers whose normal form is in ``keys``."""
    found: dict[str, DossierFacts] = {}
    for chunk in _chunks(sorted(set(keys))):
        ids = conn.execute(select(Dossier.id).where(Dossier.code_key.in_(chunk))).scalars().all()
        for facts in _facts(conn, ids):
            found[facts.code_key] = facts
    return found


def by_tail(conn: Connection, unit_id: int, digits: str) -> list[DossierFacts]:
    """Visible dossiers of a unit whose code ends in these six digits, newest first."""
    ids = (
        conn.execute(
            select(Dossier.id).where(Dossier.unit_id == unit_id, Dossier.tail == digits).limit(60)
        )
        .scalars()
        .all()
    )
    return sorted(_facts(conn, ids), key=lambda f: -f.received_ms)
