"""A chart as a file: period, filters, definitions, version of the data and hash are inside it."""

from __future__ import annotations

import json
from hashlib import sha256
from xml.sax.saxutils import escape

from flask import Response, abort, request
from flask_babel import gettext as _
from sqlalchemy import Connection

from kiosk_app.documents.typesetting import set_document
from kiosk_app.reporting import exports
from kiosk_app.web.manage import words
from kiosk_app.web.manage.surface import Filters, svg

KINDS = ("svg", "png")


def _notes(filters: Filters, version: str, drawn: bytes) -> list[str]:
    chosen = ""
    if filters.beside:
        chosen = " " + _("Lọc: %(value)s.", value=words.value_name(
            filters.beside.dimension, filters.beside.value, {}))
    return [
        _("Kỳ: %(period)s. Đơn vị: %(place)s.", period=words.period_name(filters.period),
          place=filters.place) + chosen,
        _("Tỷ lệ hài lòng: mức 4 và 5 trên tổng số lượt; khoảng 95% theo Wilson; ô trống: chưa đủ "
          "lượt nên ẩn."),
        _("Phiên bản số liệu: %(version)s", version=version),
        f"SHA-256 {sha256(drawn).hexdigest()}",
    ]


def as_file(
    conn: Connection, filters: Filters, drawn: bytes, *, name: str, title: str, kind: str
) -> Response:
    """The chart to take away, as SVG or PNG."""
    notes = _notes(filters, exports.data_version(conn), drawn)
    if kind == "svg":
        inside = f"<metadata>{escape(json.dumps(notes, ensure_ascii=False))}</metadata></svg>"
        body, mime = drawn.rstrip().removesuffix(b"</svg>") + inside.encode(), "image/svg+xml"
    else:
        body = set_document(
            "chart", {"svg": drawn.decode(), "title": title, "notes": notes}, kind="png"
        )[0]
        mime = "image/png"
    response = Response(body, content_type=mime)
    response.headers["Content-Disposition"] = (
        f'attachment; filename="{name}-{filters.period.key}.{kind}"'
    )
    return response


def answer(
    conn: Connection, filters: Filters, drawn: bytes, *, name: str, title: str
) -> Response:
    """The chart for its page, or with ``?file=svg|png`` to take away."""
    kind = request.args.get("file", "")
    if not kind:
        return svg(drawn)
    if kind not in KINDS:
        abort(404)
    return as_file(conn, filters, drawn, name=name, title=title, kind=kind)
