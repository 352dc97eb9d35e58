"""Pictures of every screen on a small demo year, in Vietnamese: ``make screenshots``.

Starts the service on a folder of its own, pairs a tablet, signs in as each role and writes
``docs/screens/<screen>-<width>x<height>.png``. Names given on the command line choose screens by
their beginning: ``scripts/screens.py rate overview``.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from scripts import screens_hr  # noqa: E402 - needs the path above
from tests.servers import Server  # noqa: E402 - needs the path above

OUT = ROOT / "docs" / "screens"
SCALE = "0.05"
LIMIT = 9_000_000
COLOURS = 256
TABLET_SIZES = ((1280, 800), (800, 1280), (390, 844))
DESK_SIZE = (1440, 900)
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]
PEOPLE = {
    "manager": "lanh.dao", "hr": "nhan.su", "officer": "can.bo", "administrator": "quan.tri",
}
DESK = (
    ("manager", "overview", "/manage/"),
    ("manager", "overview-field", "/manage/?period=2018-Q4&field=3"),
    ("manager", "overview-few", "/manage/?period=2018-12&unit=P-TUANCHAU"),
    ("manager", "officers", "/manage/officers?period=2018"),
    ("manager", "officer-one", "/manage/officers/1?period=2018"),
    ("manager", "procedures", "/manage/procedures?period=2018"),
    ("manager", "procedure-one", "/manage/procedures/1.900001?period=2018"),
    ("manager", "units", "/manage/units?period=2018&on=2025-07-01"),
    ("manager", "service", "/manage/service?period=2018"),
    ("manager", "service-field", "/manage/service?period=2018&by=field"),
    ("manager", "quality", "/manage/quality?period=2018"),
    ("manager", "alerts", "/manage/alerts"),
    ("manager", "comments", "/manage/comments?period=2018"),
    ("manager", "comments-none", "/manage/comments?period=2018&q=xyz"),
    ("manager", "exports", "/manage/exports"),
    ("manager", "glossary", "/manage/glossary"),
    ("officer", "own", "/manage/own?period=2018"),
    ("officer", "slips", "/desk/slips"),
    ("administrator", "tablets", "/admin/tablets"),
    ("administrator", "users", "/admin/users"),
    ("administrator", "audit", "/admin/audit"),
)
"""Role, screen, address."""
NARROW = (("overview", "/manage/"), ("officers", "/manage/officers?period=2018"))
"""Screens of managers that are also taken on a tablet of 1024 px."""
CANDIDATES = """
SELECT d.tail FROM dossiers d JOIN units u ON u.id = d.unit_id WHERE u.ref = 'HL-TTHCC'
AND (SELECT count(*) FROM dossiers o WHERE o.unit_id = d.unit_id AND o.tail = d.tail) = 1
AND d.code NOT IN (SELECT receipt FROM rating_erasables WHERE receipt IS NOT NULL)
ORDER BY d.id DESC LIMIT 40
"""
UNKNOWN = "999999"
PIN = "270493"


class Camera:
    """Takes the screens that were asked for, each at the size of its window."""

    def __init__(self, wanted: list[str]) -> None:
        self.wanted = wanted
        self.taken: list[Path] = []

    def __call__(self, page: Page, screen: str, *, whole: bool = False) -> None:
        if self.wanted and not any(screen.startswith(each) for each in self.wanted):
            return
        size = page.viewport_size
        assert size is not None
        target = OUT / f"{screen}-{size['width']}x{size['height']}.png"
        page.evaluate("document.fonts.ready")
        page.mouse.move(0, 0)
        page.screenshot(path=str(target), full_page=whole, animations="disabled")
        self.keep(target)

    def keep(self, target: Path) -> None:
        """Fewer colours, smaller file."""
        with Image.open(target) as picture:
            small = picture.convert("RGB").quantize(COLOURS, kmeans=4, dither=Image.Dither.NONE)
        small.save(target, optimize=True)
        self.taken.append(target)


@contextmanager
def service() -> Iterator[tuple[Server, Path]]:
    """gunicorn on a demo year of its own."""
    with tempfile.TemporaryDirectory(prefix="screens-") as name:
        folder = Path(name)
        server = Server(folder)
        subprocess.run(
            [sys.executable, "-m", "kiosk_app", "demo", "--scale", SCALE], cwd=ROOT,
            env=server.environ, check=True, capture_output=True,
        )
        server.start()
        try:
            yield server, folder
        finally:
            server.stop()


def passwords(folder: Path) -> dict[str, str]:
    notice = (folder / "demo-notice.txt").read_text("utf-8")
    return dict(re.findall(r"^  ([a-z]+\.[a-z]+) +(\S+) ", notice, re.M))


def tails(folder: Path) -> list[str]:
    """Last six digits of receipts that nobody has rated yet."""
    with sqlite3.connect(folder / "kiosk.sqlite") as conn:
        return [row[0] for row in conn.execute(CANDIDATES)]


def each_size(page: Page) -> Iterator[bool]:
    """The sizes of a tablet in turn; whether the page may be longer than the window."""
    for width, height in TABLET_SIZES:
        page.set_viewport_size({"width": width, "height": height})
        yield width < 600


def dial(page: Page, digits: str) -> None:
    page.click(".start[data-act=receipt]")
    for digit in digits:
        page.click(f"[data-key='{digit}']")


def look_up(page: Page, digits: str) -> str:
    """Ask for a receipt; ``open`` when the faces come."""
    dial(page, digits)
    page.click("[data-act=continue]")
    page.wait_for_selector(".msg")
    return "open" if page.query_selector(".found") else "other"


def home(page: Page) -> None:
    page.click("#foot [data-act=home]")
    page.wait_for_selector(".k-idle .start")


def open_receipt(page: Page, folder: Path) -> str:
    """A receipt that leads to the faces."""
    for tail in tails(folder):
        state = look_up(page, tail)
        home(page)
        if state == "open":
            return tail
    raise RuntimeError("no receipt of the demo can be rated")


def pair(page: Page, server: Server, take: Camera) -> None:
    page.goto(f"{server.address}/kiosk")
    page.locator("[data-slot=pair]", has_text=re.compile(r"\w{3} \w{3}")).wait_for()
    for whole in each_size(page):
        take(page, "pairing", whole=whole)
    code = page.inner_text("[data-slot=pair]").replace(" ", "")
    subprocess.run(
        [sys.executable, "-m", "kiosk_app", "device", "approve", code, "--unit", "HL-TTHCC",
         "--name", "TAB-X01"], cwd=ROOT, env=server.environ, check=True, capture_output=True,
    )
    page.wait_for_selector("html[data-ready=yes]")


def visit(page: Page, take: Camera, tail: str, *, whole: bool) -> None:
    """One visit at one size, withdrawn at its end."""
    take(page, "idle-vi", whole=whole)
    dial(page, tail[:4])
    take(page, "receipt", whole=whole)
    home(page)
    look_up(page, UNKNOWN)
    take(page, "notfound", whole=whole)
    home(page)
    look_up(page, tail)
    take(page, "found", whole=whole)
    page.click("[data-act=mine]")
    page.wait_for_selector(".tile")
    take(page, "rate", whole=whole)
    page.eval_on_selector(".tile.t4", "tile => tile.classList.add('sel')")
    take(page, "rate-selected", whole=whole)
    page.eval_on_selector(".tile.t4", "tile => tile.classList.remove('sel')")
    page.eval_on_selector("#still", "said => { said.hidden = false }")
    take(page, "timeout", whole=whole)
    page.click("[data-act=more]")
    for screen, act in (("rate-plus", "text-plus"), ("rate-contrast", "contrast")):
        page.click(f"[data-act={act}]")
        take(page, screen, whole=whole)
        page.click("[data-act=text-normal]" if act == "text-plus" else f"[data-act={act}]")
    for level, screen in ((2, "reasons-low"), (5, "reasons-high")):
        page.click(f".tile.t{level}")
        page.wait_for_selector(".k-why .chip")
        page.click(".chip >> nth=1")
        take(page, screen, whole=whole)
        if level == 2:
            page.click("#foot [data-act=rate]")
            page.wait_for_selector(".tile")
    page.click("[data-act=comment]")
    page.fill("textarea", "Phải đi lại hai lần vì tờ khai in trên bảng niêm yết khác với tờ ở quầy.")
    take(page, "comment", whole=whole)
    page.click("[data-act=send]")
    page.wait_for_selector(".k-thanks [data-slot=qr] svg")
    take(page, "thanks", whole=whole)
    page.click("[data-act=withdraw]")
    page.wait_for_selector(".k-idle .start")


def large(page: Page, take: Camera, tail: str, *, whole: bool) -> None:
    """The largest letters on the way to a rating, and the wait for an answer."""
    for _twice in "++":
        page.click("[data-act=text-plus]")
    take(page, "idle-max", whole=whole)
    dial(page, tail[:4])
    take(page, "receipt-max", whole=whole)
    for digit in tail[4:]:
        page.click(f"[data-key='{digit}']")
    page.route("**/api/v1/device/receipts*", lambda _route: None)
    page.click("[data-act=continue]")
    page.locator(".ring.wait").wait_for()
    page.click("[data-act=text-normal]")
    take(page, "searching", whole=whole)
    page.reload()
    page.unroute("**/api/v1/device/receipts*")
    page.wait_for_selector("html[data-ready=yes]")
    for _twice in "++":
        page.click("[data-act=text-plus]")
    page.click(".start[data-act=without]")
    page.wait_for_selector(".tile")
    take(page, "rate-max", whole=whole)
    page.click(".tile.t2")
    page.wait_for_selector(".k-why .chip")
    take(page, "reasons-max", whole=whole)
    page.click("[data-act=text-normal]")


def survey(page: Page, take: Camera, *, whole: bool) -> None:
    """From the reasons through a wish to be called to the questions, withdrawn at their end."""
    page.click("[data-act=comment]")
    page.click("label.opt")
    page.fill("input[name=phone]", "0912")
    page.click("[data-act=send]")
    page.locator("[data-slot=phonewrong]").wait_for()
    take(page, "callback", whole=whole)
    page.fill("input[name=phone]", "")
    page.click("label.opt")
    page.click("[data-act=send]")
    page.click("[data-act=survey]")
    page.wait_for_selector(".k-survey .opt3")
    page.click("label:has(input[name=answer]) >> nth=1")
    take(page, "survey-criterion", whole=whole)
    while not page.query_selector(".likert"):
        page.click("label:has(input[name=answer]) >> nth=0")
        page.click("[data-act=survey-next]")
    take(page, "survey-factor", whole=whole)
    page.click("[data-act=survey-stop]")
    take(page, "survey-thanks", whole=whole)
    page.click("[data-act=withdraw]")
    page.wait_for_selector(".k-idle .start")


def languages(page: Page, server: Server, take: Camera) -> None:
    """The first screens in the other languages."""
    for lang in ("en", "zh"):
        page.goto(f"{server.address}/kiosk?lang={lang}")
        page.wait_for_selector(f"html[lang^={lang}][data-ready=yes]")
        for whole in each_size(page):
            take(page, f"idle-{lang}", whole=whole)
            page.click(".start[data-act=without]")
            page.wait_for_selector(".tile")
            take(page, f"rate-{lang}", whole=whole)
            home(page)


def command(server: Server, *arguments: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "kiosk_app", *arguments], cwd=ROOT, env=server.environ, check=True,
        capture_output=True,
    )


def staff(page: Page, server: Server, take: Camera) -> None:
    """The overlay behind the PIN, and the tablet outside its hours."""
    page.goto(f"{server.address}/kiosk?lang=vi")
    page.wait_for_selector("html[data-ready=yes]")
    page.locator(".brand").dispatch_event("pointerdown")
    page.wait_for_selector(".pinbox")
    for digit in PIN[:3]:
        page.click(f"[data-pin='{digit}']")
    for whole in each_size(page):
        take(page, "pin", whole=whole)
    for digit in PIN[3:]:
        page.click(f"[data-pin='{digit}']")
    page.wait_for_selector(".statgrid")
    page.locator("[data-slot=link]", has_text=re.compile(r"\w{2}")).wait_for()
    for whole in each_size(page):
        take(page, "status", whole=whole)
    command(server, "device", "hours", "1-7 00:00-00:01")
    page.reload()
    page.get_by_text("Máy nghỉ ngoài giờ làm việc").first.wait_for()
    for whole in each_size(page):
        take(page, "closed", whole=whole)
    command(server, "device", "hours", "")


def tablet(browser: Browser, server: Server, folder: Path, take: Camera) -> None:
    command(server, "device", "pin", PIN)
    command(server, "survey", "round", "--unit", "HL-TTHCC", "--from", "2018-12-01", "--to", "2019-12-31")
    page = browser.new_context(reduced_motion="reduce").new_page()
    pair(page, server, take)
    page.set_viewport_size({"width": 1280, "height": 800})
    tail = open_receipt(page, folder)
    for whole in each_size(page):
        visit(page, take, tail, whole=whole)
        large(page, take, tail, whole=whole)
        survey(page, take, whole=whole)
    languages(page, server, take)
    staff(page, server, take)


OPEN = """
SELECT d.code FROM dossiers d JOIN units u ON u.id = d.unit_id WHERE u.ref = 'HL-TTHCC'
AND d.code NOT IN (SELECT receipt FROM rating_erasables WHERE receipt IS NOT NULL)
ORDER BY (SELECT max(v.received_ms) FROM dossier_versions v WHERE v.dossier_id = d.id) DESC LIMIT 20
"""


def counter_call(
    browser: Browser, server: Server, folder: Path, desk: Page, take: Camera
) -> None:
    """Every state of the officer's console, and the tablet that it wakes."""
    page = browser.new_context(reduced_motion="reduce").new_page()
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{server.address}/kiosk")
    page.locator("[data-slot=pair]", has_text=re.compile(r"\w{3} \w{3}")).wait_for()
    code = page.inner_text("[data-slot=pair]").replace(" ", "")
    base = server.address + "/desk/"
    desk.goto(base)
    take(desk, "desk-choose", whole=True)
    desk.click(".desk-seats button >> nth=0")
    desk.wait_for_selector("#console")
    counter = desk.inner_text("#console header").split("\n")[0].strip()
    command(server, "device", "approve", code, "--unit", "HL-TTHCC", "--name", "TAB-X02",
            "--counter", counter)
    page.wait_for_selector("html[data-ready=yes]")
    with sqlite3.connect(folder / "kiosk.sqlite") as conn:
        codes = iter([row[0] for row in conn.execute(OPEN)])

    def shown(state: str, screen: str) -> None:
        desk.wait_for_selector(f"#console[data-state={state}]:not(.off)", timeout=90_000)
        for width, height in (DESK_SIZE, (360, 640)):
            desk.set_viewport_size({"width": width, "height": height})
            take(desk, screen)
        desk.set_viewport_size({"width": DESK_SIZE[0], "height": DESK_SIZE[1]})

    command(server, "device", "call-seconds", "20")
    desk.goto(base)
    shown("none", "desk-none")
    desk.goto(base + "?code=000.00.12.H49-181001-9999")
    shown("unknown", "desk-unknown")
    first = next(codes)
    desk.goto(base + "?code=" + first)
    shown("ready", "desk-ready")
    desk.click("#console button")
    page.wait_for_selector(".k-rate .tile")
    shown("waiting", "desk-waiting")
    for whole in each_size(page):
        take(page, "called", whole=whole)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.click(".tile.t4")
    page.click("[data-act=send]")
    page.click("[data-act=done]")
    shown("answered", "desk-answered")
    desk.goto(base + "?code=" + next(codes))
    desk.click("#console[data-state=ready] button")
    page.wait_for_selector(".k-rate .tile")
    page.click("#foot [data-act=home]")
    shown("expired", "desk-expired")
    page.context.close()
    desk.goto(base + "?code=" + next(codes))
    desk.wait_for_selector("#console.off")
    take(desk, "desk-offline")
    desk.set_viewport_size({"width": 360, "height": 640})
    take(desk, "desk-offline")


