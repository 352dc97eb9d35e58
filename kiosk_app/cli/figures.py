"""``kiosk cells`` and ``kiosk status``."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

import click

from kiosk_app import runtime
from kiosk_app.config import Settings
from kiosk_app.core import db
from kiosk_app.devices import sequences
from kiosk_app.dossiers import counts
from kiosk_app.feedback import queries, recount
from kiosk_app.training import attended


@click.group()
def cells() -> None:
    """Counts against the ratings and marks they come from."""


@cells.command()
@click.option("--json", "as_json", is_flag=True)
def check(*, as_json: bool) -> None:
    """Compare every count with a recount; name the cells that differ."""
    runtime.start(Settings.from_env())
    with db.reading() as conn:
        found = recount.check(conn) + [
            recount.CellDifference("enrolments", f"{one} minutes attended", kept, counted)
            for one, kept, counted in attended.differing(conn)
        ]
    if as_json:
        click.echo(json.dumps([asdict(d) for d in found]))
    else:
        for difference in found[:50]:
            click.echo(
                f"{difference.table}: {difference.key}: stored {difference.stored}, "
                f"recounted {difference.recounted}"
            )
        click.echo(f"{len(found)} cells differ")
    sys.exit(1 if found else 0)


@cells.command()
def rebuild() -> None:
    """Write the day and month counts anew."""
    runtime.start(Settings.from_env())
    click.echo(f"{recount.rebuild_fine()} cells written")


@click.command()
@click.option("--json", "as_json", is_flag=True)
def status(*, as_json: bool) -> None:
    """How many dossiers and ratings there are, and what each tablet still owes."""
    runtime.start(Settings.from_env())
    with db.reading() as conn:
        report: dict[str, object] = {
            "dossiers": counts.total(conn),
            "ratings": queries.state_counts(conn),
            "devices": [asdict(state) for state in sequences.all_states(conn)],
        }
    if as_json:
        click.echo(json.dumps(report))
        return
    click.echo(f"dossiers {report['dossiers']}")
    for name, n in queries_items(report["ratings"]):
        click.echo(f"{name:12} {n}")
    for state in report["devices"]:  # type: ignore[attr-defined]
        click.echo(
            f"device {state['device_id']} epoch {state['epoch']} max {state['max_seq']} "
            f"missing {list(state['missing'])}"
        )


def queries_items(value: object) -> list[tuple[str, int]]:
    """Pairs of a mapping for printing."""
    return sorted(value.items()) if isinstance(value, dict) else []
