"""Any table of ratings: formats, encodings, headings, and messages that say where and how to cure."""

from __future__ import annotations

import gzip
import io
import json
import unicodedata
from datetime import datetime
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from survey_analysis.report import Ratings, UnreadableTableError, read_ratings
from survey_analysis.report.columns import HEADINGS, level_of, recognise
from survey_analysis.report.reading import moment_of, reasons_of
from tests.unit.survey_analysis.report.tables import HEADINGS_EN, HEADINGS_VI, as_csv, rows

BODY = rows(40)


def written(folder: Path, name: str, content: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return path


def book(headings: tuple[str, ...], *, title: bool = False) -> bytes:
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out, {"in_memory": True})
    made.add_worksheet("Ghi chú").write(0, 0, "không phải số liệu")
    sheet = made.add_worksheet("Đánh giá")
    day = made.add_format({"num_format": "dd/mm/yyyy hh:mm"})
    if title:
        sheet.write(0, 0, "KẾT QUẢ ĐÁNH GIÁ QUÝ I")
    for column, heading in enumerate(headings):
        sheet.write(2 if title else 0, column, heading)
    for number, row in enumerate(BODY, 3 if title else 1):
        for column, value in enumerate(row):
            if column == 1:
                sheet.write_number(number, column, int(value))
            elif column == 2:
                sheet.write_datetime(number, column, datetime.strptime(value, "%d/%m/%Y %H:%M"), day)
            else:
                sheet.write_string(number, column, value)
    made.close()
    return out.getvalue()


def lines() -> str:
    return "\n".join(json.dumps(dict(zip(HEADINGS_EN, row, strict=True)) | {"reasons": row[7].split()})
                     for row in BODY)


def vietnamese_1258(text: str) -> bytes:
    """As old Windows writes it: the tone is a byte of its own after the letter."""
    out = b""
    for letter in text:
        try:
            out += letter.encode("cp1258")
        except UnicodeEncodeError:
            plain = unicodedata.normalize("NFD", letter)
            tone = next(c for c in plain if c in "\u0300\u0301\u0303\u0309\u0323")
            out += unicodedata.normalize("NFC", plain.replace(tone, "")).encode("cp1258")
            out += tone.encode("cp1258")
    return out


FILES: dict[str, bytes | str] = {
    "vi.csv": as_csv(HEADINGS_VI, BODY),
    "en.csv": as_csv(HEADINGS_EN, BODY),
    "semicolon.csv": as_csv(HEADINGS_VI, BODY, ";"),
    "tabs.tsv": as_csv(HEADINGS_VI, BODY, "\t"),
    "bom.csv": as_csv(HEADINGS_VI, BODY).encode("utf-8-sig"),
    "nfd.csv": unicodedata.normalize("NFD", as_csv(HEADINGS_VI, BODY)),
    "utf16.csv": as_csv(HEADINGS_VI, BODY, "\t").encode("utf-16"),
    "cp1258.csv": vietnamese_1258(as_csv(HEADINGS_VI, BODY, ";")),
    "packed.csv.gz": gzip.compress(as_csv(HEADINGS_VI, BODY).encode()),
    "book.xlsx": book(HEADINGS_VI),
    "titled.xlsx": book(HEADINGS_VI, title=True),
    "lines.jsonl": lines(),
    "list.json": f"[{','.join(lines().splitlines())}]",
}


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> Ratings:
    return read_ratings(written(tmp_path_factory.mktemp("x"), "vi.csv", FILES["vi.csv"]))


@pytest.mark.parametrize("name", FILES)
def test_every_form_gives_the_same_ratings(tmp_path: Path, name: str, expected: Ratings) -> None:
    found = read_ratings(written(tmp_path, name, FILES[name]))
    assert len(found) == 40
    assert found.levels == expected.levels
    assert found.times == expected.times
    assert found.texts == expected.texts
    assert found.reasons == expected.reasons
    assert not found.set_aside
    assert not found.doubtful


def test_columns_are_recognised_once_each() -> None:
    assert recognise(["MỨC ĐỘ HÀI LÒNG (1-5)", "Ngay danh gia", "don_vi"]) == {
        "level": 0, "time": 1, "unit": 2}
    assert recognise(["Hài lòng", "Điểm"]) == {"level": 1}
    for field, headings in HEADINGS.items():
        for heading in headings:
            assert recognise(["x", heading]).get(field) == 1, heading


