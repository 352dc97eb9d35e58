"""Planning a session and closing it."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from kiosk_app.accounts.permissions import Data
from kiosk_app.core import clock, db
from kiosk_app.core.errors import NotFoundError, RuleError
from kiosk_app.training import catalogue, commands, planning, queries
from kiosk_app.training.errors import ClashError
from kiosk_app.training.records import SessionRecord
from kiosk_app.web import access
from kiosk_app.web.hr import forms, resting, scope, sessions, words
from kiosk_app.web.hr.surface import blueprint

View = str | Response | tuple[str, int]
UNPROCESSABLE = 422
SHOWN_CLASHES = 3


def require_editor() -> None:
    """403 for those who may look but not change."""
    if not scope.may_edit():
        abort(403)


def _plan_page(form: forms.Form, held: SessionRecord | None = None) -> str:
    with db.reading() as conn:
        known = queries.courses(conn, active_only=True)
        used = [one for one in catalogue.resources(conn) if not one.retired]
        off = resting.among(conn, forms.typed_days(form, scope.today()))
    return render_template(
        "hr/session_new.html", form=form, courses=known, slot_rows=range(forms.SLOT_ROWS),
        held=held, used=used, own_hours=lambda row: forms.own_hours(form, row),
        resting=off,
    )


def _told(refused: RuleError) -> dict[str, str]:
    """What was refused, by field; every clash of a field in words, not only the first."""
    if not isinstance(refused, ClashError):
        return {refused.field or "code": words.explain(refused)}
    found: dict[str, list[str]] = {}
    for one in refused.clashes:
        field = "slots" if one.kind == "officer" else one.kind
        found.setdefault(field, []).append(words.clash_text(one, moving=True))
    return {
        field: " ".join(texts[:SHOWN_CLASHES]) + (
            " " + _("Và %(n)s trùng nữa.", n=len(texts) - SHOWN_CLASHES)
            if len(texts) > SHOWN_CLASHES else "")
        for field, texts in found.items()
    }


@blueprint.get("/sessions/new")
@access.requires(Data.TRAINING)
def new_session() -> str:
    require_editor()
    return _plan_page(forms.Form(request.args))


@blueprint.get("/sessions/new/days-off")
@access.requires(Data.TRAINING)
def days_off() -> str:
    """The note in the form while days are typed."""
    require_editor()
    days = forms.typed_days(forms.Form(request.args), scope.today())
    with db.reading() as conn:
        return render_template("hr/_days_off.html", resting=resting.among(conn, days))


@blueprint.post("/sessions/new")
@access.requires(Data.TRAINING)
def plan_session() -> View:
    require_editor()
    form = forms.Form(request.form)
    plan = forms.parse_session(form, scope.today())
    if plan is None:
        return _plan_page(form), UNPROCESSABLE
    try:
        made = commands.plan_session(plan, actor=access.actor(), now=clock.now())
    except RuleError as refused:
        form.errors |= _told(refused)
        return _plan_page(form), UNPROCESSABLE
    flash(_("Đã lên lịch lớp %(code)s. Giờ hãy cử cán bộ.", code=plan.code))
    chosen = request.values.get("officers") or None
    return redirect(url_for("hr.roster", session_id=made, officers=chosen), 303)


@blueprint.get("/sessions/<int:session_id>/edit")
@access.requires(Data.TRAINING)
def edit_session(session_id: int) -> str:
    require_editor()
    with db.reading() as conn:
        held = sessions.load(conn, session_id)
    return _plan_page(forms.Form(forms.typed_of(held)), held)


@blueprint.post("/sessions/<int:session_id>/edit")
@access.requires(Data.TRAINING)
def change_session(session_id: int) -> View:
    require_editor()
    with db.reading() as conn:
        held = sessions.load(conn, session_id)
    form = forms.Form(request.form)
    form.typed = forms.Typed({**form.typed, "code": held.code, "course_id": str(held.course_id)})
    plan = forms.parse_session(form, scope.today())
    if plan is None:
        return _plan_page(form, held), UNPROCESSABLE
    try:
        done = planning.change_session(session_id, plan, actor=access.actor(), now=clock.now())
    except RuleError as refused:
        form.errors |= _told(refused)
        return _plan_page(form, held), UNPROCESSABLE
    flash(_("Đã sửa lớp %(code)s.", code=held.code))
    if done.unmarked:
        flash(_("%(n)s lượt điểm danh của buổi bị dời đã trở về “chưa rõ”; bản cũ vẫn được giữ. "
                "Hãy điểm danh lại ở buổi mới.", n=done.unmarked), "error")
    if done.promoted:
        flash(_("Có chỗ trống: %(n)s người trong danh sách chờ đã được xếp chỗ.",
                n=len(done.promoted)))
    return redirect(url_for("hr.session", session_id=session_id), 303)


@blueprint.post("/sessions/<int:session_id>/cost")
@access.requires(Data.TRAINING)
def set_cost(session_id: int) -> View:
    require_editor()
    form = forms.Form(request.form)
    cost = form.money("cost_vnd")
    try:
        if not form.errors:
            planning.set_cost(session_id, cost, actor=access.actor(), now=clock.now())
            flash(_("Đã lưu kinh phí."))
    except RuleError as refused:
        form.errors["cost_vnd"] = words.explain(refused)
    except NotFoundError:
        abort(404)
    if form.errors:
        return sessions.session_page(session_id, form), UNPROCESSABLE
    return redirect(url_for("hr.session", session_id=session_id), 303)


@blueprint.post("/sessions/<int:session_id>/hold")
@access.requires(Data.TRAINING)
def hold(session_id: int) -> View:
    require_editor()
    try:
        commands.hold_session(session_id, actor=access.actor(), now=clock.now())
    except RuleError as refused:
        flash(words.explain(refused), "error")
    except NotFoundError:
        abort(404)
    return redirect(url_for("hr.session", session_id=session_id), 303)


@blueprint.post("/sessions/<int:session_id>/cancel")
@access.requires(Data.TRAINING)
def cancel(session_id: int) -> View:
    require_editor()
    try:
        commands.cancel_session(
            session_id, reason=request.form.get("reason", "")[:500], actor=access.actor(),
            now=clock.now(),
        )
    except RuleError as refused:
        flash(words.explain(refused), "error")
    except NotFoundError:
        abort(404)
    return redirect(url_for("hr.session", session_id=session_id), 303)
