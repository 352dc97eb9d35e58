"""From receipt to faces in a real chromium: keypad, hand scanner, a camera that is not there."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright

from kiosk_app import runtime
from kiosk_app.core import clock, keys
from kiosk_app.core.audit import SYSTEM
from kiosk_app.core.columns import LOCAL_ZONE
from kiosk_app.dossiers import intake, links
from kiosk_app.dossiers.rules import normal_form
from tests.browser.tablet import FLAGS, pair, rows, tap, within
from tests.conftest import make_settings
from tests.integration.feedback.seed import HEADER, seed_organisation
from tests.servers import Server

pytestmark = pytest.mark.browser
PREFIX, WARD = "000.00.12.H49", "000.32.12.H49"


def code(day: datetime, number: int, prefix: str = PREFIX) -> str:
    return f"{prefix}-{day:%y%m%d}-{number:04d}"


def write(path: Path, received: list[tuple[str, datetime]]) -> Path:
    """A file of open dossiers."""
    lines = [",".join(HEADER)]
    for dossier, day in received:
        ward = dossier.startswith(WARD)
        row = {
            "dossier_code": dossier, "unit_id": "P-BACHDANG" if ward else "HL-TTHCC",
            "procedure_code": "1.001193" if ward else "1.900001",
            "officer_code": "" if ward else "HL.CB.001", "channel": "direct",
            "received_at": f"{day:%Y-%m-%d} 08:00", "due_date": f"{day + timedelta(days=9):%Y-%m-%d}",
            "finished_at": "", "returned_at": "", "supplement_count": "0", "status": "4",
        }
        lines.append(",".join(row[name] for name in HEADER))
    path.write_text("\n".join([*lines, ""]), "utf-8")
    return path


@pytest.fixture(scope="module")
def days() -> tuple[datetime, datetime]:
    """Yesterday, and the same day of the month before that one."""
    yesterday = datetime.now(LOCAL_ZONE).replace(tzinfo=None) - timedelta(days=1)
    earlier = yesterday.replace(day=1) - timedelta(days=1)
    while True:
        try:
            return yesterday, earlier.replace(day=yesterday.day)
        except ValueError:
            earlier = earlier.replace(day=1) - timedelta(days=1)


@pytest.fixture(scope="module")
def office(
    installed_dir: Path, tmp_path_factory: pytest.TempPathFactory, days: tuple[datetime, datetime]
) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("office")
    shutil.copytree(installed_dir, folder, dirs_exist_ok=True)
    database = runtime.start(make_settings(folder))
    seed_organisation(clock.now())
    yesterday, earlier = days
    path = write(folder / "open.csv", [
        *((code(yesterday, n), yesterday) for n in (42, 43, 44, 45, 46, 47, 48, 7)),
        (code(earlier, 7), earlier), (code(yesterday, 9, WARD), yesterday),
    ])
    report = intake.import_file(path, actor=SYSTEM, now=clock.now())
    assert (report.published, report.created) == (True, 10), report.findings
    running = Server(folder).start()
    yield running
    running.stop()
    database.dispose()


@pytest.fixture(scope="module")
def tablet(
    playwright_: Playwright, office: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BrowserContext]:
    """One paired tablet without a camera."""
    context = playwright_.chromium.launch_persistent_context(
        tmp_path_factory.mktemp("profile"), executable_path=shutil.which("chromium"), args=FLAGS,
        viewport={"width": 1280, "height": 800},
    )
    first = context.new_page()
    pair(first, office)
    assert within(20, lambda: first.evaluate(
        "async () => Boolean(await (await import('/static/tablet/queue.js')).readMeta('settings'))"
    ))
    yield context
    context.close()


@pytest.fixture
def page(tablet: BrowserContext, office: Server) -> Page:
    found = tablet.pages[-1]
    found.goto(f"{office.address}/kiosk")
    found.wait_for_selector("html[data-ready=yes]")
    return found


def dial(page: Page, digits: str) -> None:
    for digit in digits:
        page.click(f"[data-key='{digit}']")


def look_up(page: Page, digits: str) -> None:
    page.click(".start[data-act=receipt]")
    dial(page, digits)
    page.click("[data-act=continue]")


SCANNER_PACE = 0.002
END_KEYS = {"Enter": ("\r", 13), "Tab": ("", 9)}


def scan(page: Page, text: str, end: str = "Enter") -> None:
    """Keys stamped at a scanner's pace, however slowly a busy machine hands them on."""
    keyboard = page.context.new_cdp_session(page)
    begun = time.time()
    strokes = [{"key": letter, "text": letter} for letter in text]
    if end:
        typed, number = END_KEYS[end]
        strokes.append({"key": end, "code": end, "text": typed, "windowsVirtualKeyCode": number})
    for n, stroke in enumerate(strokes):
        for kind in ("keyDown", "keyUp"):
            told = stroke if kind == "keyDown" else {k: v for k, v in stroke.items() if k != "text"}
            keyboard.send("Input.dispatchKeyEvent", {
                "type": kind, "timestamp": begun + n * SCANNER_PACE, **told,
            })
    keyboard.detach()


