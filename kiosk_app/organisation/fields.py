"""Which field a procedure belongs to, for the counts."""

from __future__ import annotations

from sqlalchemy import Connection, select

from kiosk_app.organisation.models import Procedure


def of_procedures(conn: Connection) -> dict[int, int]:
    """Field id of every procedure id."""
    rows = conn.execute(select(Procedure.id, Procedure.field_id)).all()
    return {row.id: row.field_id for row in rows}
