"""What the workbooks of offices share: type, head, signatures, print."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

PAPER_A4 = 9
LONGEST_NAME = 31
FONT = {"font_name": "Times New Roman", "font_size": 12}


class Signed(Protocol):
    """What stands at the head and the foot of a paper."""

    @property
    def bodies(self) -> tuple[str, str]:
        """The superior body and the one that hands it in."""
    @property
    def nation(self) -> tuple[str, str]:
        """The national header."""
    @property
    def place_day(self) -> str:
        """Place and day."""
    @property
    def maker(self) -> str:
        """Office of who made it."""
    @property
    def head(self) -> str:
        """Office of who signs."""
    @property
    def head_name(self) -> str:
        """Name of who signs, '' to leave the line free."""


@dataclass(frozen=True)
class Styles:
    """Formats of one workbook."""

    middle: Format
    title: Format
    plain: Format
    left: Format
    bold: Format
    head: Format
    cell: Format
    small: Format
    make: Callable[[dict[str, Any]], Format]


def styles(book: Workbook) -> Styles:
    """The house's formats."""
    make = book.add_format
    boxed = {**FONT, "border": 1, "valign": "vcenter", "text_wrap": True}
    return Styles(
        middle=make({**FONT, "align": "center", "bold": True}),
        title=make({**FONT, "font_size": 14, "align": "center", "bold": True}),
        plain=make({**FONT, "align": "center", "italic": True}),
        left=make({**FONT, "align": "left"}), bold=make({**FONT, "bold": True}),
        head=make({**boxed, "bold": True, "align": "center"}), cell=make(boxed),
        small=make({**FONT, "font_size": 8, "font_color": "#3F565B"}),
        make=lambda more: make({**boxed, **more}),
    )


def workbook(fill: Callable[[Workbook, Styles], None]) -> bytes:
    """A workbook in which text is never a formula or a link."""
    import xlsxwriter  # only exports wait for it

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False,
                                   "strings_to_urls": False}) as book:
        fill(book, styles(book))
    return out.getvalue()


def across(
    sheet: Worksheet, row: int, first: int, last: int, text: str, form: Format
) -> None:
    """One text over several columns."""
    if first < last:
        sheet.merge_range(row, first, row, last, text, form)
    else:
        sheet.write(row, first, text, form)


def letterhead(sheet: Worksheet, paper: Signed, last: int, form: Styles) -> None:
    """The bodies at the left and the nation at the right, in rows 0 and 1."""
    half = last // 2
    for number, (left, right) in enumerate(zip(paper.bodies, paper.nation, strict=True)):
        across(sheet, number, 0, half, left, form.middle)
        across(sheet, number, half + 1, last, right, form.middle)


def signatures(
    sheet: Worksheet, paper: Signed, row: int, last: int, form: Styles, mark: str
) -> None:
    """Place and day, who made it and who signs, and below them what marks the contents."""
    half = last // 2
    across(sheet, row, half + 1, last, paper.place_day, form.plain)
    across(sheet, row + 1, 0, half, paper.maker, form.middle)
    across(sheet, row + 1, half + 1, last, paper.head, form.middle)
    across(sheet, row + 5, half + 1, last, paper.head_name, form.middle)
    across(sheet, row + 7, 0, last, mark, form.small)


def about(book: Workbook, name: str, notes: Sequence[str]) -> None:
    """A sheet of its own that says what the file is of; none without a name."""
    if not name:
        return
    sheet = book.add_worksheet(name[:LONGEST_NAME])
    for number, note in enumerate(notes):
        sheet.write_string(number, 0, note)
    sheet.set_column(0, 0, 100)


def for_print(sheet: Worksheet, header: int, *, landscape: bool) -> None:
    """A4, as wide as a page, the header of the table again on each, pages numbered."""
    if landscape:
        sheet.set_landscape()
    sheet.set_paper(PAPER_A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(header)
    sheet.set_footer("&R&P/&N")
