"""A camera for pages and papers, and the service that stands before it."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.servers import Server

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "docs" / "screens"
SCALE = "1"
COLOURS, EXACT = 64, 24
TALLEST = 5400
"""A longer page is cut there."""
DESK_SIZE = (1440, 900)
TABLET_SIZES = ((1280, 800), (800, 1280), (390, 844))
PAPER_DPI = 80
PEOPLE = {
    "manager": "lanh.dao", "hr": "nhan.su", "officer": "can.bo", "administrator": "quan.tri",
}
END_OF_DEMO_MS = 1_546_248_600_000
"""31 December 2018, 16:30 at the centre: where the clock of a new demo year begins."""


class Camera:
    """Takes the screens that were asked for, each at the size of its window."""

    def __init__(self, wanted: list[str], out: Path = OUT) -> None:
        self.wanted = wanted
        self.out = out
        self.taken: list[Path] = []

    def __call__(self, page: Page, screen: str, *, whole: bool = False) -> None:
        if not self.wants(screen):
            return
        size = page.viewport_size
        assert size is not None
        target = self.out / f"{screen}-{size['width']}x{size['height']}.png"
        page.evaluate("document.fonts.ready.then(() => scrollTo(0, 0))")
        page.mouse.move(0, 0)
        page.screenshot(path=str(target), full_page=whole, animations="disabled")
        self.keep(target)

    def wants(self, screen: str) -> bool:
        return not self.wanted or any(screen.startswith(each) for each in self.wanted)

    def paper(self, body: bytes, screen: str) -> None:
        """The first page of a PDF."""
        if not self.wants(screen):
            return
        target = self.out / f"{screen}.png"
        with tempfile.TemporaryDirectory(prefix="screens-") as name:
            source = Path(name) / "paper.pdf"
            source.write_bytes(body)
            subprocess.run(
                ["pdftoppm", "-png", "-singlefile", "-r", str(PAPER_DPI), str(source),
                 str(target.with_suffix(""))], check=True,
            )
        self.keep(target)

    def printed(self, page: Page, screen: str) -> None:
        """The first sheet of a page as the browser prints it."""
        if not self.wants(screen):
            return
        page.emulate_media(media="print", reduced_motion="reduce")
        self.paper(page.pdf(format="A4", prefer_css_page_size=True), screen)
        page.emulate_media(media="screen", reduced_motion="reduce")

    def keep(self, target: Path) -> None:
        """Fewer colours, smaller file."""
        with Image.open(target) as picture:
            shown = picture.convert("RGB")
        if shown.height > TALLEST:
            shown = shown.crop((0, 0, shown.width, TALLEST))
        _fewer_colours(shown).save(target, optimize=True)
        self.taken.append(target)


def _fewer_colours(picture: Image.Image) -> Image.Image:
    """The commonest colours as they are, the others each weighed by the root of its share.

    So a page stays the white it is, and a small red mark stays red.
    """
    packed = np.asarray(picture).astype(np.int32) @ np.array([65536, 256, 1], dtype=np.int32)
    colours, place, counts = np.unique(packed, return_inverse=True, return_counts=True)
    parts = np.stack([colours >> 16, colours >> 8 & 255, colours & 255], axis=1)
    order = np.argsort(-counts)
    rare = order[EXACT:]
    spread = np.repeat(parts[rare], np.sqrt(counts[rare]).astype(int) + 1, axis=0)
    made = parts[order[:EXACT]]
    if len(rare):
        line = Image.fromarray(spread.astype(np.uint8)[None, :, :])
        others = line.quantize(COLOURS - EXACT, kmeans=2).getpalette() or []
        made = np.concatenate([made, np.array(others).reshape(-1, 3)[: COLOURS - EXACT]])
    nearest = ((parts[:, None, :] - made[None, :, :]) ** 2).sum(axis=2).argmin(axis=1)
    small = Image.fromarray(nearest[place].reshape(packed.shape).astype(np.uint8)).convert("P")
    small.putpalette([int(part) for colour in made for part in colour])
    return small


@contextmanager
def service(ready: Path | None) -> Iterator[tuple[Server, Path]]:
    """gunicorn on a whole demo year of its own, or on a copy of one that is ``ready``."""
    with tempfile.TemporaryDirectory(prefix="screens-") as name:
        folder = Path(name)
        server = Server(folder)
        if ready is None:
            command(server, "demo", "--scale", SCALE)
        else:
            shutil.copytree(ready, folder, dirs_exist_ok=True)
            _wind_back(folder)
            command(server, "init")
        server.start()
        try:
            yield server, folder
        finally:
            server.stop()


def _wind_back(folder: Path) -> None:
    """The clock of a copied year to where that of a new one begins."""
    offset = END_OF_DEMO_MS - round(time.time() * 1000)
    with sqlite3.connect(folder / "kiosk.sqlite") as conn:
        conn.execute("UPDATE app_settings SET value = ? WHERE name = 'clock_offset_ms'", (str(offset),))


def command(server: Server, *arguments: str) -> str:
    """``kiosk`` with these arguments; what it says."""
    done = subprocess.run(
        [sys.executable, "-m", "kiosk_app", *arguments], cwd=ROOT, env=server.environ, check=True,
        capture_output=True, text=True,
    )
    return done.stdout


def background_round(server: Server) -> dict[str, int]:
    """One round of the worker: alerts, patterns of misuse, effects of training, exports."""
    done: dict[str, int] = json.loads(command(server, "worker", "--once").splitlines()[-1])
    return done


def each_size(page: Page) -> Iterator[bool]:
    """The sizes of a tablet in turn; whether the page may be longer than the window."""
    for width, height in TABLET_SIZES:
        page.set_viewport_size({"width": width, "height": height})
        yield width < 600


class Offices:
    """Signed-in pages, one of each role and size."""

    def __init__(self, browser: Browser, server: Server, folder: Path, take: Camera) -> None:
        self.browser = browser
        self.base = server.address
        self.take = take
        notice = (folder / "demo-notice.txt").read_text("utf-8")
        self.passwords = dict(re.findall(r"^  ([a-z]+\.[a-z]+) +(\S+) ", notice, re.M))
        self.pages: dict[tuple[str, int], Page] = {}

    def page(self, role: str, size: tuple[int, int] = DESK_SIZE) -> Page:
        """The page of a role; the first one takes the login on its way."""
        if (role, size[0]) not in self.pages:
            self.pages[role, size[0]] = self._signed_in(role, size)
        return self.pages[role, size[0]]

    def stranger(self, size: tuple[int, int] = DESK_SIZE) -> Page:
        """A page of somebody without an account."""
        context = self.browser.new_context(
            viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce", locale="vi-VN"
        )
        return context.new_page()

    def _signed_in(self, role: str, size: tuple[int, int]) -> Page:
        page = self.stranger(size)
        page.goto(f"{self.base}/login")
        if not self.pages:
            self.take(page, "login")
        page.fill("input[name=username]", PEOPLE[role])
        page.fill("input[name=password]", self.passwords[PEOPLE[role]])
        page.click("main button.primary")
        page.wait_for_selector(".me")
        return page

    def shoot(
        self, role: str, screen: str, path: str, size: tuple[int, int] = DESK_SIZE, *,
        whole: bool = True,
    ) -> Page:
        """Open an address and take the whole of it, or its window."""
        page = self.page(role, size)
        page.goto(self.base + path)
        page.wait_for_load_state("networkidle")
        self.take(page, screen, whole=whole)
        return page
