"""``kiosk report service``: the service-quality figures as a file with a hash."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from pathlib import Path

import click
from sqlalchemy import Connection

from kiosk_app import runtime
from kiosk_app.config import Settings
from kiosk_app.core import db
from kiosk_app.dossiers import counts
from kiosk_app.organisation import queries
from kiosk_app.organisation.records import UnitRecord

_PERIOD = re.compile(r"(\d{4})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?")
ONLINE_LEVEL = 3
GROUP_LEVEL = {"centre": "city", "wards": "ward"}
Figures = dict[str, float | int | None]


def months_of(period: str) -> list[int]:
    """Months yyyymm of ``2018``, ``2018-Q4`` or ``2018-10``; BadParameter otherwise."""
    found = _PERIOD.fullmatch(period)
    if found is None:
        raise click.BadParameter("use 2018, 2018-Q4 or 2018-10", param_hint="--period")
    year, quarter, month = found.groups()
    first, last = 1, 12
    if quarter:
        first, last = 3 * int(quarter) - 2, 3 * int(quarter)
    if month:
        first = last = int(month)
    return [int(year) * 100 + n for n in range(first, last + 1)]


def _catalogue(conn: Connection, level: str) -> Figures:
    known = [p for p in queries.procedures(conn).values() if p.level == level]
    statutory = sum(p.statutory_days for p in known)
    committed = sum(p.committed_days for p in known)
    return {
        "time_cut": round(1 - committed / statutory, 6) if statutory else None,
        "online_procedures": sum((p.online_level or 0) >= ONLINE_LEVEL for p in known),
        "procedures": len(known),
    }


def _figures(
    conn: Connection, months: Sequence[int], unit_ids: Sequence[int], level: str
) -> Figures:
    found = counts.service(conn, months=months, unit_ids=unit_ids, by=())
    row = found[0] if found else counts.ServiceRow((), 0, 0, 0, 0, 0, 0, 0, 0)
    in_time = row.early + row.on_time
    return {
        "received": row.received, "resolved": row.resolved, "early": row.early,
        "on_time": row.on_time, "late": row.late,
        "share_on_time": round(in_time / row.resolved, 6) if row.resolved else None,
        **_catalogue(conn, level), "supplement_over_limit": row.supplement_over_limit,
    }


def service_figures(conn: Connection, *, unit: str, period: str) -> dict[str, object]:
    """One row a unit and the totals ``centre`` and ``wards``."""
    months, receiving = months_of(period), queries.receiving_units(conn)
    chosen = [u for u in receiving if unit in ("all", u.ref)]
    if not chosen:
        raise click.BadParameter(f"no unit that receives dossiers is called {unit}",
                                 param_hint="--unit")

    def group(record: UnitRecord) -> str:
        return "centre" if record.kind == "centre" else "wards"

    rows = [
        {"unit": u.ref, "name": u.name_vi,
         **_figures(conn, months, [u.id], GROUP_LEVEL[group(u)])}
        for u in chosen
    ]
    totals = {
        name: _figures(conn, months, [u.id for u in chosen if group(u) == name], level)
        for name, level in GROUP_LEVEL.items() if any(group(u) == name for u in chosen)
    }
    return {"report": "service", "period": period, "units": rows, "totals": totals}


@click.group()
def report() -> None:
    """Reports: the same figures as the pages, frozen with a hash."""


@report.command()
@click.option("--unit", default="all", show_default=True, help="Key of a unit, or all.")
@click.option("--period", required=True, help="2018, 2018-Q4 or 2018-10.")
@click.option("--format", "form", type=click.Choice(["json"]), default="json", show_default=True)
@click.option("--out", type=click.Path(path_type=Path), help="File to write; else printed.")
def service(*, unit: str, period: str, form: str, out: Path | None) -> None:
    """Service quality from dossiers and catalogue."""
    runtime.start(Settings.from_env())
    with db.reading() as conn:
        figures = service_figures(conn, unit=unit, period=period)
    body = json.dumps(figures, ensure_ascii=False, sort_keys=True)
    digest = hashlib.sha256(body.encode()).hexdigest()
    text = json.dumps({**figures, "sha256": digest}, ensure_ascii=False, indent=1)
    if out is None:
        click.echo(text)
        return
    out.write_text(text + "\n", "utf-8")
    click.echo(f"{form} {out} sha256 {digest}")