def offices(
    browser: Browser, server: Server, folder: Path, take: Camera
) -> Callable[..., Page]:
    """Gives a signed-in page of a role; takes the login on its way."""
    secrets = passwords(folder)

    def signed_in(*, role: str, width: int, height: int) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height}, reduced_motion="reduce", locale="vi-VN"
        )
        page = context.new_page()
        page.goto(f"{server.address}/login")
        if not any(path.name.startswith("login") for path in take.taken):
            take(page, "login")
        page.fill("input[name=username]", PEOPLE[role])
        page.fill("input[name=password]", secrets[PEOPLE[role]])
        page.click("main button.primary")
        page.wait_for_selector(".me")
        return page

    return signed_in


def desks(signed_in: Callable[..., Page], base: str, take: Camera) -> None:
    width, height = DESK_SIZE
    pages: dict[str, Page] = {}
    for role, screen, path in DESK:
        if role not in pages:
            pages[role] = signed_in(role=role, width=width, height=height)
        pages[role].goto(base + path)
        pages[role].wait_for_load_state("networkidle")
        take(pages[role], screen, whole=True)
    narrow = signed_in(role="manager", width=1024, height=768)
    for screen, path in NARROW:
        narrow.goto(base + path)
        narrow.wait_for_load_state("networkidle")
        take(narrow, screen)


