"""Whether a database is empty, half filled by a demo that failed, filled, or in use."""

from __future__ import annotations

from sqlalchemy.exc import DatabaseError

from kiosk_app.core import db, settings_table
from kiosk_app.core.errors import ConfigurationError
from kiosk_app.organisation import queries

SETTING = "demo_state"


def read() -> str:
    """``empty``, ``filling`` (an earlier run failed), ``done``, or ``used`` (no demo)."""
    try:
        with db.reading() as conn:
            found = settings_table.read(conn, SETTING)
            if found:
                return found
            return "empty" if queries.is_empty(conn) else "used"
    except DatabaseError:
        return "empty"


def mark(value: str) -> None:
    """Remember how far the demo is."""
    with db.transaction() as conn:
        settings_table.write(conn, SETTING, value)


def refuse_used() -> None:
    """ConfigurationError unless the database is empty."""
    found = read()
    if found == "filling":
        raise ConfigurationError(
            "demo_unfinished",
            "an earlier `kiosk demo` did not end; remove the database (or choose another "
            "DATA_DIR) and start again",
            field="DATA_DIR",
        )
    if found != "empty":
        raise ConfigurationError(
            "database_not_empty", "the demo fills an empty database only; choose another DATA_DIR",
            field="DATA_DIR",
        )