def shown_code(page: Page) -> str:
    page.wait_for_selector(".tile")
    return page.inner_text("[data-slot=code]")


def finish(page: Page, level: int = 4) -> None:
    tap(page, level)
    page.click("[data-act=send]")
    page.click("[data-act=done]")
    page.wait_for_selector(".k-idle .start")


def entry_of(receipt: str) -> list[tuple[object, ...]]:
    return rows(
        "SELECT i.entry FROM rating_items i JOIN rating_erasables e ON e.subject = 'item' "
        f"AND e.subject_id = i.id WHERE e.receipt = '{receipt}'"
    )


def test_six_digits_are_confirmed_before_the_faces(page: Page, days: tuple[datetime, datetime]) -> None:
    yesterday, _ = days
    page.click(".start[data-act=receipt]")
    assert page.get_attribute("[data-act=continue]", "aria-disabled") == "true"
    page.click("[data-act=continue]", force=True)
    assert page.locator("[data-act=continue]").is_visible()
    dial(page, f"{yesterday:%d}0042")
    assert page.get_attribute("[data-act=continue]", "aria-disabled") == "false"
    page.click("[data-act=continue]")
    page.wait_for_selector(".found")
    assert page.locator(".tile").count() == 0
    assert len(page.inner_text("[data-slot=foundprocedure]")) > 5
    assert len(page.inner_text("[data-slot=foundofficer]")) > 5
    page.click("[data-act=notmine]")
    page.wait_for_selector(".codeinput.long")
    assert page.input_value(".codeinput") == f"{PREFIX}-"
    dial(page, f"{yesterday:%y%m%d}0043")
    assert page.input_value(".codeinput") == code(yesterday, 43)
    page.click("[data-act=continue]")
    assert shown_code(page) == code(yesterday, 43)
    finish(page)
    assert within(20, lambda: entry_of(code(yesterday, 43)) == [("typed",)])


def test_a_tie_asks_for_more_of_the_code(page: Page, days: tuple[datetime, datetime]) -> None:
    yesterday, earlier = days
    look_up(page, f"{yesterday:%d}0007")
    page.wait_for_selector(".codeinput.long")
    assert "trùng 6 số" in page.inner_text("[role=alert]")
    dial(page, f"{earlier:%y%m%d}0007")
    page.click("[data-act=continue]")
    assert shown_code(page) == code(earlier, 7)


