"""``kiosk report``: the figures of the pages as files."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from kiosk_app import runtime
from kiosk_app.config import Settings
from kiosk_app.core import db
from kiosk_app.core.errors import NotFoundError
from kiosk_app.organisation import queries as organisation_queries
from kiosk_app.reporting import periods, service_quality


@click.command()
@click.argument("kind", type=click.Choice(["service"]))
@click.option("--unit", default="all")
@click.option("--period", required=True)
@click.option("--format", "form", type=click.Choice(["json"]), default="json")
@click.option("--out", type=click.Path(path_type=Path))
def report(*, kind: str, unit: str, period: str, form: str, out: Path | None) -> None:
    """Write the KIND of report of a unit and period."""
    runtime.start(Settings.from_env())
    with db.reading() as conn:
        units = organisation_queries.units(conn)
        chosen = [u.id for u in units.values() if unit in ("all", u.ref)]
        if not chosen:
            raise NotFoundError("unit_unknown", f"no unit has the key {unit}", field="--unit")
        found = service_quality.service(conn, periods.parse(period), chosen)
    body = {
        "kind": kind, "period": period, "units": [asdict(row) for row in found.rows],
        "centre": asdict(found.centre), "wards": asdict(found.wards),
        "ward_rounds": found.ward_rounds,
    }
    text = json.dumps(body, ensure_ascii=False, indent=1 if form == "json" else None)
    if out:
        out.write_text(text + "\n", "utf-8")
    else:
        click.echo(text)
