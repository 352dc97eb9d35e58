"""Making an installation ready: tables, rights, keys and the built-in questionnaire."""

from __future__ import annotations

from sqlalchemy.engine import make_url

from kiosk_app import runtime, schema
from kiosk_app.config import Settings
from kiosk_app.core import clock, db, keys
from kiosk_app.questionnaires import commands as questionnaire_commands


def initialise(settings: Settings) -> db.Database:
    """Create or upgrade the database, its keys and the built-in questionnaire."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    _upgrade(settings)
    database = db.open_database(settings.database_url)
    db.bind(database)
    ring = keys.load(settings.keys_dir, create=not _has_keys(database))
    with db.transaction() as conn:
        keys.register(conn, ring)
        questionnaire_commands.ensure_builtin(conn, now=clock.now())
    runtime.start(settings, database)
    return database


def _upgrade(settings: Settings) -> None:
    """Bring the tables up as the role that owns them."""
    owner = db.open_database(settings.owner_database_url or settings.database_url)
    role = make_url(settings.database_url).username if settings.owner_database_url else None
    schema.upgrade(owner, web_role=role or "")
    owner.dispose()


def _has_keys(database: db.Database) -> bool:
    with database.engine.connect() as conn:
        return conn.exec_driver_sql("SELECT count(*) FROM key_checks").scalar() != 0
