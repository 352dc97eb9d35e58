"""Who must be told what of a session, and the telling: one mail and its record in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select

from kiosk_app.core import audit, db
from kiosk_app.core.audit import Actor
from kiosk_app.core.errors import RuleError
from kiosk_app.organisation import commands as organisation_commands
from kiosk_app.organisation import queries as organisation
from kiosk_app.organisation.records import ImportResult
from kiosk_app.organisation.rules import EMAIL, EMAIL_MAX
from kiosk_app.training import icalendar, letters, queries, seats
from kiosk_app.training.letters import SEQUENCE_STEP
from kiosk_app.training.models import Enrolment, OfficerAddress, TrainingNotice
from kiosk_app.training.records import SessionRecord

REMIND_BEFORE = timedelta(hours=26)
AHEAD = timedelta(days=120)
"""How long before its days people are told of a session."""
Queue = Callable[[Connection, str, str, str, str], None]
"""Puts a mail (address, subject, body, calendar) into the outbox inside the given transaction."""


@dataclass(frozen=True)
class Told:
    """The last telling of an enrolment."""

    kind: str
    sequence: int
    recorded_at: datetime

    @property
    def of_change(self) -> int:
        """The session's sequence that was told."""
        return self.sequence // SEQUENCE_STEP


def due(
    held: SessionRecord, state: str, told: list[Told], now: datetime
) -> str:
    """What this person must be told now: a kind of letter, or '' for nothing.

    Nothing is told of sessions that are over; who was never told is not told of a cancellation.
    """
    if not held.slots or held.slots[-1].ends_at <= now:
        return ""
    last = told[-1] if told else None
    out = last is None or last.kind in ("cancelled", "removed")
    if held.state == "cancelled":
        return "" if out else "cancelled"
    if state not in seats.SEATED:
        return "" if out else "removed"
    if held.state != "planned" or held.slots[0].starts_at <= now:
        return ""
    if last is None or out:
        return "invitation"
    if last.of_change < held.sequence:
        return "change"
    reminded = any(one.kind == "reminder" and one.of_change == held.sequence for one in told)
    near = held.slots[0].starts_at - now <= REMIND_BEFORE
    fresh = now - last.recorded_at < timedelta(hours=12)
    return "reminder" if near and not reminded and not fresh else ""


def _told(conn: Connection, enrolment_ids: Collection[int]) -> dict[int, list[Told]]:
    found: dict[int, list[Told]] = {}
    query = select(TrainingNotice.__table__).where(
        TrainingNotice.enrolment_id.in_(enrolment_ids)
    ).order_by(TrainingNotice.id)
    for row in conn.execute(query):
        found.setdefault(row.enrolment_id, []).append(
            Told(row.kind, row.sequence, row.recorded_at))
    return found


def last_told(conn: Connection, session_id: int) -> dict[int, Told]:
    """The last letter put into the outbox, by enrolment of a session."""
    ids = list(conn.execute(
        select(Enrolment.id).where(Enrolment.session_id == session_id)).scalars())
    return {one: told[-1] for one, told in _told(conn, ids).items()}


def tell(queue: Queue, *, base: str, host: str, now: datetime) -> int:
    """Queue every letter that is due; how many. Each person is told of each change once."""
    count = 0
    with db.reading() as conn:
        waiting = _with_due(conn, now)
    for session_id in waiting:
        with db.transaction() as conn:
            count += _tell(conn, session_id, queue, base, host, now)
    return count


def _with_due(conn: Connection, now: datetime) -> list[int]:
    """Coming sessions in which somebody with an address must be told something."""
    coming = {one.id: one for one in queries.sessions(
        conn, states=("planned", "cancelled"), first=now.date() - timedelta(days=1),
        last=now.date() + AHEAD,
    )}
    rows = conn.execute(
        select(Enrolment.id, Enrolment.session_id, Enrolment.state)
        .join(OfficerAddress, OfficerAddress.officer_id == Enrolment.officer_id)
        .where(Enrolment.session_id.in_(list(coming)))
    ).all()
    told = _told(conn, [row.id for row in rows])
    return sorted({row.session_id for row in rows if due(
        coming[row.session_id], row.state, told.get(row.id, []), now)})


def _tell(
    conn: Connection, session_id: int, queue: Queue, base: str, host: str, now: datetime
) -> int:
    held, rows = queries.session(conn, session_id), queries.roster(conn, session_id)
    told = _told(conn, [row.enrolment_id for row in rows])
    wanted = [(row, kind) for row in rows
              if (kind := due(held, row.state, told.get(row.enrolment_id, []), now))]
    where = addresses(conn, [row.officer_id for row, _kind in wanted])
    named = organisation.officers(conn, [row.officer_id for row, _kind in wanted])
    count = 0
    for row, kind in wanted:
        if row.officer_id not in where:
            continue
        before = told.get(row.enrolment_id, [])
        sequence = max([held.sequence * SEQUENCE_STEP,
                        *(one.sequence + 1 for one in before)])
        subject, body = letters.letter(kind, named[row.officer_id].full_name, held, row.state,
                                       f"{base}/hr/own")
        entries = letters.events(held, host, sequence=sequence,
                                 gone=kind in ("cancelled", "removed"))
        text = icalendar.calendar(entries, name=held.code, stamp=now)
        queue(conn, where[row.officer_id], subject, body, text)
        conn.execute(insert(TrainingNotice).values(
            enrolment_id=row.enrolment_id, kind=kind, sequence=sequence, recorded_at=now))
        count += 1
    return count


def addresses(conn: Connection, officer_ids: Collection[int]) -> dict[int, str]:
    """Where letters go, by officer; who has no address is left out."""
    query = select(OfficerAddress.officer_id, OfficerAddress.email).where(
        OfficerAddress.officer_id.in_(officer_ids))
    return {row.officer_id: row.email for row in conn.execute(query)}


def set_addresses(wanted: Mapping[int, str], *, actor: Actor, now: datetime) -> int:
    """Enter addresses of officers, '' takes one away; how many changed.

    RuleError ``email_unreadable`` with the field ``email-<officer>``; nothing is kept then.
    """
    for officer_id, written in wanted.items():
        if written and (len(written) > EMAIL_MAX or not EMAIL.fullmatch(written)):
            raise RuleError("email_unreadable", written, field=f"email-{officer_id}")
    with db.transaction() as conn:
        return _keep(conn, wanted, actor, now)


def _keep(conn: Connection, wanted: Mapping[int, str], actor: Actor, now: datetime) -> int:
    known = organisation.officers(conn, list(wanted))
    before = addresses(conn, list(wanted))
    changed = [one for one, text in wanted.items()
               if one in known and text != before.get(one, "")]
    if not changed:
        return 0
    conn.execute(delete(OfficerAddress).where(OfficerAddress.officer_id.in_(changed)))
    new = [{"officer_id": one, "email": wanted[one]} for one in changed if wanted[one]]
    if new:
        conn.execute(insert(OfficerAddress), new)
    audit.record(conn, actor=actor, scope="training", action="addresses_set", subject="",
                 now=now, officers=[known[one].code for one in changed])
    return len(changed)


def import_officers(
    rows: organisation_commands.Rows, *, actor: Actor, now: datetime, dry_run: bool = False
) -> ImportResult:
    """Take in officers and, where the file has a column ``email``, where their letters go."""
    def keep(conn: Connection, wanted: Mapping[int, str]) -> None:
        _keep(conn, wanted, actor, now)

    return organisation_commands.import_officers(
        rows, actor=actor, now=now, dry_run=dry_run, keep_emails=keep)
