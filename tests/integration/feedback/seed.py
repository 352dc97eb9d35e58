"""The organisation of the demo, taken in through its own commands."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path

import kiosk_app.demo
from kiosk_app.core import db
from kiosk_app.core.audit import SYSTEM
from kiosk_app.organisation import commands, queries

DATA = Path(kiosk_app.demo.__file__).parent / "data"
HEADER = (
    "dossier_code", "unit_id", "procedure_code", "officer_code", "channel", "received_at",
    "due_date", "finished_at", "returned_at", "supplement_count", "status",
)


def rows(name: str) -> list[dict[str, str | None]]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


def seed_organisation(now: datetime) -> int:
    """Units, events, officers and procedures of 2018, unless the stage has them; the centre's id."""
    with db.reading() as conn:
        known = queries.unit_by_ref(conn, "HL-TTHCC")
    if known is not None:
        return known
    for name, command in (
        ("units", commands.import_units), ("unit_events", commands.import_unit_events),
        ("procedures", commands.import_procedures), ("officers", commands.import_officers),
    ):
        result = command(rows(name), actor=SYSTEM, now=now)
        assert result.ok, result.errors[:3]
    with db.reading() as conn:
        centre = queries.unit_by_ref(conn, "HL-TTHCC")
    assert centre is not None
    return centre
