"""What learners say of a session, without their names (Kirkpatrick's first level).

A link holds session and enrolment, sealed under the installation's key, and is good for one answer.
Whether it was used is kept under its hash alone; the answer goes into the session's counts. Nothing
leads from one to the other, and what was said is shown once the questions are closed, so that
nobody can watch one answer arrive.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update

from kiosk_app.core import db, keys
from kiosk_app.core.columns import LOCAL_ZONE
from kiosk_app.core.errors import NotFoundError, RuleError
from kiosk_app.core.keys import KeyRing
from kiosk_app.dossiers import links
from kiosk_app.questionnaires import queries as questionnaires
from kiosk_app.questionnaires import rules as survey
from kiosk_app.training import queries, seats
from kiosk_app.training.models import ReactionBox, SpentReaction
from kiosk_app.training.records import RosterRow, SessionRecord
from kiosk_app.training.rules import ATTENDED

PURPOSE = "reaction"
PATH = "/hr/reaction/"
OPENS_BEFORE = timedelta(minutes=30)
"""So long before the end of the last half-day people may answer, in the room."""
OPEN_DAYS = 10
"""Days after the last half-day until the end of which people may answer."""
COMMENT_MAX = 1000


@dataclass(frozen=True)
class Invited:
    """Whom a link lets answer about which session; it names nobody."""

    session: SessionRecord
    enrolment_id: int
    definition: Mapping[str, Any]


@dataclass(frozen=True)
class Said:
    """Counts of a session: answers by question, and comments as written, to be masked."""

    definition: Mapping[str, Any]
    answered: int
    counts: Mapping[str, Mapping[str, int]]
    comments: tuple[str, ...]


def opens_at(held: SessionRecord) -> datetime | None:
    """From when people may answer; None before half-days are named."""
    return held.slots[-1].ends_at - OPENS_BEFORE if held.slots else None


def closes_at(held: SessionRecord) -> datetime | None:
    """Until when people may answer: the end of a day at the centre."""
    if held.last_day is None:
        return None
    return datetime.combine(held.last_day + timedelta(days=OPEN_DAYS + 1), time(), LOCAL_ZONE)


def is_open(held: SessionRecord, now: datetime) -> bool:
    """Whether people may answer now."""
    first, end = opens_at(held), closes_at(held)
    return held.state != "cancelled" and first is not None and end is not None and first <= now < end


def is_closed(held: SessionRecord, now: datetime) -> bool:
    """Whether nothing more can come in, so that what was said may be shown."""
    end = closes_at(held)
    return held.state != "cancelled" and end is not None and end <= now


def may_answer(row: RosterRow) -> bool:
    """Whether this person was there for at least one half-day."""
    return row.state in seats.SEATED and any(one.mark in ATTENDED for one in row.marks.values())


def token(ring: KeyRing, session_id: int, enrolment_id: int) -> str:
    """The secret part of one person's link."""
    return links.token(ring, f"{session_id}.{enrolment_id}", PURPOSE)


def _spent_hash(ring: KeyRing, session_id: int, enrolment_id: int) -> str:
    return ring.mac("ballot", f"reaction v1|{session_id}|{enrolment_id}".encode()).hex()


def is_spent(conn: Connection, ring: KeyRing, session_id: int, enrolment_id: int) -> bool:
    """Whether this person has answered."""
    mine = SpentReaction.token_hash == _spent_hash(ring, session_id, enrolment_id)
    return conn.execute(select(SpentReaction.token_hash).where(mine)).first() is not None


def _definition(conn: Connection, session_id: int) -> Mapping[str, Any]:
    """The questions of a session: those of its first answer, else the newest."""
    ref = conn.execute(
        select(ReactionBox.questionnaire).where(ReactionBox.session_id == session_id)
    ).scalar()
    found = questionnaires.definition(conn, ref) if ref else questionnaires.about_training(conn)
    if found is None:
        raise NotFoundError("survey_unknown", "no questions about training are published")
    return found


