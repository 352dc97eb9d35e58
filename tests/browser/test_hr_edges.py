"""The training office's pages in a real chromium: no axe finding, by keyboard, on a phone, on paper."""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, Playwright
from werkzeug.serving import make_server

from kiosk_app import create_app
from kiosk_app.accounts import commands as accounts
from kiosk_app.core import clock, db
from kiosk_app.core.audit import SYSTEM
from kiosk_app.core.columns import LOCAL_ZONE
from kiosk_app.training import queries
from tests import training_year
from tests.conftest import make_settings
from tests.rules.test_hr_walk import plant_training
from tests.signing import signed_in
from tests.training_year import YEAR_END

pytestmark = [pytest.mark.browser]
AXE = Path(__file__).resolve().parents[1] / "data" / "axe" / "axe.min.js"
OVER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
PAGES = (
    "/hr/?year=2018", "/hr/?year=2030", "/hr/sessions/new", "/hr/sessions/{session_id}",
    "/hr/sessions/{session_id}/attendance", "/hr/sessions/{session_id}/results",
    "/hr/sessions/{session_id}/effect", "/hr/sessions/{session_id}/certificates",
    "/hr/sessions/{coming}/roster", "/hr/sessions/{coming}/edit", "/hr/sessions/{coming}/call/{half}",
    "/hr/sessions/{coming}/sheet/{half}", "/hr/sessions/{coming}/practice/{seated}",
    "/hr/calendar?on=2019-02-01", "/hr/calendar?view=week&on=2019-02-04", "/hr/calendar?view=list&on=2019-02-01",
    "/hr/staff", "/hr/staff/{officer_id}", "/hr/matrix", "/hr/gaps", "/hr/needs", "/hr/requirements",
    "/hr/courses", "/hr/courses/{course_id}", "/hr/resources", "/hr/plan", "/hr/feed", "/hr/draws/{draw_id}",
)


@dataclass
class Site:
    """A running service with a training year, one browser, and accounts to sign in as."""

    app: Flask
    base: str
    browser: Browser
    ids: dict[str, Any]
    time: clock.FrozenClock

    def page(self, role: str, *, width: int = 1440, height: int = 900, **options: Any) -> Page:
        """A page of a new window, signed in; scripts may be off."""
        client = signed_in(self.app.test_client(), role)
        cookie = client.get_cookie("session")
        assert cookie is not None
        context = self.browser.new_context(
            viewport={"width": width, "height": height}, base_url=self.base, bypass_csp=True, **options)
        context.set_default_timeout(90_000)
        context.add_cookies([{"name": "session", "value": cookie.value, "url": self.base}])
        return context.new_page()


@pytest.fixture(scope="module")
def site(
    installed_dir: Path, tmp_path_factory: pytest.TempPathFactory, playwright_: Playwright
) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("edges")
    shutil.copytree(installed_dir, folder, dirs_exist_ok=True)
    app = create_app(make_settings(folder))
    time = clock.FrozenClock(YEAR_END)
    clock.bind(time)
    training_year.take_in_organisation()
    training_year.take_in_procedures()
    planted = plant_training()
    ids = {name: values[0] for name, values in planted.items()}
    ids["coming"], ids["half"] = planted["session_id"][1], planted["half_day_id"][1]
    ids["seated"] = planted["enrolment_id"][1]
    with db.reading() as conn:
        rows = queries.roster(conn, ids["coming"])
    accounts.add_user("hr", role="hr", password="mot-mat-khau-dai", actor=SYSTEM, now=YEAR_END)
    accounts.add_user("officer", role="officer", password="mot-mat-khau-dai", actor=SYSTEM, now=YEAR_END,
                      officer_id=rows[0].officer_id, unit_id=rows[0].unit_id)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    browser = playwright_.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
    yield Site(app, f"http://127.0.0.1:{server.server_port}", browser, ids, time)
    browser.close()
    server.shutdown()
    db.current().dispose()
    clock.bind(clock.Clock())


@pytest.fixture(autouse=True)
def _year_end(site: Site) -> Iterator[None]:
    site.time.moment = YEAR_END
    yield
    for context in site.browser.contexts:
        context.close()


