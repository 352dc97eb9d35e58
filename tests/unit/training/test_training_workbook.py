"""The workbook of 2018 as an office keeps it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from kiosk_app.core.errors import RuleError
from kiosk_app.training import workbook
from kiosk_app.training.rules import Slot

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture(scope="module")
def sheets() -> dict[str, workbook.ClassSheet]:
    return {sheet.code: sheet for sheet in workbook.read(DATA / "training_2018.xlsx")}


def test_six_classes_over_thirteen_half_days(sheets: dict[str, workbook.ClassSheet]) -> None:
    assert list(sheets) == ["TH-01", "TH-02", "TH-03", "TH-04", "TH-05", "TH-06"]
    assert sum(len(sheet.slots) for sheet in sheets.values()) == 13


def test_a_bare_serial_is_a_day(sheets: dict[str, workbook.ClassSheet]) -> None:
    assert sheets["TH-06"].slots == (
        Slot(date(2018, 9, 25), "afternoon"), Slot(date(2018, 9, 26), "morning"),
    )


def test_three_rounds_are_one_course_for_wards(sheets: dict[str, workbook.ClassSheet]) -> None:
    rounds = [sheets[code] for code in ("TH-01", "TH-02", "TH-03")]
    assert len({sheet.course for sheet in rounds}) == 1
    assert {sheet.audience for sheet in rounds} == {"wards"}
    assert [sheet.has_test for sheet in rounds] == [True, False, False]


def test_phone_numbers_are_not_read(sheets: dict[str, workbook.ClassSheet]) -> None:
    assert "0900" not in repr(list(sheets.values()))


@pytest.mark.parametrize(("written", "day"), [
    ("23/5/2018", date(2018, 5, 23)), ("ngày 23.05.2018", date(2018, 5, 23)),
    (43368.0, date(2018, 9, 25)), (date(2018, 7, 11), date(2018, 7, 11)),
    ("31/2/2018", None), ("sớm", None), (7.0, None),
])
def test_days_are_read_in_every_form(written: object, day: date | None) -> None:
    assert workbook.day_of(written) == day


def test_a_file_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    path.write_text("không phải bảng tính")
    with pytest.raises(RuleError):
        workbook.read(path)


def test_a_class_without_its_sheet_is_named(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("DS lớp")
        sheet.write_row(0, 0, ["STT", "Mã lớp", "Chuyên đề", "Từ ngày"])
        sheet.write_row(1, 0, [1, "TH-09", "Chuyên đề", "1/3/2018"])
    with pytest.raises(RuleError, match="row 2: no sheet for class TH-09"):
        workbook.read(path)
