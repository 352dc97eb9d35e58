"""Photographed and hard receipts before chromium's fake camera; none is stored, none is sent."""

from __future__ import annotations

import io
import shutil
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image, ImageEnhance, ImageFilter
from playwright.sync_api import BrowserContext, Page, Playwright

from kiosk_app import runtime
from kiosk_app.core import clock, db, keys
from kiosk_app.core.audit import SYSTEM
from kiosk_app.dossiers import links, slips
from kiosk_app.organisation import queries as organisation
from tests.browser import fake_camera
from tests.browser.tablet import FLAGS, pair, rows, within
from tests.campaigns import length
from tests.conftest import make_settings
from tests.integration.feedback.seed import seed_organisation
from tests.servers import Server

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PATIENCE = 180
"""Seconds in which every picture of a film has to be read; films begin anew at their end."""
READ = """async () => {
  const camera = await import('/static/tablet/camera.js');
  const { codeIn } = await import('/static/tablet/code.js');
  const video = document.createElement('video');
  document.body.append(video);
  window.seen = {}; window.took = []; window.off = null; window.first = null; window.longest = 0;
  new PerformanceObserver((list) => list.getEntries().forEach((e) => {
    window.longest = Math.max(window.longest, e.duration);
  })).observe({ type: 'longtask' });
  const began = performance.now();
  camera.open(video, {
    onRead: (found, took) => {
      window.took.push([took, found.length]);
      if (found.length && window.first === null) window.first = performance.now() - began;
      found.forEach((one) => {
        const code = codeIn(one.text);
        window.seen[code || one.text] = (window.seen[code || one.text] || 0) + 1;
      });
    },
    onOn: () => null,
    onOff: (why) => { window.off = why; },
  });
}"""

TOLD = """() => ({ seen: window.seen, took: window.took, off: window.off, first: window.first,
  longest: window.longest })"""


