"""Service quality from dossiers and the catalogue: totals, and lines that can be drilled into."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import astuple
from typing import Any

from flask import Response, abort, request
from flask_babel import gettext as _
from sqlalchemy import Connection

from kiosk_app.accounts.permissions import Data
from kiosk_app.core import db
from kiosk_app.core.collation import sought
from kiosk_app.organisation import queries as organisation_queries
from kiosk_app.reporting import punctual, satisfaction, service_quality
from kiosk_app.reporting.records import Figure, Service
from kiosk_app.reporting.service_quality import ServiceLine
from kiosk_app.web import access, translations
from kiosk_app.web.manage.surface import (
    Filters,
    Taken,
    blueprint,
    filters_of,
    page_asked,
    render,
    take,
)

PAGE_ROWS = 50
SORTS: dict[str, Callable[[ServiceLine], Any]] = {
    "received": lambda line: -line.received, "early": lambda line: -line.early,
    "on_time": lambda line: -line.on_time, "late": lambda line: -line.late,
    "supplement": lambda line: -line.supplement_over_limit, "fees": lambda line: -line.fees,
}
"""By counts, the most first; by a share never. Without one: by name, the centre first."""


def _lines(rows: Sequence[ServiceLine], field_name: str) -> Taken:
    head = [_("Tên"), _("Tiếp nhận"), _("Đã giải quyết"), _("Sớm"), _("Đúng hạn"), _("Trễ"),
            _("tỷ lệ sớm"), _("tỷ lệ đúng và sớm hạn"), _("tỷ lệ trễ"), _("Có bổ sung"),
            _("Bổ sung quá một lần"), _("Ngày theo quy định"), _("Ngày cam kết"),
            _("Cắt giảm thời gian"), _("Trực tuyến mức 3–4"), _("Số thủ tục"),
            _("Phí, lệ phí theo danh mục (đồng)"), _("Thủ tục đã số hóa")]
    wanted = request.args.get("q", "").strip()
    chosen = [_("Lọc: lĩnh vực %(field)s.", field=field_name)] if field_name else []
    chosen += [_("Lọc: tên có “%(q)s”.", q=wanted)] if wanted else []
    return Taken(_("Chất lượng phục vụ"), head, [list(astuple(row))[1:] for row in rows], [
        *chosen,
        _("Tính từ hồ sơ tiếp nhận trong kỳ và danh mục thủ tục có hiệu lực; tỷ lệ tính trên hồ "
          "sơ đã có kết quả."),
    ])


def _totals(found: Service) -> Taken:
    """Centre and wards, and the rounds of training, as they stand at the top of the page."""
    head = [_("Tên"), _("Tiếp nhận"), _("Đã giải quyết"), _("Sớm"), _("Đúng hạn"), _("Trễ"),
            _("tỷ lệ đúng và sớm hạn"), _("Cắt giảm thời gian"), _("Trực tuyến mức 3–4"),
            _("Số thủ tục"), _("Bổ sung quá một lần")]
    rows = [
        [name, *list(astuple(total))[2:]]
        for name, total in ((_("Trung tâm"), found.centre), (_("Các phường"), found.wards))
    ]
    return Taken(_("Trung tâm và các phường"), head, rows, [
        _("Tính từ hồ sơ tiếp nhận trong kỳ và danh mục thủ tục có hiệu lực; tỷ lệ tính trên hồ "
          "sơ đã có kết quả."),
        _("Đợt tập huấn cho cán bộ phường trong năm: %(n)s.", n=found.ward_rounds),
    ])


def _apart(
    conn: Connection, filters: Filters, rows: Sequence[ServiceLine]
) -> tuple[tuple[ServiceLine, Figure], ...]:
    return punctual.unsatisfied(rows, filters.told(satisfaction.by_unit(
        conn, filters.period, filters.unit_ids, translations.language()
    ), "unit"))


def _chosen(rows: Sequence[ServiceLine]) -> list[ServiceLine]:
    """The lines that the address asks for, in its order."""
    fits = sought(request.args.get("q", "").strip())
    found = [line for line in rows if fits(line.label)]
    key = SORTS.get(request.args.get("sort", ""))
    return sorted(found, key=key) if key else found


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
        if field and field not in {str(one) for one in fields}:
            abort(404)
        rows = _chosen(
            service_quality.lines(conn, filters.period, filters.unit_ids, by, lang, field=field)
        )
        field_name = fields[int(field)].name(lang) if field else ""
        found = service_quality.service(conn, filters.period, filters.unit_ids, lang)
        if request.args.get("export"):
            return take(filters, {
                "lines": lambda: _lines(rows, field_name), "totals": lambda: _totals(found),
            })
        page, pages = page_asked(len(rows), PAGE_ROWS)
        return render(
            "service", "_service", filters, found=found, by=by, field=field, field_name=field_name,
            rows=rows[(page - 1) * PAGE_ROWS : page * PAGE_ROWS], page=page, pages=pages,
            total=len(rows),
            apart=_apart(conn, filters, rows) if by == "unit" and not field else (),
            refs={str(u.id): u.ref for u in filters.units},
        )
