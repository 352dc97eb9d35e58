"""The database itself refuses to change what was recorded."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from kiosk_app.core import db
from kiosk_app.feedback.models import RatingItem
from tests import owner
from tests.integration.feedback.conftest import Office


def refused(statement: str) -> None:
    """By the triggers, even to the role that owns the tables; on PostgreSQL the application's
    own role has no right to it either."""
    by_trigger = pytest.raises(DatabaseError, match=r"append-only")
    with by_trigger, owner.transaction() as conn:
        conn.execute(text(statement))
    by_right = pytest.raises(DatabaseError, match=r"append-only|permission denied")
    with by_right, db.transaction() as conn:
        conn.execute(text(statement))


def test_the_applications_role_owns_no_table(service: db.Database) -> None:
    if service.is_sqlite:
        with db.reading() as conn:
            assert conn.execute(text("PRAGMA recursive_triggers")).scalar() == 1
        return
    with db.reading() as conn:
        owned = conn.execute(text(
            "SELECT tablename FROM pg_tables WHERE tableowner = current_user"
        )).all()
        may = conn.execute(text(
            "SELECT rolsuper OR rolcreatedb OR rolcreaterole FROM pg_roles "
            "WHERE rolname = current_user"
        )).scalar()
    assert (owned, may) == ([], False)
    with pytest.raises(DatabaseError, match="permission denied|must be owner"), \
            db.transaction() as conn:
        conn.execute(text("ALTER TABLE rating_items DISABLE TRIGGER ALL"))


@pytest.fixture
def filled(office: Office) -> Office:
    office.rate(1, comment="tốt")
    office.send(office.item(level=9))
    return office


@pytest.mark.parametrize(
    "table", ["rating_items", "attributions", "rating_erasables", "ballots", "quarantined_items",
              "received_sequences", "audit_events", "questionnaire_versions"],
)
def test_update_and_delete_are_refused(filled: Office, table: str) -> None:
    with db.reading() as conn:
        column = conn.execute(text(f"SELECT * FROM {table}")).keys()
        first = list(column)[0]
    refused(f"UPDATE {table} SET {first} = {first}")
    refused(f"DELETE FROM {table}")
    if not db.current().is_sqlite:
        refused(f"TRUNCATE {table} CASCADE")


def test_replace_and_upsert_are_refused(filled: Office) -> None:
    columns = ", ".join(c.name for c in RatingItem.__table__.columns)
    if db.current().is_sqlite:
        refused(f"INSERT OR REPLACE INTO rating_items ({columns}) SELECT {columns} FROM rating_items")
        refused("REPLACE INTO ballots (hash) SELECT hash FROM ballots")
    refused(
        f"INSERT INTO rating_items ({columns}) SELECT {columns} FROM rating_items WHERE true "
        "ON CONFLICT (id) DO UPDATE SET level = 1"
    )
