"""Without a network, with a false one, with a wiped or broken storage: nothing is lost or doubled."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from kiosk_app.core import clock, db
from kiosk_app.core.audit import SYSTEM
from kiosk_app.devices import commands as devices
from kiosk_app.feedback import recount
from tests.browser.tablet import faces, pair, rows, tap, within
from tests.servers import ROOT, Server

pytestmark = pytest.mark.browser
Open = Callable[..., BrowserContext]


def kept(page: Page) -> None:
    page.wait_for_selector("html[data-kept=yes]", timeout=60_000)


def rate(page: Page, level: int) -> None:
    faces(page)
    tap(page, level)
    page.click("[data-act=send]")
    page.click("[data-act=done]")
    page.wait_for_selector(".k-idle .start")


def waiting(page: Page) -> int:
    return int(page.evaluate(
        "async () => (await import('/static/tablet/queue.js')).length()"
    ))


def rated(tablet: int) -> list[tuple[object, ...]]:
    """Level and number of each rating of this tablet, in the order of their arrival."""
    return rows(f"SELECT level, seq FROM rating_items WHERE device_id = {tablet} ORDER BY id")


def levels(tablet: int) -> list[object]:
    return [level for level, _number in rated(tablet)]


def kiosk(server: Server, *arguments: str) -> str:
    return subprocess.run(
        [sys.executable, "-m", "kiosk_app", *arguments], cwd=ROOT, env=server.environ, check=True,
        capture_output=True, text=True,
    ).stdout


def test_the_whole_flow_goes_on_for_days_without_a_server(
    server: Server, open_tablet: Open
) -> None:
    context = open_tablet()
    page = context.new_page()
    tablet = pair(page, server)
    kept(page)
    server.stop()
    page.reload()
    page.wait_for_selector("html[data-ready=yes]")
    rate(page, 4)
    page.click("[data-act=receipt]")
    for digit in "150042":
        page.click(f"[data-key='{digit}']")
    page.click("[data-act=continue]")
    tap(page, 2)
    page.click("[data-act=send]")
    page.click("[data-act=done]")
    context.close()
    again = open_tablet().new_page()
    again.goto(f"{server.address}/kiosk")
    again.wait_for_selector("html[data-ready=yes]")
    assert waiting(again) == 2
    server.start()
    again.reload()
    assert within(15, lambda: rated(tablet) == [(4, 1), (2, 2)])
    assert within(5, lambda: waiting(again) == 0)
    with db.reading() as conn:
        assert recount.check(conn) == []


@pytest.mark.parametrize(
    ("status", "kind", "body"),
    [
        (200, "text/html", "<html>Welcome to the free network. Accept the terms.</html>"),
        (200, "application/json", '{"results": []}'),
        (502, "text/html", "Bad gateway"),
        (503, "application/problem+json", '{"status": 503}'),
    ],
)
def test_an_answer_without_a_verdict_is_no_success(
    server: Server, open_tablet: Open, status: int, kind: str, body: str
) -> None:
    context = open_tablet()
    page = context.new_page()
    tablet = pair(page, server)
    context.route(
        "**/api/v1/ratings",
        lambda route: route.fulfill(status=status, content_type=kind, body=body),
    )
    rate(page, 3)
    page.wait_for_timeout(1500)
    assert waiting(page) == 1
    assert rated(tablet) == []
    context.unroute("**/api/v1/ratings")
    page.reload()
    assert within(15, lambda: rated(tablet) == [(3, 1)])
    assert within(5, lambda: waiting(page) == 0)


def test_a_wiped_tablet_stays_paired_and_begins_a_new_epoch(server: Server, open_tablet: Open) -> None:
    page = open_tablet().new_page()
    tablet = pair(page, server)
    rate(page, 5)
    assert within(5, lambda: rated(tablet) == [(5, 1)])
    page.evaluate("() => new Promise((done) => { indexedDB.deleteDatabase('kiosk').onblocked = done; setTimeout(done, 500); })")
    page.goto("about:blank")
    page.goto(f"{server.address}/kiosk")
    page.wait_for_selector("html[data-ready=yes]")
    rate(page, 1)
    assert within(10, lambda: rated(tablet) == [(5, 1), (1, 1)])
    epochs = f"SELECT COUNT(DISTINCT epoch) FROM rating_items WHERE device_id = {tablet}"
    assert rows(epochs) == [(2,)]


BROKEN = "IDBFactory.prototype.open = function () { throw new DOMException('no storage', 'UnknownError'); };"


def test_without_storage_a_rating_is_thanked_for_only_when_the_server_has_it(
    server: Server, open_tablet: Open
) -> None:
    context = open_tablet()
    page = context.new_page()
    tablet = pair(page, server)
    context.add_init_script(BROKEN)
    page.goto(f"{server.address}/kiosk")
    page.wait_for_selector("html[data-ready=yes]")
    faces(page)
    tap(page, 2)
    page.click("[data-act=send]")
    page.wait_for_selector(".k-thanks .bigtick")
    assert levels(tablet) == [2]
    page.click("[data-act=done]")
    server.stop()
    faces(page)
    tap(page, 1)
    page.click("[data-act=send]")
    page.wait_for_selector(".k-zero .ty")
    assert page.locator(".bigtick").count() == 0
    server.start()
    assert levels(tablet) == [2]


def open_overlay(page: Page, pin: str) -> None:
    brand = page.locator(".brand")
    brand.dispatch_event("pointerdown")
    page.wait_for_selector(".pinbox", timeout=8000)
    for digit in pin:
        page.click(f"[data-pin='{digit}']")
    page.wait_for_selector(".statgrid")


def test_the_staff_overlay_shows_and_hands_over_the_queue_once(
    server: Server, open_tablet: Open, tmp_path: Path
) -> None:
    kiosk(server, "device", "pin", "270493")
    context = open_tablet(accept_downloads=True)
    page = context.new_page()
    tablet = pair(page, server)
    assert within(10, lambda: page.evaluate(
        "async () => Boolean(((await (await import('/static/tablet/queue.js')).readMeta('settings')) || {}).staff_pin)"
    ))
    context.route("**/api/v1/ratings", lambda route: route.abort())
    rate(page, 1)
    rate(page, 5)
    brand = page.locator(".brand")
    brand.dispatch_event("pointerdown")
    page.wait_for_selector(".pinbox", timeout=8000)
    for digit in "000000":
        page.click(f"[data-pin='{digit}']")
    assert within(5, lambda: "chưa đúng" in page.inner_text("[data-slot=pinmsg]"))
    for digit in "270493":
        page.click(f"[data-pin='{digit}']")
    page.wait_for_selector(".statgrid")
    assert within(5, lambda: page.inner_text("[data-slot=waiting]") == "2")
    assert page.inner_text("[data-slot=seq]") == "2"
    with page.expect_download() as download:
        page.click("[data-act=export]")
    path = tmp_path / "queue.json"
    download.value.save_as(path)
    assert "level" not in path.read_text("utf-8")
    first = json.loads(kiosk(server, "import", "queue", str(path), "--json"))
    again = json.loads(kiosk(server, "import", "queue", str(path), "--json"))
    assert (first["created"], again["created"], again["duplicate"]) == (2, 0, 2)
    context.unroute("**/api/v1/ratings")
    page.click("[data-act=sendnow]")
    assert within(8, lambda: page.inner_text("[data-slot=waiting]") == "0")
    assert rated(tablet) == [(1, 1), (5, 2)]
    page.click("#foot [data-act=home]")
    page.wait_for_selector(".k-idle .start")


def test_a_comment_goes_with_the_rating_and_skipping_leaves_none(
    server: Server, open_tablet: Open
) -> None:
    page = open_tablet().new_page()
    tablet = pair(page, server)
    faces(page)
    tap(page, 2)
    page.click(".chip >> nth=2")
    page.click("[data-act=comment]")
    page.fill("textarea", "Phải đi lại hai lần vì tờ khai khác bảng niêm yết")
    page.click("[data-act=why]")
    assert page.locator(".chip input:checked").count() == 1
    page.click("[data-act=comment]")
    assert "tờ khai" in page.input_value("textarea")
    page.click("[data-act=send]")
    page.click("[data-act=done]")
    rate(page, 5)
    faces(page)
    tap(page, 4)
    page.click("[data-act=comment]")
    page.fill("textarea", "thôi")
    page.click("[data-act=skip]")
    page.click("[data-act=done]")
    assert within(5, lambda: rows(
        "SELECT i.level, e.comment FROM rating_items i LEFT JOIN rating_erasables e "
        f"ON e.subject = 'item' AND e.subject_id = i.id WHERE i.device_id = {tablet} ORDER BY i.seq"
    ) == [(2, "Phải đi lại hai lần vì tờ khai khác bảng niêm yết"), (5, None), (4, None)])


def test_outside_the_opening_hours_the_tablet_rests(server: Server, open_tablet: Open) -> None:
    context = open_tablet()
    page = context.new_page()
    pair(page, server)
    kiosk(server, "device", "hours", "1-7 00:00-00:01")
    page.reload()
    page.get_by_text("Máy nghỉ ngoài giờ làm việc").first.wait_for()
    assert not page.locator(".k-idle .start").is_visible()
    kiosk(server, "device", "hours", "")
    page.reload()
    page.wait_for_selector(".k-idle .start")
    assert not page.get_by_text("Máy nghỉ ngoài giờ làm việc").first.is_visible()


def test_staff_see_that_a_tablet_was_revoked_and_what_was_put_aside(
    server: Server, open_tablet: Open
) -> None:
    devices.set_pin("270493", actor=SYSTEM, now=clock.now())
    page = open_tablet().new_page()
    tablet = pair(page, server)
    devices.revoke(tablet, actor=SYSTEM, now=clock.now())
    rate(page, 2)
    assert within(15, lambda: rows("SELECT reason FROM quarantined_items") == [("device_revoked",)])
    assert rows("SELECT COUNT(*) FROM rating_erasables WHERE body IS NOT NULL") == [(1,)]
    open_overlay(page, "270493")
    assert within(15, lambda: "thu hồi" in page.inner_text("[data-slot=refused]"))
    assert "giữ riêng 1 đánh giá" in page.inner_text("[data-slot=refused]")
