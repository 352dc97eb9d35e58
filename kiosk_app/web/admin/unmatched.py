"""Views of ratings that wait for their dossier: why, and which one a person says it is."""

from __future__ import annotations

from collections import Counter

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from kiosk_app.accounts.permissions import Data
from kiosk_app.core import clock, db
from kiosk_app.core.columns import day_of
from kiosk_app.core.errors import RuleError
from kiosk_app.feedback import commands, unmatched
from kiosk_app.feedback.causes import Cause
from kiosk_app.organisation import queries
from kiosk_app.web import access, translations, typed
from kiosk_app.web.admin.trail import blueprint

__all__ = ["blueprint"]
PAGE_ROWS = 50


def causes() -> dict[str, tuple[str, str]]:
    """Each cause in words, and what to do about it."""
    return {
        Cause.NOT_IMPORTED: (_("Hồ sơ chưa được nhập"), _("Nhập tệp hồ sơ mới nhất; lượt này tự khớp.")),
        Cause.TYPED_WRONGLY: (_("Gõ sai mã"), _("Chọn hồ sơ đúng trong các mã gần giống.")),
        Cause.TIE: (_("Nhiều hồ sơ trùng 6 số cuối"), _("Chọn hồ sơ đúng.")),
        Cause.OTHER_UNIT: (_("Mã của đơn vị khác"), _("Chờ đơn vị đó nhập hồ sơ, hoặc tự nhập mã đúng.")),
        Cause.NONSENSE: (_("Không phải mã hồ sơ"), _("Không cần làm gì: lượt này chỉ tính cho đơn vị.")),
    }


def refusal(code: str) -> str:
    """What was refused, and how to cure it."""
    texts = {
        "not_unmatched": _("Lượt này không còn chờ hồ sơ. Tải lại trang để xem danh sách mới."),
        "dossier_unknown": _("Không có hồ sơ nào mang mã này. Xem lại mã."),
        "reason_missing": _("Ghi lý do vì sao hồ sơ này là đúng."),
    }
    return str(texts.get(code, code))


def _week(day: int) -> str:
    """Ratings are dated by week, so that nobody recognises a visit."""
    year, week, _weekday = day_of(day).isocalendar()
    return str(_("tuần %(week)s/%(year)s", week=week, year=year))


def _page(problem: str = "", status: int = 200) -> tuple[str, int]:
    with db.reading() as conn:
        rows = unmatched.waiting(conn)
        whole = unmatched.total(conn)
        units = queries.units(conn)
        procedures = {k: v.name(translations.language()) for k, v in queries.procedures(conn).items()}
    counts = Counter(row.cause for row in rows)
    wanted = request.args.get("cause", "")
    chosen = [row for row in rows if not wanted or row.cause == wanted]
    page = max(1, request.args.get("page", 1, type=typed.small))
    return render_template(
        "admin/unmatched.html", rows=chosen[(page - 1) * PAGE_ROWS : page * PAGE_ROWS],
        total=len(chosen), whole=whole, page=page, pages=max(1, -(-len(chosen) // PAGE_ROWS)),
        counts=counts, causes=causes(), wanted=wanted, units=units, procedures=procedures,
        week=_week, problem=problem, typed=request.form, may_edit=access.changes(Data.INTAKE),
    ), status


@blueprint.get("/unmatched")
@access.requires(Data.INTAKE)
def unmatched_page() -> tuple[str, int]:
    """Ratings without a dossier, by cause."""
    return _page()


@blueprint.post("/unmatched")
@access.requires(Data.INTAKE)
def match() -> tuple[str, int] | Response:
    """A person says which dossier a rating belongs to; audited with the reason."""
    code = request.form.get("receipt", "") or request.form.get("other", "")
    try:
        state = commands.match_by_hand(
            request.form.get("rating", ""), code[:200], reason=request.form.get("reason", ""),
            actor=access.actor(), now=clock.now(),
        )
    except RuleError as refused:
        return _page(refusal(refused.code), 422)
    if state == "superseded":
        flash(_("Hồ sơ này đã có lượt đánh giá khác; lượt này được giữ nhưng không tính."))
    else:
        flash(_("Đã khớp với hồ sơ %(code)s.", code=code))
    return redirect(url_for("admin.unmatched_page", cause=request.args.get("cause") or None), 303)
