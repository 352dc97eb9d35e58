"""``kiosk backup`` and ``kiosk restore``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kiosk_app import backup as backups
from kiosk_app import runtime
from kiosk_app.config import Settings
from kiosk_app.core import clock, db


@click.command()
@click.argument("dest", type=click.Path(path_type=Path))
@click.option("--keys", "key_dest", type=click.Path(path_type=Path), help="Save the keys apart.")
def backup(*, dest: Path, key_dest: Path | None) -> None:
    """Copy the running database to DEST with its checksum."""
    settings = Settings.from_env()
    manifest = backups.make(settings, dest, now_text=clock.now().isoformat())
    click.echo(f"{dest}: {manifest.size} bytes, sha256 {manifest.sha256}")
    if key_dest is not None:
        backups.save_keys(settings, key_dest)
        click.echo(f"keys saved in {key_dest}: keep them apart from the backup")


@click.command()
@click.argument("src", type=click.Path(path_type=Path, exists=True))
@click.option("--keys", "key_source", type=click.Path(path_type=Path, exists=True))
@click.option("--verify-only", is_flag=True, help="Check the copy, change nothing.")
def restore(*, src: Path, key_source: Path | None, verify_only: bool) -> None:
    """Restore SRC and prove it by the seals and a recount; stop the service first."""
    settings = Settings.from_env()
    if verify_only:
        backups.check_file(src)
        database = db.open_database(f"sqlite:///file:{src.resolve()}?mode=ro&uri=true")
        runtime.start(settings, database)
        wrong = backups.prove()
    else:
        wrong = backups.restore(settings, src, key_source=key_source)
    for line in wrong[:20]:
        click.echo(line)
    click.echo("proven" if not wrong else f"{len(wrong)} differences")
    sys.exit(1 if wrong else 0)
