"""The database itself refuses to change what was recorded."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from kiosk_app import schema
from kiosk_app.core import db
from kiosk_app.feedback.models import RatingItem
from tests.integration.feedback.conftest import Office


def refused(statement: str) -> None:
    refusal = pytest.raises(DatabaseError, match=r"append-only|must be owner|permission denied")
    with refusal, db.transaction() as conn:
        conn.execute(text(statement))


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


def test_triggers_equal_the_declared_list_after_every_migration(service: db.Database) -> None:
    def names() -> set[str]:
        with service.engine.connect() as conn:
            return schema.existing_triggers(conn)

    declared = schema.declared_triggers(sqlite=service.is_sqlite)
    assert names() == declared
    schema.downgrade(service, "base")
    assert names() == set()
    schema.upgrade(service)
    assert names() == declared