def invited(conn: Connection, text: str, now: datetime) -> Invited:
    """Whom the link ``text`` lets answer.

    NotFoundError ``reaction_unknown``; RuleError ``reaction_early``, ``reaction_closed``,
    ``reaction_not_attended`` or ``reaction_spent``.
    """
    ring = keys.current()
    read = (links.read(ring, text, PURPOSE) or "").split(".")
    if len(read) != 2:
        raise NotFoundError("reaction_unknown", "no such link")
    session_id, enrolment_id = int(read[0]), int(read[1])
    held = queries.session(conn, session_id)
    row = next((one for one in queries.roster(conn, session_id)
                if one.enrolment_id == enrolment_id), None)
    if is_spent(conn, ring, session_id, enrolment_id):
        raise RuleError("reaction_spent", "this link was used")
    if not is_open(held, now):
        first = opens_at(held)
        raise RuleError("reaction_early" if first and now < first else "reaction_closed", held.code)
    if row is None or not may_answer(row):
        raise RuleError("reaction_not_attended", held.code)
    return Invited(held, enrolment_id, _definition(conn, session_id))


def answer(text: str, answers: Mapping[str, object], comment: str, *, now: datetime) -> None:
    """Count one answer and spend the link, in one transaction; neither leads to the other.

    Errors as of ``invited``, and RuleError ``reaction_unreadable`` or ``reaction_unfinished``.
    Nothing is written into the audit trail, which bears times.
    """
    with db.transaction() as conn:
        who = invited(conn, text, now)
        problem = survey.judge(who.definition, answers)
        if problem is not None:
            raise RuleError("reaction_unreadable", problem)
        if survey.walk(who.definition["questions"], answers).now is not None:
            raise RuleError("reaction_unfinished", "a question is open")
        kept = survey.kept(who.definition["questions"], answers)
        spent = _spent_hash(keys.current(), who.session.id, who.enrolment_id)
        conn.execute(insert(SpentReaction).values(token_hash=spent))
        _put_in(conn, who, kept, comment.strip()[:COMMENT_MAX])


def _put_in(conn: Connection, who: Invited, kept: Mapping[str, object], comment: str) -> None:
    box = conn.execute(
        select(ReactionBox.__table__).where(ReactionBox.session_id == who.session.id)
    ).first()
    counts: dict[str, dict[str, int]] = json.loads(box.counts) if box else {}
    comments: list[str] = json.loads(box.comments) if box else []
    for question, value in kept.items():
        one = counts.setdefault(question, {})
        one[str(value)] = one.get(str(value), 0) + 1
    values = {
        "answered": (box.answered if box else 0) + 1,
        "counts": json.dumps(counts, sort_keys=True),
        "comments": json.dumps(sorted([*comments, *([comment] if comment else [])]),
                               ensure_ascii=False),
    }
    if box is None:
        conn.execute(insert(ReactionBox).values(
            session_id=who.session.id, questionnaire=who.definition["ref"], **values))
    else:
        mine = ReactionBox.session_id == who.session.id
        conn.execute(update(ReactionBox).where(mine).values(values))


def answered(conn: Connection, session_id: int) -> int:
    """How many have answered; the only thing told while the questions are open."""
    found = conn.execute(
        select(ReactionBox.answered).where(ReactionBox.session_id == session_id)
    ).scalar()
    return int(found or 0)


def said(conn: Connection, held: SessionRecord, now: datetime) -> Said | None:
    """What was said of a session, once nothing more can come in; None before, or of nothing."""
    if not is_closed(held, now):
        return None
    box = conn.execute(
        select(ReactionBox.__table__).where(ReactionBox.session_id == held.id)
    ).first()
    if box is None:
        return None
    return Said(_definition(conn, held.id), box.answered, json.loads(box.counts),
                tuple(json.loads(box.comments)))
