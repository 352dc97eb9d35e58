"""The training office: planning, a class from its first to its last paper, needs, effect."""

from __future__ import annotations

import io
import re
from datetime import datetime, timedelta

import zxingcpp
from PIL import Image
from playwright.sync_api import Page

from kiosk_app.core.columns import LOCAL_ZONE
from scripts.pictures import papers
from scripts.pictures.camera import DESK_SIZE, Camera, Offices

PAGES = (
    ("h1-sessions", "/hr/?year=2018"),
    ("h1-empty", "/hr/?year=2020"),
    ("h1-new", "/hr/sessions/new"),
    ("h1-calendar-month", "/hr/calendar?view=month&on=2018-09-17"),
    ("h1-calendar-week", "/hr/calendar?view=week&on=2018-09-25"),
    ("h1-calendar-list", "/hr/calendar?view=list&on=2018-09-17"),
    ("h1-plan", "/hr/plan?year=2018"),
    ("h1-feed", "/hr/feed"),
    ("h2-session", "/hr/sessions/4"),
    ("h2-attendance", "/hr/sessions/4/attendance"),
    ("h2-results", "/hr/sessions/5/results"),
    ("h3-staff-list", "/hr/staff"),
    ("h3-courses", "/hr/courses"),
    ("h3-course", "/hr/courses/2"),
    ("h3-resources", "/hr/resources"),
    ("h3-matrix", "/hr/matrix"),
    ("h3-gaps", "/hr/gaps"),
    ("h4-needs", "/hr/needs?period=2018-Q4"),
    ("h4-needs-first", "/hr/needs?period=2018-Q1"),
    ("h4-needs-none", "/hr/needs?period=2017"),
    ("h5-effect", "/hr/sessions/4/effect"),
    ("h5-effect-unknown", "/hr/sessions/1/effect"),
)
LEARNER = "HL.CB.010"
"""The officer whose account takes pictures of an officer's pages."""
OFFICER = 59
PLACES = 24
SEATED = 10
PHONE, TABLET, ROOM = (390, 844), (800, 1280), (1366, 768)


def shoot(offices: Offices) -> None:
    base, take = offices.base, offices.take
    page = offices.page("hr")
    class_ = _planned(page, base, take)
    _letterhead(page, base, take)
    for screen, path in PAGES:
        offices.shoot("hr", screen, path)
    offices.shoot("hr", "h1-calendar-month", "/hr/calendar?view=month&on=2018-09-17", TABLET)
    _searched(page, base, take)
    _published(page, base, take)
    _certified(offices, page)
    offices.shoot("hr", "h3-staff", f"/hr/staff/{OFFICER}")
    take.printed(page, "print-staff")
    papers.handed_in(offices, OFFICER)
    _called(offices, page, class_)


def _now(page: Page) -> datetime:
    """The clock of the demo year, as pages tell it."""
    day, month, year, hour, minute = map(int, re.findall(r"\d+", page.inner_text(".sample")))
    return datetime(year, month, day, hour, minute, tzinfo=LOCAL_ZONE)


def _planned(page: Page, base: str, take: Camera) -> str:
    """A class that begins in two minutes, with people in it; its address."""
    page.goto(base + "/hr/sessions/new")
    page.fill("input[name=capacity]", "hai mươi")
    page.fill("input[name=day-0]", "32/13/2019")
    page.click("main button.primary")
    page.locator("[role=alert]").wait_for()
    take(page, "h1-new-refused", whole=True)
    begins = _now(page) + timedelta(minutes=3)
    for name, text in {
        "code": "TH-07", "capacity": str(PLACES), "room": "Phòng máy tính",
        "trainer": "Văn phòng HĐND và UBND", "day-0": f"{begins:%d/%m/%Y}",
        "afternoon_starts": f"{begins:%H:%M}",
        "afternoon_ends": f"{begins + timedelta(minutes=30):%H:%M}",
    }.items():
        page.fill(f"input[name={name}]", text)
    page.select_option("select[name=course_id]", "2")
    page.select_option("select[name=audience]", "centre")
    page.check("input[name=afternoon-0]")
    page.click("main button.primary")
    page.wait_for_url("**/roster*")
    address = page.url.split("/roster")[0]
    page.get_by_role("button", name="Chọn tất cả theo bộ lọc").click()
    page.wait_for_load_state("networkidle")
    boxes = page.locator("input[name=officer_ids]")
    for number in range(boxes.count()):
        boxes.nth(number).set_checked(checked=number < SEATED)
    page.locator(".hr-pick label", has_text=LEARNER).locator("input").check()
    page.locator(".hr-pick").evaluate("list => { list.scrollTop = 0 }")
    take(page, "h2-enrol", whole=True)
    page.get_by_role("button", name="Cử những người đã chọn").click()
    page.wait_for_load_state("networkidle")
    take(page, "h2-enrolled", whole=True)
    return address


def _letterhead(page: Page, base: str, take: Camera) -> None:
    page.goto(base + "/hr/requirements")
    form = page.locator("#letterhead form")
    form.locator("input[name=title]").fill("Giám đốc")
    form.locator("input[name=name]").fill("Nguyễn Thị Hồng Hạnh")
    form.locator("button").click()
    page.wait_for_load_state("networkidle")
    take(page, "h3-requirements", whole=True)


