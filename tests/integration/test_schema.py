"""The frozen migrations build exactly what the tables declare, and go back to nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, inspect, text

from kiosk_app import schema, tables
from kiosk_app.config import Settings
from kiosk_app.core import db


def _shape(conn: Connection) -> dict[str, object]:
    """Columns, keys, checks and indexes of every table."""
    found: dict[str, object] = {}
    seen = inspect(conn)
    for name in sorted(set(seen.get_table_names()) - {"alembic_version"}):
        found[name] = {
            "columns": [(c["name"], str(c["type"]), c["nullable"], str(c["default"]))
                        for c in seen.get_columns(name)],
            "primary key": seen.get_pk_constraint(name),
            "foreign keys": sorted(map(str, seen.get_foreign_keys(name))),
            "unique": sorted(map(str, seen.get_unique_constraints(name))),
            "checks": sorted(map(str, seen.get_check_constraints(name))),
            "indexes": sorted(
                str(dict(i) | {"dialect_options": {k: str(v) for k, v in i.get("dialect_options", {}).items()}})
                for i in seen.get_indexes(name)
            ),
        }
    return found


def _options(conn: Connection) -> set[tuple[str, str]]:
    """What SQLite's inspector does not tell."""
    rows = conn.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'")).all()
    return {
        (name, option) for name, sql in rows
        for option in re.findall(r"WITHOUT ROWID|AUTOINCREMENT", sql or "")
    }


def test_migrations_build_what_the_tables_declare(settings: Settings) -> None:
    database = db.open_database(settings.owner_database_url or settings.database_url)
    with database.engine.begin() as conn:
        assert compare_metadata(MigrationContext.configure(conn), tables.metadata) == []
        migrated = _shape(conn)
        options = _options(conn) if database.is_sqlite else set()
    schema.downgrade(database, "base")
    with database.engine.begin() as conn:
        assert set(inspect(conn).get_table_names()) <= {"alembic_version"}
        assert schema.existing_triggers(conn) == set()
        tables.metadata.create_all(conn)
        declared = _shape(conn)
        assert options == (_options(conn) if database.is_sqlite else set())
    database.dispose()
    assert migrated == declared


def test_up_down_and_up_again_leaves_the_same_triggers(settings: Settings) -> None:
    database = db.open_database(settings.owner_database_url or settings.database_url)
    wanted = schema.declared_triggers(sqlite=database.is_sqlite)
    schema.downgrade(database, "base")
    schema.upgrade(database)
    with database.engine.connect() as conn:
        assert schema.existing_triggers(conn) == wanted
        assert schema.is_current(conn)
    database.dispose()


def test_the_newest_revision_is_the_head_of_one_line() -> None:
    scripts = ScriptDirectory(str(schema.MIGRATIONS))
    assert scripts.get_heads() == [schema.newest()]
    assert all(Path(one.path).stem == one.revision for one in scripts.walk_revisions())


@pytest.mark.parametrize("table", sorted(tables.metadata.tables))
def test_every_constraint_has_a_name(table: str) -> None:
    engine = create_engine("sqlite://")
    with engine.begin() as conn:
        tables.metadata.create_all(conn)
        found = inspect(conn)
        unnamed = [
            one for kind in ("get_foreign_keys", "get_unique_constraints", "get_check_constraints")
            for one in getattr(found, kind)(table) if not one["name"]
        ]
        assert unnamed == []
        # SQLite's grammar leaves no room for a name beside AUTOINCREMENT as it is written.
        assert found.get_pk_constraint(table)["name"] or (table, "AUTOINCREMENT") in _options(conn)
