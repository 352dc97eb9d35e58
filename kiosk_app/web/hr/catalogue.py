"""One course, rooms and trainers, and the yearly plan with what was spent."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from kiosk_app.accounts.permissions import Data
from kiosk_app.core import clock, db
from kiosk_app.core.errors import NotFoundError, RuleError
from kiosk_app.questionnaires import builtin
from kiosk_app.training import catalogue as known
from kiosk_app.training import checklists, queries
from kiosk_app.web import access, translations
from kiosk_app.web import typed as numbers
from kiosk_app.web.hr import forms, scope, sessions, tables, words
from kiosk_app.web.hr.plans import UNPROCESSABLE, View, require_editor
from kiosk_app.web.hr.surface import blueprint

KEPT_FROM_HR = "goi_y_tien_qua"
"""The confidential reason: no training is planned from it, and HR sees no total of it."""


def topic_names() -> dict[str, str]:
    """Reasons of dissatisfaction that a course may work on, in the reader's language."""
    at = 3 if translations.language() == "en" else 2
    return {row[0]: row[at] for row in builtin.LOW if row[0] != KEPT_FROM_HR}


def course_page(
    course_id: int, form: forms.Form | None = None, *, listed: forms.Form | None = None
) -> str:
    """The page of a course; ``listed`` is what was typed as its checklist."""
    try:
        with db.reading() as conn:
            scope.units_in_sight(conn)
            found = known.detail(conn, course_id)
            courses, programmes = queries.courses(conn), known.programmes(conn)
            checklist = checklists.of_course(conn, course_id)
    except NotFoundError:
        abort(404)
    course = next(one for one in courses if one.id == course_id)
    typed = form is not None
    form = form or forms.Form(forms.Typed({
        "programme": found.programme, "valid_months": str(course.valid_months or ""),
        "name": course.name, "hours": tables.figure(course.hours, "0.#"),
        "pass_mark": tables.figure(course.pass_mark, "0.#"),
        **({"active": "1"} if course.active else {}), **({"has_test": "1"} if course.has_test else {}),
    }))
    checks = listed or forms.Form(forms.Typed(forms.checklist_fields(checklist)))
    return render_template(
        "hr/course.html", course=course, checks=checks, check_rows=forms.checklist_rows(checks), courses=courses, programmes=programmes, form=form,
        topics=topic_names(), editable=scope.may_edit(),
        chosen=set(form.typed.getlist("topics")) if typed else set(found.topics),
        required=set(numbers.identifiers(form.typed.getlist("required_ids")))
        if typed else found.required_ids,
    )


@blueprint.get("/courses/<int:course_id>")
@access.requires(Data.TRAINING)
def course(course_id: int) -> str:
    return course_page(course_id)


@blueprint.post("/courses/<int:course_id>")
@access.requires(Data.TRAINING)
def change_course(course_id: int) -> View:
    require_editor()
    form = forms.Form(request.form)
    months = form.whole("valid_months", _("Thời hạn là số tháng, ví dụ 24."))
    syllabus = forms.syllabus(form)
    if not form.errors:
        try:
            known.set_detail(
                course_id, programme=form.value("programme"), valid_months=months,
                topics=[one for one in topic_names() if one in request.form.getlist("topics")],
                required_ids=set(numbers.identifiers(request.form.getlist("required_ids"))),
                active=form.checked("active"), syllabus=syllabus, actor=access.actor(),
                now=clock.now(),
            )
        except RuleError as refused:
            form.errors[refused.field or "form"] = words.explain(refused)
        except NotFoundError:
            abort(404)
    if form.errors:
        return course_page(course_id, form), UNPROCESSABLE
    flash(_("Đã lưu chuyên đề."))
    return redirect(url_for("hr.course", course_id=course_id), 303)


def _resources_page(form: forms.Form) -> str:
    with db.reading() as conn:
        scope.units_in_sight(conn)
        found = known.resources(conn)
    return render_template("hr/resources.html", found=found, form=form)


