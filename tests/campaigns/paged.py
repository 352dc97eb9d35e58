"""A tablet that runs the real page in chromium, killed with -9 and started again on its profile."""

from __future__ import annotations

import random
import shutil
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Error, Page, Playwright

from kiosk_app.core import clock
from kiosk_app.core.audit import SYSTEM
from kiosk_app.devices import commands as devices
from tests.browser.tablet import FLAGS
from tests.campaigns.ledger import Ledger
from tests.campaigns.line import Line
from tests.campaigns.service import family, hold, kill

PATIENCE = 60_000
HELD = """() => new Promise((done, failed) => {
  const request = indexedDB.open('kiosk');
  request.onerror = () => failed(request.error);
  request.onsuccess = () => {
    const db = request.result, found = {};
    const reading = db.transaction(['meta', 'drafts', 'sealed']);
    for (const name of ['meta', 'drafts', 'sealed']) {
      reading.objectStore(name).getAll().onsuccess = (event) => { found[name] = event.target.result; };
    }
    reading.oncomplete = () => { db.close(); done(found); };
  };
})"""
"""Everything that IndexedDB holds, read beside the page's own code."""


class RealTablet:
    """One persistent profile on one line. What its screen showed as recorded goes to the ledger."""

    def __init__(
        self, playwright: Playwright, profile: Path, line: Line, ledger: Ledger, name: str,
        seed: int,
    ) -> None:
        self.playwright, self.profile, self.line = playwright, profile, line
        self.ledger, self.name, self.rng = ledger, name, random.Random(seed)
        self.done = self.kills = self.recorded_kills = 0
        self.context: BrowserContext | None = None
        self.page: Page | None = None

    def pair(self, unit_id: int) -> None:
        """Start for the first time, with a pairing that was approved beforehand."""
        now = clock.now()
        code, poll, _expires = devices.request_pairing(now=now)
        devices.approve(code, name=self.name, unit_id=unit_id, counter_id=None, actor=SYSTEM, now=now)
        self.start(f"#pair={poll}")

    def start(self, mark: str = "") -> None:
        """Open the browser on the profile and wait until the page can be used."""
        for lock in self.profile.glob("Singleton*"):
            lock.unlink()
        self.context = self.playwright.chromium.launch_persistent_context(
            self.profile, executable_path=shutil.which("chromium"), args=FLAGS,
            viewport={"width": 1280, "height": 800},
        )
        self.context.set_default_timeout(PATIENCE)
        self.page = self.context.pages[0]
        self._open(mark)

    def _open(self, mark: str) -> None:
        assert self.page is not None
        end, seen = time.monotonic() + 2 * PATIENCE / 1000, ""
        while time.monotonic() < end:
            try:
                self.page.goto(f"{self.line.address}/kiosk{mark}", wait_until="commit")
                self.page.wait_for_selector("html[data-ready=yes]", timeout=20_000)
                return
            except Error as error:
                seen = f"{error.message[:300]} | {self._screen()}"
                time.sleep(0.3)
        raise AssertionError(f"{self.name}: the page does not open: {seen}")

    def _screen(self) -> str:
        try:
            return self.page.inner_text("#main", timeout=2000)[:300] if self.page else ""
        except Error:
            return ""

    def pids(self) -> list[int]:
        """Every process of this browser."""
        mark = f"--user-data-dir={self.profile}"
        found: set[int] = set()
        for cmdline in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words = cmdline.read_bytes().decode("utf-8", "replace").split("\0")
            except OSError:
                continue
            if mark in words:
                found.update(family(int(cmdline.parent.name)))
        return sorted(found)

    def kill(self) -> None:
        """kill -9 of the browser, all of it."""
        kill(self.pids())
        self.kills += 1

    def hold(self) -> None:
        """The browser stands still."""
        hold(self.pids())

    def forget(self) -> None:
        """Let go of a browser that was killed."""
        try:
            if self.context is not None:
                self.context.close()
        except Error:
            pass
        self.context = self.page = None

    def held(self) -> dict[str, list[dict[str, Any]]]:
        """Drafts, sealed items and facts on the tablet."""
        assert self.page is not None
        found: dict[str, list[dict[str, Any]]] = self.page.evaluate(HELD)
        return found

    def meta(self, name: str) -> Any:
        """One fact the tablet keeps."""
        return next((row["value"] for row in self.held()["meta"] if row["name"] == name), None)

    def _note_recorded(self, level: int) -> str:
        drafts = self.held()["drafts"]
        assert len(drafts) == 1, f"{self.name}: {len(drafts)} drafts behind a recorded tap"
        assert drafts[0]["level"] == level
        self.ledger.record(self.name, drafts[0]["id"], level)
        return str(drafts[0]["id"])

    def rate(self) -> None:
        """One person: face, perhaps a changed mind, reasons, thanks."""
        page, level = self.page, self.rng.randint(1, 5)
        assert page is not None
        page.click("[data-act=without]")
        page.click(f".tile.t{level}")
        page.wait_for_selector(".k-why .chip")
        self._note_recorded(level)
        if self.rng.random() < 0.15:
            level = self.rng.randint(1, 5)
            page.click("[data-act=rate]")
            page.click(f".tile.t{level}")
            page.wait_for_selector(".k-why .chip")
            self._note_recorded(level)
        if self.rng.random() < 0.5:
            page.click(f".chip >> nth={self.rng.randrange(10)}")
        page.click("[data-act=send]")
        page.click("[data-act=done]")
        page.wait_for_selector(".k-idle .start")
        self.done += 1

    def rate_and_be_killed(self, moment: float | None) -> None:
        """A person rates; ``moment`` seconds after the tap the browser is killed with -9.

        None: at once when the screen shows the tap as recorded.
        """
        page, level = self.page, self.rng.randint(1, 5)
        assert page is not None
        page.click("[data-act=without]")
        page.wait_for_selector(".tile")
        page.evaluate(NOTE_THE_DRAFT)
        pids = self.pids()
        killer = threading.Timer(moment or 0, kill, [pids])
        recorded = ""
        if moment is not None:
            killer.start()
        try:
            page.click(f".tile.t{level}")
            recorded = page.evaluate(SHOWN_AS_RECORDED)
            if moment is None:
                killer.start()
            page.click(f".chip >> nth={self.rng.randrange(10)}")
            page.click("[data-act=send]")
            page.click("[data-act=done]")
            page.wait_for_event("close", timeout=PATIENCE)
        except Error:
            pass
        killer.join()
        self.forget()
        self.kills += 1
        if recorded:
            self.ledger.record(self.name, recorded, level)
            self.recorded_kills += 1
        else:
            self.ledger.unsure[self.name][level] += 1

    def rate_in_the_dark(self, cut: Callable[[], None]) -> None:
        """A person rates; the power goes the moment the screen shows the tap as recorded."""
        page, level = self.page, self.rng.randint(1, 5)
        assert page is not None
        page.click("[data-act=without]")
        page.evaluate(NOTE_THE_DRAFT)
        page.click(f".tile.t{level}")
        self.ledger.record(self.name, page.evaluate(SHOWN_AS_RECORDED), level)
        cut()
        self.forget()

    def drained(self, seconds: float) -> bool:
        """Wait until nothing is left on the tablet; then tell the ledger which numbers it used."""
        end = time.monotonic() + seconds
        held = self.held()
        while (held["sealed"] or held["drafts"]) and time.monotonic() < end:
            self._nudge()
            time.sleep(0.3)
            held = self.held()
        facts = {row["name"]: row["value"] for row in held["meta"]}
        if facts.get("epoch"):
            self.ledger.epochs[self.name, facts["epoch"]] = facts["last_seq"]
        left = len(held["sealed"]) + len(held["drafts"])
        self.ledger.undelivered[self.name] = left
        return not left

    def _nudge(self) -> None:
        assert self.page is not None
        self.page.evaluate("async () => { (await import('/static/tablet/sender.js')).send(); }")

    def jump(self, seconds: float) -> None:
        """The tablet's clock is set by ``seconds``."""
        assert self.page is not None
        self.page.clock.set_system_time(clock.now() + timedelta(seconds=seconds))


NOTE_THE_DRAFT = """() => {
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (value) {
    if (this.name === 'drafts') window.recorded = value.id;
    return put.apply(this, arguments);
  };
}"""
SHOWN_AS_RECORDED = """() => new Promise((done) => {
  const look = () => {
    if (document.querySelector('.k-why .chip')) done(window.recorded || "not written");
    else requestAnimationFrame(look);
  };
  look();
})"""
"""Which rating the screen shows as recorded, told the moment it does."""
