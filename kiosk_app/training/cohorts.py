"""Who is compared with whom when a session's effect is asked for; fixed by rule, not by hand."""

from __future__ import annotations

from sqlalchemy import Connection

from kiosk_app.core.errors import RuleError
from kiosk_app.organisation import queries as organisation
from kiosk_app.training import queries
from kiosk_app.training.records import Cohort

RECEIVING_KINDS = {"centre": {"centre"}, "wards": {"ward", "commune", "township"}}


def cohort(conn: Connection, session_id: int) -> Cohort:
    """Trained: completed the session. Compared: at a unit of the audience's kind on the first
    day and in no session of the same course until the last one.
    """
    held = queries.session(conn, session_id)
    if held.first_day is None or held.last_day is None:
        raise RuleError("no_half_days", "the session has no half-day")
    rows = queries.roster(conn, session_id)
    same = [one.id for one in queries.sessions(conn) if one.course_id == held.course_id]
    touched = {row.officer_id for row in queries.roster_rows(conn, session_ids=same)}
    units = organisation.units(conn)
    kinds = RECEIVING_KINDS.get(held.audience, {"centre", "ward", "commune", "township"})
    present = {
        posting.officer_id
        for posting in organisation.postings(conn)
        if posting.covers(held.first_day) and units[posting.unit_id].kind in kinds
    }
    return Cohort(
        session_id, held.first_day, held.last_day,
        trained=frozenset(row.officer_id for row in rows if row.state == "completed"),
        not_completed=frozenset(row.officer_id for row in rows if row.state == "not_completed"),
        comparison=frozenset(present - touched),
    )
