"""Comments, masked: search without marks, topics and their course, redaction of a single one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import groupby

from flask import Response, abort, flash, redirect, request, url_for
from flask_babel import gettext as _

from kiosk_app.accounts.permissions import Data, Scope
from kiosk_app.core import clock, db
from kiosk_app.core.columns import LOCAL_ZONE
from kiosk_app.core.errors import RuleError
from kiosk_app.feedback import commands
from kiosk_app.feedback.readings import Said
from kiosk_app.reporting import comments as reading
from kiosk_app.reporting.comments import Comments
from kiosk_app.reporting.reading import plain
from kiosk_app.web import access
from kiosk_app.web.manage import words
from kiosk_app.web.manage.surface import (
    Taken,
    blueprint,
    filters_of,
    page_asked,
    render,
    take,
)
from kiosk_app.web.presentation import month

PAGE_ROWS = 30
LEAST_LETTERS = 2
SIDES = {"bad": -1, "good": 1}
"""Values of ``side`` in the address."""


def _today() -> date:
    return clock.now().astimezone(LOCAL_ZONE).date()


def _refuse_assigned() -> None:
    if access.reach(Data.COMMENTS) not in (Scope.OWN_UNITS, Scope.ALL):
        abort(403)


def week_name(week: int) -> str:
    """``tuần 41/2018`` of yyyyww."""
    return str(_("tuần %(week)s/%(year)s", week=week % 100, year=week // 100))


def side_names() -> dict[int, str]:
    """Complaints, praise or both, in words."""
    return {0: _("Tất cả"), -1: _("Chỉ lời chê"), 1: _("Chỉ lời khen")}


def _alike(rows: Sequence[Said]) -> list[list[Said]]:
    """Comments of one week and one wording together; the list already has them side by side."""
    return [list(held) for _key, held in groupby(rows, key=lambda one: (one.week, one.text))]


def _listed(rows: Sequence[Said], wanted: str, topic: str, side: int) -> Taken:
    names = words.topic_names()
    return Taken(
        _("Ý kiến"), [_("Tuần"), _("Ý kiến"), _("Chủ đề khen"), _("Chủ đề chê")],
        [[week_name(one.week), one.text,
          *("; ".join(names.get(code, code) for code, way in one.topics if way * sign > 0)
            for sign in (1, -1))] for one in rows],
        [_("Lọc: có chữ “%(q)s”, chủ đề %(topic)s, %(side)s.", q=wanted or "*",
           topic=names.get(topic, topic) or "*", side=side_names()[side]),
         _("Tên, số điện thoại, số giấy tờ và mã hồ sơ đã che. Danh sách dưới 5 ý kiến không "
           "hiện.")],
    )


def _topics(found: Comments) -> Taken:
    names = words.topic_names()
    months = [month(one) for one, _n in found.topics[0].course] if found.topics else []
    return Taken(
        _("Chủ đề"), [_("Chủ đề"), _("Khen"), _("Chê"), _("phần chê"), _("thấp"), _("cao"), *months],
        [[names.get(t.code, t.code), t.good, t.bad,
          *((t.share_bad.estimate, t.share_bad.low, t.share_bad.high) if t.share_bad else (None,) * 3),
          *(n for _month, n in t.course)] for t in found.topics],
        [_("Ý kiến trong kỳ: %(n)s. Cột tháng đếm lời chê. Phần chê: trên mọi ý kiến, khoảng 95%% theo "
           "Wilson. Đếm bằng từ điển nên là số ít nhất; ô trống: dưới 5 nên ẩn.", n=found.total)],
    )


def _page(problem: str = "", status: int = 200) -> tuple[Response | str, int]:
    _refuse_assigned()
    wanted, topic = request.args.get("q", "").strip()[:80], request.args.get("topic", "")
    topic = topic if topic in reading.topic_codes() else ""
    side = SIDES.get(request.args.get("side", ""), 0)
    if wanted and min(map(len, plain(wanted).split()), default=0) < LEAST_LETTERS:
        problem = problem or _("Gõ ít nhất hai chữ cái khác nhau; “%(q)s” có ở gần như mọi ý kiến.",
                               q=wanted)
        wanted = ""
    exporting = bool(request.args.get("export"))
    with db.reading() as conn:
        filters = filters_of(conn)

        def found_on(page: int) -> Comments:
            return reading.search(
                conn, filters.period, filters.unit_ids, _today(), words=wanted, topic=topic, side=side,
                limit=None if exporting else PAGE_ROWS,
                offset=0 if exporting else (page - 1) * PAGE_ROWS,
            )

        found = found_on(1)
        page, pages = page_asked(found.fitting or 0, PAGE_ROWS)
        if page > 1 and not exporting:
            found = found_on(page)
    rows = found.found or ()
    if exporting:
        return take(filters, {
            "list": lambda: _listed(rows, wanted, topic, side), "topics": lambda: _topics(found),
        }), 200
    return render(
        "comments", "_comments", filters, found=found, names=words.topic_names(),
        week_name=week_name, groups=_alike(rows), page=page, side=side, sides=side_names(),
        pages=pages, wanted=wanted, topic=topic, problem=problem,
        may_redact=access.changes(Data.COMMENTS), typed=request.form,
    ), status


@blueprint.get("/comments")
@access.requires(Data.COMMENTS)
def comments() -> tuple[Response | str, int]:
    """Masked comments of the period."""
    return _page()


@blueprint.post("/comments/<ref>")
@access.requires(Data.COMMENTS)
def redact(ref: str) -> Response | tuple[Response | str, int]:
    """Redact one comment with a reason; the rating stays and the seals still verify."""
    _refuse_assigned()
    with db.reading() as conn:
        filters = filters_of(conn)
        item = reading.item_of(conn, ref, filters.period, filters.unit_ids, _today())
    if item is None:
        abort(404)
    try:
        commands.redact_comment(
            item, reason=request.form.get("reason", ""), actor=access.actor(), now=clock.now()
        )
    except RuleError:
        return _page(_("Xin ghi lý do gỡ ý kiến."), 422)
    flash(_("Đã gỡ ý kiến. Lượt đánh giá vẫn được tính và dấu niêm phong vẫn khớp."))
    return redirect(url_for("manage.comments", **filters.address), 303)  # type: ignore[return-value,arg-type]
