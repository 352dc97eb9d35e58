"""The tablet in a real chromium against a real gunicorn."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, sync_playwright
from sqlalchemy import text

from kiosk_app import runtime
from kiosk_app.core import clock, db
from kiosk_app.feedback import recount
from tests.conftest import make_settings
from tests.integration.feedback.seed import seed_organisation
from tests.servers import ROOT, Server

pytestmark = pytest.mark.browser
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]


@pytest.fixture(scope="module")
def playwright_() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture
def server(template_dir: Path, tmp_path: Path) -> Iterator[Server]:
    shutil.copytree(template_dir, tmp_path, dirs_exist_ok=True)
    database = runtime.start(make_settings(tmp_path))
    seed_organisation(clock.now())
    running = Server(tmp_path).start()
    yield running
    running.stop()
    database.dispose()


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


def pair(page: Page, server: Server) -> None:
    page.goto(f"{server.address}/kiosk")
    page.locator("[data-slot=pair]", has_text=re.compile(r"\w{3} \w{3}")).wait_for()
    code = page.inner_text("[data-slot=pair]").replace(" ", "")
    subprocess.run(
        [sys.executable, "-m", "kiosk_app", "device", "approve", code, "--unit", "HL-TTHCC",
         "--name", f"T-{uuid.uuid4()}"], cwd=ROOT, env=server.environ, check=True,
        capture_output=True,
    )
    page.wait_for_selector("html[data-ready=yes]")


def rows(query: str) -> list[tuple[object, ...]]:
    with db.reading() as conn:
        return [tuple(row) for row in conn.execute(text(query)).all()]


def within(seconds: float, check: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if check():
            return True
        time.sleep(0.05)
    return False


def faces(page: Page) -> None:
    page.click("[data-act=without]")
    page.wait_for_selector(".tile")


def tap(page: Page, level: int) -> None:
    page.click(f".tile.t{level}")
    page.wait_for_selector(".k-why .chip")


def test_a_sealed_rating_is_counted_within_two_seconds(
    server: Server, open_tablet: Callable[..., BrowserContext]
) -> None:
    page = open_tablet().new_page()
    pair(page, server)
    faces(page)
    tap(page, 2)
    page.click(".chip >> nth=0")
    page.click("[data-act=send]")
    page.wait_for_selector(".k-thanks [data-slot=qr] svg")
    assert rows("SELECT COUNT(*) FROM rating_items") == [(0,)]
    page.click("[data-act=done]")
    assert within(2, lambda: rows("SELECT SUM(n) FROM rating_months") == [(1,)])
    assert rows("SELECT level, reasons, seq FROM rating_items") == [(2, '["cho_lau"]', 1)]
    with db.reading() as conn:
        assert recount.check(conn) == []


def test_withdrawn_leaves_nothing_and_changes_are_taken_until_the_end(
    server: Server, open_tablet: Callable[..., BrowserContext]
) -> None:
    page = open_tablet().new_page()
    pair(page, server)
    faces(page)
    tap(page, 1)
    page.click("[data-act=send]")
    page.click("[data-act=withdraw]")
    page.wait_for_selector(".k-idle .start")
    faces(page)
    tap(page, 1)
    page.click("[data-act=rate]")
    tap(page, 5)
    page.click("[data-act=send]")
    page.click("[data-act=done]")
    assert within(3, lambda: rows("SELECT level, seq FROM rating_items") == [(5, 1)])


def test_a_draft_found_after_a_kill_is_sealed_as_it_stands(
    server: Server, open_tablet: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    page = open_tablet().new_page()
    pair(page, server)
    faces(page)
    tap(page, 3)
    subprocess.run(["pkill", "-9", "-f", str(tmp_path / "profile")], check=False)
    time.sleep(0.5)
    for lock in (tmp_path / "profile").glob("Singleton*"):
        lock.unlink()
    again = open_tablet().new_page()
    again.goto(f"{server.address}/kiosk")
    again.wait_for_selector(".k-idle .start")
    assert within(5, lambda: rows("SELECT level FROM rating_items") == [(3,)])


def test_nothing_of_the_previous_person_is_left_after_reload_or_back(
    server: Server, open_tablet: Callable[..., BrowserContext]
) -> None:
    page = open_tablet().new_page()
    pair(page, server)
    page.click("[data-act=receipt]")
    for digit in "150042":
        page.click(f"[data-key='{digit}']")
    page.reload()
    page.wait_for_selector("html[data-ready=yes]")
    page.click("[data-act=receipt]")
    assert page.input_value(".codeinput") == ""
    page.click("#foot [data-act=home]")
    faces(page)
    tap(page, 4)
    page.click(".chip >> nth=1")
    page.reload()
    page.wait_for_selector("html[data-ready=yes]")
    assert page.locator(".k-idle .start").count() == 3
    assert page.locator(".chip:visible").count() == 0


def test_a_wedge_scanner_leads_to_the_faces_from_any_screen(
    server: Server, open_tablet: Callable[..., BrowserContext]
) -> None:
    page = open_tablet().new_page()
    pair(page, server)
    page.keyboard.type("000.00.12.H49-181015-0042", delay=2)
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-act=anyway]")
    page.click("[data-act=anyway]")
    tap(page, 5)
    page.click("[data-act=send]")
    page.click("[data-act=done]")
    assert within(3, lambda: rows("SELECT receipt FROM rating_erasables") == [
        ("000.00.12.H49-181015-0042",)
    ])
    assert rows("SELECT state FROM attributions") == [("unmatched",)]


def test_the_flow_works_as_plain_forms_without_javascript(
    server: Server, open_tablet: Callable[..., BrowserContext]
) -> None:
    page = open_tablet(java_script_enabled=False).new_page()
    page.goto(f"{server.address}/kiosk")
    page.click("a[data-act=without]")
    page.click(".tile.t4")
    page.check(".chip >> nth=0 >> input", force=True)
    page.click("[data-act=send]")
    page.click("[data-act=done]")
    assert rows("SELECT level, seq FROM rating_items") == [(4, None)]
    page.go_back()
    assert "chip" not in page.content()


def test_english_is_english(
    server: Server, open_tablet: Callable[..., BrowserContext]
) -> None:
    page = open_tablet().new_page()
    pair(page, server)
    page.click(".langlink[lang=en]")
    page.wait_for_selector("html[lang=en][data-ready=yes]")
    faces(page)
    assert "Very satisfied" in page.inner_text(".tile.t5")


def test_low_and_high_reasons_have_the_same_tiles_in_the_same_places(
    server: Server, open_tablet: Callable[..., BrowserContext]
) -> None:
    page = open_tablet().new_page()
    pair(page, server)
    boxes = []
    for level in (1, 5):
        faces(page)
        tap(page, level)
        heading = page.inner_text("h1")
        places = page.eval_on_selector_all(
            ".chip", "all => all.map(c => { const b = c.getBoundingClientRect();"
            " return [b.x, b.y, b.width, b.height].map(Math.round); })",
        )
        boxes.append((heading, places))
        page.click("[data-act=send]")
        page.click("[data-act=done]")
        page.wait_for_selector(".k-idle .start")
    assert boxes[0] == boxes[1]
    assert len(boxes[0][1]) == 10