def _searched(page: Page, base: str, take: Camera) -> None:
    """How one officer's file is found, typed without marks."""
    page.goto(base + "/hr/staff")
    page.locator("input[name=q]").press_sequentially("nguyen thi")
    page.wait_for_url("**q=nguyen*")
    page.wait_for_load_state("networkidle")
    take(page, "h3-staff-search")


def _published(page: Page, base: str, take: Camera) -> None:
    page.goto(base + "/hr/sessions/4/effect")
    page.wait_for_load_state("networkidle")
    page.locator(".bar summary.primary").click()
    take(page, "h5-effect-publish")
    page.get_by_role("button", name="Công bố bản này").click()
    page.wait_for_load_state("networkidle")
    take(page, "h5-effect-published", whole=True)


def _certified(offices: Offices, page: Page) -> None:
    """Certificates issued, one of them revoked, and what a stranger with its code is told."""
    base, take = offices.base, offices.take
    for number in (3, 6, 4):
        page.goto(f"{base}/hr/sessions/{number}/certificates")
        page.locator(".bar button.primary").click()
        page.wait_for_load_state("networkidle")
    paper = page.locator("main td a").nth(0).get_attribute("href")
    body = page.context.request.get(base + str(paper)).body()
    take.paper(body, "paper-certificate")
    (seen,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(papers.png(body))))
    stranger = offices.stranger(DESK_SIZE)
    changed = seen.text[:-1] + ("A" if seen.text[-1] != "A" else "B")
    for screen, address in (("certificate-found", seen.text), ("certificate-denied", changed)):
        stranger.goto(address)
        take(stranger, screen)
    row = page.locator("main tbody tr", has=page.locator(f"a[href='{paper}']"))
    row.locator("summary").click()
    row.locator("input[name=reason]").fill("ghi sai tên")
    row.locator("form button").click()
    page.wait_for_load_state("networkidle")
    take(page, "h2-certificates", whole=True)
    stranger.goto(seen.text)
    take(stranger, "certificate-revoked")
    stranger.context.close()


def _called(offices: Offices, page: Page, class_: str) -> None:
    """The class while it runs: screen of the room, roster on a tablet, a learner's phone, its paper."""
    take, base = offices.take, offices.base
    page.goto(base + "/hr/")
    take(page, "h1-today")
    _wait_for_beginning(page, base)
    screen = page.locator("a", has_text="Màn hình phòng học").first.get_attribute("href")
    call = page.locator("a", has_text="Điểm danh").first.get_attribute("href")
    learner = offices.page("officer", PHONE)
    wall = offices.page("hr", ROOM)
    wall.goto(base + str(screen))
    take(wall, "h2-room-screen")
    learner.goto(base + "/hr/own")
    take(learner, "h2-own", whole=True)
    learner.fill("input[name=code]", wall.inner_text(".hr-digits").replace(" ", ""))
    learner.locator("#check-in button").click()
    learner.wait_for_load_state("networkidle")
    take(learner, "h2-own-in", whole=True)
    tablet = offices.page("hr", TABLET)
    tablet.goto(base + str(call))
    others = tablet.locator("form.hr-line").filter(has_not_text="tự điểm danh")
    for number, mark in enumerate(("present", "present", "late", "absent", "excused", "present")):
        with tablet.expect_response("**/call/**"):
            others.nth(number).locator(f"input[value={mark}]").check(force=True)
    take(tablet, "h2-call", whole=True)
    learner.goto(base + "/hr/own")
    learner.get_by_role("link", name="Góp ý").click()
    learner.wait_for_load_state("networkidle")
    take(learner, "h2-reaction", whole=True)
    half = str(call).rsplit("/", 1)[1]
    papers.sign_in_sheet(offices, f"{class_}/sheet/{half}.pdf")
    offices.page("hr").goto(f"{class_}/sheet/{half}")
    take(offices.page("hr"), "h2-sheet", whole=True)
    _drawn(offices.page("hr"), base, take)


def _drawn(page: Page, base: str, take: Camera) -> None:
    """Two waves of one course, and who goes to which decided by lot."""
    for code, day in (("TH-08", "14/1/2019"), ("TH-09", "21/1/2019")):
        page.goto(base + "/hr/sessions/new")
        page.fill("input[name=code]", code)
        page.select_option("select[name=course_id]", "1")
        page.fill("input[name=capacity]", "40")
        page.fill("input[name=day-0]", day)
        page.check("input[name=morning-0]")
        page.check("input[name=afternoon-0]")
        page.click("main button.primary")
        page.wait_for_url("**/roster*")
    page.goto(base + "/hr/draws/new")
    for box in page.locator("input[name=session_ids]").all():
        box.check()
    page.get_by_role("button", name="Chọn các lớp này").click()
    page.wait_for_load_state("networkidle")
    take(page, "h2-draw", whole=True)
    page.locator("input[name=every]").check()
    page.get_by_role("button", name="Bốc thăm và cử đi").click()
    page.wait_for_load_state("networkidle")
    take(page, "h2-drawn", whole=True)


def _wait_for_beginning(page: Page, base: str) -> None:
    """Until the class that was planned at first has begun, so that marks are taken."""
    call = str(page.locator("a", has_text="Điểm danh").first.get_attribute("href"))
    for _attempt in range(60):
        page.goto(base + call)
        if not page.locator("fieldset[disabled]").count():
            break
        page.wait_for_timeout(5_000)
    page.goto(base + "/hr/")
