"""Certificates: the code that proves one, its state, and which rung of the ladder is due."""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, Select, select

from kiosk_app.core.columns import LOCAL_ZONE
from kiosk_app.core.keys import KeyRing
from kiosk_app.training import requirements
from kiosk_app.training.models import (
    Certificate,
    CertificateReminder,
    CertificateRevocation,
    Course,
    Enrolment,
    TrainingSession,
)

LADDER = (90, 60, 30, 7)
"""Days before its end at which a person is reminded, each rung once."""
LETTERS = 20
_FORM = re.compile(r"CN(\d{4})(\d{5})([A-Z2-7]{20})")


@dataclass(frozen=True)
class CertificateRecord:
    """A certificate; ``revoked`` says why it does not hold, '' while it does.

    ``hours`` are those that the person attended, not those that the course has on paper.
    """

    id: int
    number: str
    enrolment_id: int
    officer_id: int
    course_id: int
    course: str
    hours: float
    session: str
    issued_on: date
    completed_on: date
    ends_on: date | None
    revoked: str
    revoked_on: date | None = None

    def state(self, today: date) -> str:
        """valid, expired or revoked."""
        if self.revoked:
            return "revoked"
        return "expired" if self.ends_on is not None and self.ends_on < today else "valid"


def _mac(ring: KeyRing, number: str) -> str:
    made = ring.mac("links", b"certificate v1\x00" + number.encode())
    return base64.b32encode(made).decode()[:LETTERS]


def code_of(ring: KeyRing, number: str) -> str:
    """The code of the signed link: the number and 100 bits of HMAC-SHA-256 over it."""
    return number.replace("-", "") + _mac(ring, number)


def number_of(ring: KeyRing, code: str) -> str | None:
    """The number that a code proves; None if any letter of it is not as it was issued."""
    form = _FORM.fullmatch(code)
    if form is None:
        return None
    number = f"CN-{form[1]}-{form[2]}"
    return number if hmac.compare_digest(_mac(ring, number), form[3]) else None


def due_rung(ends_on: date, today: date, told: Collection[int]) -> int | None:
    """The rung to be told today: the lowest one reached, unless it or a lower one was told."""
    left = (ends_on - today).days
    if left < 0:
        return None
    reached = [rung for rung in LADDER if left <= rung]
    if not reached or any(rung <= min(reached) for rung in told):
        return None
    return min(reached)


WITHDRAWN = "withdrawn"
"""The completion that the certificate rests on was corrected away."""


def _query() -> Select[Any]:
    return select(
        Certificate.__table__, Course.name.label("course"), Enrolment.attended_min,
        TrainingSession.code.label("session"), Enrolment.state.label("enrolment_state"),
        CertificateRevocation.reason.label("revoked"),
        CertificateRevocation.recorded_at.label("revoked_at"),
    ).join(Course, Course.id == Certificate.course_id).join(
        Enrolment, Enrolment.id == Certificate.enrolment_id
    ).join(TrainingSession, TrainingSession.id == Enrolment.session_id).outerjoin(
        CertificateRevocation, CertificateRevocation.certificate_id == Certificate.id
    )


def _record(row: Any) -> CertificateRecord:
    lost = WITHDRAWN if row.enrolment_state != "completed" else ""
    return CertificateRecord(
        row.id, row.number, row.enrolment_id, row.officer_id, row.course_id, row.course,
        row.attended_min / 60, row.session, row.issued_on, row.completed_on, row.ends_on,
        row.revoked or lost,
        row.revoked_at.astimezone(LOCAL_ZONE).date() if row.revoked_at else None,
    )


def by_number(conn: Connection, number: str) -> CertificateRecord | None:
    """The certificate of a number, None if none was issued."""
    row = conn.execute(_query().where(Certificate.number == number)).first()
    return _record(row) if row is not None else None


def by_id(conn: Connection, certificate_id: int) -> CertificateRecord | None:
    """One certificate."""
    row = conn.execute(_query().where(Certificate.id == certificate_id)).first()
    return _record(row) if row is not None else None


def of_session(conn: Connection, session_id: int) -> dict[int, CertificateRecord]:
    """Certificates of a session by enrolment, the newest where one was issued anew."""
    rows = conn.execute(
        _query().where(Enrolment.session_id == session_id).order_by(Certificate.id))
    return {row.enrolment_id: _record(row) for row in rows}


def of_officer(conn: Connection, officer_id: int) -> list[CertificateRecord]:
    """Certificates of one officer, the newest first."""
    rows = conn.execute(
        _query().where(Certificate.officer_id == officer_id).order_by(Certificate.id.desc())
    )
    return [_record(row) for row in rows]


def ending(conn: Connection, today: date) -> list[tuple[CertificateRecord, int]]:
    """Certificates with the rung that is due, those renewed by a later completion left out."""
    rows = [_record(r) for r in conn.execute(_query().where(
        Certificate.ends_on >= today, Certificate.ends_on <= today + timedelta(days=LADDER[0]),
    ).order_by(Certificate.id)).all()]
    told: dict[int, set[int]] = {}
    query = select(CertificateReminder.certificate_id, CertificateReminder.rung).where(
        CertificateReminder.certificate_id.in_([one.id for one in rows]))
    for certificate, rung in conn.execute(query):
        told.setdefault(certificate, set()).add(rung)
    courses = list(conn.execute(select(Course.id)).scalars())
    renewed = requirements.completions(conn, courses, {one.officer_id for one in rows})
    found = []
    for one in rows:
        later = renewed[one.course_id].get(one.officer_id)
        if one.revoked or one.ends_on is None or (later is not None and later > one.completed_on):
            continue
        due = due_rung(one.ends_on, today, told.get(one.id, set()))
        if due is not None:
            found.append((one, due))
    return found
