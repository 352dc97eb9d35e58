"""``kiosk import``: files of offices, all-or-nothing, with an error list."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import click

from kiosk_app import runtime
from kiosk_app.cli.devices import ACTOR
from kiosk_app.config import Settings
from kiosk_app.core import clock, db
from kiosk_app.core.errors import RuleError
from kiosk_app.devices import handover
from kiosk_app.devices import queries as device_queries
from kiosk_app.dossiers import intake
from kiosk_app.feedback import commands as feedback_commands
from kiosk_app.feedback.records import Sender
from kiosk_app.organisation import commands as organisation_commands
from kiosk_app.organisation import queries as organisation_queries
from kiosk_app.organisation.records import ImportResult
from kiosk_app.paper import files as paper_files
from kiosk_app.questionnaires import builtin
from kiosk_app.training import intake as training_intake
from kiosk_app.training import notices as training_notices

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.group("import")
def import_() -> None:
    """Take in files."""
    runtime.start(Settings.from_env())


def _organisation(path: Path, dry_run: bool, as_json: bool, command: Callable[..., ImportResult]) -> None:
    with path.open(encoding="utf-8-sig", newline="") as source:
        rows = list(csv.DictReader(source))
    result = command(rows, actor=ACTOR, now=clock.now(), dry_run=dry_run)
    if as_json:
        click.echo(json.dumps({"created": result.created, "updated": result.updated,
                               "unchanged": result.unchanged, "refused": len(result.errors)}))
    else:
        for error in result.errors[:50]:
            click.echo(f"row {error.row}, {error.column}: {error.reason}; {error.cure}")
        click.echo(f"created {result.created} · updated {result.updated} · "
                   f"unchanged {result.unchanged} · refused {len(result.errors)}")
    if not result.ok:
        sys.exit(1)


def _add(name: str, command: Callable[..., ImportResult]) -> None:
    @import_.command(name, help=f"Take in {name} (CSV).")
    @click.argument("file", type=FILE)
    @click.option("--dry-run", is_flag=True)
    @click.option("--json", "as_json", is_flag=True)
    def take(*, file: Path, dry_run: bool, as_json: bool) -> None:
        _organisation(file, dry_run, as_json, command)


for _name, _command in (
    ("units", organisation_commands.import_units),
    ("unit-events", organisation_commands.import_unit_events),
    ("counters", organisation_commands.import_counters),
    ("officers", training_notices.import_officers),
    ("procedures", organisation_commands.import_procedures),
    ("holidays", organisation_commands.import_holidays),
):
    _add(_name, _command)


def _progress(done: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{done} rows", nl=False, err=True)
    elif done % 40_000 == 0:
        click.echo(f"{done} rows", err=True)


def _write_errors(path: Path, report: intake.Report) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["row", "column", "field", "outcome", "reason", "cure"])
        for f in report.findings:
            writer.writerow([f.row, f.column, f.field, f.outcome, f.reason, f.cure])


@import_.command()
@click.argument("files", type=FILE, nargs=-1, required=True)
@click.option("--dry-run", is_flag=True)
@click.option("--errors", type=click.Path(path_type=Path))
@click.option("--skip-bad-rows", is_flag=True)
@click.option("--json", "as_json", is_flag=True)
def dossiers(
    *, files: tuple[Path, ...], dry_run: bool, errors: Path | None, skip_bad_rows: bool,
    as_json: bool,
) -> None:
    """Take in dossier files, each all-or-nothing unless --skip-bad-rows."""
    failed = False
    for path in files:
        report = intake.import_file(
            path, actor=ACTOR, now=clock.now(), progress=_progress, skip_bad_rows=skip_bad_rows,
            dry_run=dry_run,
        )
        if report.published:
            feedback_commands.match_unmatched(now=clock.now())
            feedback_commands.refresh_attributions(report.changed_keys, now=clock.now())
        if errors:
            _write_errors(errors, report)
        failed = failed or bool(report.findings)
        if as_json:
            click.echo(json.dumps(intake.as_json(report), ensure_ascii=False))
            continue
        for f in report.findings[:20]:
            click.echo(f"{path.name}, row {f.row}, {f.column}: {f.reason}; {f.cure}")
        totals = " · ".join(f"{name} {n}" for name, n in report.totals().items())
        state = "" if report.published or dry_run else "; nothing was taken in"
        click.echo(f"{path.name}: {totals}{state}")
    if failed:
        sys.exit(1)


@import_.command()
@click.argument("file", type=FILE)
@click.option("--dry-run", is_flag=True)
@click.option("--skip-bad-rows", is_flag=True)
def training(*, file: Path, dry_run: bool, skip_bad_rows: bool) -> None:
    """Take in a training workbook."""
    report = training_intake.import_workbook(
        file, actor=ACTOR, now=clock.now(), dry_run=dry_run, skip_bad_rows=skip_bad_rows
    )
    for row in report.rows:
        if row.reason:
            click.echo(f"{row.sheet}, row {row.row}: {row.outcome} {row.reason}")
    click.echo(f"sessions {report.sessions} · enrolments {report.enrolments} · "
               f"completed {report.completed}")


@import_.command()
@click.argument("files", type=FILE, nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True)
def queue(*, files: tuple[Path, ...], as_json: bool) -> None:
    """Take in queues that tablets exported; what has arrived before is told and left alone."""
    failed = False
    for path in files:
        verdicts = import_queue(path.read_text("utf-8"), now=clock.now())
        failed = failed or bool(verdicts["conflict"] or verdicts["rejected"])
        if as_json:
            click.echo(json.dumps({"file": path.name, **verdicts}))
        else:
            totals = " · ".join(f"{name} {n}" for name, n in verdicts.items())
            click.echo(f"{path.name}: {totals}")
    if failed:
        sys.exit(1)


@import_.command()
@click.argument("file", type=FILE)
@click.option("--unit", required=True, help="Unit of the box, e.g. HL-TTHCC.")
@click.option("--dry-run", is_flag=True)
@click.option("--json", "as_json", is_flag=True)
def paper(*, file: Path, unit: str, dry_run: bool, as_json: bool) -> None:
    """Take in paper forms of one unit (CSV: code, level, reasons, comment, day, step)."""
    with db.reading() as conn:
        unit_id = organisation_queries.unit_by_ref(conn, unit)
    if unit_id is None:
        raise click.BadParameter(f"there is no unit {unit}", param_hint="--unit")
    numbers = {tile["n"]: tile["codes"] for tile in builtin.numbered("vi")}
    forms, problems = paper_files.read_file(file, by_number=numbers, now=clock.now())
    for one in problems[:50]:
        click.echo(f"{file.name}, row {one.row}, {one.field}: {one.code} “{one.value}”", err=True)
    done = [] if problems or dry_run else paper_files.take_in(
        forms, unit_id, questionnaire=f"{builtin.QUESTIONNAIRE}@{builtin.VERSION}", actor=ACTOR,
        now=clock.now(),
    )
    created = sum(form.verdict == "created" for form in done)
    totals = {"created": created, "refused": len(problems), "kept_apart": len(done) - created}
    if as_json:
        click.echo(json.dumps({"file": file.name, **totals}))
    else:
        click.echo(f"{file.name}: " + " · ".join(f"{name} {n}" for name, n in totals.items())
                   + ("; nothing was taken in" if problems else ""))
    if problems or totals["kept_apart"]:
        sys.exit(1)


def import_queue(text: str, *, now: datetime) -> dict[str, int]:
    """Verdicts of an exported queue by kind; RuleError if it cannot be read or its tablet is unknown."""
    inner = handover.open_file(text)
    with db.reading() as conn:
        tablet = device_queries.by_token(conn, str(inner.get("token", "")))
    if tablet is None:
        raise RuleError("queue_device_unknown", "the tablet of this file is not known here")
    sender = Sender(
        device_id=tablet.id, unit_id=tablet.unit_id, counter_id=tablet.counter_id,
        revoked=tablet.revoked_at is not None,
    )
    verdicts = dict.fromkeys(("created", "duplicate", "conflict", "rejected"), 0)
    items = inner["items"]
    for start in range(0, len(items), feedback_commands.MAX_ITEMS):
        batch = items[start : start + feedback_commands.MAX_ITEMS]
        for one in feedback_commands.record(batch, sender=sender, now=now).results:
            verdicts[one.verdict] += 1
    return verdicts