def test_what_is_rated_unknown_or_of_another_unit_is_said(
    page: Page, days: tuple[datetime, datetime]
) -> None:
    yesterday, _ = days
    scan(page, code(yesterday, 44))
    assert shown_code(page) == code(yesterday, 44)
    finish(page)
    assert within(20, lambda: entry_of(code(yesterday, 44)) == [("scan",)])
    look_up(page, f"{yesterday:%d}0044")
    page.wait_for_selector("[data-act=contest]")
    assert not re.search(r"\d\d:\d\d", page.inner_text("#codemsg"))
    page.click("[data-act=contest]")
    page.get_by_text("Đã ghi nhận lời báo").wait_for()
    page.click("#foot .primary[data-act=home]")
    scan(page, code(yesterday, 9, WARD))
    page.wait_for_selector("[data-slot=elsewhere]")
    assert "Bạch Đằng" in page.inner_text("[data-slot=elsewhere]")
    page.click("[data-act=mine]")
    assert shown_code(page) == code(yesterday, 9, WARD)
    page.click("#foot [data-act=home]")
    look_up(page, f"{yesterday:%d}9999")
    page.wait_for_selector("[data-act=anyway]")
    assert page.get_attribute(".codeinput", "aria-invalid") == "true"
    page.click("[data-key='back']")
    page.wait_for_selector("[data-act=continue]")
    dial(page, "9")
    page.click("[data-act=continue]")
    page.click("[data-act=anyway]")
    finish(page, 2)
    assert within(20, lambda: rows(
        f"SELECT receipt FROM rating_erasables WHERE receipt_hint = '{yesterday:%d}9999'"
    ) == [(None,)])


def test_a_scan_into_a_comment_keeps_the_comment_and_leads_to_the_next_person(
    page: Page, days: tuple[datetime, datetime]
) -> None:
    yesterday, _ = days
    page.click("[data-act=without]")
    tap(page, 1)
    page.click("[data-act=comment]")
    page.type("textarea", "chờ lâu", delay=130)
    scan(page, code(yesterday, 45).lower())
    assert shown_code(page) == code(yesterday, 45)
    assert within(20, lambda: rows(
        "SELECT e.comment, e.receipt FROM rating_items i JOIN rating_erasables e "
        "ON e.subject = 'item' AND e.subject_id = i.id WHERE i.level = 1"
    ) == [("chờ lâu", None)])


@pytest.mark.parametrize(("before", "end"), [("", "Enter"), ("", "Tab"), ("", ""), ("]C0", "Enter")])
def test_scanners_end_as_they_like(
    page: Page, days: tuple[datetime, datetime], before: str, end: str
) -> None:
    yesterday, _ = days
    page.click(".start[data-act=receipt]")
    scan(page, before + code(yesterday, 46), end)
    assert shown_code(page) == code(yesterday, 46)


def test_an_input_method_does_not_hide_a_scan(page: Page, days: tuple[datetime, datetime]) -> None:
    """Keys that a Vietnamese input method takes first are told by their place."""
    yesterday, _ = days
    keys = [
        {"code": f"Digit{c}" if c.isdigit() else {"-": "Minus", ".": "Period"}.get(c, f"Key{c.upper()}"),
         "shift": c.isupper()}
        for c in code(yesterday, 47)
    ]
    page.evaluate("""(keys) => keys.forEach((one) => window.dispatchEvent(new KeyboardEvent('keydown', {
      key: 'Process', code: one.code, shiftKey: one.shift, bubbles: true })))""", keys)
    page.keyboard.press("Enter")
    assert shown_code(page) == code(yesterday, 47)


def test_people_who_type_are_no_scanner(page: Page, days: tuple[datetime, datetime]) -> None:
    yesterday, _ = days
    page.click(".start[data-act=receipt]")
    page.click("#codemsg [data-act=code]")
    page.click("[data-act=letters]")
    page.type(".codeinput", code(yesterday, 42).lower().replace("0", "o", 2), delay=120)
    assert page.input_value(".codeinput").startswith("oo0.")
    page.keyboard.press("Enter")
    assert shown_code(page) == code(yesterday, 42)


def test_an_opaque_link_asks_kindly_to_type(page: Page) -> None:
    scan(page, "https://motcua.example/apiqr/qr?id=e597e72b-8388-4661-bf4a-9d50be00d243")
    page.get_by_text("Mã vuông này không ghi mã hồ sơ").wait_for()
    assert page.input_value(".codeinput") == ""
    assert page.locator("[data-act=continue]").is_visible()