def training(signed_in: Callable[..., Page], base: str, take: Camera) -> None:
    with tempfile.TemporaryDirectory(prefix="screens-") as name:
        for source in screens_hr.shoot(signed_in, base, Path(name)):
            if source.stem == "d1-desk":
                continue  # taken with the offices
            target = OUT / "{}-{}x{}.png".format(source.stem, *DESK_SIZE)
            shutil.copyfile(source, target)
            take.keep(target)


def main() -> None:
    """Take what was asked for, or everything."""
    take = Camera(sys.argv[1:])
    OUT.mkdir(parents=True, exist_ok=True)
    options: dict[str, Any] = {"args": FLAGS}
    if program := shutil.which("chromium", path=os.environ.get("PATH")):
        options["executable_path"] = program
    with service() as (server, folder), sync_playwright() as tools:
        browser = tools.chromium.launch(**options)
        tablet(browser, server, folder, take)
        signed_in = offices(browser, server, folder, take)
        desks(signed_in, server.address, take)
        officer = signed_in(role="officer", width=DESK_SIZE[0], height=DESK_SIZE[1])
        counter_call(browser, server, folder, officer, take)
        if not take.wanted:
            training(signed_in, server.address, take)
        browser.close()
    size = sum(path.stat().st_size for path in OUT.glob("*.png"))
    print(f"{len(take.taken)} pictures, {size / 1e6:.1f} MB in {OUT.relative_to(ROOT)}")
    if size > LIMIT:
        sys.exit("the pictures are larger than they may be")


if __name__ == "__main__":
    main()