def findings(page: Page) -> list[tuple[str, str]]:
    page.add_script_tag(path=str(AXE))
    found = page.evaluate("axe.run(document.querySelector('main') ?? document)")
    assert len(found["passes"]) > 5
    return [(one["id"], one["nodes"][0]["html"][:140]) for one in found["violations"]]


def test_no_page_has_an_axe_finding_or_is_wider_than_its_window(site: Site) -> None:
    page, wrong = site.page("hr", width=1024, height=768), []
    for path in PAGES:
        page.goto(path.format(**site.ids))
        wrong += [(path, one) for one in findings(page)]
        if page.evaluate(OVER) > 0:
            wrong.append((path, ("wider", str(page.evaluate(OVER)))))
    assert wrong == []


@pytest.mark.parametrize(("role", "size", "paths"), [
    ("officer", (390, 844), ("/hr/own", "/hr/own?code=123456", "/hr/staff/{me}", "/hr/feed")),
    ("hr", (800, 1280), ("/hr/sessions/{coming}/call/{half}", "/hr/calendar?on=2019-02-01", "/hr/matrix",
                         "/hr/sessions/{coming}/roster", "/hr/sessions/{session_id}/attendance")),
])
def test_on_a_phone_and_a_tablet_nothing_is_cut_off(
    site: Site, role: str, size: tuple[int, int], paths: tuple[str, ...]
) -> None:
    with db.reading() as conn:
        me = queries.roster(conn, site.ids["coming"])[0].officer_id
    page, wrong = site.page(role, width=size[0], height=size[1]), []
    for path in paths:
        page.goto(path.format(me=me, **site.ids))
        wrong += [(path, one) for one in findings(page)]
        if page.evaluate(OVER) > 0:
            wrong.append((path, ("wider", str(page.evaluate(OVER)))))
    assert wrong == []


def test_the_calendar_is_turned_and_the_roster_marked_by_keyboard(site: Site) -> None:
    page = site.page("hr", width=800, height=1280)
    page.goto("/hr/calendar?on=2019-02-01")
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**on=2019-03-*")
    page.keyboard.press("ArrowLeft")
    page.wait_for_url("**on=2019-02-*")
    site.time.moment = datetime(2019, 2, 4, 8, tzinfo=LOCAL_ZONE)
    page.goto("/hr/sessions/{coming}/call/{half}".format(**site.ids))
    line = page.locator(".hr-line").first
    name = line.locator(".hr-who b").inner_text()
    line.locator("input[name=mark]").first.focus()
    page.keyboard.press("Space")
    page.locator(".hr-line").first.locator(".hr-who .hr-sub").nth(1).wait_for()
    focused = page.evaluate("document.activeElement.closest('.hr-line')?.querySelector('b').textContent")
    assert focused == name, "a mark by keyboard keeps its place"
    with db.reading() as conn:
        marks = [one.marks[site.ids["half"]].mark for one in queries.roster(conn, site.ids["coming"])
                 if site.ids["half"] in one.marks]
    assert marks == ["present"]


def test_the_roster_is_marked_without_a_script(site: Site) -> None:
    site.time.moment = datetime(2019, 2, 4, 8, 30, tzinfo=LOCAL_ZONE)
    page = site.page("hr", width=800, height=1280, java_script_enabled=False)
    page.goto("/hr/sessions/{coming}/call/{half}".format(**site.ids))
    line = page.locator(".hr-line").nth(1)
    line.get_by_role("radio", name="Vắng", exact=True).check(force=True)
    line.get_by_role("button", name="Lưu").click()
    page.wait_for_load_state("load")
    assert page.locator(".hr-line").nth(1).get_by_role("radio", name="Vắng", exact=True).is_checked()
    assert page.locator(".hr-line").count() == 6


def test_matrix_and_certificate_page_print_without_their_controls(site: Site) -> None:
    page = site.page("hr")
    for path in ("/hr/matrix", f"/cert/{site.ids['code']}"):
        page.goto(path)
        page.emulate_media(media="print")
        shown = [one for one in page.locator("nav, .side, .filters, .topbar button").all() if one.is_visible()]
        assert shown == [], path
        assert page.locator("main").is_visible()
        page.emulate_media(media="screen")
