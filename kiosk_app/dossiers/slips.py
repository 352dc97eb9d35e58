"""Making a rating slip of our own: a further code for one step, where no receipt is at hand."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, insert, select, text

from kiosk_app.core import audit
from kiosk_app.core.audit import Actor
from kiosk_app.core.columns import local_day, to_ms
from kiosk_app.core.db import transaction
from kiosk_app.core.errors import RuleError
from kiosk_app.dossiers import queries
from kiosk_app.dossiers.models import ImportRun, Slip
from kiosk_app.dossiers.records import DossierFacts, SlipRecord
from kiosk_app.dossiers.rules import SLIP_STEPS, normal_form, slip_code, tail_of

RUN_KIND = "slips"

DAY_MS = 86_400_000
FIRST = 5001
"""Dossiers count from 0001 each day: a slip's last six digits must not be those of a dossier."""


def _facts(conn: Connection, code: str, unit_id: int, now: datetime) -> DossierFacts:
    key = normal_form(code)
    facts = queries.facts_by_key(conn, [key]).get(key)
    if facts is None:
        fitting = queries.by_tail(conn, unit_id, key, at_ms=to_ms(now), ahead_ms=DAY_MS)
        facts = fitting[0] if len(fitting) == 1 else None
    if facts is None or facts.dossier_id == 0:
        raise RuleError("dossier_unknown", "no dossier has this code; check it or leave it empty",
                        field="dossier")
    if facts.unit_id != unit_id:
        raise RuleError("unit_mismatch", "this dossier belongs to another unit", field="dossier")
    return facts


def _earlier(conn: Connection, dossier_id: int, step: str) -> SlipRecord | None:
    row = conn.execute(
        select(Slip.code, Slip.code_key, Slip.unit_id, Slip.step, Slip.made_ms, Slip.procedure_id,
               Slip.officer_id)
        .where(Slip.dossier_id == dossier_id, Slip.step == step)
        .limit(1)
    ).first()
    if row is None:
        return None
    return SlipRecord(row[0], row[1], row[2], row[3], row[4], None, row[5], row[6])


def _standing_run(conn: Connection, now: datetime) -> int:
    """The run that the counts of slips stand under; made with the first slip."""
    found = conn.execute(select(ImportRun.id).where(ImportRun.kind == RUN_KIND)).scalar()
    if found is not None:
        return int(found)
    run_id = conn.execute(
        insert(ImportRun).values(
            kind=RUN_KIND, source_name=RUN_KIND, state="published", started_at=now, published_at=now,
        ).returning(ImportRun.id)
    ).scalar_one()
    return int(run_id)


_COUNT = """
INSERT INTO {table} ({period}, unit_id, officer_id, counter_id, procedure_id, step, filing_mode,
                     late, supplemented, run_id, n)
VALUES (:period, :unit, :officer, :counter, :procedure, :step, 'direct', -1, 0, :run, 1)
ON CONFLICT ({period}, unit_id, officer_id, counter_id, procedure_id, step, filing_mode, late,
             supplemented, run_id)
DO UPDATE SET n = {table}.n + 1
"""


def _count(conn: Connection, row: dict[str, object], now: datetime) -> None:
    """One more step that could be rated; what an intake counts anyway is not counted twice."""
    keys = {
        "unit": row["unit_id"], "officer": row["officer_id"] or 0, "counter": row["counter_id"] or 0,
        "procedure": row["procedure_id"] or 0, "step": row["step"], "run": _standing_run(conn, now),
    }
    day = int(str(row["made_day"]))
    for table, period, value in (("eligible_days", "day", day), ("eligible_months", "month", day // 100)):
        conn.execute(text(_COUNT.format(table=table, period=period)), {**keys, "period": value})


def make_slip(
    *, unit_id: int, step: str, dossier: str = "", procedure_id: int | None = None,
    officer_id: int | None = None, counter_id: int | None = None, actor: Actor, now: datetime,
) -> SlipRecord:
    """A slip for one step; a second call for the same dossier and step gives the same slip.

    Raises RuleError ``step_unknown``, ``dossier_unknown``, ``unit_mismatch``.
    """
    if step not in SLIP_STEPS:
        raise RuleError("step_unknown", f"a slip stands for one of {', '.join(SLIP_STEPS)}", field="step")
    with transaction() as conn:
        facts = _facts(conn, dossier, unit_id, now) if dossier.strip() else None
        if facts is not None:
            known = _earlier(conn, facts.dossier_id, step)
            if known is not None:
                return known
            procedure_id = facts.procedure_id
        now_ms = to_ms(now)
        day = local_day(now_ms)
        highest = conn.execute(select(func.max(Slip.number)).where(Slip.made_day == day)).scalar()
        number = int(highest or FIRST - 1) + 1
        code = slip_code(day, number)
        row: dict[str, object] = {
            "code": code, "code_key": normal_form(code), "tail": tail_of(normal_form(code)),
            "dossier_id": facts.dossier_id if facts else None, "unit_id": unit_id, "step": step,
            "made_ms": now_ms, "made_day": day, "number": number, "procedure_id": procedure_id,
            "officer_id": officer_id, "counter_id": counter_id,
        }
        conn.execute(insert(Slip).values(**row))
        if facts is None or step == "refusal":
            _count(conn, row, now)
        audit.record(conn, actor=actor, scope="intake", action="make_slip", subject=code, now=now,
                     step=step)
    return SlipRecord(code, normal_form(code), unit_id, step, now_ms, facts.code if facts else None,
                      procedure_id, officer_id)
