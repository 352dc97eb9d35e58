"""The tablet in a real chromium against a real gunicorn."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext

from kiosk_app.core import db
from kiosk_app.feedback import recount
from tests.browser.tablet import faces, pair, rows, tap, within
from tests.servers import Server

pytestmark = pytest.mark.browser


def of(tablet: int, columns: str) -> list[tuple[object, ...]]:
    """What this tablet's ratings hold, in the order of their arrival."""
    return rows(f"SELECT {columns} FROM rating_items WHERE device_id = {tablet} ORDER BY id")


def total() -> int:
    """Ratings that are counted in any month."""
    return int(str(rows("SELECT COALESCE(SUM(n), 0) FROM rating_months")[0][0]))


def test_a_sealed_rating_is_counted_within_two_seconds(
    server: Server, open_tablet: Callable[..., BrowserContext]
) -> None:
    page = open_tablet().new_page()
    tablet = pair(page, server)
    counted = total()
    faces(page)
    tap(page, 2)
    page.click(".chip >> nth=0")
    page.click("[data-act=send]")
    page.wait_for_selector(".k-thanks [data-slot=qr] svg")
    assert of(tablet, "level") == []
    page.click("[data-act=done]")
    assert within(2, lambda: total() == counted + 1)
    assert of(tablet, "level, reasons, seq") == [(2, '["cho_lau"]', 1)]
    with db.reading() as conn:
        assert recount.check(conn) == []


def test_withdrawn_leaves_nothing_and_changes_are_taken_until_the_end(
    server: Server, open_tablet: Callable[..., BrowserContext]
) -> None:
    page = open_tablet().new_page()
    tablet = pair(page, server)
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
    assert within(10, lambda: of(tablet, "level, seq") == [(5, 1)])


def test_a_draft_found_after_a_kill_is_sealed_as_it_stands(
    server: Server, open_tablet: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    page = open_tablet().new_page()
    tablet = pair(page, server)
    faces(page)
    tap(page, 3)
    subprocess.run(["pkill", "-9", "-f", str(tmp_path / "profile")], check=False)
    time.sleep(0.5)
    for lock in (tmp_path / "profile").glob("Singleton*"):
        lock.unlink()
    again = open_tablet().new_page()
    again.goto(f"{server.address}/kiosk")
    again.wait_for_selector(".k-idle .start")
    assert within(10, lambda: of(tablet, "level") == [(3,)])


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
    tablet = pair(page, server)
    page.keyboard.type("000.00.12.H49-181015-0042", delay=2)
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-act=anyway]")
    page.click("[data-act=anyway]")
    tap(page, 5)
    page.click("[data-act=send]")
    page.click("[data-act=done]")
    assert within(10, lambda: of(tablet, "level") == [(5,)])
    mine = f"(SELECT id FROM rating_items WHERE device_id = {tablet})"
    assert rows(
        f"SELECT receipt FROM rating_erasables WHERE subject = 'item' AND subject_id IN {mine}"
    ) == [("000.00.12.H49-181015-0042",)]
    assert rows(f"SELECT state FROM attributions WHERE item_id IN {mine}") == [("unmatched",)]


def test_the_flow_works_as_plain_forms_without_javascript(
    server: Server, open_tablet: Callable[..., BrowserContext]
) -> None:
    page = open_tablet(java_script_enabled=False).new_page()
    before = rows("SELECT COUNT(*) FROM rating_items")[0][0]
    page.goto(f"{server.address}/kiosk")
    page.click("a[data-act=without]")
    page.click(".tile.t4")
    page.check(".chip >> nth=0 >> input", force=True)
    page.click("[data-act=send]")
    with page.expect_navigation():
        page.click("[data-act=done]")
    assert rows(
        f"SELECT level, seq FROM rating_items ORDER BY id LIMIT -1 OFFSET {before}"
    ) == [(4, None)]
    page.go_back()
    assert "chip" not in page.content()


def test_english_is_english(
    server: Server, open_tablet: Callable[..., BrowserContext]
) -> None:
    page = open_tablet().new_page()
    pair(page, server)
    page.click(".languages summary")
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
