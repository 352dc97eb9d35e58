"""A table of the office pages as a file; figures with their notes are ``reporting.exports``."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from flask import Response

MIMES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def _safe(value: object) -> object:
    """Text that a spreadsheet must not take for a formula."""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return "'" + value
    return "" if value is None else value


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows([[_safe(value) for value in row] for row in rows])
    return out.getvalue().encode("utf-8-sig")


def _xlsx(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    import xlsxwriter  # only exports wait for it

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False,
                                   "strings_to_urls": False}) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        sheet.write_row(0, 0, header, bold)
        for number, row in enumerate(rows, 1):
            sheet.write_row(number, 0, ["" if value is None else value for value in row])
        sheet.freeze_panes(1, 0)
        sheet.autofit()
    return out.getvalue()


def download(
    kind: str, name: str, header: Sequence[str], rows: Iterable[Sequence[object]]
) -> Response:
    """The table as a file; ``kind`` is csv or xlsx."""
    if kind == "xlsx":
        body = _xlsx(header, rows)
        mime = MIMES["xlsx"]
    else:
        body, mime = _csv(header, rows), "text/csv; charset=utf-8"
    answer = Response(body, mimetype=mime)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return answer


def paper(kind: str, name: str, body: bytes) -> Response:
    """A paper about people: a PDF opens in the window, a workbook is saved; no cache keeps it."""
    answer = Response(body, mimetype=MIMES[kind])
    how = "inline" if kind == "pdf" else "attachment"
    answer.headers["Content-Disposition"] = f'{how}; filename="{name}.{kind}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