@blueprint.get("/resources")
@access.requires(Data.TRAINING)
def resources() -> str:
    return _resources_page(forms.Form())


@blueprint.post("/resources")
@access.requires(Data.TRAINING)
def add_resource() -> View:
    require_editor()
    form = forms.Form(request.form)
    seats = form.whole("seats", _("Số chỗ là một số nguyên, ví dụ 30."))
    if not form.errors:
        try:
            known.add_resource(form.value("kind"), form.value("name"), seats,
                               actor=access.actor(), now=clock.now())
        except RuleError as refused:
            form.errors[refused.field or "name"] = words.explain(refused)
    if form.errors:
        return _resources_page(form), UNPROCESSABLE
    flash(_("Đã lưu “%(name)s”.", name=form.value("name")))
    return redirect(url_for("hr.resources"), 303)


def _resource_page(kind: str, name: str, form: forms.Form | None = None) -> str:
    try:
        with db.reading() as conn:
            scope.units_in_sight(conn)
            found = known.resource(conn, kind, name)
    except NotFoundError:
        abort(404)
    form = form or forms.Form(forms.Typed({
        "name": found.name, "seats": str(found.seats or ""), **({} if found.retired else {"used": "1"}),
    }))
    return render_template("hr/resource.html", one=found, form=form)


@blueprint.get("/resources/<kind>")
@access.requires(Data.TRAINING)
def resource(kind: str) -> str:
    require_editor()
    return _resource_page(kind, request.args.get("name", ""))


@blueprint.post("/resources/<kind>")
@access.requires(Data.TRAINING)
def change_resource(kind: str) -> View:
    require_editor()
    form, name = forms.Form(request.form), request.args.get("name", "")
    seats = form.whole("seats", _("Số chỗ là một số nguyên, ví dụ 30."))
    if not form.errors:
        try:
            known.change_resource(
                kind, name, new_name=form.value("name"), seats=seats, retired=not form.checked("used"),
                actor=access.actor(), now=clock.now(),
            )
        except RuleError as refused:
            form.errors[refused.field or "name"] = words.explain(refused)
        except NotFoundError:
            abort(404)
    if form.errors:
        return _resource_page(kind, name, form), UNPROCESSABLE
    flash(_("Đã lưu “%(name)s”.", name=form.value("name")))
    return redirect(url_for("hr.resources"), 303)


def _plan_page(form: forms.Form) -> str:
    with db.reading() as conn:
        scope.units_in_sight(conn)
        year, years = sessions.chosen_year(conn)
        rows, courses = known.plan(conn, year), queries.courses(conn, active_only=True)
    return render_template(
        "hr/year_plan.html", year=year, years=years, rows=rows, courses=courses, form=form,
        budget=sum(row.budget_vnd for row in rows), spent=sum(row.spent_vnd for row in rows),
        unpriced=sum(row.unpriced for row in rows), editable=scope.may_edit(),
    )


@blueprint.get("/plan")
@access.requires(Data.TRAINING)
def year_plan() -> str:
    return _plan_page(forms.Form(request.args))


@blueprint.post("/plan")
@access.requires(Data.TRAINING)
def set_plan() -> View:
    require_editor()
    form = forms.Form(request.form)
    year = request.args.get("year", "")
    figures = {name: form.whole(name, _("Nhập một số nguyên, không dấu chấm."))
               for name in ("course_id", "sessions", "seats")} | {
                   "budget_vnd": form.money("budget_vnd")}
    if not form.errors:
        try:
            known.set_plan_line(
                numbers.year(year) or scope.today().year,
                figures["course_id"] or 0, sessions=figures["sessions"] or 0,
                seats=figures["seats"] or 0, budget_vnd=figures["budget_vnd"] or 0,
                actor=access.actor(), now=clock.now(),
            )
        except RuleError as refused:
            form.errors[refused.field or "form"] = words.explain(refused)
    if form.errors:
        return _plan_page(form), UNPROCESSABLE
    flash(_("Đã lưu kế hoạch."))
    return redirect(url_for("hr.year_plan", year=year or None), 303)