@pytest.mark.parametrize(("cell", "level"), [
    ("5", 5), (5, 5), (5.0, 5), ("5,0", 5), ("4/5", 4), ("3 sao", 3), ("★★", 2), ("Rất hài lòng", 5),
    ("rat khong hai long", 1), ("Very satisfied", 5), ("Neutral", 3), ("0", None), ("6", None), (4.5, None),
    ("", None), (None, None), ("x", None), (True, None), ("45", None),
])
def test_levels_are_numbers_or_words(cell: object, level: int | None) -> None:
    assert level_of(cell) == level


@pytest.mark.parametrize(("cell", "moment"), [
    ("02/01/2018 07:57", datetime(2018, 1, 2, 7, 57)), ("2018-01-02T07:57:03+07:00", datetime(2018, 1, 2, 7, 57, 3)),
    ("2/1/2018", datetime(2018, 1, 2)), ("02.01.2018 7h05", datetime(2018, 1, 2, 7, 5)),
    ("03/08/2018 12:49:00 CH", datetime(2018, 8, 3, 12, 49)), ("03/08/2018 12:10:00 SA", datetime(2018, 8, 3, 0, 10)),
    ("03/08/2018 01:10 CH", datetime(2018, 8, 3, 13, 10)), ("31/02/2018", None), ("hôm qua", None), ("2018", None),
    (datetime(2018, 1, 2, 3), datetime(2018, 1, 2, 3)),
])
def test_times_are_local_as_written(cell: object, moment: datetime | None) -> None:
    assert moment_of(cell) == moment


@given(st.text(max_size=40) | st.floats() | st.integers() | st.none() | st.booleans())
def test_no_cell_breaks_the_readers(cell: object) -> None:
    assert level_of(cell) in (None, 1, 2, 3, 4, 5)
    assert moment_of(cell) is None or isinstance(moment_of(cell), datetime)
    assert all(isinstance(r, str) and r for r in reasons_of(cell))


def test_rows_without_a_level_are_set_aside_with_their_place(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "Mức,Ngày\n5,01/02/2018\n,\n7,01/02/2018\ntốt,31/02/2018\n")
    found = read_ratings(path)
    assert found.levels == [5, 4]
    assert [(f.row, f.column, f.value) for f in found.set_aside] == [(4, "Mức", "7")]
    assert [(f.row, f.column, f.value) for f in found.doubtful] == [(5, "Ngày", "31/02/2018")]
    assert str(found.set_aside[0]) == (
        "row 4, column “Mức”: “7”; give 1–5 or the words of the five levels")


@pytest.mark.parametrize(("name", "content", "options", "said"), [
    ("a.csv", "x,y\n1,2\n", {}, "a.csv, row 1: no column holds the level (1–5). Columns found: x, y. Name it with --map"),
    ("a.csv", "x,y\n1,2\n", {"mapping": {"level": "z"}}, "names the column “z”, which is not among the columns found: x, y"),
    ("a.csv", "x,y\n1,2\n", {"mapping": {"levle": "x"}}, "--map levle=…: fields are level"),
    ("a.csv", "", {}, "a.csv: is empty"),
    ("a.csv", "level\n5\n", {"encoding": "nonsense"}, "is not nonsense"),
    ("a.csv", "mức\n5\n", {"encoding": "ascii"}, "save it as UTF-8"),
    ("a.xlsx", "no book", {}, "cannot be opened as a workbook"),
    ("a.xlsx", FILES["book.xlsx"], {"sheet": "Tháng 1"}, "its sheets are Ghi chú, Đánh giá"),
    ("a.jsonl", '{"level": 5}\n{"level": \n', {}, "line 2"),
    ("a.jsonl", '{"level": 5}\n[1]\n', {}, "line 2: each line must be one JSON object"),
    ("a.json", "[1, 2", {}, "line 1"),
])
def test_a_table_that_cannot_be_used_is_refused_with_place_and_cure(
    tmp_path: Path, name: str, content: bytes | str, options: dict[str, object], said: str
) -> None:
    with pytest.raises(UnreadableTableError) as caught:
        read_ratings(written(tmp_path, name, content), **options)  # type: ignore[arg-type]
    assert said in str(caught.value)


def test_a_missing_file_and_a_map(tmp_path: Path) -> None:
    with pytest.raises(UnreadableTableError, match="cannot be read"):
        read_ratings(tmp_path / "none.csv")
    path = written(tmp_path, "a.csv", "Cảm nhận,Nơi\n5,A\n4,B\n")
    found = read_ratings(path, mapping={"level": "cam nhan", "unit": "Nơi"})
    assert found.levels == [5, 4]
    assert found.texts == {"unit": ["A", "B"]}
