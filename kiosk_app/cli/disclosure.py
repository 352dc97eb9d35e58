"""``kiosk disclosure``: what may be seen, decided and looked at."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from kiosk_app import runtime
from kiosk_app.config import Settings
from kiosk_app.core import clock, db
from kiosk_app.reporting import commands, queries


@click.group()
def disclosure() -> None:
    """Decisions on which cells may be seen."""


@disclosure.command()
@click.option("--all", "every", is_flag=True, help="Also years whose counts have not changed.")
@click.option("--json", "as_json", is_flag=True)
def decide(*, every: bool, as_json: bool) -> None:
    """Decide each unit and year whose counts have changed."""
    runtime.start(Settings.from_env())
    done = commands.decide(
        now=clock.now(), every=every, say=lambda text: click.echo(text, err=True)
    )
    if as_json:
        click.echo(json.dumps(asdict(done)))
        return
    click.echo(
        f"{done.decided} decided, {done.cells} cells, {done.hidden} hidden, "
        f"{done.unprotected} left open by earlier decisions, {done.written} written"
    )


@disclosure.command()
@click.option("--json", "as_json", is_flag=True)
def status(*, as_json: bool) -> None:
    """The last round of each unit and year; unit 0 is the whole house."""
    runtime.start(Settings.from_env())
    with db.reading() as conn:
        rounds = sorted(queries.rounds(conn).values(), key=lambda r: (r.year, r.unit_id))
    if as_json:
        click.echo(json.dumps([asdict(found) for found in rounds]))
        return
    for found in rounds:
        click.echo(
            f"{found.year} unit {found.unit_id}: {found.cells} cells, {found.hidden} hidden, "
            f"{found.unprotected} left open, round {found.number}"
        )
