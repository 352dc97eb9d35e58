"""A day of faults ends with every rating there once; and it does not when the service is broken on purpose."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, sync_playwright

from kiosk_app import runtime
from kiosk_app.core import clock
from tests.campaigns import length
from tests.campaigns.campaign import Campaign, Plan
from tests.campaigns.disk import SmallDisk
from tests.campaigns.service import ServiceUnderFire
from tests.conftest import make_settings
from tests.integration.feedback.seed import seed_organisation

SEED = 20261126
SHORT = Plan(SEED)
FULL = Plan(
    SEED, real=2, real_ratings=150, simulated=8, simulated_ratings=250, pace=0.4, worker_kills=12,
    master_kills=4, disk_fills=3, outages=12, browser_kills=10, clock_jumps=8, seconds=900.0,
)


@pytest.fixture(scope="module")
def playwright_() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[SmallDisk]:
    disk = SmallDisk(tmp_path / "data")
    yield disk
    disk.remove()


@pytest.mark.browser
def test_a_day_of_faults_loses_and_doubles_nothing(
    playwright_: Playwright, small_disk: SmallDisk, template_dir: Path, tmp_path: Path
) -> None:
    shutil.copytree(template_dir, small_disk.folder, dirs_exist_ok=True)
    database = runtime.start(make_settings(small_disk.folder))
    unit_id = seed_organisation(clock.now())
    service = ServiceUnderFire(small_disk.folder, tmp_path)
    service.start()
    try:
        plan = FULL if length.FULL else SHORT
        campaign = Campaign(plan, service, tmp_path, unit_id, playwright_, small_disk)
        found = campaign.run()
        figures = dict(sorted(campaign.figures.items()))
        print(figures)
        assert found == {}, figures
        length.keep("faults", "sqlite", {"seed": plan.seed, "disk": small_disk.kind, **figures})
    finally:
        service.stop()
        database.dispose()
