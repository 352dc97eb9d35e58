"""The database: one declarative base, one place where a transaction begins and commits.

Writers on SQLite take BEGIN IMMEDIATE behind an operating-system lock, because SQLite's busy
handler is no queue; on PostgreSQL they take a transaction-scoped advisory lock, so that the
judgement of a batch and its counts see one another in the same order on both databases.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, create_engine, event, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import DeclarativeBase

from kiosk_app.core.errors import ConfigurationError, StorageUnavailableError

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
WRITER_LOCK_ID = 0x6B696F736B


class Base(DeclarativeBase):
    """Base of every table."""

    metadata = MetaData(naming_convention=NAMING)


class Database:
    """An engine that was made ready, and the lock its writers queue at."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.is_sqlite = engine.dialect.name == "sqlite"
        self._thread_lock = threading.Lock()
        path = engine.url.database if self.is_sqlite else None
        self._lock_path = Path(f"{path}.writer") if path and path != ":memory:" else None

    @contextmanager
    def writer_turn(self) -> Iterator[None]:
        """Wait for this process's and the other processes' writers (SQLite only)."""
        if self._lock_path is None:
            yield
            return
        with self._thread_lock:
            handle = os.open(self._lock_path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX)
                yield
            finally:
                os.close(handle)

    def dispose(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def _sqlite_connect(dbapi_connection: Any, _record: Any) -> None:
    dbapi_connection.isolation_level = None
    cursor = dbapi_connection.cursor()
    for pragma in (
        "busy_timeout=10000",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "recursive_triggers=ON",
        "cache_size=-32000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _sqlite_begin(connection: Connection) -> None:
    mode = connection.get_execution_options().get("kiosk_mode", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")


def prepare(engine: Engine) -> Engine:
    """Attach the connect and begin behaviour that this service relies on."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_connect)
        event.listen(engine, "begin", _sqlite_begin)
    return engine


def open_database(url: str) -> Database:
    """A database of ``url`` (``sqlite:///…`` or ``postgresql+psycopg://…``)."""
    return Database(prepare(create_engine(url)))


_bound: dict[str, Database] = {}
_inside: ContextVar[bool] = ContextVar("kiosk_transaction", default=False)


def bind(database: Database) -> None:
    """Make ``database`` the one that commands and queries of this process use."""
    _bound["database"] = database


def current() -> Database:
    """The bound database; ConfigurationError if none is bound."""
    try:
        return _bound["database"]
    except KeyError:
        raise ConfigurationError("database_not_bound") from None


@contextmanager
def transaction() -> Iterator[Connection]:
    """The one transaction of a command: commits at the end, rolls back on any error.

    Raises StorageUnavailableError when the database cannot be written.
    """
    if _inside.get():
        raise RuntimeError("a command may not open a second transaction")
    database = current()
    token = _inside.set(True)
    try:
        turn = database.writer_turn() if database.is_sqlite else nullcontext()
        with turn, database.engine.connect() as raw:
            connection = raw.execution_options(kiosk_mode="IMMEDIATE")
            with connection.begin():
                if not database.is_sqlite:
                    connection.execute(
                        text("SELECT pg_advisory_xact_lock(:id)"), {"id": WRITER_LOCK_ID}
                    )
                yield connection
    except OperationalError as error:
        raise StorageUnavailableError("storage_unavailable", str(error.orig)) from error
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", "") in {"53100", "57P01", "25006"}:
            raise StorageUnavailableError("storage_unavailable", str(error.orig)) from error
        raise
    finally:
        _inside.reset(token)


@contextmanager
def reading() -> Iterator[Connection]:
    """A read-only snapshot: every statement inside sees the same state."""
    with current().engine.connect() as raw:
        level = {} if current().is_sqlite else {"isolation_level": "REPEATABLE READ"}
        connection = raw.execution_options(**level)
        with connection.begin() as begun:
            try:
                yield connection
            finally:
                begun.rollback()
