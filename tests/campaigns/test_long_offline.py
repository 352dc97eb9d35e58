"""Thirty days without a network: ten thousand ratings wait on the tablet and then all arrive once."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from tests.browser.tablet import within
from tests.campaigns import ledger as books
from tests.campaigns import length
from tests.campaigns.conftest import Ready
from tests.campaigns.ledger import Ledger
from tests.campaigns.line import Line, Lines
from tests.campaigns.paged import RealTablet

pytestmark = pytest.mark.browser
RATINGS = 10_000 if length.FULL else 300
DAYS = 30
FILL = """async ([ratings, days]) => {
  const queue = await import('/static/tablet/queue.js');
  const began = performance.now(), made = [];
  for (let n = 0; n < ratings; n += 1) {
    const id = queue.uuid(), level = 1 + (n % 5);
    const at = Date.now() - days * 86400000 * (1 - n / ratings);
    await queue.saveDraft({
      id, secret: 'x', kind: 'rating', relates_to: null, level, receipt: null, receipt_hint: null,
      follow_hash: null, step: null, channel: 'tablet', entry: null, questionnaire: 'sao5@1',
      answers: {}, reasons: [], comment: n % 7 ? null : 'Phải đi lại hai lần', contact: null, lang: 'vi',
      rated_at: new Date(at).toISOString(), duration_ms: 4000, clock_offset_ms: 0,
    });
    await queue.seal(id, 0);
    made.push([id, level]);
  }
  return { made, milliseconds: performance.now() - began };
}"""
"""Each rating in the two strictly durable transactions of the page: draft, then sealed."""


def test_ratings_of_thirty_days_arrive_once(
    playwright_: Playwright, ready: Ready, tmp_path: Path
) -> None:
    lines, ledger = Lines(), Ledger()
    line = lines.add(Line(ready.service.port, random.Random(30)))
    tablet = RealTablet(playwright_, tmp_path / "profile", line, ledger, "R-offline", 30)
    try:
        tablet.pair(ready.unit_id)
        assert tablet.page is not None
        line.dead = True
        filled = tablet.page.evaluate(FILL, [RATINGS, DAYS])
        for rating_id, level in filled["made"]:
            ledger.record("R-offline", rating_id, level)
        used = tablet.page.evaluate("async () => (await navigator.storage.estimate()).usage")
        line.dead = False
        began = time.monotonic()
        assert tablet.drained(1200)
        seconds = time.monotonic() - began
        assert books.findings(ledger, ready.service.plain) == {}
        length.keep("offline", "browser", {
            "ratings": RATINGS, "days": DAYS, "megabytes": round(used / 1e6, 1),
            "milliseconds_to_keep_one": round(filled["milliseconds"] / RATINGS, 1),
            "seconds_to_deliver_all": round(seconds, 1),
        })
    finally:
        tablet.forget()
        lines.close()


def test_a_new_version_in_mid_queue_loses_nothing(
    playwright_: Playwright, ready: Ready, tmp_path: Path
) -> None:
    """Ratings wait, the service is upgraded, the tablet takes the new page and sends the old ratings."""
    lines, ledger = Lines(), Ledger()
    line = lines.add(Line(ready.service.port, random.Random(31)))
    tablet = RealTablet(playwright_, tmp_path / "profile", line, ledger, "R-upgraded", 31)
    try:
        tablet.pair(ready.unit_id)
        page = tablet.page
        assert page is not None
        page.wait_for_selector("html[data-kept=yes]")
        before = page.evaluate("async () => (await caches.keys())[0]")
        page.context.route("**/api/v1/ratings", lambda route: route.abort())
        tablet.rate()
        line.rewrite = {
            "/kiosk/sw.js": lambda body: body.replace(b'VERSION = "', b'VERSION = "next-'),
        }
        page.evaluate("async () => (await navigator.serviceWorker.getRegistration('/kiosk')).update()")
        assert within(60, lambda: before not in page.evaluate("() => caches.keys()"))
        tablet.rate()
        page.wait_for_selector("html[data-ready=yes]")
        assert "next-" in page.evaluate("async () => (await caches.keys())[0]")
        assert len(tablet.held()["sealed"]) == 2
        tablet.rate()
        page.context.unroute("**/api/v1/ratings")
        assert tablet.drained(60)
        assert books.findings(ledger, ready.service.plain, whole=False) == {}
        assert tablet.ledger.epochs.popitem()[1] == 3
    finally:
        tablet.forget()
        lines.close()
