"""What only somebody with the owner's rights on the database can do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from kiosk_app.core import db


@contextmanager
def transaction() -> Iterator[Connection]:
    """A transaction of the role that owns the tables (on SQLite: of whoever has the file)."""
    database = db.current()
    if database.is_sqlite:
        with db.transaction() as conn:
            yield conn
        return
    url = database.engine.url.set(username="postgres")
    owner = db.open_database(url.render_as_string(hide_password=False))
    with owner.engine.begin() as conn:
        yield conn
    owner.dispose()
