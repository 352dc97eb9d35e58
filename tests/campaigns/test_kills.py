"""Between a tap and "recorded" the browser is killed with -9: what was shown is there afterwards."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

import kiosk_app
from tests.campaigns import ledger as books
from tests.campaigns import length
from tests.campaigns.conftest import Ready
from tests.campaigns.disk import PowerCut
from tests.campaigns.ledger import Ledger
from tests.campaigns.line import Line, Lines, Rewrite
from tests.campaigns.paged import RealTablet

pytestmark = pytest.mark.browser
SEED = 50
KILLS = 50 if length.FULL else 5
CUTS = 40 if length.FULL else 1
NEW_LOG = "queue.beginNewLog().catch(() => null);"
WAYS = ["strict", "relaxed", *(["same log"] if length.FULL else [])]
"""Writing on in the log of before a power cut shows only after many cuts."""
EAGER = "await queue.saveDraft(draft);\n    who.draft = draft;"
HASTY = "setTimeout(() => queue.saveDraft(draft), 20000);\n    who.draft = draft;"
STRICT, RELAXED = 'durability: "strict"', 'durability: "relaxed"'
SCRIPTS = Path(kiosk_app.__file__).parent / "static" / "tablet"


@pytest.fixture
def lines() -> Iterator[Lines]:
    opened = Lines()
    yield opened
    opened.close()


def tampered(name: str, before: str, after: str) -> dict[str, Rewrite]:
    """The page with one of its scripts changed on the way, and without a worker that would notice."""
    assert before in (SCRIPTS / name).read_text("utf-8")
    return {
        f"/static/tablet/{name}": lambda body: body.replace(before.encode(), after.encode()),
        "/kiosk/sw.js": lambda _body: b"throw new Error('none');",
    }


def tablet_on(
    playwright: Playwright, ready: Ready, lines: Lines, profile: Path, name: str,
    rewrite: dict[str, Rewrite] | None = None,
) -> RealTablet:
    line = lines.add(Line(ready.service.port, random.Random(SEED), rewrite=rewrite or {}))
    tablet = RealTablet(playwright, profile, line, Ledger(), name, SEED)
    tablet.pair(ready.unit_id)
    return tablet


def test_what_was_shown_as_recorded_is_there_after_each_kill(
    playwright_: Playwright, ready: Ready, lines: Lines, tmp_path: Path
) -> None:
    tablet, rng = tablet_on(playwright_, ready, lines, tmp_path / "profile", "R-killed"), random.Random(SEED)
    began = time.monotonic()
    tablet.rate()
    whole = time.monotonic() - began
    for number in range(KILLS):
        tablet.rate_and_be_killed(None if number % 10 == 9 else rng.uniform(0.0, whole))
        tablet.start()
    assert tablet.drained(60)
    tablet.forget()
    assert books.findings(tablet.ledger, ready.service.plain) == {}
    assert tablet.recorded_kills > 0
    length.keep("kills", "browser", {
        "seed": SEED, "kills": tablet.kills, "shown_as_recorded": tablet.recorded_kills,
        "shown_and_lost": 0, "stored_twice": 0,
    })


def test_a_page_that_moves_on_before_it_has_written_is_found(
    playwright_: Playwright, ready: Ready, lines: Lines, tmp_path: Path
) -> None:
    tablet = tablet_on(
        playwright_, ready, lines, tmp_path / "profile", "R-hasty", tampered("rating.js", EAGER, HASTY)
    )
    tablet.rate_and_be_killed(None)
    tablet.start()
    tablet.drained(30)
    tablet.forget()
    assert set(books.findings(tablet.ledger, ready.service.plain, whole=False)) == {"lost"}


def cut_often(tablet: RealTablet, disk: PowerCut, times: int) -> dict[str, list[object]]:
    """The power of the tablet is cut ``times`` times right after a tap was shown as recorded."""
    for _cut in range(times):
        disk.flush()
        tablet.rate_in_the_dark(lambda: disk.cut(tablet.hold, tablet.kill))
        tablet.start()
    tablet.drained(60)
    tablet.forget()
    return books.findings(tablet.ledger, {}, whole=False)


@pytest.mark.parametrize("how", WAYS)
def test_strict_durability_is_what_outlives_a_power_cut(
    playwright_: Playwright, ready: Ready, lines: Lines, tmp_path: Path, how: str
) -> None:
    """Killing a browser loses nothing that it wrote: the system has it. Only a power cut tells."""
    disk = PowerCut(tmp_path / "profile", tmp_path)
    try:
        tablet = tablet_on(
            playwright_, ready, lines, tmp_path / "profile", f"R-{how}",
            {
                "relaxed": lambda: tampered("queue.js", STRICT, RELAXED),
                "same log": lambda: tampered("flow.js", NEW_LOG, ""),
            }.get(how, dict)(),
        )
        try:
            found = cut_often(tablet, disk, CUTS)
        except AssertionError as emptied:
            assert how == "same log"
            tablet.forget()
            found = {"lost": [str(emptied)]}
        if how == "strict":
            assert found == {}
        else:
            assert "lost" in found
        length.keep("power-cuts", how, {
            "seed": SEED, "cuts": len(tablet.ledger.recorded), "shown_as_recorded": len(tablet.ledger.recorded),
            "lost": len(found.get("lost", [])),
        })
    finally:
        disk.remove()
