"""Taking in a dossier file: staged in short transactions, published as a whole, or not at all."""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, insert, select, update

from kiosk_app.core import audit
from kiosk_app.core.audit import Actor
from kiosk_app.core.columns import day_number
from kiosk_app.core.db import reading, transaction
from kiosk_app.core.errors import KioskError
from kiosk_app.dossiers import counts as dossier_counts
from kiosk_app.dossiers import mapping, staging
from kiosk_app.dossiers.judge import CURES, Entry, Judge, Known, RefusedError
from kiosk_app.dossiers.models import ImportFinding, ImportRun
from kiosk_app.dossiers.readers import delimited
from kiosk_app.organisation import queries as organisation_queries

CHUNK = 4000
PAUSE_SECONDS = 0.005
"""After each chunk, so that ratings that wait for the writer get their turn."""
Progress = Callable[[int], None]


@dataclass(frozen=True)
class Finding:
    """A row that was refused, parked or warned about: place, reason and cure, never the value."""

    row: int
    column: str
    field: str
    outcome: str
    reason: str
    cure: str


@dataclass
class Report:
    """What an import did; ``published`` False means that nothing was taken in."""

    published: bool = False
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    parked: int = 0
    warned: int = 0
    refused: int = 0
    personal_columns: tuple[str, ...] = ()
    findings: list[Finding] = field(default_factory=list)
    changed_keys: list[str] = field(default_factory=list)
    """Normal forms of dossiers that were known before and moved on."""

    def totals(self) -> dict[str, int]:
        """Counts by outcome."""
        return {
            name: getattr(self, name)
            for name in ("created", "updated", "unchanged", "parked", "warned", "refused")
        }


def known(conn: Connection) -> Known:
    """What rows may refer to, as the organisation is now."""
    units = organisation_queries.units(conn)
    owners = organisation_queries.prefix_owners(conn)
    postings: dict[int, list[tuple[int, int | None, int, int]]] = {}
    for posting in organisation_queries.postings(conn):
        postings.setdefault(posting.officer_id, []).append((
            posting.unit_id, posting.counter_id, day_number(posting.posted_from),
            day_number(posting.posted_to) if posting.posted_to else 99_999_999,
        ))
    return Known(
        prefixes={u.prefix: owners.get(u.prefix, u.id) for u in units.values() if u.prefix},
        unit_refs={u.ref: u.id for u in units.values()},
        procedures=_versions(conn),
        officers={o.code: o.id for o in organisation_queries.officers(conn).values()},
        postings=postings,
    )


def _versions(conn: Connection) -> dict[str, list[tuple[int, int, int]]]:
    found: dict[str, list[tuple[int, int, int]]] = {}
    for one in organisation_queries.procedures(conn).values():
        found.setdefault(one.code, []).append((
            day_number(one.valid_from) if one.valid_from else 0,
            day_number(one.valid_to) if one.valid_to else 99_999_999, one.id,
        ))
    return found


class _File:
    """Rows of a file judged one after the other."""

    def __init__(self, path: Path, judge: Judge, report: Report) -> None:
        self._rows = delimited.read(path)
        header = next(self._rows, None)
        if header is None:
            raise KioskError("file_empty", f"{path.name} holds no row")
        self._columns = mapping.recognise(header.cells)
        report.personal_columns = self._columns.personal
        self._judge, self._report = judge, report
        self._seen: dict[str, int] = {}

    def _refuse(self, row: int, outcome: str, reason: str, name: str) -> None:
        column = self._columns.names.get(name, "")
        finding = Finding(row, column, name, outcome, reason, CURES.get(reason, ""))
        self._report.findings.append(finding)
        setattr(self._report, outcome, getattr(self._report, outcome) + 1)

    def entries(self) -> Iterator[Entry]:
        """Entries that can be stored; everything else goes into the report."""
        index = tuple(self._columns.index.items())
        for source in self._rows:
            cells = source.cells
            if not any(cells):
                continue
            if len(cells) != self._columns.width:
                self._refuse(source.row, "refused", "column_count", "")
                continue
            try:
                entry = self._judge.judge({name: cells[i] for name, i in index})
            except RefusedError as refused:
                self._refuse(source.row, *refused.refusal)
                continue
            content = hash(tuple(cells[i] for _, i in index))
            earlier = self._seen.get(entry.code_key)
            if earlier is None:
                self._seen[entry.code_key] = content
                yield entry
            elif earlier == content:
                self._report.unchanged += 1
            else:
                self._refuse(source.row, "refused", "duplicate_conflict", "code")


