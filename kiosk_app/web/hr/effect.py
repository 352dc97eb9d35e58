"""What a session changed, on four levels; the newest estimate or the one that was published."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from kiosk_app.accounts.permissions import Data
from kiosk_app.core import clock, db
from kiosk_app.core.errors import RuleError
from kiosk_app.reporting import effects, reactions
from kiosk_app.reporting.effect_records import Effect, Kept
from kiosk_app.training import queries
from kiosk_app.training.records import SessionRecord
from kiosk_app.web import access, drawn, translations
from kiosk_app.web.hr import effect_words, exports, files, sessions, words
from kiosk_app.web.hr.plans import UNPROCESSABLE, View, require_editor
from kiosk_app.web.hr.surface import blueprint

GROUP = 5
"""Fewest people of whom a mean is told."""


def _shown(conn: Connection, held: SessionRecord) -> tuple[Kept | None, Kept | None, list[Kept]]:
    """What the page shows, the newest estimate, and all publications."""
    newest, out = effects.newest(conn, held.id), effects.published(conn, held.id)
    if request.args.get("version") == "newest" or not out:
        return newest, newest, out
    return out[0], newest, out


def _page(session_id: int, problem: str = "") -> str:
    with db.reading() as conn:
        held = sessions.load(conn, session_id)
        shown, newest, out = _shown(conn, held)
        said = reactions.of_session(conn, held, clock.now())
        both = [
            (before, after) for row in queries.roster(conn, held.id)
            if (before := row.value("pre")) is not None
            and (after := row.value("post")) is not None and row.state not in queries.GONE
        ]
    means = None
    if len(both) >= GROUP:
        means = [sum(pair[i] for pair in both) / len(both) for i in (0, 1)]
    return render_template(
        "hr/effect.html", held=held, tab="effect", shown=shown, newest=newest, published=out,
        say=effect_words, learnt=len(both), means=means, problem=problem, reactions=said,
    )


@blueprint.get("/sessions/<int:session_id>/effect")
@access.requires(Data.TRAINING)
def effect(session_id: int) -> str:
    return _page(session_id)


@blueprint.post("/sessions/<int:session_id>/effect")
@access.requires(Data.TRAINING)
def publish_effect(session_id: int) -> View:
    require_editor()
    with db.reading() as conn:
        sessions.load(conn, session_id)
    try:
        effects.publish(
            session_id, request.form.get("version", ""), actor=access.actor(), now=clock.now()
        )
    except RuleError as refused:
        return _page(session_id, words.explain(refused)), UNPROCESSABLE
    flash(_("Đã công bố. Con số này từ nay không đổi."))
    return redirect(url_for("hr.effect", session_id=session_id), 303)


@blueprint.get("/sessions/<int:session_id>/effect.svg")
@access.requires(Data.TRAINING)
def effect_chart(session_id: int) -> Response:
    from kiosk_app.reporting import drawings  # matplotlib, when a chart is asked for

    with db.reading() as conn:
        held = sessions.load(conn, session_id)
        shown, _newest, _out = _shown(conn, held)
    if shown is None or not shown.effect.months:
        return Response(status=204)
    when = _("Lớp %(code)s, %(days)s", code=held.code,
             days=words.days_text(held.slots, with_year=True))
    picture = drawings.effect(shown.effect, when, translations.language(), _("Tác động của lớp"))
    if request.args.get("file"):
        return drawn.taken_away(
            picture, [when, *effect_words.definitions(), _("Số liệu %(v)s.", v=shown.version)],
            name=f"tac-dong-{held.id}", title=_("Tác động của lớp"), kind=request.args["file"],
        )
    answer = Response(picture, content_type="image/svg+xml; charset=utf-8")
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def _rows(e: Effect) -> list[list[object]]:
    rows: list[list[object]] = [
        [f"{m.month % 100:02d}/{m.month // 100}", effect_words.role_name(m.role), m.gap, m.low, m.high]
        for m in e.months
    ]
    if e.estimate is not None:
        rows += [
            [_("Tác động"), effect_words.head(e), e.estimate, e.low, e.high],
            [_("Ngày lớp giả"), "", e.placebo, None, None],
            [_("Chỉ so chính nhóm đã học với tháng chọn người"), _("dễ gây hiểu lầm"),
             e.naive_selection, None, None],
            [_("Phần sẽ tự trở lại dù không học"), "", e.expected_return, None, None],
            [_("Mức nhỏ nhất có thể thấy (4 trên 5 lần)"), "", e.detectable, None, None],
        ]
    return rows + [
        [_("Hồ sơ trễ hạn") if one.code == "late" else _("Hồ sơ phải bổ sung"), "", one.change,
         one.low, one.high] for one in e.behaviour
    ]


def _said(shown: Kept) -> list[str]:
    """What a file says of an estimate: its verdict, of whom, and whether it was published."""
    e = shown.effect
    published = [
        _("Đã công bố %(when)s bởi %(who)s.", when=words.moment_text(shown.published_at),
          who=shown.published_by), f"SHA-256 {shown.digest}",
    ] if shown.published_at else [_("Chưa công bố: con số còn đổi.")]
    return [
        f"{effect_words.head(e)} {effect_words.said(e)}",
        _("%(a)s người đã học, %(b)s người chưa học, %(r)s đánh giá.", a=e.trained, b=e.peers,
          r=e.ratings), *published,
    ]


@blueprint.get("/sessions/<int:session_id>/effect.<kind>")
@access.requires(Data.TRAINING)
def export_effect(session_id: int, kind: str) -> Response:
    """The months and the figures of the estimate that the page shows; no rows where there is none."""
    files.require_kind(kind)
    with db.reading() as conn:
        held = sessions.load(conn, session_id)
        shown, _newest, _out = _shown(conn, held)
    head = [_("Tháng"), _("Vai trò"), _("Chênh lệch (điểm phần trăm)"), _("thấp"), _("cao")]
    said = _said(shown) if shown else [_("Chưa có ước lượng")]
    return files.send(
        kind, f"tac-dong-{held.id}", _("Tác động của lớp"), head, _rows(shown.effect) if shown else [],
        [exports.session_said(held), *said, *effect_words.definitions()],
        shown.version if shown else "–")
