"""A table as offices hand it in: national header, body, signatures; A4 across, as PDF or XLSX."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from kiosk_app.documents import typesetting

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

PAPER_A4 = 9


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


def as_pdf(document: OfficeDocument) -> bytes:
    """A4 across, the header of each table again on every page, pages numbered."""
    tables = [{**asdict(one), "rows": [[_text(cell) for cell in row] for row in one.rows]}
              for one in document.tables]
    return typesetting.set_document("handed-in", {
        **asdict(document), "tables": tables,
    })[0]


def _text(cell: object) -> str:
    return "" if cell is None else str(cell)


def as_xlsx(document: OfficeDocument) -> bytes:
    """One sheet a table, laid out and set up for print as the PDF; text is never a formula."""
    import xlsxwriter  # only exports wait for it

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False,
                                   "strings_to_urls": False}) as book:
        for table in document.tables:
            _sheet(book, document, table)
    return out.getvalue()


def _sheet(book: Workbook, document: OfficeDocument, table: OfficeTable) -> None:
    make = book.add_format
    font = {"font_name": "Times New Roman", "font_size": 12}
    middle = make({**font, "align": "center", "bold": True})
    title = make({**font, "font_size": 14, "align": "center", "bold": True})
    plain = make({**font, "align": "center", "italic": True})
    head = make({**font, "bold": True, "border": 1, "align": "center", "valign": "vcenter",
                 "text_wrap": True})
    cell = make({**font, "border": 1, "valign": "vcenter", "text_wrap": True})
    sheet = book.add_worksheet(table.name[:31])
    last = max(len(table.columns) - 1, 2)
    half = last // 2
    for number, (left, right) in enumerate(zip(document.bodies, document.nation, strict=True)):
        _across(sheet, number, 0, half, left, middle)
        _across(sheet, number, half + 1, last, right, middle)
    _across(sheet, 3, 0, last, document.title, title)
    _across(sheet, 4, 0, last, table.heading or document.subtitle, plain)
    sheet.write_row(6, 0, table.columns, head)
    for number, row in enumerate(table.rows, 7):
        sheet.write_row(number, 0, ["" if one is None else one for one in row], cell)
    end = 8 + len(table.rows)
    _across(sheet, end, half + 1, last, document.place_day, plain)
    _across(sheet, end + 1, 0, half, document.maker, middle)
    _across(sheet, end + 1, half + 1, last, document.head, middle)
    _across(sheet, end + 5, half + 1, last, document.head_name, middle)
    for number, width in enumerate(table.widths):
        sheet.set_column(number, number, width)
    sheet.set_landscape()
    sheet.set_paper(PAPER_A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(6)
    sheet.freeze_panes(7, 0)
    sheet.set_footer("&R&P/&N")


def _across(
    sheet: Worksheet, row: int, first: int, last: int, text: str, form: Format
) -> None:
    if first < last:
        sheet.merge_range(row, first, row, last, text, form)
    else:
        sheet.write(row, first, text, form)
