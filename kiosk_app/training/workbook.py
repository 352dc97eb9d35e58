"""Reading a training workbook into plain rows; nothing here knows a database.

A list of classes comes first, then one sheet a class. Only the columns named here are read:
phone numbers, hidden or not, never leave the file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from kiosk_app.core.errors import RuleError
from kiosk_app.training.rules import Slot, plain

PARTS = {"sáng": "morning", "chiều": "afternoon"}
EXCEL_EPOCH = date(1899, 12, 30)
ROUND_SUFFIX = re.compile(r"\s*\((đợt\s+\d+)\)\s*$", re.IGNORECASE)
NOT_NOMINATED = "không có trong danh sách cử"


@dataclass(frozen=True)
class PersonRow:
    """One person of a class sheet, as written."""

    row: int
    name: str
    officer_code: str
    unit: str
    attendance: tuple[str, ...]
    pre: str
    post: str
    nominated: bool


@dataclass(frozen=True)
class ClassSheet:
    """One class with its people."""

    sheet: str
    code: str
    title: str
    course: str
    room: str
    trainer: str
    nominated: int | None
    slots: tuple[Slot, ...]
    rows: tuple[PersonRow, ...] = field(default_factory=tuple)

    @property
    def has_test(self) -> bool:
        """Whether marks of a final test were written for anybody."""
        return any(person.post for person in self.rows)

    @property
    def audience(self) -> str:
        """Wards by the words of the title, centre if everybody comes from it, else ''."""
        if "cấp phường" in plain(self.title):
            return "wards"
        units = {plain(person.unit) for person in self.rows}
        return "centre" if units and all(u.startswith("trung tâm") for u in units) else ""


Cells = Sequence[Sequence[object]]


def text_of(cell: object) -> str:
    """A cell as text; whole numbers without decimals."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip() if cell is not None else ""


def day_of(cell: object) -> date | None:
    """The day of a date, of a bare serial, or of text that holds d/m/yyyy or d.m.yyyy."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, int | float):
        return EXCEL_EPOCH + timedelta(days=int(cell)) if 20_000 < cell < 80_000 else None
    found = re.search(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})", str(cell))
    if not found:
        return None
    try:
        return date(int(found[3]), int(found[2]), int(found[1]))
    except ValueError:
        return None


def _broken(sheet: str, row: int, detail: str) -> RuleError:
    return RuleError("workbook_unreadable", f"sheet {sheet}, row {row}: {detail}", field="file")


def _header_row(rows: Cells, wanted: str, sheet: str) -> tuple[int, dict[str, int]]:
    for index, row in enumerate(rows):
        names = {plain(text_of(cell)): column for column, cell in enumerate(row) if cell != ""}
        if wanted in names:
            return index, names
    raise _broken(sheet, 1, f"no column {wanted!r}")


def _cell(row: Sequence[object], columns: dict[str, int], name: str) -> object:
    column = columns.get(name)
    return row[column] if column is not None and column < len(row) else ""


def _slots(
    rows: Cells, header: int, columns: dict[str, int], year: int, sheet: str
) -> list[tuple[int, Slot]]:
    first = columns.get("điểm danh")
    if first is None:
        raise _broken(sheet, header + 1, "no column 'Điểm danh'")
    later = [column for column in columns.values() if column > first]
    found = []
    for column in range(first, min(later, default=first + 1)):
        written = plain(text_of(rows[header + 1][column]))
        match = re.fullmatch(r"(sáng|chiều)\s+(\d{1,2})/(\d{1,2})", written)
        if not match:
            raise _broken(sheet, header + 2, f"half-day {written!r}, expected e.g. Sáng 14/3")
        day = date(year, int(match[3]), int(match[2]))
        found.append((column, Slot(day, PARTS[match[1]])))
    return found


def _people(
    rows: Cells, header: int, columns: dict[str, int], slot_columns: list[int]
) -> list[PersonRow]:
    people = []
    for index in range(header + 2, len(rows)):
        row = rows[index]
        name = text_of(_cell(row, columns, "họ và tên"))
        if not name or not isinstance(_cell(row, columns, "stt"), int | float):
            continue
        people.append(
            PersonRow(
                row=index + 1, name=name,
                officer_code=text_of(_cell(row, columns, "mã cb")),
                unit=text_of(_cell(row, columns, "đơn vị")),
                attendance=tuple(text_of(row[column]) for column in slot_columns),
                pre=text_of(_cell(row, columns, "kt đầu vào")),
                post=text_of(_cell(row, columns, "kt cuối khoá")),
                nominated=NOT_NOMINATED not in plain(text_of(_cell(row, columns, "ghi chú"))),
            )
        )
    return people


def _class(
    sheet: str, rows: Cells, listed: Sequence[object], columns: dict[str, int], where: int
) -> ClassSheet:
    started = day_of(_cell(listed, columns, "từ ngày"))
    if started is None:
        raise _broken("DS lớp", where, "the first day is no date; write dd/mm/yyyy")
    header, names = _header_row(rows, "họ và tên", sheet)
    slots = _slots(rows, header, names, started.year, sheet)
    told = text_of(_cell(listed, columns, "số buổi"))
    if told and told != str(len(slots)):
        raise _broken(sheet, header + 2, f"{len(slots)} half-days, the list of classes says {told}")
    if min(slot.day for _, slot in slots) != started:
        raise _broken(sheet, header + 2, "the first half-day is not the first day of the class")
    title = text_of(_cell(listed, columns, "chuyên đề"))
    nominated = text_of(_cell(listed, columns, "số được cử"))
    return ClassSheet(
        sheet=sheet, code=text_of(_cell(listed, columns, "mã lớp")), title=title,
        course=ROUND_SUFFIX.sub("", title), room=text_of(_cell(listed, columns, "địa điểm")),
        trainer=text_of(_cell(listed, columns, "đơn vị phụ trách")),
        nominated=int(nominated) if nominated.isdigit() else None,
        slots=tuple(slot for _, slot in slots),
        rows=tuple(_people(rows, header, names, [column for column, _ in slots])),
    )


def read(path: Path) -> list[ClassSheet]:
    """All classes of the workbook; RuleError (``workbook_unreadable``) naming sheet and row."""
    try:
        book = CalamineWorkbook.from_path(path)
    except (CalamineError, OSError) as error:
        raise RuleError("workbook_unreadable", f"no spreadsheet: {error}", field="file") from error
    sheets: dict[str, Cells] = {
        name: book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        for name in book.sheet_names
    }
    listing = next((name for name in sheets if plain(name) == "ds lớp"), None)
    if listing is None:
        raise RuleError("workbook_unreadable", "no sheet 'DS lớp'", field="file")
    header, columns = _header_row(sheets[listing], "mã lớp", listing)
    classes = []
    for index, listed in enumerate(sheets[listing][header + 1 :], header + 2):
        code = text_of(_cell(listed, columns, "mã lớp"))
        if not code:
            continue
        sheet = next((n for n in sheets if plain(n).split(" ")[0] == plain(code)), None)
        if sheet is None:
            raise _broken(listing, index, f"no sheet for class {code}")
        classes.append(_class(sheet, sheets[sheet], listed, columns, index))
    return classes
