"""Attendance by half-day and test results: one form each, nothing typed is lost."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from kiosk_app.accounts.permissions import Data
from kiosk_app.core import clock, db
from kiosk_app.core.errors import NotFoundError, RuleError
from kiosk_app.training import checklists, commands, queries
from kiosk_app.training.rules import plain
from kiosk_app.web import access, typed
from kiosk_app.web.hr import forms, scope, sessions, words
from kiosk_app.web.hr.plans import UNPROCESSABLE, View, require_editor
from kiosk_app.web.hr.surface import blueprint

CHOICES = ("present", "late", "absent", "excused", "unknown")


def _page(template: str, session_id: int, tab: str, form: forms.Form) -> str:
    with db.reading() as conn:
        held = sessions.load(conn, session_id)
        listed = sessions.people(conn, held)
        history = queries.mark_history(conn, session_id) if tab == "attendance" else []
        practical = checklists.practicals(
            conn, held, [one.row.enrolment_id for one in listed]) if tab == "results" else {}
    begun = {half.id for half in held.half_days if clock.now() >= half.slot.starts_at}
    editable = scope.may_edit() and held.state != "cancelled"
    return render_template(
        template, held=held, people=listed, tab=tab, form=form, begun=begun,
        choices=CHOICES, editable=editable, args=request.args,
        practical=practical, history=history, names={one.row.enrolment_id: one.name for one in listed},
    )


def _filled(form: forms.Form, session_id: int) -> None:
    """Fill the blanks of one half-day with *present*, without saving."""
    half = request.form.get("fill", "")
    with db.reading() as conn:
        listed = sessions.people(conn, sessions.load(conn, session_id))
    typed = forms.Typed(request.form)
    for person in listed:
        name = f"m-{person.row.enrolment_id}-{half}"
        if not typed.get(name):
            typed[name] = "present"
    form.typed = typed


@blueprint.get("/sessions/<int:session_id>/attendance")
@access.requires(Data.TRAINING)
def attendance(session_id: int) -> str:
    return _page("hr/attendance.html", session_id, "attendance", forms.Form())


@blueprint.post("/sessions/<int:session_id>/attendance")
@access.requires(Data.TRAINING)
def record_attendance(session_id: int) -> View:
    require_editor()
    form = forms.Form(request.form)
    if request.form.get("fill"):
        _filled(form, session_id)
        flash(_("Đã điền “Có mặt” vào các ô còn trống. Chưa lưu: xem lại rồi bấm “Lưu điểm danh”."))
        return _page("hr/attendance.html", session_id, "attendance", form)
    marks = {}
    for name, value in request.form.items():
        parts = name.split("-")
        ids = typed.identifiers(parts[1:])
        if parts[0] == "m" and len(parts) == 3 and value and len(ids) == 2:
            marks[ids[0], ids[1]] = value
    try:
        changed = commands.record_attendance(
            session_id, marks, actor=access.actor(), now=clock.now()
        )
    except RuleError as refused:
        form.errors[refused.field or "form"] = words.explain(refused)
        return _page("hr/attendance.html", session_id, "attendance", form), UNPROCESSABLE
    except NotFoundError:
        abort(404)
    flash(_("Đã ghi %(n)s thay đổi điểm danh.", n=changed))
    return redirect(url_for("hr.attendance", session_id=session_id), 303)


@blueprint.get("/sessions/<int:session_id>/results")
@access.requires(Data.TRAINING)
def results(session_id: int) -> str:
    return _page("hr/results.html", session_id, "results", forms.Form())


@blueprint.post("/sessions/<int:session_id>/results")
@access.requires(Data.TRAINING)
def record_results(session_id: int) -> View:
    require_editor()
    form = forms.Form(request.form)
    written = {}
    for name, value in request.form.items():
        kind, _dash, enrolment = name.partition("-")
        number = typed.identifier(enrolment)
        if kind in {"pre", "post"} and number is not None:
            written[number, kind] = plain(value)
    try:
        changed = commands.record_results(
            session_id, written, actor=access.actor(), now=clock.now()
        )
    except RuleError as refused:
        form.errors[refused.field or "form"] = words.explain(refused)
        return _page("hr/results.html", session_id, "results", form), UNPROCESSABLE
    except NotFoundError:
        abort(404)
    flash(_("Đã ghi %(n)s thay đổi điểm.", n=changed))
    return redirect(url_for("hr.results", session_id=session_id), 303)
