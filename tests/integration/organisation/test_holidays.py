"""The installation's own days off rule over the law's; its file is taken in like the others."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from kiosk_app.cli.intake import import_
from kiosk_app.core import db
from kiosk_app.organisation import commands, days_off
from kiosk_app.organisation.records import ImportResult
from tests.conftest import START
from tests.integration.organisation.test_organisation_intake import ACTOR

ROWS = [
    {"day": "2026-01-02", "kind": "off", "name_vi": "Hoán đổi ngày làm việc", "name_en": "Day swapped",
     "source": "Thông báo"},
    {"day": "10/01/2026", "kind": "work", "name_vi": "Làm bù", "name_en": "", "source": ""},
]


def take_in(rows: list[dict[str, str]]) -> ImportResult:
    return commands.import_holidays(rows, actor=ACTOR, now=START)


def january() -> days_off.RestDays:
    with db.reading() as conn:
        return days_off.between(conn, date(2026, 1, 1), date(2026, 1, 11))


@pytest.mark.usefixtures("service")
def test_days_announced_join_the_law_s_and_days_worked_leave_the_weekend() -> None:
    before = january()
    assert {one.day: off.kind for off in before.off.values() for one in [off]} == {
        date(2026, 1, 1): "new_year", date(2026, 1, 3): "weekend", date(2026, 1, 4): "weekend",
        date(2026, 1, 10): "weekend", date(2026, 1, 11): "weekend"}
    assert take_in(ROWS).created == 2
    after = january()
    assert (after.off[date(2026, 1, 2)].name_vi, after.off[date(2026, 1, 2)].name_en) == (
        "Hoán đổi ngày làm việc", "Day swapped")
    assert date(2026, 1, 10) not in after.off
    assert after.worked == {date(2026, 1, 10)}
    assert take_in(ROWS).unchanged == 2
    assert take_in([{**ROWS[1], "kind": "off", "name_vi": "Nghỉ"}, ROWS[0]]).updated == 1
    assert not january().worked


@pytest.mark.usefixtures("service")
@pytest.mark.parametrize(("change", "reason"), [
    ({"kind": "maybe"}, "unknown_value"), ({"day": "31/02/2026"}, "date_impossible"),
    ({"name_vi": ""}, "missing"), ({"day": "2026-01-02"}, "duplicate_in_file"),
])
def test_a_wrong_row_takes_nothing_in(change: dict[str, str], reason: str) -> None:
    refused = take_in([ROWS[0], {**ROWS[1], **change}])
    assert [(one.row, one.reason) for one in refused.errors] == [(3, reason)]
    assert january().off[date(2026, 1, 10)].kind == "weekend"
    assert date(2026, 1, 2) not in january().off


@pytest.mark.usefixtures("service")
def test_a_saturday_worked_for_a_day_swapped_by_law_is_no_weekend() -> None:
    with db.reading() as conn:
        found = days_off.between(conn, date(2018, 12, 29), date(2019, 1, 6))
    assert date(2019, 1, 5) in found.worked
    assert [one.day for one in found.off.values()] == [
        date(2018, 12, 29), date(2018, 12, 30), date(2018, 12, 31), date(2019, 1, 1), date(2019, 1, 6)]


@pytest.mark.usefixtures("service")
def test_the_command_takes_the_file_in_or_says_what_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "holidays.csv"
    head, command = "day,kind,name_vi,name_en,source\n", import_.commands["holidays"]
    file.write_text(head + "02/01/2026,off,Hoán đổi ngày làm việc,Day swapped,\n10/01/2026,works,Làm bù,,\n", "utf-8")
    refused = CliRunner().invoke(command, [str(file)])
    assert (refused.exit_code, "row 3, kind: unknown_value" in refused.output) == (1, True)
    file.write_text(file.read_text("utf-8").replace("works", "work"), "utf-8")
    assert "created 2" in CliRunner().invoke(command, [str(file)]).output
    assert january().worked == {date(2026, 1, 10)}
