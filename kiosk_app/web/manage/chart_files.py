"""A chart of the managers as a file: period, filters, definitions and version are inside it."""

from __future__ import annotations

from flask import Response, request
from flask_babel import gettext as _
from sqlalchemy import Connection

from kiosk_app.reporting import exports
from kiosk_app.web import drawn as files
from kiosk_app.web.manage.surface import Filters, svg


def as_file(
    conn: Connection, filters: Filters, drawn: bytes, *, name: str, title: str, kind: str
) -> Response:
    """The chart to take away, as SVG or PNG."""
    return files.taken_away(drawn, [
        filters.said,
        _("Tỷ lệ hài lòng: mức 4 và 5 trên tổng số lượt; khoảng 95% theo Wilson; ô trống: chưa đủ "
          "lượt nên ẩn."),
        _("Phiên bản số liệu: %(version)s", version=exports.data_version(conn)),
    ], name=f"{name}-{filters.period.key}", title=title, kind=kind)


def answer(
    conn: Connection, filters: Filters, drawn: bytes, *, name: str, title: str
) -> Response:
    """The chart for its page, or with ``?file=svg|png`` to take away."""
    kind = request.args.get("file", "")
    if not kind:
        return svg(drawn)
    return as_file(conn, filters, drawn, name=name, title=title, kind=kind)
