"""The tablet under a slow processor: tap to visible answer, bytes to the first screen, idle memory.

    python -m benchmarks.tablet [--runs 5] [--taps 20] [--hours 8]

Chromium's own throttle divides the processor's speed by four. The tap's floor in the same run is a
page that only colours a button on a tap; runs of the page and of the floor alternate, and medians
over the runs are told, because other work on the machine falls on both. Memory is the heap after a
collection, each simulated hour: the page's clock is moved on minute by minute, its timers run, and
each minute waits for the real answer to the tablet's sign of life.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, CDPSession, Page, sync_playwright

from benchmarks import workplace
from kiosk_app import runtime
from kiosk_app.cli.installation import initialise
from kiosk_app.config import Settings
from kiosk_app.core import clock
from tests.browser.tablet import FLAGS, faces, pair
from tests.integration.feedback.seed import seed_organisation
from tests.servers import Server

SLOWER = 4
WATCH = """() => {
  window.answers = [];
  addEventListener('pointerdown', (event) => {
    const tapped = event.target.closest('.tile');
    if (!tapped) return;
    const began = event.timeStamp;
    requestAnimationFrame(() => setTimeout(() => window.answers.push(performance.now() - began), 0));
  }, true);
}"""
"""From the hand's event to the end of the frame that shows the pressed state."""
PLAIN = """<style>button{font-size:40px}button:active{background:teal}</style><button class="tile">x</button>"""


def _figures(found: list[float]) -> dict[str, float]:
    found = sorted(found)
    return {
        "median_ms": round(statistics.median(found), 1),
        "p95_ms": round(found[int(0.95 * (len(found) - 1))], 1), "taps": len(found),
    }


def _taps(page: Page, selector: str, number: int, reset: bool) -> dict[str, float]:
    for _tap in range(number):
        if reset:
            faces(page)
        page.click(selector)
        if reset:
            page.wait_for_selector(".k-why .chip")
            page.click("[data-act=send]")
            page.click("[data-act=withdraw]")
            page.wait_for_selector(".k-idle .start")
    return _figures(page.evaluate("() => window.answers"))


def _slow(page: Page) -> CDPSession:
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    return session


def _bytes(context: BrowserContext, address: str) -> dict[str, float]:
    """What crosses the line until the first screen can be used, on a tablet that holds nothing."""
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    seen: list[float] = []
    session.on("Network.loadingFinished", lambda event: seen.append(event["encodedDataLength"]))
    page.goto(f"{address}/kiosk")
    page.wait_for_selector("html[data-ready=yes]")
    page.wait_for_load_state("load")
    found = {"kilobytes": round(sum(seen) / 1024, 1), "requests": len(seen)}
    page.close()
    return found


def _heap(session: CDPSession) -> float:
    session.send("HeapProfiler.collectGarbage")
    used = session.send("Runtime.getHeapUsage")["usedSize"]
    return round(float(used) / 2**20, 2)


def _memory(context: BrowserContext, address: str, hours: int) -> dict[str, Any]:
    page = context.new_page()
    page.clock.install()
    page.goto(f"{address}/kiosk")
    page.wait_for_selector("html[data-ready=yes]")
    session = context.new_cdp_session(page)
    heap, answered = [], 0
    for minute in range(hours * 60 + 1):
        with page.expect_response("**/api/v1/device/heartbeat", timeout=120_000) as beat:
            page.clock.run_for(60_000)
        answered += beat.value.status == 200
        if minute % 60 == 0:
            heap.append(_heap(session))
    page.close()
    return {
        "simulated_hours": hours, "signs_of_life_answered": answered, "heap_mb": heap,
        "growth_after_the_first_hour_mb": round(heap[-1] - heap[1], 2),
    }


def _tap_run(context: BrowserContext, address: str, taps: int) -> tuple[dict[str, float], dict[str, float]]:
    page = context.new_page()
    page.goto(f"{address}/kiosk")
    page.wait_for_selector("html[data-ready=yes]")
    page.evaluate(WATCH)
    _slow(page)
    tapped = _taps(page, ".tile.t4", taps, reset=True)
    page.close()
    page = context.new_page()
    page.set_content(PLAIN)
    page.evaluate(WATCH)
    _slow(page)
    least = _taps(page, "button", taps, reset=False)
    page.close()
    return tapped, least


def _middle(runs: list[dict[str, float]]) -> dict[str, Any]:
    return {
        name: round(statistics.median(run[name] for run in runs), 1)
        for name in ("median_ms", "p95_ms")
    } | {"runs": runs}


def measure(runs: int, taps: int, hours: int) -> dict[str, Any]:
    """All figures; medians over ``runs``."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name, sync_playwright() as started:
        folder = Path(name)
        settings = Settings.from_env({"DATA_DIR": str(folder)})
        initialise(settings).dispose()
        runtime.start(settings)
        seed_organisation(clock.now())
        server = Server(folder).start()
        context = started.chromium.launch_persistent_context(
            folder / "profile", executable_path=shutil.which("chromium"), args=FLAGS,
            viewport={"width": 1280, "height": 800},
        )
        try:
            page = context.new_page()
            pair(page, server)
            page.close()
            loaded = _bytes(context, server.address)
            pairs = [_tap_run(context, server.address, taps) for _run in range(runs)]
            memory = _memory(context, server.address, hours)
        finally:
            context.close()
            server.stop()
    tapped, least = (_middle([pair[i] for pair in pairs]) for i in (0, 1))
    return {
        "slower": SLOWER, "tap": tapped, "tap_floor": least,
        "above_the_floor_ms": {
            name: round(tapped[name] - least[name], 1) for name in ("median_ms", "p95_ms")
        },
        "busy": {"processes_wanting_a_core": [round(x, 1) for x in os.getloadavg()]},
        "first_screen": loaded, "idle": memory,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--taps", type=int, default=20)
    parser.add_argument("--hours", type=int, default=8)
    chosen = parser.parse_args()
    workplace.keep("tablet", measure(chosen.runs, chosen.taps, chosen.hours))


if __name__ == "__main__":
    main()