@pytest.fixture(scope="module")
def office(installed_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("office")
    shutil.copytree(installed_dir, folder, dirs_exist_ok=True)
    database = runtime.start(make_settings(folder))
    seed_organisation(clock.now())
    running = Server(folder).start()
    yield running
    running.stop()
    database.dispose()


@pytest.fixture
def before(
    playwright_: Playwright, office: Server, tmp_path: Path
) -> Iterator[Callable[[list[bytes], float], Page]]:
    """A paired tablet before a film of these frames, each shown for so many seconds."""
    opened: list[BrowserContext] = []

    def open_(frames: list[bytes], seconds: float) -> Page:
        film = fake_camera.film(tmp_path / f"{len(opened)}.mjpeg", frames, seconds)
        context = playwright_.chromium.launch_persistent_context(
            tmp_path / f"profile{len(opened)}", executable_path=shutil.which("chromium"),
            args=[*FLAGS, *fake_camera.flags(film)], viewport={"width": 1280, "height": 800},
        )
        opened.append(context)
        page = context.new_page()
        pair(page, office)
        return page

    yield open_
    for context in opened:
        context.close()


def read_until(page: Page, enough: Callable[[set[str]], bool]) -> dict[str, Any]:
    """Let the tablet's own camera and decoder read until it is enough; what came, and how fast."""
    page.evaluate(READ)
    deadline = time.monotonic() + PATIENCE
    while True:
        told: dict[str, Any] = page.evaluate(TOLD)
        if enough(set(told["seen"])) or told["off"] or time.monotonic() > deadline:
            break
        page.wait_for_timeout(250)
    assert told["off"] is None
    return told


def spread(values: list[float]) -> dict[str, float]:
    ordered = sorted(values)
    return {
        "median_ms": round(statistics.median(ordered), 1),
        "p95_ms": round(ordered[int(0.95 * (len(ordered) - 1))], 1), "frames": len(ordered),
    }


def note(case: str, told: dict[str, Any], read: int) -> None:
    hits = [took for took, found in told["took"] if found]
    length.keep("camera", case, {
        "pictures_read": read, "frames_read": spread(hits),
        "frames_without_a_code": sum(not found for _took, found in told["took"]),
        "first_code_ms": round(told["first"]), "longest_task_of_the_page_ms": round(told["longest"]),
    })


def bare(code: str) -> str:
    return "".join(c for c in code if c.isalnum())


def is_read(receipt: fake_camera.Receipt, seen: set[str]) -> bool:
    """Its code, whichever of the two symbols gave it; of an opaque one at least the link."""
    code = bare(receipt.code) in {bare(text) for text in seen}
    return code or (receipt.gives == "opaque_only" and receipt.link in seen)


def test_every_readable_receipt_is_read(before: Callable[[list[bytes], float], Page]) -> None:
    """Short form: three of them; whole form: all that ``expected_codes.csv`` calls readable."""
    known = [r for r in fake_camera.receipts() if r.gives != "unreadable"]
    if not length.FULL:
        known = [r for r in known if r.name[:3] in ("r05", "r08", "r11")]
    page = before([fake_camera.frame(r.picture()) for r in known], 1.0)
    told = read_until(page, lambda seen: all(is_read(r, seen) for r in known))
    assert [r.name for r in known if not is_read(r, set(told["seen"]))] == []
    codes = {bare(text) for text in told["seen"] if "//" not in text}
    assert codes <= {bare(r.code) for r in known}, "a code was read wrongly"
    note("receipts", told, len(known))


def slip(code: str, *, of_frame: float = 0.35) -> Image.Image:
    """A white sheet on a table with a square code of this share of the frame's width."""
    side = round(fake_camera.SIZE[0] * of_frame)
    made = zxingcpp.create_barcode(code, zxingcpp.BarcodeFormat.QRCode)
    square = Image.fromarray(made.to_image(scale=8)).convert("L").resize((side, side))
    picture = Image.new("L", fake_camera.SIZE, 96)
    sheet = Image.new("L", (side + 80, side + 80), 245)
    sheet.paste(square, (40, 40))
    picture.paste(sheet, ((picture.width - sheet.width) // 2, (picture.height - sheet.height) // 2))
    return picture


def turned(picture: Image.Image, degrees: float) -> Image.Image:
    return picture.rotate(degrees, resample=Image.Resampling.BICUBIC, fillcolor=96)


def noisy(picture: Image.Image, quality: int = 40) -> Image.Image:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return Image.open(io.BytesIO(out.getvalue()))


def hard() -> dict[str, Image.Image]:
    """Each code under its own condition."""
    cases: dict[str, Callable[[Image.Image], Image.Image]] = {
        **{f"turned {d}°": (lambda p, d=d: turned(p, d)) for d in (5, 15, 25, 35, 45)},
        "blurred": lambda p: p.filter(ImageFilter.GaussianBlur(3.2)),
        "blurred and turned": lambda p: turned(p.filter(ImageFilter.GaussianBlur(2.4)), 20),
        "dim": lambda p: noisy(ImageEnhance.Contrast(ImageEnhance.Brightness(p).enhance(0.22)).enhance(0.8)),
        "bad line": lambda p: noisy(p, 12),
    }
    made = {}
    for number, (_name, change) in enumerate(cases.items(), 1):
        code = f"000.00.12.H49-181015-{number:04d}"
        made[code] = change(slip(code))
    code = "000.00.12.H49-181015-0015"
    made[code] = turned(slip(code, of_frame=0.15), 8)
    code = "000.00.12.H49-181015-0016"
    made[code] = noisy(turned(slip(code, of_frame=0.15), 30), 60)
    return made


def test_turned_blurred_small_and_dim_codes_are_read(
    before: Callable[[list[bytes], float], Page],
) -> None:
    pictures = hard()
    if not length.FULL:
        names = [n for n in pictures if n[-2:] in ("05", "06", "08", "15")]
        pictures = {name: pictures[name] for name in names}
    page = before([fake_camera.frame(p) for p in pictures.values()], 0.7)
    told = read_until(page, lambda seen: set(pictures) <= seen)
    assert set(told["seen"]) == set(pictures)
    note("hard", told, len(pictures))


def test_a_receipt_that_moves_through_thirty_frames_a_second_is_read(
    before: Callable[[list[bytes], float], Page],
) -> None:
    code = "000.00.12.H49-181015-0030"
    still = slip(code, of_frame=0.3)
    frames = []
    for step in range(30):
        picture = turned(still, step - 15).transform(
            still.size, Image.Transform.AFFINE, (1, 0, 12 * step - 180, 0, 1, 6 * step - 90), fillcolor=96,
        )
        frames.append(fake_camera.frame(picture.filter(ImageFilter.BoxBlur(1))))
    page = before(frames, 1 / fake_camera.RATE)
    told = read_until(page, lambda seen: code in seen)
    assert set(told["seen"]) == {code}
    note("moving", told, 1)


def test_the_screen_scans_and_lets_the_camera_go(
    before: Callable[[list[bytes], float], Page],
) -> None:
    """The whole way: receipt's screen, camera, answer; the keypad answers meanwhile."""
    receipt = next(r for r in fake_camera.receipts() if r.name.startswith("r11"))
    page = before([fake_camera.frame(receipt.picture())], 1.0)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(f"{request.method} {request.url}"))
    page.evaluate("""() => {
      const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      navigator.mediaDevices.getUserMedia = async (wanted) => {
        const stream = await ask(wanted);
        window.tracks = (window.tracks || []).concat(stream.getTracks());
        return stream;
      };
    }""")
    page.click(".start[data-act=receipt]")
    page.wait_for_selector("[data-act=anyway]", timeout=60_000)
    assert page.input_value(".codeinput") == receipt.code
    page.click("[data-act=anyway]")
    page.wait_for_selector(".tile")
    assert page.evaluate("() => window.tracks.map((track) => track.readyState)").count("live") == 0
    assert [s for s in sent if s.startswith(("POST", "PUT")) and "heartbeat" not in s] == []
    assert all("blob:" not in s for s in sent)
    page.click("#foot [data-act=home]")
    page.wait_for_selector(".k-idle .start")
    assert set(page.evaluate("() => Object.keys(localStorage)")) <= {"kiosk-token"}


def test_a_slip_before_the_camera_leads_to_its_faces(
    before: Callable[[list[bytes], float], Page], office: Server,
) -> None:
    """Its square code holds the signed link; what is sent names the slip, never the link's token."""
    with db.reading() as conn:
        unit_id = organisation.unit_by_ref(conn, "HL-TTHCC")
    assert unit_id is not None
    made = slips.make_slip(unit_id=unit_id, step="refusal", actor=SYSTEM, now=clock.now())
    token = links.token(keys.current(), made.code_key)
    page = before([fake_camera.frame(slip(office.address + links.PATH + token))], 1.0)
    page.click(".start[data-act=receipt]")
    page.wait_for_selector(".tile", timeout=60_000)
    assert page.inner_text("[data-slot=procedure]") == "Từ chối tiếp nhận hồ sơ"
    page.click(".tile.t4")
    page.click("[data-act=send]")
    page.click("[data-act=done]")
    assert within(30, lambda: rows("SELECT level, step, entry FROM rating_items") == [(4, "refusal", "scan")])
