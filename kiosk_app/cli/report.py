"""``kiosk report service``: the service-quality figures as a file with a hash."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import click
from sqlalchemy import Connection

from kiosk_app import runtime
from kiosk_app.config import Settings
from kiosk_app.core import db
from kiosk_app.core.errors import RuleError
from kiosk_app.organisation import queries
from kiosk_app.reporting import periods, service_quality
from kiosk_app.reporting.records import ServiceFigure

MEASURES = ("received", "resolved", "early", "on_time", "late", "share_on_time", "time_cut",
            "online_procedures", "procedures", "supplement_over_limit")


def _figures(figure: ServiceFigure) -> dict[str, float | int | None]:
    values = {name: getattr(figure, name) for name in MEASURES}
    return {k: round(v, 6) if isinstance(v, float) else v for k, v in values.items()}


def service_figures(conn: Connection, *, unit: str, period: str) -> dict[str, object]:
    """One row a unit and the totals ``centre`` and ``wards``; BadParameter names the option."""
    try:
        chosen_period = periods.parse(period)
    except RuleError as error:
        raise click.BadParameter(error.detail, param_hint="--period") from error
    chosen = [u.id for u in queries.receiving_units(conn) if unit in ("all", u.ref)]
    if not chosen:
        raise click.BadParameter(f"no unit that receives dossiers is called {unit}",
                                 param_hint="--unit")
    found = service_quality.service(conn, chosen_period, chosen)
    return {
        "report": "service", "period": period,
        "units": [{"unit": f.key, "name": f.label, **_figures(f)} for f in found.rows],
        "totals": {"centre": _figures(found.centre), "wards": _figures(found.wards)},
    }


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
