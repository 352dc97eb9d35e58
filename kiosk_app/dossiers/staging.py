"""Writing an import run's rows in short transactions, invisible until the run is published."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection, func, select, text

from kiosk_app.core.columns import local_day
from kiosk_app.dossiers import queries
from kiosk_app.dossiers.judge import STATUS_RANK, Entry
from kiosk_app.dossiers.models import Dossier, DossierVersion
from kiosk_app.dossiers.records import DossierFacts
from kiosk_app.dossiers.rules import tail_of

CLEAN_CHUNK = 2_000
DOSSIER_ID = Dossier.id
COUNT_CHUNK = 20_000
_TABLES = {
    "dossiers": ("id", "code", "code_key", "tail", "unit_id"),
    "dossier_versions": (
        "dossier_id", "version", "run_id", "procedure_id", "officer_id", "counter_id",
        "filing_mode", "received_ms", "due_day", "finished_ms", "returned_ms",
        "supplement_count", "status", "updated_ms",
    ),
    "dossier_steps": ("dossier_id", "version", "step", "occurred_ms", "officer_id"),
    "eligible_days": (
        "day", "unit_id", "officer_id", "counter_id", "procedure_id", "step", "filing_mode",
        "late", "supplemented", "run_id", "n",
    ),
    "eligible_months": (
        "month", "unit_id", "officer_id", "counter_id", "procedure_id", "step", "filing_mode",
        "late", "supplemented", "run_id", "n",
    ),
    "service_months": (
        "month", "unit_id", "procedure_id", "filing_mode", "run_id", "received", "resolved",
        "early", "on_time", "late", "handed_over", "supplemented", "supplement_over_limit",
    ),
}
Row = tuple[object, ...]


def insert_rows(conn: Connection, table: str, rows: Sequence[Row]) -> None:
    """Insert tuples in the column order of ``_TABLES``; the fast path of both drivers."""
    if not rows:
        return
    columns = ", ".join(_TABLES[table])
    if conn.dialect.name == "sqlite":
        marks = ", ".join("?" * len(_TABLES[table]))
        statement = f"INSERT INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608
        conn.exec_driver_sql(statement, list(rows))
        return
    driver = conn.connection.driver_connection
    with driver.cursor().copy(f"COPY {table} ({columns}) FROM STDIN") as copy:  # type: ignore[union-attr]
        for row in rows:
            copy.write_row(row)


def add_rows(conn: Connection, table: str, rows: Sequence[Row], measures: int) -> None:
    """Add to counts of a run that is published already; the last ``measures`` values are sums."""
    if not rows:
        return
    columns = _TABLES[table]
    keys, sums = columns[:-measures], columns[-measures:]
    changes = ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in sums)
    marks = ", ".join(f":{name}" for name in columns)
    conn.execute(
        text(
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608
            f" ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {changes}"
        ),
        [dict(zip(columns, row, strict=True)) for row in rows],
    )


class Counts:
    """What a run adds to (or takes from) the counts, gathered until its end."""

    def __init__(self) -> None:
        self.days: Counter[Row] = Counter()
        self.service: dict[Row, list[int]] = {}

    def add(self, entry: Entry, amount: int) -> None:
        """Count an entry in (1) or out (-1)."""
        supplemented = int(entry.supplement_count > 0)
        rest = (entry.filing_mode, entry.late, supplemented)
        head = (entry.unit_id, entry.officer_id or 0, entry.counter_id or 0, entry.procedure_id)
        self.days[(entry.received_day, *head, "reception", *rest)] += amount
        if entry.returned_day is not None:
            self.days[(entry.returned_day, *head, "return", *rest)] += amount
        if supplemented:
            self.days[(entry.received_day, *head, "supplement", *rest)] += amount
        key = (entry.received_day // 100, entry.unit_id, entry.procedure_id, entry.filing_mode)
        measures = self.service.setdefault(key, [0] * 8)
        for position, value in enumerate(_measures(entry)):
            measures[position] += amount * value

    def day_rows(self, run_id: int) -> list[Row]:
        """Rows of ``eligible_days``."""
        return [(*key, run_id, n) for key, n in sorted(self.days.items()) if n]

    def month_rows(self, run_id: int) -> list[Row]:
        """Rows of ``eligible_months``."""
        months: Counter[Row] = Counter()
        for key, n in self.days.items():
            months[(int(str(key[0])) // 100, *key[1:])] += n
        return [(*key, run_id, n) for key, n in sorted(months.items()) if n]

    def service_rows(self, run_id: int) -> list[Row]:
        """Rows of ``service_months``."""
        return [
            (*key, run_id, *values) for key, values in sorted(self.service.items()) if any(values)
        ]


def _measures(entry: Entry) -> tuple[int, ...]:
    resolved = entry.finished_day is not None
    early = on_time = late = 0
    if entry.finished_day is not None and entry.due_day is not None:
        early = int(entry.finished_day < entry.due_day)
        on_time = int(entry.finished_day == entry.due_day)
        late = int(entry.finished_day > entry.due_day)
    return (
        1, int(resolved), early, on_time, late, int(entry.returned_ms is not None),
        int(entry.supplement_count > 0), int(entry.supplement_count > 1),
    )


@dataclass
class Staged:
    """What one chunk did, by outcome."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    changed_keys: list[str] = field(default_factory=list)


