"""Calling a counter's tablet for one step of a dossier."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from kiosk_app.core.audit import Actor
from kiosk_app.core.columns import from_ms, to_ms
from kiosk_app.core.db import transaction
from kiosk_app.core.errors import NotFoundError, RuleError
from kiosk_app.devices import invitations
from kiosk_app.devices.records import InvitationRecord
from kiosk_app.dossiers import queries as dossier_queries
from kiosk_app.dossiers.records import DossierFacts
from kiosk_app.dossiers.rules import normal_form, resolve_step
from kiosk_app.feedback import queries

RATEABLE = timedelta(days=30)
"""How long after the hand-over a dossier may be rated."""


@dataclass(frozen=True)
class Case:
    """A dossier as the desk sees it: nothing personal, and no answer."""

    facts: DossierFacts
    step: str
    state: str
    """``open``, ``rated`` (this step, by whatever way) or ``expired``."""


def case(conn: Connection, code: str, step: str | None, *, now: datetime) -> Case | None:
    """The dossier of ``code`` and whether the step may be rated; None if it is not known."""
    key = normal_form(code)
    facts = dossier_queries.facts_by_key(conn, [key]).get(key) if key else None
    if facts is None:
        return None
    resolved = resolve_step(facts.slip_step or step, to_ms(now), facts.returned_ms)
    if queries.is_rated(conn, facts.code_key, resolved):
        return Case(facts, resolved, "rated")
    over = facts.returned_ms is not None and now > from_ms(facts.returned_ms) + RATEABLE
    return Case(facts, resolved, "expired" if over else "open")


def call(
    counter_id: int, *, unit_id: int, code: str | None, step: str | None, officer_id: int | None,
    actor: Actor, now: datetime,
) -> InvitationRecord:
    """Call the tablet of a counter of ``unit_id``; a call that was open there gives way.

    Without a code the person has no dossier: the rating belongs to whoever sits there. Raises
    NotFoundError ``dossier_unknown``, RuleError ``unit_foreign``, ``already_rated``, ``too_late``.
    """
    with transaction() as conn:
        if not code:
            return invitations.open_call(
                conn, counter_id, officer_id=officer_id, dossier_id=None, receipt_key="", step=None,
                actor=actor, now=now,
            )
        found = case(conn, code, step, now=now)
        if found is None:
            raise NotFoundError("dossier_unknown", "push or import the dossier first",
                                field="dossier")
        if found.facts.unit_id != unit_id:
            raise RuleError("unit_foreign", "the dossier belongs to another unit", field="dossier")
        if found.state == "rated":
            raise RuleError("already_rated", "this step has been rated; thank the citizen",
                            field="step")
        if found.state == "expired":
            raise RuleError("too_late", "more than 30 days have gone by since the hand-over",
                            field="dossier")
        return invitations.open_call(
            conn, counter_id, officer_id=officer_id, dossier_id=found.facts.dossier_id or None,
            receipt_key=found.facts.code_key, step=found.step, actor=actor, now=now,
        )
