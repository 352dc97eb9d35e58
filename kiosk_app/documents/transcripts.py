"""One officer's training record as it is handed to an inspection: PDF, and a workbook laid out alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, NamedTuple

from kiosk_app.documents import sheets, typesetting
from kiosk_app.documents.fingerprint import fingerprint
from kiosk_app.documents.sheets import Styles

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

WIDTHS = (14, 44, 11, 17, 15, 19)
COURSE, STATE, YEAR, LAST = 1, 3, 4, 5
"""Last columns of a required course and of its state; the column of a year; the last of all."""
LINE, IN_LINE = 17, 52
"""Height of a line, and the letters that go into one across two columns."""


class Part(NamedTuple):
    """A figure of a whole: ``7,5 / 8`` in print, in a workbook a number that can be added."""

    value: float
    text: str
    of: str


Cell = str | Part


@dataclass(frozen=True)
class OfficerRecord:
    """What is told of one officer until one day."""

    name: str
    officer: str
    """The officer's code."""
    unit: str
    day: str
    rows: Sequence[Sequence[Cell]]
    """Sessions, in the columns that ``labels`` names."""
    states: Sequence[tuple[str, str]]
    """Required courses and what holds of them."""
    hours: Sequence[tuple[str, Part]]
    """Years and their hours of the norm."""
    labels: Mapping[str, str]
    columns: Sequence[str]
    bodies: tuple[str, str]
    nation: tuple[str, str]
    place_day: str
    maker: str
    head: str
    head_name: str
    notes_name: str
    notes: Sequence[str]
    """What the workbook is of, on a sheet of its own beside the hash; paper has none."""

    @property
    def mark(self) -> str:
        """The hash of what it says; the same in both formats."""
        return fingerprint(self.labels["title"], self.name, self.officer, self.unit, self.day,
                           _texts(self.rows), _texts(self.states), _texts(self.hours))


def _text(cell: Cell) -> str:
    return cell.text if isinstance(cell, Part) else cell


def _texts(rows: Sequence[Sequence[Cell]]) -> list[list[str]]:
    return [[_text(cell) for cell in row] for row in rows]


def as_pdf(record: OfficerRecord) -> bytes:
    """A4 upright, the table's header again on every page, pages numbered."""
    return typesetting.set_document("transcript", {
        **asdict(record), "rows": _texts(record.rows), "states": _texts(record.states),
        "hours": _texts(record.hours), "mark": record.mark,
    })[0]


def as_xlsx(record: OfficerRecord) -> bytes:
    """One sheet, laid out and set up for print as the PDF."""

    def fill(book: Workbook, form: Styles) -> None:
        _Sheet(record, book, form).write()
        sheets.about(book, record.notes_name, [*record.notes, record.mark])

    return sheets.workbook(fill)


class _Sheet:
    """The sheet while it is written."""

    def __init__(self, record: OfficerRecord, book: Workbook, form: Styles) -> None:
        self.record, self.form = record, form
        self.sheet: Worksheet = book.add_worksheet(record.labels["title"][:sheets.LONGEST_NAME])
        self._parts: dict[str, Format] = {}

    def write(self) -> None:
        """Head, sessions, required courses beside hours, signatures."""
        record, sheet, form = self.record, self.sheet, self.form
        sheets.letterhead(sheet, record, LAST, form)
        sheets.across(sheet, 3, 0, LAST, record.labels["title"], form.title)
        sheets.across(sheet, 4, 0, LAST, record.name, form.title)
        for row, (label, value) in enumerate((
            (record.labels["officer"], record.officer), (record.labels["unit"], record.unit),
            (record.labels["day"], record.day),
        ), 6):
            sheet.write(row, 0, label, form.left)
            sheets.across(sheet, row, 1, LAST, value, form.bold)
        sheet.write_row(10, 0, record.columns, form.head)
        for row, cells in enumerate(record.rows, 11):
            for column, cell in enumerate(cells):
                self._put(row, column, cell)
        end = self._below(12 + max(len(record.rows), 1))
        sheets.signatures(sheet, record, end, LAST, form, record.mark)
        for column, width in enumerate(WIDTHS):
            sheet.set_column(column, column, width)
        sheets.for_print(sheet, 10, landscape=False)
        if not record.rows:
            sheets.across(sheet, 11, 0, LAST, record.labels["none"], form.left)

    def _put(self, row: int, column: int, cell: Cell) -> None:
        if isinstance(cell, Part):
            if cell.of not in self._parts:
                self._parts[cell.of] = self.form.make({"num_format": f'General" / {cell.of}"'})
            self.sheet.write_number(row, column, cell.value, self._parts[cell.of])
        else:
            self.sheet.write_string(row, column, cell, self.form.cell)

    def _below(self, row: int) -> int:
        """Required courses at the left, hours by year at the right; the row after both."""
        record, sheet, form = self.record, self.sheet, self.form
        sheets.across(sheet, row, 0, STATE, record.labels["required"], form.bold)
        sheets.across(sheet, row, YEAR, LAST, record.labels["hours"], form.bold)
        for number, (course, state) in enumerate(record.states, row + 1):
            sheets.across(sheet, number, 0, COURSE, course, form.cell)
            sheets.across(sheet, number, COURSE + 1, STATE, state, form.cell)
            lines = max(-(-len(course) // IN_LINE), -(-len(state) // (IN_LINE // 2)))
            sheet.set_row(number, LINE * lines)  # merged cells do not grow by themselves
        for number, (year, hours) in enumerate(record.hours, row + 1):
            self._put(number, YEAR, year)
            self._put(number, LAST, hours)
        for found, column in ((record.states, 0), (record.hours, YEAR)):
            if not found:
                sheet.write(row + 1, column, record.labels["none"], form.left)
        return row + 2 + max(len(record.states), len(record.hours), 1)