def _merge(old: DossierFacts, new: Entry) -> Entry | None:
    """The entry after a row that fills blanks or moves the status on; None if it says nothing."""
    stored = as_entry(old, new)
    further = STATUS_RANK.get(new.status, 0) > STATUS_RANK.get(old.status, 0)
    merged = replace(
        stored,
        officer_id=old.officer_id or new.officer_id, counter_id=old.counter_id or new.counter_id,
        due_day=old.due_day or new.due_day,
        finished_ms=new.finished_ms if old.finished_ms is None else old.finished_ms,
        finished_day=new.finished_day if old.finished_ms is None else stored.finished_day,
        returned_ms=new.returned_ms if old.returned_ms is None else old.returned_ms,
        returned_day=new.returned_day if old.returned_ms is None else stored.returned_day,
        supplement_count=max(old.supplement_count, new.supplement_count),
        status=new.status if further else old.status,
    )
    return None if merged == stored else merged


def of_facts(old: DossierFacts) -> Entry:
    """The stored facts in the form of an entry."""
    return Entry(
        code=old.code, code_key=old.code_key, tail=tail_of(old.code_key), unit_id=old.unit_id,
        procedure_id=old.procedure_id, officer_id=old.officer_id, counter_id=old.counter_id,
        filing_mode=old.filing_mode, received_ms=old.received_ms,
        received_day=local_day(old.received_ms), due_day=old.due_day, finished_ms=old.finished_ms,
        finished_day=None if old.finished_ms is None else local_day(old.finished_ms),
        returned_ms=old.returned_ms,
        returned_day=None if old.returned_ms is None else local_day(old.returned_ms),
        supplement_count=old.supplement_count, status=old.status,
    )


def as_entry(old: DossierFacts, like: Entry) -> Entry:
    """The stored facts in the form of an entry that bears the code as ``like`` writes it."""
    return replace(of_facts(old), code=like.code)


def same_facts(one: Entry, other: Entry) -> bool:
    """Whether two entries say the same of a dossier, however its code is written."""
    return replace(one, code=other.code) == other


def steps_of(entry: Entry) -> Iterator[tuple[str, int | None]]:
    """Steps that an entry tells of, and when."""
    yield "reception", entry.received_ms
    if entry.supplement_count:
        yield "supplement", None
    if entry.returned_ms is not None:
        yield "return", entry.returned_ms


def existing_ids(conn: Connection, keys: Sequence[str]) -> dict[str, int]:
    """Ids by normal form, of dossiers visible or not."""
    found: dict[str, int] = {}
    for start in range(0, len(keys), 900):
        rows = conn.execute(
            select(Dossier.code_key, Dossier.id).where(
                Dossier.code_key.in_(keys[start : start + 900])
            )
        ).all()
        found.update((key, dossier_id) for key, dossier_id in rows)
    return found


