"""What the officer's console shows: the dossier, the tablet, and whether there was an answer."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from kiosk_app.core.columns import LOCAL_ZONE, day_of, from_ms
from kiosk_app.devices import invitations, presence, rules
from kiosk_app.dossiers.rules import normal_form
from kiosk_app.feedback import calling
from kiosk_app.organisation import queries
from kiosk_app.organisation.records import CounterRecord, ProcedureRecord

REMEMBERED = timedelta(minutes=15)
"""How long the console shows the end of a call for the same dossier."""


@dataclass(frozen=True)
class Console:
    """One of its states: none, unknown, foreign, ready, rated, late, waiting, answered, expired."""

    state: str
    counter: CounterRecord
    tablet: str
    """``there``, ``silent`` or ``missing``."""
    code: str = ""
    step: str = ""
    procedure: ProcedureRecord | None = None
    received: str = ""
    """Time of day, or the day if it was another."""
    due: str = ""
    withdrawn: bool = False

    @property
    def seen(self) -> str:
        """What this state looks like; the page asks only for another."""
        shown = (self.state, self.tablet, self.code, self.step, self.withdrawn)
        return hashlib.sha256(repr(shown).encode()).hexdigest()[:12]

    @property
    def may_invite(self) -> bool:
        """Whether the button calls the tablet."""
        return self.tablet == "there" and self.state in ("ready", "expired")


def _waiting_code(conn: Connection, counter: CounterRecord, now: datetime) -> str:
    """The dossier of a call that is open at the counter, whoever made it."""
    found = invitations.newest(conn, counter.id)
    if found is None or found.state != "waiting" or now - found.created_at > REMEMBERED:
        return ""
    open_ = rules.state_of(found, presence.of_counter(conn, counter.id), now) == "waiting"
    return found.receipt_key if open_ else ""


def _received(value_ms: int, now: datetime) -> str:
    at = from_ms(value_ms).astimezone(LOCAL_ZONE)
    return f"{at:%H:%M}" if at.date() == now.astimezone(LOCAL_ZONE).date() else f"{at:%d/%m/%Y}"


def look(
    conn: Connection, counter: CounterRecord, code: str, step: str | None, *, now: datetime
) -> Console:
    """The console of ``counter`` for a typed or scanned code ('' for none)."""
    there = presence.of_counter(conn, counter.id)
    tablet = "missing" if there is None else "there" if rules.is_there(there, now) else "silent"
    code = code or _waiting_code(conn, counter, now)
    if not code:
        return Console("none", counter, tablet)
    found = calling.case(conn, code, step, now=now)
    if found is None:
        return Console("unknown", counter, tablet, code)
    facts = found.facts
    if facts.unit_id != counter.unit_id:
        return Console("foreign", counter, tablet, code)
    state = {"open": "ready", "expired": "late"}.get(found.state, found.state)
    call = invitations.newest_for(conn, counter.id, normal_form(code), now - REMEMBERED)
    resolved, withdrawn = found.step, False
    if call is not None and step in (None, call.step):
        resolved = call.step or resolved
        told = rules.state_of(call, there, now)
        withdrawn = told == "withdrawn" and state == "ready"
        state = {"tablet_offline": "waiting", "withdrawn": state}.get(told, told)
    due = day_of(facts.due_day) if facts.due_day else None
    return Console(
        state, counter, tablet, facts.code, resolved,
        queries.procedures(conn).get(facts.procedure_id), _received(facts.received_ms, now),
        f"{due:%d/%m/%Y}" if due else "", withdrawn,
    )
