"""Commands about certificates: issue to those who completed, revoke with a reason, remind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from kiosk_app.core import audit, db
from kiosk_app.core.audit import Actor
from kiosk_app.core.collation import alphabetical
from kiosk_app.core.columns import LOCAL_ZONE
from kiosk_app.core.errors import NotFoundError, RuleError
from kiosk_app.organisation import queries as organisation
from kiosk_app.training import certificates, notices, queries, requirements
from kiosk_app.training.certificates import CertificateRecord
from kiosk_app.training.models import Certificate, CertificateReminder, CertificateRevocation

Queue = Callable[[Connection, str, str, str], None]
"""Puts a mail (address, subject, body) into the outbox inside the given transaction."""


def issue(session_id: int, *, actor: Actor, now: datetime, again: int | None = None) -> int:
    """Issue certificates to all who completed and have none yet, numbered by name; how many.

    ``again`` names the one enrolment whose revoked certificate is issued anew, under a new number.
    RuleError ``session_not_held`` before the session was held, ``certificate_stands`` where there
    is nothing to issue anew.
    """
    today = now.astimezone(LOCAL_ZONE).date()
    with db.transaction() as conn:
        held = queries.session(conn, session_id)
        if held.state != "held" or held.last_day is None:
            raise RuleError("session_not_held", f"the session is {held.state}")
        terms = requirements.validity(conn, held.course_id)
        have = certificates.of_session(conn, session_id)
        done = [row for row in queries.roster(conn, session_id) if row.state == "completed"]
        new = [row for row in done if row.enrolment_id not in have]
        if again is not None:
            new = [row for row in done if row.enrolment_id == again
                   and row.enrolment_id in have and have[again].revoked]
            if not new:
                raise RuleError("certificate_stands", f"enrolment {again}")
        named = organisation.officers(conn, [row.officer_id for row in new])
        new.sort(key=lambda row: (alphabetical(named[row.officer_id].full_name), row.enrolment_id))
        first = _next(conn, today.year)
        for number, row in enumerate(new, first):
            conn.execute(insert(Certificate).values(
                number=f"CN-{today.year}-{number:05d}", enrolment_id=row.enrolment_id,
                officer_id=row.officer_id, course_id=held.course_id, issued_on=today,
                completed_on=held.last_day, ends_on=requirements.ends_on(held.last_day, terms),
                recorded_by=actor.name,
            ))
        if new:
            audit.record(conn, actor=actor, scope="training", action="certificates_issued",
                         subject=held.code, now=now, count=len(new))
    return len(new)


def _next(conn: Connection, year: int) -> int:
    last = conn.execute(
        select(func.max(Certificate.number)).where(Certificate.number.like(f"CN-{year}-%"))
    ).scalar()
    return int(str(last)[-5:]) + 1 if last else 1


def revoke(certificate_id: int, *, reason: str, actor: Actor, now: datetime) -> None:
    """Say that a certificate holds no more, once and for good."""
    if not reason.strip():
        raise RuleError("reason_needed", "say why", field="reason")
    with db.transaction() as conn:
        one = certificates.by_id(conn, certificate_id)
        if one is None:
            raise NotFoundError("certificate_unknown", f"certificate {certificate_id}")
        if one.revoked and one.revoked != certificates.WITHDRAWN:
            raise RuleError("certificate_revoked", one.number)
        conn.execute(insert(CertificateRevocation).values(
            certificate_id=certificate_id, reason=reason.strip()[:300], recorded_by=actor.name,
            recorded_at=now,
        ))
        audit.record(conn, actor=actor, scope="training", action="certificate_revoked",
                     subject=one.number, now=now, reason=reason.strip()[:300])


def remind(queue: Queue, *, base: str, now: datetime) -> int:
    """Queue the reminders that are due, each rung once; how many."""
    today = now.astimezone(LOCAL_ZONE).date()
    with db.transaction() as conn:
        due = certificates.ending(conn, today)
        where = notices.addresses(conn, [one.officer_id for one, _rung in due])
        named = organisation.officers(conn, [one.officer_id for one, _rung in due])
        told = 0
        for one, rung in due:
            if one.officer_id not in where:
                continue
            subject, body = letter(one, named[one.officer_id].full_name, base)
            queue(conn, where[one.officer_id], subject, body)
            conn.execute(insert(CertificateReminder).values(
                certificate_id=one.id, rung=rung, recorded_at=now))
            told += 1
    return told


def letter(one: CertificateRecord, name: str, base: str) -> tuple[str, str]:
    """Subject and body of a reminder, in the language of the house."""
    day = f"{one.ends_on:%d/%m/%Y}" if one.ends_on else ""
    return (
        f"Chứng nhận sắp hết hạn {day}: {one.course}",
        f"Kính gửi {name},\n\nChứng nhận {one.number} ({one.course}) hết hạn ngày {day}.\n"
        "Đăng ký học lại với bộ phận tổ chức cán bộ trước ngày đó.\n"
        f"Lớp của anh/chị: {base}/hr/own\n",
    )
