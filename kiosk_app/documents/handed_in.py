"""A table as offices hand it in: national header, body, signatures; A4 across, as PDF or XLSX."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from kiosk_app.documents import sheets, typesetting
from kiosk_app.documents.fingerprint import fingerprint
from kiosk_app.documents.sheets import Styles

if TYPE_CHECKING:
    from xlsxwriter import Workbook


@dataclass(frozen=True)
class OfficeTable:
    """One table; ``widths`` are shares of the page, in characters of a spreadsheet."""

    name: str
    columns: Sequence[str]
    widths: Sequence[float]
    rows: Sequence[Sequence[object]]
    heading: str = ""


@dataclass(frozen=True)
class OfficeDocument:
    """What is handed in: title, the line under it, tables, place and day, who signs."""

    title: str
    subtitle: str
    tables: Sequence[OfficeTable]
    bodies: tuple[str, str]
    """The superior body and the one that hands it in."""
    nation: tuple[str, str]
    place_day: str
    maker: str
    head: str
    head_name: str
    empty: str
    notes_name: str = ""
    notes: Sequence[str] = ()
    """What the file is of, for a sheet of its own beside the tables' hash; paper has none."""

    @property
    def mark(self) -> str:
        """The hash of what it says; the same in every format."""
        return fingerprint(self.title, self.subtitle, [
            [one.heading, list(one.columns), _texts(one.rows)] for one in self.tables])


def as_pdf(document: OfficeDocument) -> bytes:
    """A4 across, the header of each table again on every page, pages numbered."""
    tables = [{**asdict(one), "rows": _texts(one.rows)} for one in document.tables]
    return typesetting.set_document("handed-in", {
        **asdict(document), "tables": tables, "mark": document.mark,
    })[0]


def _texts(rows: Sequence[Sequence[object]]) -> list[list[str]]:
    return [["" if cell is None else str(cell) for cell in row] for row in rows]


def as_xlsx(document: OfficeDocument) -> bytes:
    """One sheet a table, laid out and set up for print as the PDF."""

    def fill(book: Workbook, form: Styles) -> None:
        for table in document.tables:
            _sheet(book, document, table, form)
        sheets.about(book, document.notes_name, [*document.notes, document.mark])

    return sheets.workbook(fill)


def _sheet(
    book: Workbook, document: OfficeDocument, table: OfficeTable, form: Styles
) -> None:
    sheet = book.add_worksheet(table.name[:sheets.LONGEST_NAME])
    last = max(len(table.columns) - 1, 2)
    sheets.letterhead(sheet, document, last, form)
    sheets.across(sheet, 3, 0, last, document.title, form.title)
    sheets.across(sheet, 4, 0, last, table.heading or document.subtitle, form.plain)
    sheet.write_row(6, 0, table.columns, form.head)
    for number, row in enumerate(table.rows, 7):
        sheet.write_row(number, 0, ["" if one is None else one for one in row], form.cell)
    sheets.signatures(sheet, document, 8 + len(table.rows), last, form, document.mark)
    for number, width in enumerate(table.widths):
        sheet.set_column(number, number, width)
    sheets.for_print(sheet, 6, landscape=True)
    sheet.freeze_panes(7, 0)