def test_without_a_camera_the_keypad_is_pointed_to_and_works_by_keyboard_alone(
    page: Page, days: tuple[datetime, datetime]
) -> None:
    yesterday, _ = days
    page.focus(".start[data-act=receipt]")
    page.keyboard.press("Enter")
    page.wait_for_selector(".view.off [data-slot=camoff]")
    assert page.evaluate("() => document.activeElement.className") == "codeinput"
    page.keyboard.type(f"{yesterday:%d}0042", delay=140)
    page.keyboard.press("Enter")
    page.wait_for_selector(".found")
    page.focus("[data-act=mine]")
    page.keyboard.press("Enter")
    assert shown_code(page) == code(yesterday, 42)


SAYS = {
    "000.00.12.H49-180307-0110": "000.00.12.H49-180307-0110",
    "https://motcua.example/tc?mhs=000.00.12.h49-180123-0284&kenh=giay&v=2": "000.00.12.H49-180123-0284",
    "https://motcua.example/tc?mhs=000.00.12.H49%2D180123%2D0284": "000.00.12.H49-180123-0284",
    "0003212H49-180704-0023": "0003212H49-180704-0023", "h56.14–240823–000123": "H56.14-240823-000123",
    "000 00 12 H49 - 181015 - 0042": "0000012H49-181015-0042", "TC-181015-0001": "TC-181015-0001",
    "https://motcua.example/apiqr/qr?id=e597e72b-8388-4661-bf4a-9d50be00d243": None,
    "https://motcua.example/r/AbCd1234567890123456": None, "031090001234": None,
    "031090001234|123456789|Nguyễn Văn Mẫu|01011990|Nam|Hạ Long|01012020": None,
    "000.00.12.H49-181315-0042": None, "": None,
}


def test_what_a_scanned_text_says(page: Page) -> None:
    """An identity card's code is never taken for a receipt's."""
    told = page.evaluate("""async (texts) => {
      const { codeIn } = await import('/static/tablet/code.js');
      return texts.map(codeIn);
    }""", list(SAYS))
    assert dict(zip(SAYS, told, strict=True)) == SAYS


def test_the_policy_lets_only_the_tablet_run_the_reader(page: Page, office: Server) -> None:
    for address, allowed in (
        ("/kiosk", True), ("/static/tablet/decoder.js", True), ("/login", False),
        ("/static/tablet/flow.js", False),
    ):
        policy = page.request.get(office.address + address).headers["content-security-policy"]
        assert ("'wasm-unsafe-eval'" in policy) is allowed, address
        assert "'unsafe-eval'" not in policy.replace("'wasm-unsafe-eval'", "")


def test_a_touch_on_the_faces_of_the_first_screen_begins(page: Page) -> None:
    page.click(".facerow")
    page.wait_for_selector(".k-receipt .pad")
    assert page.locator(".facerow").count() == 0
    assert page.locator("[data-key='1']").is_visible()


def test_a_phone_without_network_keeps_what_was_written(
    office: Server, playwright_: Playwright, days: tuple[datetime, datetime]
) -> None:
    receipt = normal_form(code(days[0], 48))
    with playwright_.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS) as browser:
        context = browser.new_context(viewport={"width": 360, "height": 780})
        phone = context.new_page()
        phone.goto(office.address + links.PATH + links.token(keys.current(), receipt))
        phone.click(".tile.t2")
        phone.fill("textarea", "chờ hai tiếng")
        context.set_offline(True)
        phone.click("[data-act=send]")
        phone.wait_for_selector("#unsent:not([hidden])")
        assert phone.input_value("textarea") == "chờ hai tiếng"
        assert "không có mạng" in phone.inner_text("#unsent")
        context.set_offline(False)
        phone.click("[data-act=send]")
        phone.wait_for_selector("[data-act=done]")
