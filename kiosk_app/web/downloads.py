"""A table of the office pages as a file, with what it is a table of written inside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask import Response
from flask_babel import gettext as _

from kiosk_app.reporting import exports

MIMES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def download(
    kind: str, name: str, header: Sequence[str], rows: Iterable[Sequence[object]], *, title: str,
    notes: Sequence[str],
) -> Response:
    """The table as a file; ``kind`` is csv or xlsx. ``notes`` say selection, meaning and version."""
    body: list[Sequence[object]] = [list(header), *rows]
    said = [title, *notes]
    if kind == "xlsx":
        content, mime = exports.as_xlsx(title, _("Ghi chú"), said, body), MIMES["xlsx"]
    else:
        content, mime = exports.as_csv(said, body), "text/csv; charset=utf-8"
    answer = Response(content, mimetype=mime)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return answer


def paper(kind: str, name: str, body: bytes) -> Response:
    """A paper about people: a PDF opens in the window, a workbook is saved; no cache keeps it."""
    answer = Response(body, mimetype=MIMES[kind])
    how = "inline" if kind == "pdf" else "attachment"
    answer.headers["Content-Disposition"] = f'{how}; filename="{name}.{kind}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
