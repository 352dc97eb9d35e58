"""Making a process ready: database, keys and clock bound once, for web, worker and commands."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.exc import DatabaseError

from kiosk_app.config import Settings
from kiosk_app.core import clock, db, keys, settings_table
from kiosk_app.core.errors import ConfigurationError

CLOCK_SETTING = "clock_offset_ms"


def start(settings: Settings, database: db.Database | None = None) -> db.Database:
    """Bind database, keys and clock for this process.

    Missing or wrong keys leave the process without keys: it answers pages, but is not ready and
    takes no ratings.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    opened = database or db.open_database(settings.database_url)
    db.bind(opened)
    bind_keys(settings)
    bind_clock()
    return opened


def bind_keys(settings: Settings) -> None:
    """Bind the key ring if it is the one this database was written with.

    A database that cannot be read now (full disk, restart) is asked again when keys are needed.
    """
    try:
        ring = keys.load(settings.keys_dir)
        with db.reading() as conn:
            wrong = keys.wrong_keys(conn, ring)
    except ConfigurationError:
        keys.bind(None)
        return
    except DatabaseError:
        keys.bind(None, again=lambda: bind_keys(settings))
        return
    keys.bind(None if wrong else ring)


def bind_clock() -> None:
    """Bind the clock: real time, or the demo's, which goes on from its last day."""
    try:
        with db.reading() as conn:
            stored = settings_table.read(conn, CLOCK_SETTING)
    except DatabaseError:
        stored = None
    clock.bind(clock.Clock(timedelta(milliseconds=int(stored or 0))))
