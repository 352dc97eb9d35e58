"""Views of the manager's pages; each page, its fragment, its export read the same figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from flask import Blueprint, Response, abort, render_template, request
from flask_babel import gettext as _
from sqlalchemy import Connection

from kiosk_app.accounts.permissions import Data, Scope
from kiosk_app.core import db
from kiosk_app.core.collation import alphabetical
from kiosk_app.core.errors import RuleError
from kiosk_app.dossiers import counts as dossier_counts
from kiosk_app.feedback import queries as feedback_queries
from kiosk_app.organisation import queries as organisation_queries
from kiosk_app.organisation.records import UnitRecord
from kiosk_app.reporting import charts, exports, periods, satisfaction, service_quality
from kiosk_app.reporting.records import Figure
from kiosk_app.web import access, translations
from kiosk_app.web.extensions import htmx
from kiosk_app.web.manage import words
from kiosk_app.web.presentation import here, month, number, percent

blueprint = Blueprint("manage", __name__, url_prefix="/manage")
PAGE_ROWS = 50


@dataclass(frozen=True)
class Filters:
    """Period and unit of the request, and what may be chosen."""

    period: periods.Period
    unit: UnitRecord | None
    unit_ids: list[int]
    months: list[int]
    units: list[UnitRecord]

    @property
    def place(self) -> str:
        """The unit's name, or all units."""
        return self.unit.name(translations.language()) if self.unit else _("tất cả đơn vị")


