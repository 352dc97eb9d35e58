"""Long exports as jobs, and charts as files with what they show written inside."""

from __future__ import annotations

from flask import (
    Response,
    abort,
    current_app,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask_babel import gettext as _

from kiosk_app.accounts.permissions import Data, Scope
from kiosk_app.core import clock, db
from kiosk_app.core.columns import from_ms, to_ms
from kiosk_app.core.errors import RuleError
from kiosk_app.exports import commands, queries
from kiosk_app.exports.records import Wish
from kiosk_app.reporting import cells_export, overview, periods
from kiosk_app.web import access, translations
from kiosk_app.web.extensions import htmx
from kiosk_app.web.manage import chart_files, words
from kiosk_app.web.manage.overview import DRAWN, WITH_DIMENSION
from kiosk_app.web.manage.surface import Filters, blueprint, filters_of


def _names() -> dict[str, str]:
    found = {f"reason:{code}": text for code, text in words.reason_names().items()}
    for dimension in overview.DIMENSIONS:
        for value in ("tablet", "phone", "paper", "direct", "online", "post", "reception",
                      "supplement", "refusal", "return"):
            text = words.value_name(dimension, value, {})
            if text != value and dimension != "field":
                found[f"{dimension}:{value}"] = text
    found["total:"] = _("Tất cả")
    return found


def _head() -> list[str]:
    return [_("Tháng"), _("Đơn vị"), _("Chiều"), _("Giá trị"), _("Tên"), "n",
            _("hồ sơ đủ điều kiện"), _("độ phủ"), _("tỷ lệ hài lòng"), _("thấp"), _("cao"),
            *words.level_names(), _("bị ẩn")]


def _texts(filters: Filters) -> dict[str, object]:
    return {
        "title": _("Số liệu theo ô"), "notes_title": _("Ghi chú"), "head": _head(),
        "names": _names(), "version": _("Phiên bản số liệu:"), "notes": [
            _("Kỳ: %(period)s. Đơn vị: %(place)s.", period=words.period_name(filters.period),
              place=filters.place),
            _("Tỷ lệ hài lòng: mức 4 và 5 trên tổng số lượt; khoảng 95% theo Wilson; ô trống: chưa đủ "
              "lượt nên ẩn."),
            _("Mỗi dòng là một ô đã công bố: tháng, đơn vị và một chiều bên cạnh."),
        ],
    }


STUCK_MS = 120_000
"""A job is begun within seconds; one that waits longer waits for a worker that does not run."""


def state_names() -> dict[str, str]:
    """State of a job in words."""
    return {"waiting": _("Đang chờ"), "running": _("Đang làm"), "done": _("Xong"),
            "failed": _("Không làm được"), "expired": _("Đã xoá khi hết hạn")}


def _page(problem: str = "", status: int = 200) -> tuple[str, int]:
    with db.reading() as conn:
        filters = filters_of(conn)
        jobs = queries.jobs(conn, access.current().user_id)
    busy = any(job.state in ("waiting", "running") for job in jobs)
    stuck = any(job.state == "waiting" and to_ms(clock.now()) - job.created_ms > STUCK_MS
                for job in jobs)
    template = "manage/_jobs.html" if htmx and not problem else "manage/exports.html"
    return render_template(
        template, words=words, filters=filters, choices=filters.choices,
        jobs=jobs, busy=busy, stuck=stuck, states=state_names(), moment=from_ms, problem=problem,
        period_of=lambda key: words.period_name(periods.parse(key)), charts=sorted(DRAWN),
        chart_names=chart_names(),
    ), status


def chart_names() -> dict[str, str]:
    """Each chart of the first page by its finding's subject."""
    return {
        "trend": _("Tỷ lệ hài lòng theo tháng"), "weeks": _("Tỷ lệ hài lòng theo tuần"),
        "levels": _("Phân bố năm mức"), "reasons": _("Điều chưa hài lòng"),
        "hours": _("Theo thứ và giờ"), "coverage": _("Độ phủ theo đơn vị"),
    }


@blueprint.get("/exports", endpoint="exports")
@access.requires(Data.FIGURES)
def own_jobs() -> tuple[str, int]:
    """The account's own exports, and how to ask for one."""
    return _page()


@blueprint.post("/exports")
@access.requires(Data.FIGURES)
def ask_export() -> Response | tuple[str, int]:
    """Ask for every cell of a period as one file."""
    with db.reading() as conn:
        try:
            period = periods.parse(request.form.get("period", ""))
        except RuleError:
            abort(404)
        filters = filters_of(conn)
    unit = next((u for u in filters.units if u.ref == request.form.get("unit")), None)
    if request.form.get("unit") and unit is None:
        abort(404)
    ids = [unit.id] if unit else [u.id for u in filters.units]
    groups = access.groups_only()
    if groups:
        with db.reading() as conn:
            ids = cells_export.units_of_groups(conn, period, ids)
    chosen = Filters(period, unit, ids, filters.months, filters.units)
    officers = access.reach(Data.FIGURES_OFFICERS) in (Scope.OWN_UNITS, Scope.ALL)
    try:
        commands.ask(access.current().user_id, Wish(
            "groups" if groups else "cells", period.key, tuple(chosen.unit_ids), officers,
            request.form.get("format", "csv"), translations.language(), _texts(chosen),
        ), actor=access.actor(), now=clock.now())
    except RuleError as refused:
        texts = {
            "too_many_waiting": _("Ba bản xuất đang chờ: xin đợi một bản xong rồi đặt tiếp."),
            "format_unknown": _("Xin chọn CSV hoặc Excel."),
        }
        return _page(texts.get(refused.code, refused.detail), 422)
    return redirect(url_for("manage.exports"), 303)  # type: ignore[return-value]


@blueprint.get("/exports/<ref>")
@access.requires(Data.FIGURES)
def fetch_export(ref: str) -> Response:
    """The result, for the one who asked alone."""
    with db.reading() as conn:
        job = queries.job(conn, ref, access.current().user_id)
    if job is None or job.state != "done":
        abort(404)
    folder = current_app.config["KIOSK_SETTINGS"].data_dir / "exports"
    path = folder / f"{job.ref}.{job.wish.format}"
    if not path.is_file():
        abort(404)
    response = send_file(
        path, as_attachment=True, download_name=f"kiosk-{job.wish.period}.{job.wish.format}",
        max_age=0,
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.get("/exports/charts/<name>.<kind>")
@access.requires(Data.FIGURES)
def chart_file(name: str, kind: str) -> Response:
    """A chart as SVG or PNG with period, filters, definitions, version and hash inside."""
    if name not in DRAWN:
        abort(404)
    with db.reading() as conn:
        filters = filters_of(conn)
        if filters.beside and name not in WITH_DIMENSION:
            abort(404)
        drawn = DRAWN[name](conn, filters)
        return chart_files.as_file(
            conn, filters, drawn, name=name, title=str(chart_names()[name]), kind=kind
        )
