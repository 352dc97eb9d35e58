"""Service quality from dossiers and the catalogue: nothing here is typed in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from kiosk_app.core.collation import alphabetical
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


BY = ("unit", "field", "procedure")


@dataclass(frozen=True)
class ServiceLine:
    """Service quality of one unit, field or procedure; catalogue figures of the procedures in it.

    ``share_*`` are 0–1 of the dossiers that could be judged; ``fees`` are what the catalogue asks
    for the dossiers received, in đồng; ``digitised`` counts procedures, None where nobody says.
    """

    key: str
    label: str
    received: int
    resolved: int
    early: int
    on_time: int
    late: int
    share_early: float | None
    share_on_time: float | None
    share_late: float | None
    supplemented: int
    supplement_over_limit: int
    statutory_days: float
    committed_days: float
    time_cut: float | None
    online: int
    procedures: int
    fees: int
    digitised: int | None


def _line(
    key: str, label: str, rows: Sequence[dossier_counts.ServiceRow],
    catalogue: Sequence[ProcedureRecord], fee_of: Mapping[int, int],
) -> ServiceLine:
    early, on_time, late = (
        sum(getattr(r, name) for r in rows) for name in ("early", "on_time", "late")
    )
    judged = early + on_time + late
    statutory = sum(p.statutory_days for p in catalogue)
    committed = sum(p.committed_days for p in catalogue)
    told = [p.digitised for p in catalogue if p.digitised is not None]

    def share(n: int) -> float | None:
        return n / judged if judged else None

    return ServiceLine(
        key, label, sum(r.received for r in rows), sum(r.resolved for r in rows), early, on_time,
        late, share(early), share(early + on_time), share(late),
        sum(r.supplemented for r in rows), sum(r.supplement_over_limit for r in rows),
        statutory, committed, 1 - committed / statutory if statutory else None,
        sum((p.online_level or 0) >= ONLINE_FROM_LEVEL for p in catalogue), len(catalogue),
        sum(r.received * fee_of.get(int(r.key[1]), 0) for r in rows),
        sum(told) if told else None,
    )


def lines(
    conn: Connection, period: Period, unit_ids: Sequence[int], by: str, lang: str,
    *, field: str = "",
) -> tuple[ServiceLine, ...]:
    """One row a unit (the centre first), field or procedure, by name; ``field`` (an id) narrows to its procedures."""
    known = organisation_queries.procedures(conn)
    fees = {p.id: p.fee_vnd or 0 for p in known.values()}
    rows = [
        r for r in dossier_counts.service(
            conn, months=period.months, unit_ids=unit_ids, by=("unit_id", "procedure_id"))
        if not field or str(known[int(r.key[1])].field_id) == field
    ]
    in_force = [
        p for p in organisation_queries.procedures_in_force(conn, period.first_day, period.last_day)
        if not field or str(p.field_id) == field
    ]
    units = {u.id: u for u in organisation_queries.receiving_units(conn)}
    fields = organisation_queries.fields(conn)

    def place(row: dossier_counts.ServiceRow) -> str:
        procedure = known[int(row.key[1])]
        return {"unit": str(row.key[0]), "field": str(procedure.field_id)}.get(by, procedure.code)

    grouped: dict[str, list[dossier_counts.ServiceRow]] = defaultdict(list)
    for row in rows:
        grouped[place(row)].append(row)
    labels = {
        "unit": {str(u.id): u.name(lang) for u in units.values()},
        "field": {str(f.id): f.name(lang)
                  for f in fields.values()},
        "procedure": {p.code: p.name(lang) for p in known.values()},
    }[by]
    levels = {"centre" if u.kind == "centre" else "ward" for u in units.values()
              if u.id in set(unit_ids)}
    levels = {"city" if one == "centre" else one for one in levels}

    def catalogue(key: str) -> list[ProcedureRecord]:
        if by == "unit":
            level = "city" if units[int(key)].kind == "centre" else "ward"
            return [p for p in in_force if p.level == level]
        return [p for p in in_force if p.level in levels
                and key == (str(p.field_id) if by == "field" else p.code)]

    found = [
        _line(key, labels.get(key, key), own, catalogue(key), fees)
        for key, own in grouped.items()
    ]
    centres = {str(u.id) for u in units.values() if u.kind == "centre"} if by == "unit" else set()
    return tuple(sorted(found, key=lambda one: (one.key not in centres, alphabetical(one.label))))
