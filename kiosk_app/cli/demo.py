"""``kiosk demo``: an empty database becomes the year 2018."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from kiosk_app import runtime
from kiosk_app.cli.installation import initialise
from kiosk_app.config import Settings
from kiosk_app.core import clock
from kiosk_app.demo import state


def _machine_time() -> datetime:
    return clock.Clock().now().astimezone(UTC)


@click.command()
@click.option("--scale", type=click.FloatRange(0.001, 1.0), default=1.0, show_default=True,
              help="Share of the year; 1 gives 139,000+ and 96,700+ dossiers.")
@click.option("--seed", type=int, default=2018, show_default=True)
@click.option("--if-empty", is_flag=True, help="Do nothing when the database is in use already.")
def demo(*, scale: float, seed: int, if_empty: bool) -> None:
    """Fill an empty database with the year 2018, drawn from its published aggregates."""
    settings = Settings.from_env()
    runtime.start(settings)
    if if_empty and state.read() in {"done", "used"}:
        click.echo("the database is in use already: nothing done")
        return
    notice = fill(settings, scale=scale, seed=seed)
    click.echo(notice.read_text("utf-8"))


def fill(settings: Settings, *, scale: float, seed: int) -> Path:
    """Fill the database, saying on standard error how far it is; the notice of accounts."""
    from kiosk_app.demo import commands

    initialise(settings)
    started = clock.monotonic()

    def say(text: str) -> None:
        click.echo(f"{clock.monotonic() - started:6.1f} s  {text}", err=True)

    done = commands.fill(settings, scale=scale, seed=seed, say=say, real_now=_machine_time)
    from kiosk_app.reporting import commands as reporting

    reporting.decide(now=commands.END, say=say)
    say(f"{reporting.read_comments()} comments read")
    say(f"done: {done.dossiers} dossiers, {done.ratings} ratings")
    return done.notice
