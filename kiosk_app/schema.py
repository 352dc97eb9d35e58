"""Bringing a database to the current schema, its triggers and the web role's rights."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from kiosk_app.core.db import Database
from kiosk_app.core.errors import ConfigurationError

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).resolve().parent / "migrations"

APPEND_ONLY = (
    "alert_acknowledgements", "attendance_marks", "attributions", "audit_events", "ballots", "certificate_reminders", "certificate_revocations",
    "certificates", "checklist_ticks", "checklists",
    "disclosure_decisions", "effect_publications", "erasures", "misuse_decisions", "officer_replies",
    "quarantined_items", "questionnaire_versions", "rating_erasables", "rating_flags", "rating_items", "rating_matches",
    "received_sequences", "requirement_exemptions", "seal_leaves", "seal_roots", "spent_reactions", "test_results", "training_notices",
    "voided_ballots", "wave_draws",
)
"""Tables that the database itself refuses to change or empty."""
ERASABLE = "rating_erasables"
"""The one of them whose rows may be deleted, and only beside an erasure fact."""


def declared_triggers(*, sqlite: bool) -> set[str]:
    """Names of the triggers that must exist after every migration."""
    kinds = ("no_update", "no_delete") if sqlite else ("no_update", "no_delete", "no_truncate")
    return {f"{table}_{kind}" for table in APPEND_ONLY for kind in kinds}


def existing_triggers(conn: Connection) -> set[str]:
    """Names of the append-only triggers that exist."""
    if conn.dialect.name == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    return set(conn.execute(text(query)).scalars())


def _sqlite_triggers(table: str) -> list[str]:
    allowed = (
        " WHEN NOT EXISTS (SELECT 1 FROM erasures e WHERE e.subject = OLD.subject"
        " AND e.subject_id = OLD.subject_id)"
        if table == ERASABLE
        else ""
    )
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    return [
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}{allowed} {refuse}",
    ]


_POSTGRES_FUNCTIONS = (
    """CREATE OR REPLACE FUNCTION kiosk_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '23001'; END $$""",
    """CREATE OR REPLACE FUNCTION kiosk_erasable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM erasures e
             WHERE e.subject = OLD.subject AND e.subject_id = OLD.subject_id) THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '23001';
END $$""",
)


def _postgres_triggers(table: str) -> list[str]:
    on_delete = "kiosk_erasable" if table == ERASABLE else "kiosk_append_only"
    return [
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION kiosk_append_only()",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {on_delete}()",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION kiosk_append_only()",
    ]


def install_triggers(conn: Connection) -> None:
    """Create whichever append-only trigger is missing; called at the end of every migration."""
    sqlite = conn.dialect.name == "sqlite"
    present = existing_triggers(conn)
    if not sqlite:
        for function in _POSTGRES_FUNCTIONS:
            conn.execute(text(function))
    there = set(inspect(conn).get_table_names())  # an early migration has not yet all of them
    for table in (name for name in APPEND_ONLY if name in there):
        for statement in _sqlite_triggers(table) if sqlite else _postgres_triggers(table):
            if statement.split()[2] not in present:
                conn.exec_driver_sql(statement)


def drop_triggers(conn: Connection) -> None:
    """Remove the append-only triggers; only a migration that rebuilds tables does this."""
    present = existing_triggers(conn)
    for table in APPEND_ONLY:
        for kind in ("no_update", "no_delete", "no_truncate"):
            if f"{table}_{kind}" in present:
                on = "" if conn.dialect.name == "sqlite" else f" ON {table}"
                conn.exec_driver_sql(f"DROP TRIGGER {table}_{kind}{on}")


def grant_web_role(conn: Connection, role: str) -> None:
    """Give ``role`` what the web process needs on PostgreSQL, and no table of its own.

    What is append-only may be read and added to; the triggers stand behind that.
    """
    if not role.replace("_", "").isalnum():
        raise ConfigurationError("web_role_invalid", f"not a role name: {role!r}")
    kept = ", ".join(table for table in APPEND_ONLY if table != ERASABLE)
    for statement in (
        f"GRANT USAGE ON SCHEMA public TO {role}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
        f"REVOKE UPDATE, DELETE ON {kept} FROM {role}",
        f"REVOKE UPDATE ON {ERASABLE} FROM {role}",
        f"REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {role}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
    ):
        conn.exec_driver_sql(statement)


def alembic_config(url: str) -> Config:
    """The Alembic configuration for ``url``."""
    from alembic.config import Config  # half a second that only migrations need

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url
    return config


def upgrade(database: Database, *, target: str = "head", web_role: str = "") -> None:
    """Bring ``database`` to ``target``; triggers and rights included."""
    from alembic import command

    config = alembic_config(str(database.engine.url))
    with database.writer_turn(), database.engine.begin() as conn:
        config.attributes["connection"] = conn
        command.upgrade(config, target)
        if web_role and not database.is_sqlite:
            grant_web_role(conn, web_role)


def downgrade(database: Database, target: str) -> None:
    """Take ``database`` back to ``target`` (a revision or ``base``)."""
    from alembic import command

    config = alembic_config(str(database.engine.url))
    with database.writer_turn(), database.engine.begin() as conn:
        config.attributes["connection"] = conn
        command.downgrade(config, target)


def newest() -> str:
    """The newest revision: files are named after their revision, in the order of their dates."""
    return max(path.stem for path in (MIGRATIONS / "versions").glob("2*.py"))


def is_current(conn: Connection) -> bool:
    """Whether the database is at the newest migration."""
    if not inspect(conn).has_table("alembic_version"):
        return False
    return conn.execute(text("SELECT version_num FROM alembic_version")).scalar() == newest()
