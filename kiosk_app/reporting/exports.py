"""Tables as CSV and XLSX, with period, definitions and a hash of the figures inside."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Sequence

from sqlalchemy import Connection

from kiosk_app.dossiers import counts as dossier_counts
from kiosk_app.feedback import events

FITTED = 2000
"""Rows up to which columns are made as wide as what stands in them."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def safe(value: object) -> object:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def _sheet_name(title: str) -> str:
    """What a workbook takes for a name: 31 letters at most, none of a few signs."""
    return "".join(" " if letter in "[]:*?/\\" else letter for letter in title)[:31].strip("' ")


def data_version(conn: Connection) -> str:
    """A mark of the facts behind a file: two files of one version hold the same figures."""
    return f"{events.version(conn)}-{dossier_counts.version(conn)}"


def digest(rows: Sequence[Sequence[object]]) -> str:
    """SHA-256 of the figures, for saying that two files hold the same."""
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False, default=str).encode()).hexdigest()


def as_csv(notes: Sequence[str], rows: Sequence[Sequence[object]]) -> bytes:
    """UTF-8 with byte-order mark; notes first, each in its own row."""
    out = io.StringIO()
    writer = csv.writer(out)
    for note in [*notes, f"SHA-256 {digest(rows)}"]:
        writer.writerow([safe(note)])
    writer.writerows([[safe(cell) for cell in row] for row in rows])
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(
    title: str, notes_title: str, notes: Sequence[str], rows: Sequence[Sequence[object]]
) -> bytes:
    """A workbook with the figures on one sheet and the notes on another."""
    import xlsxwriter  # only exports wait for it

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {
        "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
    })
    sheet, bold = book.add_worksheet(_sheet_name(title)), book.add_format({"bold": True})
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            sheet.write(number, column, "" if cell is None else safe(cell), None if number else bold)
    sheet.freeze_panes(1, 0)
    if len(rows) <= FITTED:
        sheet.autofit()
    about = book.add_worksheet(_sheet_name(notes_title))
    for number, note in enumerate([*notes, f"SHA-256 {digest(rows)}"]):
        about.write(number, 0, note)
    book.close()
    return out.getvalue()
