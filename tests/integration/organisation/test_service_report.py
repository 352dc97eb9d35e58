"""Each figure of the service report is alive: one dossier or one procedure changes just it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import pytest

from kiosk_app.cli import report
from kiosk_app.core import db
from kiosk_app.core.audit import Actor
from kiosk_app.demo import aggregates, dossiers
from kiosk_app.dossiers import intake
from kiosk_app.organisation import commands
from tests.conftest import START

ACTOR = Actor("quan.tri", "administrator")
DAY = "2018-10-0"
LATE = (f"{DAY}9 09:00", f"{DAY}9 10:00")
TIMELY = (f"{DAY}4 09:00", f"{DAY}4 10:00")
EARLY = (f"{DAY}2 09:00", f"{DAY}2 10:00")


def take_in(folder: Path, number: int, times: tuple[str, str], supplements: int = 0) -> None:
    path = folder / f"{number}.csv"
    code = f"000.00.12.H49-181001-{number:04d}"
    row = (code, "HL-TTHCC", "1.900001", "HL.CB.001", "direct", f"{DAY}1 08:00", f"{DAY}4",
           *times, str(supplements), "10")
    path.write_text(",".join(dossiers.COLUMNS) + "\n" + ",".join(row) + "\n", "utf-8")
    done = intake.import_file(path, actor=ACTOR, now=START)
    assert done.published, done.findings


def centre() -> dict[str, Any]:
    with db.reading() as conn:
        found: Any = report.service_figures(conn, unit="all", period="2018-Q4")
    figures: dict[str, Any] = found["totals"]["centre"]
    return figures


def changed(before: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in centre().items() if before[k] != v}


@pytest.fixture
def office(service: db.Database) -> None:
    assert service
    for name, command in (
        ("units", commands.import_units), ("procedures", commands.import_procedures),
        ("officers", commands.import_officers),
    ):
        assert command(aggregates.rows(f"{name}.csv"), actor=ACTOR, now=START).ok


@pytest.mark.usefixtures("office")
def test_one_dossier_changes_exactly_its_figures(tmp_path: Path) -> None:
    assert centre()["received"] == 0
    assert centre()["share_on_time"] is None
    take_in(tmp_path, 1, EARLY)
    one = centre()
    assert (one["received"], one["early"], one["share_on_time"]) == (1, 1, 1.0)
    take_in(tmp_path, 2, TIMELY)
    two = centre()
    assert changed(one) == {"received": 2, "resolved": 2, "on_time": 1}
    take_in(tmp_path, 3, LATE)
    three = centre()
    assert changed(two) == {"received": 3, "resolved": 3, "late": 1, "share_on_time": 0.666667}
    take_in(tmp_path, 4, EARLY, supplements=2)
    assert changed(three) == {
        "received": 4, "resolved": 4, "early": 2, "share_on_time": 0.75,
        "supplement_over_limit": 1,
    }


@pytest.mark.usefixtures("office")
def test_one_procedure_changes_cut_and_online_share() -> None:
    before = centre()
    assert (before["time_cut"], before["online_procedures"], before["procedures"]) == (
        0.382239, 246, 303,
    )
    rows = aggregates.rows("procedures.csv")
    rows[0]["iso_days"], rows[0]["online_level"] = "30", "2"
    assert commands.import_procedures(rows, actor=ACTOR, now=START).updated == 1
    after = changed(before)
    assert set(after) == {"time_cut", "online_procedures"}
    assert after["online_procedures"] == 245
    assert after["time_cut"] < 0.382239


@pytest.mark.usefixtures("office")
@pytest.mark.parametrize(("unit", "period"), [("all", "2018-13"), ("NOWHERE", "2018")])
def test_a_wrong_option_is_named(unit: str, period: str) -> None:
    with db.reading() as conn, pytest.raises(click.BadParameter):
        report.service_figures(conn, unit=unit, period=period)
