"""What a hand does on a tablet, and what the service then holds."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable

from playwright.sync_api import Page
from sqlalchemy import text

from kiosk_app.core import clock, db
from kiosk_app.core.audit import SYSTEM
from kiosk_app.devices import commands as devices
from kiosk_app.organisation import queries as organisation
from tests.servers import Server

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]


def pair(page: Page, server: Server) -> int:
    """Pair this tablet with the centre; its id."""
    page.goto(f"{server.address}/kiosk")
    page.locator("[data-slot=pair]", has_text=re.compile(r"\w{3} \w{3}")).wait_for()
    code = page.inner_text("[data-slot=pair]").replace(" ", "")
    with db.reading() as conn:
        unit_id = organisation.unit_by_ref(conn, "HL-TTHCC")
    assert unit_id is not None
    name = f"T-{uuid.uuid4()}"
    devices.approve(code, name=name, unit_id=unit_id, counter_id=None, actor=SYSTEM,
                    now=clock.now())
    page.wait_for_selector("html[data-ready=yes]")
    return int(str(rows(f"SELECT id FROM devices WHERE name = '{name}'")[0][0]))


def rows(query: str) -> list[tuple[object, ...]]:
    with db.reading() as conn:
        return [tuple(row) for row in conn.execute(text(query)).all()]


def within(seconds: float, check: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if check():
            return True
        time.sleep(0.05)
    return False


def faces(page: Page) -> None:
    page.click("[data-act=without]")
    page.wait_for_selector(".tile")


def tap(page: Page, level: int) -> None:
    page.click(f".tile.t{level}")
    page.wait_for_selector(".k-why .chip")
