"""The officer's console in every state, and the tablet that it wakes."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

from scripts.pictures.camera import DESK_SIZE, Offices, command, each_size
from tests.servers import Server

OPEN = """
SELECT d.code FROM dossiers d JOIN units u ON u.id = d.unit_id WHERE u.ref = 'HL-TTHCC'
AND d.code NOT IN (SELECT receipt FROM rating_erasables WHERE receipt IS NOT NULL)
ORDER BY (SELECT max(v.received_ms) FROM dossier_versions v WHERE v.dossier_id = d.id) DESC LIMIT 20
"""


def shoot(server: Server, folder: Path, offices: Offices) -> None:
    """Every state of the officer's console, and the tablet that it wakes."""
    take, browser = offices.take, offices.browser
    desk = offices.page("officer")
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
