"""A process that starts while nothing can be written, or read, comes up and mends itself."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kiosk_app import create_app, runtime
from kiosk_app.core import keys
from kiosk_app.core.errors import ConfigurationError
from tests.campaigns.disk import SmallDisk
from tests.campaigns.service import ServiceUnderFire
from tests.conftest import make_settings


def test_a_worker_starts_on_a_full_disk(template_dir: Path, tmp_path: Path) -> None:
    disk = SmallDisk(tmp_path / "data")
    try:
        shutil.copytree(template_dir, disk.folder, dirs_exist_ok=True)
        settings = make_settings(disk.folder)
        settings.session_secret()
        disk.fill(ServiceUnderFire(disk.folder, tmp_path))
        page = create_app(settings).test_client().get("/login?lang=en")
        assert "Forgotten the password?" in page.get_data(as_text=True)
    finally:
        disk.remove()


def test_keys_are_bound_once_the_database_can_be_read(template_dir: Path, tmp_path: Path) -> None:
    shutil.copytree(template_dir, tmp_path, dirs_exist_ok=True)
    whole = (tmp_path / "kiosk.sqlite").rename(tmp_path / "elsewhere.sqlite")
    database = runtime.start(make_settings(tmp_path))
    with pytest.raises(ConfigurationError):
        keys.current()
    database.dispose()
    (tmp_path / "kiosk.sqlite").unlink()
    whole.rename(tmp_path / "kiosk.sqlite")
    assert keys.current().secrets
    database.dispose()
