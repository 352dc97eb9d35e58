"""A small centre with two wards, and the ways to send to it."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from kiosk_app.core import clock, db
from kiosk_app.core.audit import SYSTEM
from kiosk_app.devices import commands as device_commands
from kiosk_app.dossiers import intake as dossier_intake
from kiosk_app.feedback import commands
from kiosk_app.feedback.records import Outcome, Sender
from tests import stages
from tests.integration.feedback.seed import HEADER, seed_organisation


@dataclass
class Office:
    """The office under test."""

    folder: Path
    clock: clock.FrozenClock
    sender: Sender
    unit_id: int
    epoch: str = field(default_factory=lambda: str(uuid.uuid4()))
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    files: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def dossier(self, number: int, **changed: str) -> str:
        """Take in one dossier through the same command as offices use; its code."""
        code = f"000.00.12.H49-181001-{number:04d}"
        row = {
            "dossier_code": code, "unit_id": "HL-TTHCC", "procedure_code": "1.900001",
            "officer_code": "HL.CB.001", "channel": "direct", "received_at": "2018-10-01 08:00",
            "due_date": "2018-10-10", "finished_at": "2018-10-05 09:00",
            "returned_at": "2018-10-08 10:00", "supplement_count": "0", "status": "10", **changed,
        }
        path = self.folder / f"dossiers{next(self.files)}.csv"
        path.write_text(",".join(HEADER) + "\n" + ",".join(row[h] for h in HEADER) + "\n", "utf-8")
        dossier_intake.import_file(path, actor=SYSTEM, now=self.clock.now())
        return code

    def item(self, **changed: object) -> dict[str, object]:
        """An item of this tablet with the next number."""
        return {
            "id": str(uuid.uuid4()), "epoch": self.epoch, "seq": next(self.numbers),
            "kind": "rating", "level": 5, "receipt": None, "step": "return", "channel": "tablet",
            "entry": "scan", "questionnaire": "sao5@1", "answers": {}, "reasons": [],
            "comment": None, "contact": None, "lang": "vi",
            "rated_at": self.clock.now().isoformat(), "clock_offset_ms": 0, "duration_ms": 4000,
            **changed,
        }

    def send(self, *items: object) -> Outcome:
        """Deliver as this tablet."""
        return commands.record(items, sender=self.sender, now=self.clock.now())

    def rate(self, number: int, level: int = 5, **changed: object) -> Outcome:
        """A dossier, and a rating of it."""
        return self.send(self.item(receipt=self.dossier(number), level=level, **changed))


@pytest.fixture
def stage() -> str:
    return stages.ORGANISED


@pytest.fixture
def office(
    service: db.Database, still_clock: clock.FrozenClock, tmp_path: Path
) -> Office:
    """An office with one paired tablet."""
    unit_id = seed_organisation(still_clock.now())
    device_id, _ = device_commands.add(
        "TAB-C01", unit_id=unit_id, counter_id=None, actor=SYSTEM, now=still_clock.now()
    )
    sender = Sender(device_id=device_id, unit_id=unit_id)
    return Office(tmp_path, still_clock, sender, unit_id)


@pytest.fixture
def count(service: db.Database) -> Callable[[str], int]:
    """Rows of a table."""

    def rows(table: str) -> int:
        with db.reading() as conn:
            return int(conn.execute(text(f"SELECT COUNT(*) FROM {table}")).scalar() or 0)

    return rows


def days_later(moment: datetime, days: int) -> datetime:
    return moment.astimezone(UTC) + timedelta(days=days)
