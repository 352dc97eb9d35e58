"""Papers that are handed in: who signs never stands alone on a sheet, place and day as decreed."""

from __future__ import annotations

import io
from datetime import date

import pytest
from PIL import Image

from kiosk_app.documents import typesetting
from kiosk_app.organisation.letterhead import NATION, Letterhead

RULE = (0x6F, 0x85, 0x88)
PPI = 144


def sheets(rows: int) -> list[Image.Image]:
    """The pages of a paper with so many rows of one line each."""
    made = typesetting.set_document("handed-in", {
        "title": "Ma trận", "subtitle": "Tính đến ngày 31/12/2018", "bodies": ("UBND", "TRUNG TÂM"),
        "mark": "", "nation": NATION, "place_day": "Hạ Long", "maker": "Người lập", "head": "Giám đốc",
        "head_name": "Nguyễn Văn A", "empty": "Không có.",
        "tables": [{"name": "Ma trận", "columns": ["STT", "Họ tên"], "widths": [5, 40],
                    "heading": "", "rows": [[str(n), "Nguyễn Văn Bình"] for n in range(rows)]}],
    }, kind="png", ppi=PPI)
    return [Image.open(io.BytesIO(one)).convert("RGB") for one in made]


def ruled_lines(sheet: Image.Image) -> int:
    """Horizontal rules of the table: rows of pixels that are mostly of their colour."""
    found, before = 0, False
    for y in range(sheet.height):
        row = [sheet.getpixel((x, y)) for x in range(120, sheet.width - 120, 10)]
        dark = sum(isinstance(p, tuple) and p[0] < 0xD8 for p in row) > len(row) * 0.9
        found += dark and not before
        before = dark
    return found


@pytest.mark.parametrize("rows", [1, 2, 3, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28])
def test_the_last_sheet_holds_rows_under_their_header(rows: int) -> None:
    made = sheets(rows)
    lines = [ruled_lines(one) for one in made]
    assert lines[-1] >= 2 + min(rows, 2), "header, then the last rows"
    assert sum(lines) == rows + 2 * len(made), "each row once, a header on each sheet"


def test_no_rows_are_said_and_signed() -> None:
    (one,) = sheets(0)
    assert ruled_lines(one) == 0


def sign_in(people: int) -> list[Image.Image]:
    """The pages of a sign-in sheet."""
    made = typesetting.set_document("sign-in", {
        "title": "Kỹ năng giao tiếp", "code": "TH-07", "sheet": "ABCDE", "when": "Sáng", "room": "",
        "trainer": "", "body": "", "people": [
            {"name": f"Nguyễn Văn {n}", "code": f"HL.{n}", "unit": "Phường"} for n in range(people)],
        "labels": {"heading": "Bảng ký", "sheet": "Mã", "code": "Lớp", "when": "Lúc", "room": "Nơi",
                   "trainer": "Phụ trách", "columns": ["Số", "Họ tên", "Đơn vị", "Ký", "Giờ"],
                   "how": "Ký tên", "keeper": "Người điểm danh"},
    }, kind="png", ppi=PPI)
    return [Image.open(io.BytesIO(one)).convert("RGB") for one in made]


@pytest.mark.parametrize("people", [0, 1, 2, 13, 14, 15, 16, 17, 18, 19])
def test_a_sign_in_sheet_ends_with_people(people: int) -> None:
    lines = [ruled_lines(one) for one in sign_in(people)]
    assert lines[-1] >= min(people, 2) + (2 if people else 0)


@pytest.mark.parametrize(("day", "text"), [
    (date(2019, 3, 5), "Hạ Long, ngày 05 tháng 3 năm 2019"),
    (date(2019, 1, 15), "Hạ Long, ngày 15 tháng 01 năm 2019"),
    (date(2018, 12, 31), "Hạ Long, ngày 31 tháng 12 năm 2018"),
])
def test_place_and_day(day: date, text: str) -> None:
    assert Letterhead(place="Hạ Long").on(day) == text


def test_a_day_without_a_place() -> None:
    assert Letterhead().on(date(2019, 2, 1)) == "Ngày 01 tháng 02 năm 2019"
