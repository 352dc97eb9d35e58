"""Dossiers as one-stop software pushes them: the newest ``updated_at`` wins, as an instant.

A push is visible at once. All pushes of a day share one run, so that counts stay as few as those
of files. What a body says of the applicant is never read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from kiosk_app.core.audit import Actor
from kiosk_app.core.columns import LOCAL_ZONE, to_ms
from kiosk_app.dossiers import intake, parked, queries, staging
from kiosk_app.dossiers.judge import CURES, FILING_MODES, STATUS_RANK, Entry, Judge, RefusedError
from kiosk_app.dossiers.models import STEPS, DossierVersion, ImportFinding, ImportRun
from kiosk_app.dossiers.rules import normal_form

MAX_DOSSIERS = 1000
STATUSES = range(1, 11)
_TEXTS = ("code", "unit", "procedure", "officer", "filing_mode")
_MOMENTS = {"received": "received_at", "finished": "finished_at", "returned": "returned_at"}
_CURES = {
    "malformed": "an object with the keys of the description",
    "updated_at_missing": "say when your record changed last, RFC 3339 with offset",
    "date_impossible": "RFC 3339 with offset, such as 2018-10-15T08:30:00+07:00",
    "date_out_of_range": "between 2000 and 2040",
    "status_unknown": "a national status, 1 to 10",
    "same_time_other_content": "this updated_at came before with other content, which stays",
    "step_unknown": f"one of {', '.join(STEPS)}",
    "unit_foreign": "this key may not push for that unit",
    "import_running": "a file with this dossier is being taken in; send again in a minute",
    "older_update": "a newer update is stored",
    "status_backwards": "stored; the status went back",
    "supplement_after_return": "stored; a supplement was asked for after the hand-over",
}


@dataclass(frozen=True)
class Pushed:
    """What became of one body."""

    code: str
    code_key: str
    outcome: str
    """created, updated, unchanged, warned (stored); ignored, parked, refused, busy (not)."""
    reason: str = ""
    field: str = ""

    @property
    def stored(self) -> bool:
        """Whether it changed what is known of the dossier."""
        return self.outcome in {"created", "updated", "warned"}

    @property
    def cure(self) -> str:
        """What the sender can do."""
        return _CURES.get(self.reason) or CURES.get(self.reason, "")


@dataclass(frozen=True)
class _Sent:
    """A body that can be read."""

    entry: Entry
    updated_ms: int
    steps: tuple[tuple[str, int | None, int | None], ...]
    """Steps it names: step, when, officer."""


@dataclass
class _Known:
    """What is known of one dossier while a batch is taken in."""

    dossier_id: int
    version: int
    entry: Entry | None
    updated_ms: int | None
    step_officers: Mapping[str, int | None]
    busy: bool = False


def _moment(value: object, field: str) -> datetime | None:
    if value is None or value == "":
        return None
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise RefusedError("refused", "date_impossible", field)
    if not 2000 <= found.year <= 2040:
        raise RefusedError("refused", "date_out_of_range", field)
    return found


def _updated(body: Mapping[str, object]) -> int:
    found = _moment(body.get("updated_at"), "updated_at")
    if found is None:
        raise RefusedError("refused", "updated_at_missing", "updated_at")
    return to_ms(found)


def _whole(body: Mapping[str, object], key: str) -> int | None:
    value = body.get(key)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 0):
        raise RefusedError("refused", "number_malformed", key)
    return value


class Reader:
    """Turns bodies into entries, by the same rules as rows of files."""

    def __init__(self, conn: Connection) -> None:
        self._known = intake.known(conn)
        self._judge = Judge(self._known)

    def _steps(self, body: Mapping[str, object]) -> Iterator[tuple[str, int | None, int | None]]:
        sent = body.get("steps") or []
        if not isinstance(sent, list) or not all(isinstance(one, dict) for one in sent):
            raise RefusedError("refused", "malformed", "steps")
        for one in sent:
            if one.get("step") not in STEPS:
                raise RefusedError("refused", "step_unknown", "steps")
            at = _moment(one.get("at"), "steps")
            officer = one.get("officer")
            if officer is not None and officer not in self._known.officers:
                raise RefusedError("parked", "officer_unknown", "steps")
            yield one["step"], to_ms(at) if at else None, self._known.officers.get(officer or "")

    def _moments(self, body: Mapping[str, object]) -> dict[str, datetime]:
        read = {name: _moment(body.get(key), key) for name, key in _MOMENTS.items()}
        return {name: found for name, found in read.items() if found is not None}

    def is_known(self, body: Mapping[str, object]) -> bool:
        """Whether everything that a body refers to is known by now."""
        try:
            self.read(body)
        except RefusedError:
            return False
        return True

    def read(self, body: Mapping[str, object]) -> _Sent:
        """RefusedError says outcome, reason and field."""
        for key in (*_TEXTS, "due_date"):
            if not isinstance(body.get(key), str | None) or len(str(body.get(key))) > 200:
                raise RefusedError("refused", "malformed", key)
        cell = {key: str(body.get(key) or "") for key in _TEXTS}
        cell["filing_mode"] = cell["filing_mode"] or "direct"
        if cell["filing_mode"] not in FILING_MODES:
            raise RefusedError("refused", "filing_mode_unknown", "filing_mode")
        status, supplements = _whole(body, "status"), _whole(body, "supplement_count")
        if status is not None and status not in STATUSES:
            raise RefusedError("refused", "status_unknown", "status")
        exact = self._moments(body)
        cell |= {n: f"{m.astimezone(LOCAL_ZONE):%Y-%m-%d %H:%M}" for n, m in exact.items()}
        cell |= {"due": str(body.get("due_date") or ""), "supplement": str(supplements or 0),
                 "status": "" if status is None else str(status)}
        entry = self._judge.judge(cell)
        if cell["unit"] and self._known.unit_refs.get(cell["unit"]) != entry.unit_id:
            raise RefusedError("refused", "unit_mismatch", "unit")
        moments = {name: to_ms(moment) for name, moment in exact.items()}
        entry = replace(
            entry, received_ms=moments["received"], finished_ms=moments.get("finished"),
            returned_ms=moments.get("returned"),
        )
        return _Sent(entry, _updated(body), tuple(self._steps(body)))


def _load(conn: Connection, keys: Sequence[str]) -> dict[str, _Known]:
    ids = staging.existing_ids(conn, keys)
    numbers = sorted(ids.values())
    versions: dict[int, int] = {}
    busy: set[int] = set()
    pushed: dict[int, int] = {}
    for start in range(0, len(numbers), 900):
        some = numbers[start : start + 900]
        versions.update((row[0], row[1]) for row in conn.execute(
            select(DossierVersion.dossier_id, func.max(DossierVersion.version))
            .where(DossierVersion.dossier_id.in_(some)).group_by(DossierVersion.dossier_id)
        ).all())
        busy.update(conn.execute(
            select(DossierVersion.dossier_id)
            .join(ImportRun, ImportRun.id == DossierVersion.run_id)
            .where(DossierVersion.dossier_id.in_(some), ImportRun.state == "staging")
        ).scalars())
        pushed |= queries.pushed_at(conn, some)
    facts = queries.facts_by_key(conn, ids)
    return {
        key: _Known(
            number, versions.get(number, 0), staging.of_facts(facts[key]) if key in facts else None,
            pushed.get(number), facts[key].step_officers if key in facts else {}, number in busy,
        )
        for key, number in ids.items()
    }


def _run(conn: Connection, now: datetime) -> int:
    """The run that all pushes of this day belong to."""
    name = f"push {now.astimezone(LOCAL_ZONE):%Y-%m-%d}"
    found = conn.execute(
        select(ImportRun.id).where(ImportRun.kind == "push", ImportRun.source_name == name)
    ).scalar()
    return found or int(
        conn.execute(
            insert(ImportRun).values(
                kind="push", source_name=name, state="published", started_at=now, published_at=now,
            ).returning(ImportRun.id)
        ).scalar_one()
    )


class _Batch:
    """Bodies judged one after the other, each seeing what those before it left."""

    def __init__(
        self, conn: Connection, reader: Reader, keys: Sequence[str],
        only_units: Set[int] | None, run_id: int,
    ) -> None:
        self._reader, self._only, self._run_id = reader, only_units, run_id
        self.known = _load(conn, keys)
        self._next = int(conn.execute(select(func.max(staging.DOSSIER_ID))).scalar() or 0) + 1
        self.counts = staging.Counts()
        self.new: list[staging.Row] = []
        self.versions: list[staging.Row] = []
        self.steps: list[staging.Row] = []
        self.parked: dict[str, parked.Parked] = {}

    def take(self, body: object) -> Pushed:
        """Judge a body and note what is to be written."""
        if not isinstance(body, Mapping):
            return Pushed("", "", "refused", "malformed")
        code = str(body.get("code") or "").strip()[:60]
        key = normal_form(code)
        try:
            outcome, reason = self._take(key, body)
        except RefusedError as refused:
            done = Pushed(code, key, *refused.refusal)
            if done.outcome == "parked":
                self.parked[key] = parked.Parked(done.reason, done.field, _updated(body), body)
            return done
        return Pushed(code, key, outcome, reason)

    def _take(self, key: str, body: Mapping[str, object]) -> tuple[str, str]:
        if not key:
            raise RefusedError("refused", "missing_code", "code")
        updated, old = _updated(body), self.known.get(key)
        if old is not None and old.updated_ms is not None and updated < old.updated_ms:
            return "ignored", "older_update"
        sent = self._reader.read(body)
        if self._only is not None and sent.entry.unit_id not in self._only:
            raise RefusedError("refused", "unit_foreign", "unit")
        if old is not None and old.busy:
            return "busy", "import_running"
        if old is not None and old.entry is not None and updated == old.updated_ms:
            if staging.same_facts(old.entry, sent.entry):
                return "unchanged", ""
            raise RefusedError("refused", "same_time_other_content", "updated_at")
        return self._store(key, sent, old)

    def _store(self, key: str, sent: _Sent, old: _Known | None) -> tuple[str, str]:
        entry, before = sent.entry, old.entry if old else None
        if old is None:
            old = _Known(self._next, 0, None, None, {})
            self._next += 1
            self.new.append((old.dossier_id, entry.code, key, entry.tail, entry.unit_id))
            self.known[key] = old
        if before is not None:
            self.counts.add(before, -1)
        self.counts.add(entry, 1)
        old.version, old.entry, old.updated_ms = old.version + 1, entry, sent.updated_ms
        self.versions.append(staging.version_row(
            old.dossier_id, old.version, self._run_id, entry, sent.updated_ms
        ))
        old.step_officers = {**old.step_officers, **{s: who for s, _at, who in sent.steps if who}}
        when = dict(staging.steps_of(entry)) | {step: at for step, at, _who in sent.steps}
        self.steps += [
            (old.dossier_id, old.version, step, at, old.step_officers.get(step))
            for step, at in when.items()
        ]
        return _outcome(before, entry)

    def write(self, conn: Connection) -> None:
        """Write everything that was taken."""
        staging.insert_rows(conn, "dossiers", self.new)
        staging.insert_rows(conn, "dossier_versions", self.versions)
        staging.insert_rows(conn, "dossier_steps", self.steps)
        for table, rows, measures in (
            ("eligible_days", self.counts.day_rows(self._run_id), 1),
            ("eligible_months", self.counts.month_rows(self._run_id), 1),
            ("service_months", self.counts.service_rows(self._run_id), 8),
        ):
            staging.add_rows(conn, table, rows, measures)
        done = {key: one.updated_ms for key, one in self.known.items() if one.updated_ms is not None}
        parked.forget(conn, done)
        parked.keep(conn, {
            key: one for key, one in self.parked.items() if one.updated_ms > done.get(key, -1)
        })


def _outcome(before: Entry | None, entry: Entry) -> tuple[str, str]:
    if before is None:
        return "created", ""
    if before.returned_ms is not None and entry.supplement_count > before.supplement_count:
        return "warned", "supplement_after_return"
    if STATUS_RANK.get(entry.status, 0) < STATUS_RANK.get(before.status, 0):
        return "warned", "status_backwards"
    return ("unchanged" if staging.same_facts(before, entry) else "updated"), ""


def store(
    conn: Connection, reader: Reader, bodies: Sequence[object], *, only_units: Set[int] | None,
    actor: Actor, now: datetime,
) -> list[Pushed]:
    """Take in bodies in their order; one verdict each. Works in the caller's transaction."""
    keys = sorted({
        normal_form(str(body.get("code") or "")[:60]) for body in bodies if isinstance(body, Mapping)
    } - {""})
    run_id = _run(conn, now)
    batch = _Batch(conn, reader, keys, only_units, run_id)
    done = [batch.take(body) for body in bodies]
    batch.write(conn)
    findings = [
        {"run_id": run_id, "row": number, "column": "", "field": one.field, "reason": one.reason,
         "outcome": one.outcome, "detail": f"{actor.name}: {one.code}: {one.cure}"}
        for number, one in enumerate(done, 1) if one.outcome in {"refused", "parked", "warned"}
    ]
    if findings:
        conn.execute(insert(ImportFinding), findings)
    return done
