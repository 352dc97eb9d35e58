"""A restored backup is proven, and still refuses a receipt that was rated."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk_app import backup, runtime
from kiosk_app.config import Settings
from kiosk_app.core import clock, db
from kiosk_app.core.errors import KioskError
from kiosk_app.feedback import commands
from tests.conftest import make_settings
from tests.integration.feedback.conftest import Office, office

__all__ = ["office"]


@pytest.fixture
def settings(template_dir: Path, tmp_path: Path) -> Settings:
    import shutil

    shutil.copytree(template_dir, tmp_path, dirs_exist_ok=True)
    return make_settings(tmp_path)


def test_a_restored_receipt_is_still_refused(
    office: Office, settings: Settings, tmp_path: Path
) -> None:
    code = office.dossier(1)
    office.send(office.item(receipt=code))
    backup.make(settings, tmp_path / "out" / "copy.sqlite", now_text="2018-10-15")
    backup.save_keys(settings, tmp_path / "apart")
    office.rate(2)
    db.current().dispose()
    elsewhere = make_settings(tmp_path / "elsewhere")
    assert not list((tmp_path / "out").glob("*.key"))
    found = backup.restore(
        elsewhere, tmp_path / "out" / "copy.sqlite", key_source=tmp_path / "apart"
    )
    assert found == []
    runtime.start(elsewhere)
    clock.bind(office.clock)
    again = commands.record([office.item(receipt=code)], sender=office.sender,
                            now=office.clock.now())
    assert again.results[0].reason == "already_rated"


def test_a_damaged_copy_is_refused(office: Office, settings: Settings, tmp_path: Path) -> None:
    target = tmp_path / "copy.sqlite"
    backup.make(settings, target, now_text="2018-10-15")
    body = bytearray(target.read_bytes())
    body[len(body) // 2] ^= 1
    target.write_bytes(body)
    with pytest.raises(KioskError):
        backup.check_file(target)
