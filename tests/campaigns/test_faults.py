"""A day of faults ends with every rating there once; and it does not when the service is broken on purpose."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from kiosk_app import runtime
from kiosk_app.config import Settings
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
    master_kills=4, disk_fills=3, outages=12, browser_kills=10, clock_jumps=8, seconds=1500.0,
)
SHORT_POSTGRESQL = replace(
    SHORT, real=0, disk_fills=0, database_restarts=1, browser_kills=0, clock_jumps=0, master_kills=0,
    simulated=3, simulated_ratings=25,
)
FULL_POSTGRESQL = replace(FULL, disk_fills=0, database_restarts=6)


def endure(plan: Plan, service: ServiceUnderFire, case: str, campaign: Campaign) -> None:
    service.start()
    try:
        found = campaign.run()
    finally:
        service.stop()
    figures = dict(sorted(campaign.figures.items()))
    print(figures)
    assert found == {}, figures
    length.keep("faults", case, {"seed": plan.seed, **figures})


@pytest.mark.browser
@pytest.mark.parametrize("how", ["small disk", *["size limit"] * length.FULL])
def test_a_day_of_faults_loses_and_doubles_nothing(
    playwright_: Playwright, template_dir: Path, tmp_path: Path, how: str
) -> None:
    disk = SmallDisk(tmp_path / "data", mount=how == "small disk")
    try:
        shutil.copytree(template_dir, disk.folder, dirs_exist_ok=True)
        database = runtime.start(make_settings(disk.folder))
        unit_id = seed_organisation(clock.now())
        service = ServiceUnderFire(disk.folder, tmp_path)
        plan = (FULL if how == "small disk" else SHORT) if length.FULL else SHORT
        endure(plan, service, f"sqlite, {disk.kind}", Campaign(
            plan, service, tmp_path, unit_id, playwright_, disk
        ))
        database.dispose()
    finally:
        disk.remove()


@pytest.mark.postgres
def test_a_day_of_faults_on_postgresql(
    playwright_: Playwright, postgres_settings: Settings, tmp_path: Path
) -> None:
    database = runtime.start(postgres_settings)
    unit_id = seed_organisation(clock.now())
    service = ServiceUnderFire(tmp_path, tmp_path, postgres_settings.database_url)
    plan = FULL_POSTGRESQL if length.FULL else SHORT_POSTGRESQL
    endure(plan, service, "postgresql", Campaign(
        plan, service, tmp_path, unit_id, playwright_
    ))
    database.dispose()