def _begin(path: Path, *, actor: Actor, now: datetime) -> int:
    with path.open("rb") as source:
        checksum = hashlib.file_digest(source, "sha256").hexdigest()
    with transaction() as conn:
        run_id = conn.execute(
            insert(ImportRun)
            .values(
                kind="dossiers", source_name=path.name[:200], source_sha256=checksum,
                state="staging", started_at=now, actor=actor.name, summary="{}",
            )
            .returning(ImportRun.id)
        ).scalar_one()
    return int(run_id)


def abandon_stale() -> int:
    """Clean up after imports that were interrupted; how many."""
    with reading() as conn:
        stale = dossier_counts.staging_runs(conn)
    for run_id in stale:
        _abandon(run_id)
    return len(stale)


def _abandon(run_id: int) -> None:
    more = True
    while more:
        with transaction() as conn:
            more = staging.clean(conn, run_id)
            if not more:
                conn.execute(
                    update(ImportRun).where(ImportRun.id == run_id).values(state="abandoned")
                )


def _stage_all(
    entries: Iterator[Entry], run_id: int, report: Report, progress: Progress | None
) -> staging.Counts:
    counts, done = staging.Counts(), 0
    chunk: list[Entry] = []

    def write() -> None:
        with transaction() as conn:
            staged = staging.stage(conn, run_id, chunk, counts)
        report.created += staged.created
        report.updated += staged.updated
        report.unchanged += staged.unchanged
        report.changed_keys += staged.changed_keys
        chunk.clear()
        time.sleep(PAUSE_SECONDS)

    for entry in entries:
        chunk.append(entry)
        if len(chunk) >= CHUNK:
            done += len(chunk)
            write()
            if progress:
                progress(done)
    if chunk:
        write()
    return counts


def _stage_counts(counts: staging.Counts, run_id: int) -> None:
    for table, rows in (
        ("eligible_days", counts.day_rows(run_id)),
        ("eligible_months", counts.month_rows(run_id)),
        ("service_months", counts.service_rows(run_id)),
    ):
        for start in range(0, len(rows), staging.COUNT_CHUNK):
            with transaction() as conn:
                staging.insert_rows(conn, table, rows[start : start + staging.COUNT_CHUNK])
            time.sleep(PAUSE_SECONDS)


def _publish(run_id: int, report: Report, *, actor: Actor, now: datetime) -> None:
    with transaction() as conn:
        state = conn.execute(select(ImportRun.state).where(ImportRun.id == run_id)).scalar()
        if state != "staging":
            raise KioskError("import_interrupted", "another import cleaned this one up; start again")
        conn.execute(
            update(ImportRun)
            .where(ImportRun.id == run_id)
            .values(state="published", published_at=now, summary=json.dumps(report.totals()))
        )
        if report.findings:
            conn.execute(
                insert(ImportFinding),
                [
                    {"run_id": run_id, "row": f.row, "column": f.column[:80], "field": f.field,
                     "outcome": f.outcome, "reason": f.reason, "detail": f.cure}
                    for f in report.findings[:5000]
                ],
            )
        audit.record(
            conn, actor=actor, scope="intake", action="import_dossiers", subject=f"run {run_id}",
            now=now, **report.totals(),
        )
    report.published = True


def import_file(
    path: Path, *, actor: Actor, now: datetime, progress: Progress | None = None,
    skip_bad_rows: bool = False, dry_run: bool = False,
) -> Report:
    """Take in a dossier file (.csv, .csv.gz).

    All-or-nothing: with a refused or parked row nothing becomes visible, unless
    ``skip_bad_rows``. Personal columns are recognised by their header and never read. The caller
    matches ratings afterwards (``feedback.commands.match_unmatched``, ``refresh_attributions``).
    Raises KioskError when the file cannot be read at all.
    """
    abandon_stale()
    report = Report()
    with reading() as conn:
        judge = Judge(known(conn))
    source = _File(path, judge, report)
    if dry_run:
        report.created = sum(1 for _ in source.entries())
        return report
    run_id = _begin(path, actor=actor, now=now)
    try:
        counts = _stage_all(source.entries(), run_id, report, progress)
        if (report.refused or report.parked) and not skip_bad_rows:
            _abandon(run_id)
            return report
        _stage_counts(counts, run_id)
        _publish(run_id, report, actor=actor, now=now)
    except BaseException:
        if not report.published:
            _abandon(run_id)
        raise
    return report


def as_json(report: Report) -> dict[str, object]:
    """The report for ``--json``."""
    tally = Counter(f.reason for f in report.findings)
    return {
        "published": report.published, **report.totals(), "reasons": dict(tally),
        "findings": [asdict(f) for f in report.findings[:1000]],
    }
