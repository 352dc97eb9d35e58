"""A real gunicorn over a fresh installation, and tablets as persistent chromium profiles."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from kiosk_app import runtime
from kiosk_app.core import clock
from kiosk_app.core.audit import SYSTEM
from kiosk_app.core.columns import LOCAL_ZONE
from kiosk_app.questionnaires import builtin
from kiosk_app.questionnaires import commands as questionnaire_commands
from tests.browser.tablet import FLAGS, pair, within
from tests.conftest import make_settings
from tests.integration.feedback.seed import seed_organisation
from tests.servers import Server


@pytest.fixture(scope="module")
def playwright_() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def chromium(playwright_: Playwright) -> Iterator[Browser]:
    """One browser for all tests of a file; each opens a context of its own."""
    browser = playwright_.chromium.launch(
        executable_path=shutil.which("chromium"), args=["--no-sandbox"]
    )
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def organised_dir(installed_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template with the organisation taken in, once a session."""
    folder = tmp_path_factory.mktemp("organised")
    shutil.copytree(installed_dir, folder, dirs_exist_ok=True)
    database = runtime.start(make_settings(folder))
    seed_organisation(clock.now())
    with database.engine.connect() as conn:
        conn.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()
    return folder


@pytest.fixture(scope="module")
def lasting_server(
    organised_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server")
    shutil.copytree(organised_dir, folder, dirs_exist_ok=True)
    database = runtime.start(make_settings(folder))
    running = Server(folder)
    yield running
    running.stop()
    database.dispose()


@pytest.fixture
def server(lasting_server: Server) -> Server:
    """One for all tests of a file, each with tablets of its own; up again if a test took it down."""
    return lasting_server if lasting_server.process else lasting_server.start()


@pytest.fixture
def open_tablet(
    playwright_: Playwright, tmp_path: Path
) -> Iterator[Callable[..., BrowserContext]]:
    opened: list[BrowserContext] = []

    def open_(**options: object) -> BrowserContext:
        context = playwright_.chromium.launch_persistent_context(
            tmp_path / "profile", executable_path=shutil.which("chromium"), args=FLAGS,
            viewport={"width": 1280, "height": 800}, **options,  # type: ignore[arg-type]
        )
        opened.append(context)
        return context

    yield open_
    for context in opened:
        try:
            context.close()
        except Exception:  # noqa: BLE001 - it may have been killed by the test
            continue


REF = builtin.survey()["ref"]


@pytest.fixture(scope="module")
def centre(installed_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One service with a survey round, for all tests of a file."""
    folder = tmp_path_factory.mktemp("survey")
    shutil.copytree(installed_dir, folder, dirs_exist_ok=True)
    database = runtime.start(make_settings(folder))
    unit = seed_organisation(clock.now())
    today = clock.now().astimezone(LOCAL_ZONE).date()
    questionnaire_commands.set_round(
        unit, REF, today - timedelta(days=1), today + timedelta(days=20), actor=SYSTEM, now=clock.now()
    )
    running = Server(folder).start()
    yield running
    running.stop()
    database.dispose()


@pytest.fixture(scope="module")
def tablet(
    centre: Server, playwright_: Playwright, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BrowserContext]:
    """One paired tablet."""
    context = playwright_.chromium.launch_persistent_context(
        tmp_path_factory.mktemp("profile"), executable_path=shutil.which("chromium"), args=FLAGS,
        viewport={"width": 1280, "height": 800},
    )
    page = context.new_page()
    pair(page, centre)
    within(20, lambda: page.evaluate(
        "async () => Boolean(await (await import('/static/tablet/queue.js')).readMeta('settings'))"
    ))
    page.close()
    yield context
    context.close()


@pytest.fixture
def page(centre: Server, tablet: BrowserContext) -> Iterator[Page]:
    opened = tablet.new_page()
    opened.goto(f"{centre.address}/kiosk")
    opened.wait_for_selector("html[data-ready=yes]")
    yield opened
    opened.close()
