"""Who is compared with whom when a session's effect is asked for; fixed by rule, not by hand."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection

from kiosk_app.core.errors import RuleError
from kiosk_app.organisation import queries as organisation
from kiosk_app.training import queries
from kiosk_app.training.records import Cohort

RECEIVING_KINDS = {"centre": {"centre"}, "wards": {"ward", "commune", "township"}}
ANY_KIND = {"centre", "ward", "commune", "township"}
DAYS_BEFORE, DAYS_AFTER = 214, 366
"""How long before and after a session another training makes somebody no untrained peer."""


def cohort(conn: Connection, session_id: int) -> Cohort:
    """Trained: completed the session. Compared: at a unit of the audience's kind on the first
    day, not in this session, and without a completed training in the months compared.
    """
    held = queries.session(conn, session_id)
    if held.first_day is None or held.last_day is None:
        raise RuleError("no_half_days", "the session has no half-day")
    rows = queries.roster(conn, session_id)
    units = organisation.units(conn)
    kinds = RECEIVING_KINDS.get(held.audience, ANY_KIND)
    places = {unit.id for unit in units.values() if unit.kind in kinds}
    present = {
        posting.officer_id
        for posting in organisation.postings(conn)
        if posting.covers(held.first_day) and posting.unit_id in places
    }
    near = queries.sessions(
        conn, first=held.first_day - timedelta(days=DAYS_BEFORE),
        last=held.last_day + timedelta(days=DAYS_AFTER), states=["held"],
    )
    learnt = queries.completed_by(conn, [one.id for one in near])
    return Cohort(
        session_id, held.first_day, held.last_day,
        trained=frozenset(row.officer_id for row in rows if row.state == "completed"),
        not_completed=frozenset(row.officer_id for row in rows if row.state == "not_completed"),
        comparison=frozenset(present - learnt - {row.officer_id for row in rows}),
        unit_ids=frozenset(places),
    )
