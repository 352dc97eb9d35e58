"""The training office in a real chromium: filtering without reload, and a session planned by hand."""

from __future__ import annotations

import io
import logging
import threading
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from urllib.parse import unquote_plus

import pytest
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from kiosk_app.core import clock, db
from kiosk_app.core.columns import LOCAL_ZONE
from kiosk_app.organisation import queries as organisation
from kiosk_app.training import commands, enrolling, queries, reactions, ticking
from kiosk_app.training.checklists import Item
from kiosk_app.training.rules import Slot
from tests.integration.hr.conftest import app, sign_in, stage, trained  # noqa: F401
from tests.integration.training.test_enrolling import people, plan
from tests.integration.training.test_reactions import link, session
from tests.training_year import HR

pytestmark = [
    pytest.mark.browser, pytest.mark.parametrize("settings", ["sqlite"], indirect=True),
]


@pytest.fixture
def office(
    app: Flask, trained: None, sign_in: Callable[..., FlaskClient],  # noqa: F811
    chromium: Browser,
) -> Iterator[Page]:
    """A page of the training office on a server of its own, signed in as HR."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}"
    cookie = sign_in("hr").get_cookie("session")
    assert cookie is not None
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, base_url=base)
    context.add_cookies([{"name": "session", "value": cookie.value, "url": base}])
    yield context.new_page()
    context.close()
    server.shutdown()


def test_the_list_is_filtered_and_sorted_without_a_reload(office: Page) -> None:
    office.goto("/hr/?year=2018")
    office.evaluate("window.stayed = true")
    assert office.locator("[data-table] tbody tr").count() == 6
    office.locator("input[name=q]").press_sequentially("giao tiếp")
    office.wait_for_url(lambda url: "giao tiếp" in unquote_plus(url))
    assert office.locator("[data-table] tbody tr").count() == 1
    office.locator("[data-table] thead").get_by_text("Học đủ").click()
    office.wait_for_url("**sort=completed**")
    assert office.evaluate("window.stayed") is True
    assert office.locator("[data-table] tbody tr").count() == 1


def test_a_session_is_planned_held_and_found_again(
    office: Page, still_clock: clock.FrozenClock
) -> None:
    office.goto("/hr/sessions/new")
    office.fill("input[name=code]", "TH-07")
    office.select_option("select[name=course_id]", index=1)
    office.fill("input[name=room]", "Phòng máy tính")
    office.fill("input[name=day-0]", "4/3/2019")
    office.check("input[name=morning-0]")
    office.click("main button.primary")
    office.wait_for_url("**/roster")
    office.locator("input[name=officer_ids]").first.check()
    office.get_by_role("button", name="Cử những người đã chọn").click()
    office.get_by_text("Đã cử thêm 1 người").wait_for()
    still_clock.moment = datetime(2019, 3, 4, 9, tzinfo=LOCAL_ZONE)
    office.get_by_role("link", name="Điểm danh").click()
    office.get_by_role("button", name="Còn lại có mặt").click()
    assert office.locator("main select").first.input_value() == "present"
    office.get_by_role("button", name="Lưu điểm danh").click()
    office.get_by_text("Đã ghi 1 thay đổi điểm danh").wait_for()
    office.get_by_role("link", name="Tổng hợp").click()
    office.locator("summary", has_text="Xác nhận đã tổ chức").click()
    assert "Buổi cuối đến Sáng 4/3/2019, 11:30 mới hết." in office.locator(".hr-pop").inner_text()
    office.get_by_role("button", name="Xác nhận", exact=True).click()
    office.get_by_text("1 trên 1 người đã học đủ").wait_for()
    with db.reading() as conn:
        held = queries.sessions(conn, year=2019)[0]
    assert (held.code, held.state, held.completed) == ("TH-07", "held", 1)


def test_no_page_breaks_the_content_policy(office: Page) -> None:
    said: list[str] = []
    office.on("console", lambda message: said.append(message.text))
    for path in ("/hr/?year=2018", "/hr/sessions/1", "/hr/sessions/4/attendance",
                 "/hr/sessions/5/results", "/hr/staff", "/hr/courses", "/hr/sessions/new"):
        office.goto(path)
    assert [text for text in said if "Content Security Policy" in text] == []


def test_the_screen_can_be_scanned_and_a_tap_on_the_tablet_stays(
    office: Page, still_clock: clock.FrozenClock
) -> None:
    with db.reading() as conn:
        someone = organisation.officer_by_code(conn, "HL.P.046")
    assert someone is not None
    made = commands.plan_session(commands.SessionPlan(
        code="TH-09", course_id=1, title="", audience="", room="", trainer="", capacity=None,
        has_test=False, slots=(Slot(date(2019, 3, 4), "morning"),),
    ), actor=HR, now=still_clock.now())
    enrolling.enrol(made, [someone], actor=HR, now=still_clock.now())
    still_clock.moment = datetime(2019, 3, 4, 7, 29, tzinfo=LOCAL_ZONE)
    with db.reading() as conn:
        half = queries.session(conn, made).half_days[0].id
    office.goto(f"/hr/sessions/{made}/screen/{half}")
    digits = office.locator(".hr-digits").inner_text().replace(" ", "")
    picture = Image.open(io.BytesIO(office.screenshot()))
    (seen,) = zxingcpp.read_barcodes(picture)
    assert seen.text.endswith(f"/hr/own?code={digits}")
    still_clock.advance(seconds=30)
    office.wait_for_function(
        "was => document.querySelector('.hr-digits').textContent.replace(' ', '') !== was",
        arg=digits,
    )
    still_clock.advance(minutes=1)
    office.set_viewport_size({"width": 800, "height": 1280})
    office.goto(f"/hr/sessions/{made}/call/{half}")
    office.get_by_role("radio", name="Vắng có phép").check(force=True)
    office.get_by_text("1 vắng có phép.").wait_for()
    office.get_by_label("Lý do").fill("họp tỉnh")
    office.get_by_label("Lý do").press("Tab")
    office.get_by_text("đã sửa 1 lần").wait_for()
    with db.reading() as conn:
        (row,) = queries.roster(conn, made)
    assert (row.marks[half].mark, row.marks[half].note) == ("excused", "họp tỉnh")


def test_a_learner_answers_on_a_phone_with_the_keyboard_alone(
    office: Page, still_clock: clock.FrozenClock
) -> None:
    held, rows = session("TH-04")
    end = reactions.closes_at(held)
    assert end is not None
    still_clock.moment = end - timedelta(days=1)
    there = next(one for one in rows if reactions.may_answer(one))
    office.set_viewport_size({"width": 390, "height": 844})
    office.context.clear_cookies()
    office.goto(f"/hr/reaction/{link(held, there)}")
    for wanted in ("5", "4", "1", "4", "2", "5"):
        button = office.locator(f"button[name=answer][value='{wanted}']")
        assert office.evaluate("document.documentElement.scrollWidth") == 390
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= 48
        asked = office.locator("h1").inner_text()
        button.focus()
        office.keyboard.press("Enter")
        office.wait_for_function("asked => document.querySelector('h1').innerText !== asked", arg=asked)
    office.locator("textarea").fill("Lớp bổ ích")
    office.get_by_role("button", name="Gửi góp ý").press("Enter")
    office.get_by_text("Cảm ơn anh/chị!").wait_for()
    with db.reading() as conn:
        assert reactions.answered(conn, held.id) == 1


def test_a_tap_on_the_checklist_is_kept_at_once(
    office: Page, still_clock: clock.FrozenClock
) -> None:
    still_clock.moment = datetime(2019, 2, 1, 8, tzinfo=LOCAL_ZONE)
    one = plan()
    enrolling.enrol(one, people(1), actor=HR, now=still_clock.moment)
    with db.reading() as conn:
        held, (row,) = queries.session(conn, one), queries.roster(conn, one)
    ticking.set_checklist(held.course_id, [Item("Chào hỏi"), Item("Hẹn trả")], None, actor=HR,
                          now=still_clock.moment)
    still_clock.moment = held.slots[0].starts_at
    office.set_viewport_size({"width": 820, "height": 1180})
    office.goto(f"/hr/sessions/{one}/practice/{row.enrolment_id}")
    for item in (0, 1):
        office.locator(f"#item-{item} label", has_text="Đạt").first.click()
        office.get_by_text(f"Đạt {item + 1} trên 2 mục").wait_for()
    office.reload()
    office.get_by_text("Thực hành: đạt.").wait_for()


def test_a_day_off_is_told_while_the_days_are_typed(office: Page) -> None:
    office.goto("/hr/sessions/new")
    office.locator("input[name=day-0]").fill("5/2/2019")
    office.locator("input[name=day-1]").fill("11/2/2019")
    note = office.locator(".hr-slots .note.warn")
    note.wait_for()
    assert "Th 3 5/2/2019 (Tết Nguyên đán)" in note.inner_text()
    office.locator("input[name=day-0]").fill("12/2/2019")
    office.locator("input[name=day-1]").focus()
    note.wait_for(state="detached")


def test_a_tap_that_was_not_saved_goes_back_and_says_so(
    office: Page, still_clock: clock.FrozenClock
) -> None:
    with db.reading() as conn:
        someone = organisation.officer_by_code(conn, "HL.P.046")
    assert someone is not None
    made = commands.plan_session(commands.SessionPlan(
        code="TH-10", course_id=1, title="", audience="", room="", trainer="", capacity=None,
        has_test=False, slots=(Slot(date(2019, 3, 4), "morning"),),
    ), actor=HR, now=still_clock.now())
    enrolling.enrol(made, [someone], actor=HR, now=still_clock.now())
    still_clock.moment = datetime(2019, 3, 4, 8, tzinfo=LOCAL_ZONE)
    with db.reading() as conn:
        half = queries.session(conn, made).half_days[0].id
    office.goto(f"/hr/sessions/{made}/call/{half}")
    office.route("**/call/**", lambda route: route.abort())
    late = office.get_by_role("radio", name="Đến muộn")
    late.check(force=True)
    office.locator("form.hr-line .failed").wait_for()
    assert not late.is_checked()
    office.unroute("**/call/**")
    late.check(force=True)
    office.get_by_text("1 đến muộn").wait_for()
    assert office.locator(".failed").count() == 0
