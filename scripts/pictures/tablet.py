"""The tablet: every screen of a visit, in each size of window."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

from playwright.sync_api import Browser, Page

from scripts.pictures.camera import Camera, command, each_size
from tests.servers import Server

CANDIDATES = """
SELECT d.tail FROM dossiers d JOIN units u ON u.id = d.unit_id WHERE u.ref = 'HL-TTHCC'
AND (SELECT count(*) FROM dossiers o WHERE o.unit_id = d.unit_id AND o.tail = d.tail) = 1
AND d.code NOT IN (SELECT receipt FROM rating_erasables WHERE receipt IS NOT NULL)
ORDER BY d.id DESC LIMIT 40
"""
UNKNOWN = "999999"
PIN = "270493"


def tails(folder: Path) -> list[str]:
    """Last six digits of receipts that nobody has rated yet."""
    with sqlite3.connect(folder / "kiosk.sqlite") as conn:
        return [row[0] for row in conn.execute(CANDIDATES)]


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
    command(server, "device", "approve", code, "--unit", "HL-TTHCC", "--name", "TAB-X01")
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


def shoot(browser: Browser, server: Server, folder: Path, take: Camera) -> None:
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
