"""Asking those who attended, by mail, what they say of the session: each once, with an own link."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select

from kiosk_app.core import db, keys
from kiosk_app.organisation import queries as organisation
from kiosk_app.training import letters, queries, reactions
from kiosk_app.training.models import OfficerAddress, TrainingNotice
from kiosk_app.training.notices import Queue, addresses
from kiosk_app.training.records import RosterRow, SessionRecord

KIND = "reaction"


def _to_ask(conn: Connection, held: SessionRecord) -> list[RosterRow]:
    """Those who attended, have an address, were not asked by mail and have not answered."""
    ring = keys.current()
    there = [one for one in queries.roster(conn, held.id) if reactions.may_answer(one)]
    told = set(conn.execute(select(TrainingNotice.enrolment_id).where(
        TrainingNotice.kind == KIND,
        TrainingNotice.enrolment_id.in_([one.enrolment_id for one in there]),
    )).scalars())
    reached = set(conn.execute(select(OfficerAddress.officer_id).where(
        OfficerAddress.officer_id.in_([one.officer_id for one in there]))).scalars())
    return [
        one for one in there if one.enrolment_id not in told and one.officer_id in reached
        and not reactions.is_spent(conn, ring, held.id, one.enrolment_id)
    ]


def ask(queue: Queue, *, base: str, now: datetime) -> int:
    """Queue the letters that are due after the last half-day; how many."""
    with db.reading() as conn:
        over = [
            one for one in queries.sessions(
                conn, states=("planned", "held"),
                first=now.date() - timedelta(days=reactions.OPEN_DAYS + 1), last=now.date(),
            )
            if one.slots[-1].ends_at <= now and reactions.is_open(one, now) and _to_ask(conn, one)
        ]
    return sum(_ask(held, queue, base, now) for held in over)


def _ask(held: SessionRecord, queue: Queue, base: str, now: datetime) -> int:
    with db.transaction() as conn:
        wanted = _to_ask(conn, held)
        where = addresses(conn, [one.officer_id for one in wanted])
        named = organisation.officers(conn, [one.officer_id for one in wanted])
        for one in wanted:
            secret = reactions.token(keys.current(), held.id, one.enrolment_id)
            subject, body = letters.asking(named[one.officer_id].full_name, held,
                                           f"{base}{reactions.PATH}{secret}", reactions.OPEN_DAYS)
            queue(conn, where[one.officer_id], subject, body, "")
            conn.execute(insert(TrainingNotice).values(
                enrolment_id=one.enrolment_id, kind=KIND, recorded_at=now,
                sequence=held.sequence * letters.SEQUENCE_STEP,
            ))
    return len(wanted)
