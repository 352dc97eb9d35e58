"""Courses: the list and a form to add one."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from kiosk_app.accounts.permissions import Data
from kiosk_app.core import clock, db
from kiosk_app.core.errors import RuleError
from kiosk_app.training import commands, queries
from kiosk_app.web import access
from kiosk_app.web.hr import forms, scope, words
from kiosk_app.web.hr.plans import UNPROCESSABLE, View, require_editor
from kiosk_app.web.hr.surface import blueprint


def _page(form: forms.Form) -> str:
    with db.reading() as conn:
        scope.units_in_sight(conn)
        known = queries.courses(conn)
    return render_template("hr/courses.html", form=form, courses=known)


@blueprint.get("/courses")
@access.requires(Data.TRAINING)
def courses() -> str:
    return _page(forms.Form())


@blueprint.post("/courses")
@access.requires(Data.TRAINING)
def add_course() -> View:
    require_editor()
    form = forms.Form(request.form)
    wanted = forms.syllabus(form)
    months = form.whole("valid_months", _("Thời hạn là số tháng, ví dụ 24."))
    if not form.errors:
        try:
            commands.add_course(
                code=form.value("code")[:40], name=wanted.name, hours=wanted.hours,
                has_test=wanted.has_test, valid_months=months, actor=access.actor(),
                pass_mark=wanted.pass_mark, now=clock.now(),
            )
        except RuleError as refused:
            form.errors[refused.field or "code"] = words.explain(refused)
    if form.errors:
        return _page(form), UNPROCESSABLE
    flash(_("Đã thêm chuyên đề %(code)s.", code=form.value("code")))
    return redirect(url_for("hr.courses"), 303)
