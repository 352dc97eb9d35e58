"""``kiosk seal`` and ``kiosk verify``."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from kiosk_app import runtime
from kiosk_app.config import Settings
from kiosk_app.core import clock, db, keys
from kiosk_app.core.errors import ConfigurationError
from kiosk_app.feedback import verification as feedback_verification
from kiosk_app.seals import commands, queries, verification


@click.command()
@click.option("--json", "as_json", is_flag=True)
def seal(*, as_json: bool) -> None:
    """Seal what is new and print the newest root."""
    runtime.start(Settings.from_env())
    done = commands.seal(now=clock.now())
    click.echo(
        json.dumps(asdict(done)) if as_json
        else f"{done.leaves} leaves sealed; root {done.root_number} {done.chained}"
    )


def _published(path: Path) -> dict[int, str]:
    try:
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
        return {int(row["number"]): str(row["chained"]) for row in rows}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigurationError(
            "roots_unreadable",
            f"{path}: one JSON object with number and chained a line is needed ({error})",
            field="--roots",
        ) from error


@click.command()
@click.option("--roots", type=click.Path(path_type=Path), help="Roots kept outside (JSON lines).")
@click.option("--write-roots", type=click.Path(path_type=Path), help="Save the roots of now.")
@click.option("--json", "as_json", is_flag=True)
def verify(*, roots: Path | None, write_roots: Path | None, as_json: bool) -> None:
    """Recompute every seal; name the first row that differs. Exit code 1 if one does."""
    runtime.start(Settings.from_env())
    published = _published(roots) if roots else {}
    with db.reading() as conn:
        result = verification.verify(
            conn, keys.current(), feedback_verification.recomputers(conn), published
        )
        if write_roots:
            lines = [json.dumps(asdict(r)) for r in queries.roots(conn, limit=1_000_000)]
            write_roots.write_text("\n".join(lines) + "\n", "utf-8")
    if as_json:
        click.echo(json.dumps(asdict(result)))
    else:
        click.echo(
            f"{result.leaves} leaves under {result.roots} roots checked, "
            f"{result.unsealed} rows not sealed yet, {len(result.differences)} differences"
        )
        for difference in result.differences[:20]:
            click.echo(
                f"{difference.kind}: {difference.subject} {difference.subject_id} "
                f"({difference.detail})"
            )
    sys.exit(1 if result.differences else 0)
