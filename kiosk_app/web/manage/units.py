"""Units of a past period by the units of another day, and service quality from dossiers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple
from datetime import date

from flask import Response, abort, request
from flask_babel import gettext as _
from sqlalchemy import Connection

from kiosk_app.accounts.permissions import Data
from kiosk_app.core import db
from kiosk_app.organisation import queries as organisation_queries
from kiosk_app.reporting import punctual, reorganisation, satisfaction, service_quality
from kiosk_app.reporting.records import Figure
from kiosk_app.reporting.service_quality import ServiceLine
from kiosk_app.web import access, translations
from kiosk_app.web.manage.surface import Filters, blueprint, download, filters_of, render


def _day(days: list[date], default: date) -> date:
    asked = request.args.get("on", "")
    if not asked:
        return default
    try:
        day = date.fromisoformat(asked)
    except ValueError:
        abort(404)
    return day if day in (*days, default) else abort(404)


@blueprint.get("/units")
@access.requires(Data.FIGURES)
def units() -> Response | str:
    """The period's units then, or as they were after a reorganisation."""
    with db.reading() as conn:
        filters = filters_of(conn)
        days = reorganisation.days_of_change(conn)
        on = _day(days, filters.period.last_day)
        found = reorganisation.roll_up(
            conn, filters.period, filters.unit_ids, on, translations.language()
        )
    if request.args.get("export"):
        rows = [
            [r.figure.label, "; ".join(r.members), r.figure.n, r.figure.eligible, r.figure.coverage,
             r.figure.share, r.figure.low, r.figure.high] for r in found.rows
        ]
        head = [_("Đơn vị"), _("Gồm"), "n", _("hồ sơ đủ điều kiện"), _("độ phủ"),
                _("tỷ lệ hài lòng"), _("thấp"), _("cao")]
        notes = [_("Theo đơn vị của ngày %(day)s.", day=f"{on:%d/%m/%Y}")]
        notes += [_("Không phân bổ lại được: %(name)s.", name=one.label) for one in found.unplaced]
        return download(request.args["export"], _("Đơn vị"), filters, head, rows, notes)
    return render("units", "_units", filters, found=found, days=days, on=on)


def _exported(filters: Filters, rows: Sequence[ServiceLine]) -> Response:
    head = [_("Tên"), _("Tiếp nhận"), _("Đã giải quyết"), _("Sớm"), _("Đúng hạn"), _("Trễ"),
            _("tỷ lệ sớm"), _("tỷ lệ đúng và sớm hạn"), _("tỷ lệ trễ"), _("Có bổ sung"),
            _("Bổ sung quá một lần"), _("Ngày theo quy định"), _("Ngày cam kết"),
            _("Cắt giảm thời gian"), _("Trực tuyến mức 3–4"), _("Số thủ tục"),
            _("Phí, lệ phí theo danh mục (đồng)"), _("Thủ tục đã số hóa")]
    return download(
        request.args["export"], _("Chất lượng phục vụ"), filters, head,
        [list(astuple(row))[1:] for row in rows],
        [_("Tính từ hồ sơ tiếp nhận trong kỳ và danh mục thủ tục có hiệu lực; tỷ lệ tính trên hồ "
           "sơ đã có kết quả.")],
    )


def _apart(
    conn: Connection, filters: Filters, rows: Sequence[ServiceLine]
) -> tuple[tuple[ServiceLine, Figure], ...]:
    return punctual.unsatisfied(rows, satisfaction.by_unit(
        conn, filters.period, filters.unit_ids, translations.language()
    ))


@blueprint.get("/service")
@access.requires(Data.FIGURES)
def service() -> Response | str:
    """Service quality from dossiers and the catalogue, by unit, field or procedure."""
    by, lang = request.args.get("by", "unit"), translations.language()
    if by not in service_quality.BY:
        abort(404)
    with db.reading() as conn:
        filters = filters_of(conn, from_dossiers=True)
        fields = organisation_queries.fields(conn)
        field = request.args.get("field", "")
        if field and not (field.isdigit() and int(field) in fields):
            abort(404)
        rows = service_quality.lines(conn, filters.period, filters.unit_ids, by, lang, field=field)
        if request.args.get("export"):
            return _exported(filters, rows)
        found = service_quality.service(conn, filters.period, filters.unit_ids, lang)
        return render(
            "service", "_service", filters, found=found, rows=rows, by=by, field=field,
            apart=_apart(conn, filters, rows) if by == "unit" and not field else (),
            field_name=fields[int(field)].name_vi if field else "",
            refs={str(u.id): u.ref for u in filters.units},
        )
