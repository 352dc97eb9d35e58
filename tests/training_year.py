"""The organisation and the training year of 2018, taken in by the same commands as in an office."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path

from kiosk_app.core import db
from kiosk_app.core.audit import Actor
from kiosk_app.organisation import commands as organisation
from kiosk_app.organisation import queries
from kiosk_app.training import intake

DATA = Path(__file__).parent / "data"
ORGANISATION = Path(__file__).parents[1] / "kiosk_app" / "demo" / "data"
HR = Actor("hr", "hr")
YEAR_END = datetime(2019, 1, 15, 3, 0, tzinfo=UTC)


def csv_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def take_in_organisation() -> None:
    """Units, officers and postings, unless the stage has them."""
    with db.reading() as conn:
        if queries.unit_by_ref(conn, "HL-TTHCC") is not None:
            return
    units = csv_rows(ORGANISATION / "units.csv")
    assert organisation.import_units(units, actor=HR, now=YEAR_END).ok
    officers = csv_rows(ORGANISATION / "officers.csv")
    assert organisation.import_officers(officers, actor=HR, now=YEAR_END).ok


def take_in_procedures() -> None:
    """The catalogue of procedures."""
    procedures = csv_rows(ORGANISATION / "procedures.csv")
    assert organisation.import_procedures(procedures, actor=HR, now=YEAR_END).ok


def take_in_training() -> intake.Report:
    """The six sessions of 2018."""
    return intake.import_workbook(DATA / "training_2018.xlsx", actor=HR, now=YEAR_END)