def _filters(conn: Connection, *, from_dossiers: bool = False) -> Filters:
    visible = access.visible_units(conn)
    months = (
        dossier_counts.months_with_data(conn) if from_dossiers
        else feedback_queries.periods_with_data(conn)
    )
    default = periods.of_month(months[-1]).key if months else "2018-01"
    if from_dossiers and months:
        default = str(months[-1] // 100)
    try:
        period = periods.parse(request.args.get("period") or default)
    except RuleError:
        abort(404)
    units = [u for u in organisation_queries.receiving_units(conn) if u.id in set(visible)]
    ref = request.args.get("unit", "")
    unit = next((u for u in units if u.ref == ref), None)
    if ref and unit is None:
        abort(404)
    return Filters(period, unit, [unit.id] if unit else [u.id for u in units], months, units)


def _render(template: str, fragment: str, **values: object) -> str:
    partial = bool(htmx) and not htmx.history_restore_request
    return render_template(
        f"manage/{fragment if partial else template}.html", words=words, **values
    )


@blueprint.get("/")
@access.requires(Data.FIGURES)
def overview() -> str:
    """One sentence with its uncertainty, then figures."""
    with db.reading() as conn:
        filters = _filters(conn)
        found = satisfaction.overview(
            conn, filters.period, filters.unit_ids, filters.months, translations.language()
        )
    return _render(
        "overview", "_overview", filters=filters, found=found,
        choices=periods.choices(filters.months), reasons=words.reason_names(),
    )


SORTS = {
    "label": lambda row: alphabetical(row.label), "n": lambda row: -(row.n or 0),
    "coverage": lambda row: -(row.coverage or 0), "tier": lambda row: row.tier,
}
"""By rate never: a table sorted by rate is a league table."""


def _chosen(rows: Sequence[Figure]) -> tuple[list[Figure], int, int]:
    wanted = request.args.get("q", "").strip().casefold()
    found = [row for row in rows if wanted in row.label.casefold()]
    found.sort(key=SORTS.get(request.args.get("sort", "label"), SORTS["label"]))
    page = max(1, request.args.get("page", 1, type=int))
    return found[(page - 1) * PAGE_ROWS : page * PAGE_ROWS], len(found), page


def _export(kind: str, title: str, filters: Filters, rows: Sequence[Figure]) -> Response:
    head = [title, "n", _("hồ sơ đủ điều kiện"), _("độ phủ"), _("tỷ lệ hài lòng"),
            _("thấp"), _("cao"), _("đã điều chỉnh"), _("nhận định")]
    body = [
        [r.label, r.n, r.eligible, r.coverage, r.share, r.low, r.high, r.adjusted,
         words.tier_name(r.tier) if r.tier else ""] for r in rows
    ]
    notes = [
        _("Kỳ: %(period)s. Đơn vị: %(place)s.", period=words.period_name(filters.period),
          place=filters.place),
        _("Tỷ lệ hài lòng: mức 4 và 5 trên tổng số lượt; khoảng 95% theo Wilson; ô trống: chưa đủ "
          "lượt nên ẩn."),
    ]
    name = f"{request.endpoint}-{filters.period.key}".replace(".", "-")
    if kind == "csv":
        return _file(exports.as_csv(notes, [head, *body]), "text/csv", f"{name}.csv")
    if kind != "xlsx":
        abort(404)
    mime = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return _file(exports.as_xlsx(title, _("Ghi chú"), notes, [head, *body]), mime, f"{name}.xlsx")


def _file(body: bytes, mime: str, name: str) -> Response:
    response = Response(body, content_type=mime)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _table(kind: str, title: str, rows: Sequence[Figure], filters: Filters) -> Response | str:
    if request.args.get("export"):
        return _export(request.args["export"], title, filters, rows)
    shown, total, page = _chosen(rows)
    return _render(
        "table", "_table", kind=kind, title=title, rows=shown, total=total, page=page,
        pages=max(1, -(-total // PAGE_ROWS)), filters=filters,
        choices=periods.choices(filters.months), args=request.args,
    )


@blueprint.get("/officers")
@access.requires(Data.FIGURES_OFFICERS)
def officers() -> Response | str:
    """Officers by name, compared on like cases; an officer sees the own row only."""
    with db.reading() as conn:
        filters = _filters(conn)
        rows = satisfaction.by_officer(conn, filters.period, filters.unit_ids)
    if access.reach(Data.FIGURES_OFFICERS) == Scope.OWN:
        own = str(access.current().officer_id)
        rows = tuple(r for r in rows if r.key == own and (r.reliability or 0) >= 0.5)
    return _table("officers", _("Cán bộ"), rows, filters)


@blueprint.get("/procedures")
@access.requires(Data.FIGURES)
def procedures() -> Response | str:
    """Procedures by name."""
    with db.reading() as conn:
        filters = _filters(conn)
        rows = satisfaction.by_procedure(
            conn, filters.period, filters.unit_ids, translations.language()
        )
    return _table("procedures", _("Các thủ tục"), rows, filters)


@blueprint.get("/service")
@access.requires(Data.FIGURES)
def service() -> str:
    """Service quality from dossiers and the catalogue."""
    with db.reading() as conn:
        filters = _filters(conn, from_dossiers=True)
        found = service_quality.service(
            conn, filters.period, filters.unit_ids, translations.language()
        )
    return _render(
        "service", "_service", filters=filters, found=found,
        choices=periods.choices(filters.months),
    )


def _svg(body: bytes) -> Response:
    response = Response(body, content_type="image/svg+xml; charset=utf-8")
    response.set_etag(sha256(body).hexdigest()[:32])
    response.headers["Cache-Control"] = "private, no-cache"
    response.make_conditional(request)
    return response


@blueprint.get("/charts/<name>.svg")
@access.requires(Data.FIGURES)
def chart(name: str) -> Response:
    """A chart of the overview, in a request of its own."""
    with db.reading() as conn:
        filters = _filters(conn)
        found = satisfaction.overview(
            conn, filters.period, filters.unit_ids, filters.months, translations.language()
        )
    said = words.sentence(found.total, filters.period, filters.place)
    if name == "trend":
        notes = ["n = " + number(r.n) if r.n is not None else _("ẩn") for r in found.trend]
        return _svg(charts.trend(
            found.trend, labels=[month(int(r.key)) for r in found.trend], notes=notes,
            title=_("Tỷ lệ hài lòng theo tháng"), description=said,
        ))
    if name != "levels":
        abort(404)
    total = sum(found.total.levels or (0,)) or 1
    values = [f"{number(n)} · {percent(n / total)}" for n in found.total.levels or (0, 0, 0, 0, 0)]
    return _svg(charts.levels(
        found.total, labels=words.level_names(), values=values,
        title=_("Phân bố năm mức"), description=said,
    ))


@blueprint.context_processor
def _names() -> dict[str, object]:
    return {"address": here}
