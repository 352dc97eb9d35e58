"""Checking in by the code on the room's screen: bound to session, half-day, hour and person.

The code is six digits of an HMAC (RFC 4226's truncation by remainder) over half-day, its beginning
and the window of thirty seconds; a session that was moved has other codes. A code is taken in its
own window and the one after it.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, insert, select

from kiosk_app.core import audit, db, keys
from kiosk_app.core.audit import Actor
from kiosk_app.core.errors import RuleError
from kiosk_app.core.keys import KeyRing
from kiosk_app.training import ledger, queries, seats
from kiosk_app.training.models import CheckInAttempt
from kiosk_app.training.records import HalfDayRecord, SessionRecord
from kiosk_app.training.rules import ATTENDED, Slot

WINDOW_SECONDS = 30
WINDOWS_TAKEN = 2
WINDOWS_REMEMBERED = 40
"""For so many windows back a code is told to be old instead of wrong."""
OPENS_BEFORE = timedelta(minutes=30)
LATE_AFTER = timedelta(minutes=15)
GUESSES = 5
GUESS_SPAN = timedelta(minutes=5)
DIGITS = 6


@dataclass(frozen=True)
class CheckIn:
    """That somebody is in: ``repeated`` when they were before."""

    session: SessionRecord
    half_day: HalfDayRecord
    mark: str
    repeated: bool


def window_of(now: datetime) -> int:
    """The number of the window of thirty seconds."""
    return int(now.timestamp()) // WINDOW_SECONDS


def seconds_left(now: datetime) -> int:
    """Seconds until the code on the screen changes, 1–30."""
    return WINDOW_SECONDS - int(now.timestamp()) % WINDOW_SECONDS


def code_of(ring: KeyRing, half_day_id: int, slot: Slot, window: int) -> str:
    """The six digits of a half-day in a window."""
    bound = f"check-in v1|{half_day_id}|{slot.starts_at.isoformat()}|{window}"
    number = int.from_bytes(ring.mac("links", bound.encode())[:8], "big")
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def is_open(slot: Slot, now: datetime) -> bool:
    """Whether people may check themselves in: from half an hour before until the end."""
    return slot.starts_at - OPENS_BEFORE <= now < slot.ends_at


def mark_at(slot: Slot, now: datetime) -> str:
    """``present``, or ``late`` from a quarter of an hour after the beginning."""
    return "late" if now >= slot.starts_at + LATE_AFTER else "present"


def _fits(ring: KeyRing, half: HalfDayRecord, digits: str, windows: range) -> bool:
    return any(
        hmac.compare_digest(code_of(ring, half.id, half.slot, one), digits) for one in windows
    )


def check_in(digits: str, *, officer_id: int, actor: Actor, now: datetime) -> CheckIn:
    """Check an officer in; every try is written down, refused or not.

    RuleError ``checkin_…``: ``unreadable``, ``too_many`` guesses, ``none_open``, ``expired``,
    ``other_session`` (detail: its code), ``wrong``, ``marked`` (somebody else said absent).
    """
    typed = "".join(digits.split())
    with db.transaction() as conn:
        done = _judged(conn, typed, officer_id, actor, now)
        conn.execute(insert(CheckInAttempt).values(
            officer_id=officer_id, recorded_at=now,
            half_day_id=done.half_day.id if isinstance(done, CheckIn) else None,
            outcome=done.code.removeprefix("checkin_") if isinstance(done, RuleError)
            else "repeated" if done.repeated else "taken",
        ))
    if isinstance(done, RuleError):
        raise done
    return done


def _refusal(code: str, detail: str = "") -> RuleError:
    return RuleError(f"checkin_{code}", detail, field="code")


def _judged(
    conn: Connection, typed: str, officer_id: int, actor: Actor, now: datetime
) -> CheckIn | RuleError:
    if len(typed) != DIGITS or not typed.isascii() or not typed.isdigit():
        return _refusal("unreadable")
    guessed = conn.execute(select(func.count()).select_from(CheckInAttempt).where(
        CheckInAttempt.officer_id == officer_id, CheckInAttempt.outcome == "wrong",
        CheckInAttempt.recorded_at > now - GUESS_SPAN,
    )).scalar_one()
    if guessed >= GUESSES:
        return _refusal("too_many")
    ring, at = keys.current(), window_of(now)
    taken = range(at - WINDOWS_TAKEN + 1, at + 1)
    open_ = [
        (held, half) for held in queries.sessions_on(conn, now)
        for half in held.half_days if is_open(half.slot, now)
    ]
    mine = {row.session_id: row for row in queries.roster_rows(
        conn, session_ids=[held.id for held, _half in open_], officer_id=officer_id
    ) if row.state in seats.SEATED}
    here = [(held, half) for held, half in open_ if held.id in mine]
    for held, half in here:
        if _fits(ring, half, typed, taken):
            return _mark(conn, held, half, mine[held.id].enrolment_id, actor, now)
    if any(_fits(ring, half, typed, range(at - WINDOWS_REMEMBERED, at - 1)) for _h, half in here):
        return _refusal("expired")
    others = [held.code for held, half in open_ if held.id not in mine
              and _fits(ring, half, typed, taken)]
    if others:
        return _refusal("other_session", others[0])
    return _refusal("wrong" if here else "none_open")


def _mark(
    conn: Connection, held: SessionRecord, half: HalfDayRecord, enrolment_id: int, actor: Actor,
    now: datetime,
) -> CheckIn | RuleError:
    (row,) = [one for one in queries.roster(conn, held.id) if one.enrolment_id == enrolment_id]
    before = row.marks.get(half.id)
    if before is not None and before.mark in ATTENDED:
        return CheckIn(held, half, before.mark, repeated=True)
    if before is not None and before.mark != "unknown":
        return _refusal("marked")
    mark = mark_at(half.slot, now)
    ledger.append_mark(conn, enrolment_id=enrolment_id, half_day_id=half.id, mark=mark,
                       as_written="", actor=actor, now=now, source="code")
    if held.state == "held":
        ledger.settle(conn, held.id)
    audit.record(conn, actor=actor, scope="training", action="checked_in", subject=held.code,
                 now=now, half_day=half.id, mark=mark)
    return CheckIn(held, half, mark, repeated=False)
