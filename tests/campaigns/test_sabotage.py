"""The campaign is worth its name: broken on purpose, it fails, and says how."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kiosk_app import runtime
from kiosk_app.core import clock
from tests.campaigns.campaign import Campaign, Plan
from tests.campaigns.line import Weather
from tests.campaigns.service import ServiceUnderFire
from tests.conftest import make_settings
from tests.integration.feedback.seed import seed_organisation

Small = Callable[..., dict[str, list[Any]]]
PLAN = Plan(
    7, real=0, simulated=2, simulated_ratings=20, weather=Weather(swallow=0.4), worker_kills=0,
    master_kills=1, disk_fills=0, outages=0, browser_kills=0, clock_jumps=0, revoked=False,
    pace=0.1, seconds=120,
)


@pytest.fixture
def campaign(installed_dir: Path, tmp_path: Path) -> Small:
    """What a small campaign finds in a service with this sabotage in its processes."""

    def run(sabotage: str, plan: Plan = PLAN) -> dict[str, list[Any]]:
        folder = tmp_path / "data"
        shutil.copytree(installed_dir, folder)
        database = runtime.start(make_settings(folder))
        unit_id = seed_organisation(clock.now())
        if sabotage == "forget_what_is_known":
            _drop_uniqueness(folder / "kiosk.sqlite")
        service = ServiceUnderFire(folder, tmp_path, sabotage=sabotage)
        service.start()
        try:
            return Campaign(plan, service, tmp_path, unit_id).run(whole=False)
        finally:
            service.stop()
            database.dispose()

    return run


def _drop_uniqueness(path: Path) -> None:
    """Take both UNIQUE constraints from ``rating_items`` (it is still empty)."""
    with sqlite3.connect(path) as conn:
        conn.execute("PRAGMA foreign_keys=OFF")
        conn.execute("PRAGMA legacy_alter_table=ON")
        declared = dict(conn.execute(
            "SELECT name, sql FROM sqlite_master WHERE tbl_name = 'rating_items' AND sql IS NOT NULL"
        ).fetchall())
        table = declared.pop("rating_items")
        bare = re.sub(r",\s*CONSTRAINT \w+ UNIQUE \([^)]*\)", "", table)
        assert bare != table
        conn.execute("DROP TABLE rating_items")
        conn.execute(bare)
        for sql in declared.values():
            conn.execute(sql)
    conn.close()


def test_acknowledging_before_the_commit_is_found(campaign: Small) -> None:
    found = campaign("acknowledge_before_commit")
    assert {"lost", "acknowledged_but_not_stored"} <= set(found), found


def test_dropped_uniqueness_is_found(campaign: Small) -> None:
    found = campaign("forget_what_is_known", replace(PLAN, master_kills=0))
    assert {"doubled", "doubled_numbers"} <= set(found), found
