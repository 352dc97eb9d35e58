"""One service without faults of its own for the campaigns that only hurt tablets."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, sync_playwright

from kiosk_app import runtime
from kiosk_app.core import clock
from tests.campaigns.service import ServiceUnderFire
from tests.conftest import make_settings
from tests.integration.feedback.seed import seed_organisation


@dataclass
class Ready:
    """A running service over a fresh installation with the organisation of the demo."""

    service: ServiceUnderFire
    unit_id: int
    folder: Path


@pytest.fixture(scope="session")
def playwright_() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def ready(installed_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ready]:
    place = tmp_path_factory.mktemp("ready")
    folder = place / "data"
    shutil.copytree(installed_dir, folder)
    database = runtime.start(make_settings(folder))
    unit_id = seed_organisation(clock.now())
    service = ServiceUnderFire(folder, place)
    service.start()
    yield Ready(service, unit_id, folder)
    service.stop()
    database.dispose()