def stage(
    conn: Connection, run_id: int, entries: Sequence[Entry], counts: Counts
) -> Staged:
    """Write one chunk under the run; dossiers that are known get a further version if it moves."""
    done = Staged()
    highest = conn.execute(select(func.max(Dossier.id))).scalar() or 0
    keys = [entry.code_key for entry in entries]
    ids = existing_ids(conn, keys) if highest else {}
    facts = queries.facts_by_key(conn, ids) if ids else {}
    new: list[Row] = []
    versions: list[Row] = []
    steps: list[Row] = []
    for entry in entries:
        dossier_id, version, stored = ids.get(entry.code_key), 1, entry
        if dossier_id is None:
            highest += 1
            dossier_id = highest
            new.append((dossier_id, entry.code, entry.code_key, entry.tail, entry.unit_id))
        else:
            version = _next_version(conn, dossier_id)
        old = facts.get(entry.code_key)
        if old is not None:
            merged = _merge(old, entry)
            if merged is None:
                done.unchanged += 1
                continue
            counts.add(as_entry(old, entry), -1)
            stored = merged
            done.updated += 1
            done.changed_keys.append(entry.code_key)
        else:
            done.created += 1
        counts.add(stored, 1)
        versions.append(version_row(dossier_id, version, run_id, stored, None))
        by = old.step_officers if old is not None else {}
        steps += [(dossier_id, version, step, at, by.get(step)) for step, at in steps_of(stored)]
    insert_rows(conn, "dossiers", new)
    insert_rows(conn, "dossier_versions", versions)
    insert_rows(conn, "dossier_steps", steps)
    return done


def version_row(
    dossier_id: int, version: int, run_id: int, entry: Entry, updated_ms: int | None
) -> Row:
    """A row of ``dossier_versions``."""
    return (
        dossier_id, version, run_id, entry.procedure_id, entry.officer_id, entry.counter_id,
        entry.filing_mode, entry.received_ms, entry.due_day, entry.finished_ms, entry.returned_ms,
        entry.supplement_count, entry.status, updated_ms,
    )


def _next_version(conn: Connection, dossier_id: int) -> int:
    newest = conn.execute(
        select(func.max(DossierVersion.version)).where(DossierVersion.dossier_id == dossier_id)
    ).scalar()
    return int(newest or 0) + 1


def clean(conn: Connection, run_id: int) -> bool:
    """Remove some of what an abandoned run left behind; True while there is more."""
    for table in ("eligible_days", "eligible_months", "service_months"):
        conn.execute(text(f"DELETE FROM {table} WHERE run_id = :run"), {"run": run_id})  # noqa: S608
    found = conn.execute(
        select(DossierVersion.dossier_id, DossierVersion.version)
        .where(DossierVersion.run_id == run_id)
        .limit(CLEAN_CHUNK)
    ).all()
    if not found:
        return False
    ids = [row.dossier_id for row in found]
    named = [{"dossier": row.dossier_id, "version": row.version} for row in found]
    for table in ("dossier_steps", "dossier_versions"):
        conn.execute(
            text(f"DELETE FROM {table} WHERE dossier_id = :dossier AND version = :version"),  # noqa: S608
            named,
        )
    kept = select(DossierVersion.dossier_id).where(DossierVersion.dossier_id.in_(ids))
    known = set(conn.execute(kept).scalars())
    conn.execute(
        text(
            "DELETE FROM dossiers WHERE id = :dossier"
            " AND NOT EXISTS (SELECT 1 FROM slips s WHERE s.dossier_id = dossiers.id)"
            " AND NOT EXISTS (SELECT 1 FROM invitations i WHERE i.dossier_id = dossiers.id)"
        ),
        [{"dossier": one} for one in set(ids) - known] or [{"dossier": -1}],
    )
    return True
