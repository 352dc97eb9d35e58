"""``kiosk survey``: publishing a survey, and the rounds in which a unit offers it."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import click

from kiosk_app import runtime
from kiosk_app.cli.devices import ACTOR, unit_id_of
from kiosk_app.config import Settings
from kiosk_app.core import clock, db
from kiosk_app.core.columns import LOCAL_ZONE
from kiosk_app.core.errors import RuleError
from kiosk_app.feedback import surveys
from kiosk_app.questionnaires import commands, queries


@click.group()
def survey() -> None:
    """Full surveys and their rounds."""
    runtime.start(Settings.from_env())


@survey.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def publish(*, file: Path) -> None:
    """Publish a version from a JSON file; it never changes afterwards."""
    try:
        definition = json.loads(file.read_text("utf-8"))
    except ValueError as error:
        raise RuleError("survey_unreadable", f"{file}: {error}", field="FILE") from error
    if not isinstance(definition, dict):
        raise RuleError("survey_unreadable", f"{file}: an object is needed", field="FILE")
    click.echo(f"{commands.publish(definition, actor=ACTOR, now=clock.now())} is published")


@survey.command()
@click.option("--unit", required=True, help="Key of the unit.")
@click.option("--questionnaire", default="mot_cua@1", show_default=True)
@click.option("--from", "first", type=click.DateTime(["%Y-%m-%d"]), help="First day.")
@click.option("--to", "last", type=click.DateTime(["%Y-%m-%d"]), help="Last day.")
@click.option("--off", is_flag=True, help="End the round now.")
def round(*, unit: str, questionnaire: str, first: datetime | None, last: datetime | None, off: bool) -> None:  # noqa: A001
    """Offer a survey after each rating from the first to the last day, or end it."""
    unit_id, now = unit_id_of(unit), clock.now()
    if off:
        commands.end_round(unit_id, today=now.astimezone(LOCAL_ZONE).date(), actor=ACTOR, now=now)
        click.echo(f"{unit} offers no survey")
        return
    if first is None or last is None:
        raise click.UsageError("give --from and --to, or --off")
    commands.set_round(unit_id, questionnaire, first.date(), last.date(), actor=ACTOR, now=now)
    click.echo(f"{unit} offers {questionnaire} from {first:%Y-%m-%d} to {last:%Y-%m-%d}")


@survey.command()
@click.option("--unit", required=True, help="Key of the unit.")
@click.option("--month", "months", multiple=True, type=int, required=True, help="Month like 201810.")
@click.option("--json", "as_json", is_flag=True)
def counts(*, unit: str, months: tuple[int, ...], as_json: bool) -> None:
    """Released counts per question and answer."""
    unit_id = unit_id_of(unit)
    with db.reading() as conn:
        rows = surveys.counts(conn, months=months, unit_ids=[unit_id])
        known = queries.surveys(conn, {row.questionnaire for row in rows})
    found = [surveys.named(row, known) for row in rows]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for each in found:
        click.echo(f"{each['questionnaire']} {each['question']:16} {each['counts']}")
