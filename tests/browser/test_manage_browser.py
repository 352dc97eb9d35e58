"""The managers' pages in a real chromium: no axe finding, by keyboard, on a narrow screen, on paper."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from kiosk_app.core import db
from kiosk_app.organisation import queries as organisation
from tests.integration.reporting.conftest import Office
from tests.integration.reporting.conftest import office as office
from tests.integration.reporting.conftest import stage as stage
from tests.integration.reporting.test_alive_tables import DESKS
from tests.integration.reporting.test_alive_tables import desks as desks

pytestmark = [
    pytest.mark.browser, pytest.mark.parametrize("settings", ["sqlite"], indirect=True),
]
AXE = Path(__file__).resolve().parents[1] / "data" / "axe" / "axe.min.js"
PAGES = (
    "/manage/?period=2018-10", "/manage/?period=2018-10&unit=P-HATU", "/manage/?period=2017",
    "/manage/officers?period=2018-10", "/manage/officers/{officer}?period=2018-10",
    "/manage/procedures?period=2018-10", "/manage/procedures/1.900001?period=2018-10",
    "/manage/units?period=2018-10&on=2025-07-01", "/manage/service?by=field",
    "/manage/service?by=procedure", "/manage/quality?period=2018-10", "/manage/alerts",
    "/manage/comments?period=2018-10", "/manage/exports", "/admin/audit",
)


@pytest.fixture
def reader(desks: Office, chromium: Browser) -> Iterator[Page]:
    """A page signed in as an inspector, on a server of its own."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, desks.reader.application, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}"
    cookie = desks.reader.get_cookie("session")
    assert cookie is not None
    context = chromium.new_context(
        viewport={"width": 1024, "height": 768}, base_url=base, bypass_csp=True
    )
    context.set_default_timeout(90_000)
    context.add_cookies([{"name": "session", "value": cookie.value, "url": base}])
    yield context.new_page()
    context.close()
    server.shutdown()


def test_no_page_has_an_axe_finding_or_is_wider_than_a_tablet(reader: Page) -> None:
    with db.reading() as conn:
        officer = organisation.officer_by_code(conn, DESKS["mixed"].officer)
    for path in PAGES:
        reader.goto(path.format(officer=officer))
        reader.wait_for_load_state("networkidle")
        reader.add_script_tag(path=str(AXE))
        found = reader.evaluate("axe.run()")
        assert [(v["id"], v["nodes"][0]["html"][:120]) for v in found["violations"]] == [], path
        assert len(found["passes"]) > 10, path
        over = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert reader.evaluate(over) == 0, path


def test_a_filter_is_chosen_by_keyboard_and_locks_the_others(reader: Page) -> None:
    reader.goto("/manage/?period=2018-10")
    reader.locator("#hours .chart svg").wait_for()
    reader.evaluate("window.stayed = true")
    reader.locator("select[name=field]").focus()
    reader.keyboard.press("ArrowDown")
    reader.locator("select[name=channel][disabled]").wait_for()
    assert reader.evaluate("window.stayed")
    assert "field=" in reader.url
    assert reader.locator("#onlyone").inner_text().startswith("Mỗi lần chỉ lọc một chiều")
    reader.locator("#beside a.btn").focus()
    reader.keyboard.press("Enter")
    reader.locator("select[name=channel]:not([disabled])").wait_for()


def test_on_paper_only_what_is_read_stays(reader: Page) -> None:
    reader.goto("/manage/officers?period=2018-10")
    reader.emulate_media(media="print")
    hidden = [name for name in (".side", ".filters", ".menu", ".pager a")
              if not reader.locator(name).first.is_visible()]
    assert hidden == [".side", ".filters", ".menu", ".pager a"]
    assert reader.locator(".tbl").first.is_visible()


def test_every_chart_can_be_taken_away_with_what_it_shows(reader: Page) -> None:
    with db.reading() as conn:
        officer = organisation.officer_by_code(conn, DESKS["mixed"].officer)
    for path in (
        f"/manage/officers/{officer}?period=2018-10", "/manage/procedures/1.900001?period=2018-10",
    ):
        reader.goto(path)
        links = reader.locator("#course a[href*='file=']")
        assert links.count() == 2
        for link in links.all():
            answer = reader.request.get(str(link.get_attribute("href")))
            assert answer.ok
            assert "attachment" in answer.headers["content-disposition"]
            body = answer.body()
            if answer.headers["content-type"] == "image/png":
                assert body.startswith(b"\x89PNG")
            else:
                assert "SHA-256" in body.decode()
                assert "Kỳ: " in body.decode()


def test_what_does_not_come_is_said_where_it_would_have_stood(reader: Page) -> None:
    reader.route("**/charts/*.svg*", lambda route: route.abort())
    reader.goto("/manage/?period=2018-10")
    told = reader.locator("#weeks .chart .failed")
    told.wait_for()
    assert "Chưa lấy được phần này từ máy chủ" in told.inner_text()
    reader.unroute("**/charts/*.svg*")
    told.get_by_role("link", name="Tải lại").click()
    reader.locator("#weeks .chart svg").wait_for()
    assert reader.url.endswith("/manage/?period=2018-10")
    reader.route("**/manage/?period=2018-10&unit=*", lambda route: route.fulfill(status=503))
    reader.locator("form.filters select[name=unit]").first.select_option(index=1)
    reader.locator("#results > .failed").wait_for()


def test_language_and_log_out_open_from_the_name(reader: Page) -> None:
    reader.goto("/manage/?period=2018-10")
    account = reader.locator("summary.me")
    assert not reader.get_by_role("link", name="English").is_visible()
    account.focus()
    reader.keyboard.press("Enter")
    reader.get_by_role("link", name="English").click()
    reader.locator("html[lang=en]").wait_for()
    assert "period=2018-10" in reader.url
    account.click()
    reader.get_by_role("button", name="Log out").click()
    reader.wait_for_url("**/login*")
