"""Service quality from dossiers and the catalogue: nothing here is typed in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

from kiosk_app.dossiers import counts as dossier_counts
from kiosk_app.organisation import queries as organisation_queries
from kiosk_app.organisation.records import ProcedureRecord
from kiosk_app.reporting.periods import Period
from kiosk_app.reporting.records import Service, ServiceFigure
from kiosk_app.training import queries as training_queries

ONLINE_FROM_LEVEL = 3


def _catalogue(
    procedures: Iterable[ProcedureRecord], level: str
) -> tuple[float | None, int, int]:
    """Time cut 1 − Σ committed / Σ statutory, procedures online at level 3–4, all of them."""
    chosen = [p for p in procedures if p.level == level]
    statutory = sum(p.statutory_days for p in chosen)
    committed = sum(p.committed_days for p in chosen)
    cut = 1 - committed / statutory if statutory else None
    online = sum(1 for p in chosen if (p.online_level or 0) >= ONLINE_FROM_LEVEL)
    return cut, online, len(chosen)


def _figure(
    key: str, label: str, rows: Sequence[dossier_counts.ServiceRow],
    catalogue: tuple[float | None, int, int],
) -> ServiceFigure:
    early, on_time = sum(r.early for r in rows), sum(r.on_time for r in rows)
    late = sum(r.late for r in rows)
    judged = early + on_time + late
    return ServiceFigure(
        key=key, label=label, received=sum(r.received for r in rows),
        resolved=sum(r.resolved for r in rows), early=early, on_time=on_time, late=late,
        share_on_time=(early + on_time) / judged if judged else None,
        time_cut=catalogue[0], online_procedures=catalogue[1], procedures=catalogue[2],
        supplement_over_limit=sum(r.supplement_over_limit for r in rows),
    )


def service(
    conn: Connection, period: Period, unit_ids: Sequence[int], lang: str = "vi"
) -> Service:
    """One row a unit, and the totals of centre and wards, of dossiers received in the period."""
    rows = dossier_counts.service(
        conn, months=period.months, unit_ids=unit_ids, by=("unit_id",)
    )
    procedures = organisation_queries.procedures_in_force(conn, period.first_day, period.last_day)
    city, ward = _catalogue(procedures, "city"), _catalogue(procedures, "ward")
    by_unit = {row.key[0]: row for row in rows}
    units = [u for u in organisation_queries.receiving_units(conn) if u.id in by_unit]
    centre = [by_unit[u.id] for u in units if u.kind == "centre"]
    wards = [by_unit[u.id] for u in units if u.kind != "centre"]
    return Service(
        rows=tuple(
            _figure(u.ref, u.name(lang), [by_unit[u.id]], city if u.kind == "centre" else ward)
            for u in units
        ),
        centre=_figure("centre", "", centre, city), wards=_figure("wards", "", wards, ward),
        ward_rounds=training_queries.ward_rounds(conn, period.months[0] // 100),
    )
