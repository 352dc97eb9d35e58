"""Practical checklists: a course's criteria, and ticking them person by person on a tablet."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from kiosk_app.accounts.permissions import Data
from kiosk_app.core import clock, db
from kiosk_app.core.errors import NotFoundError, RuleError
from kiosk_app.training import checklists, ticking
from kiosk_app.training.checklists import Item
from kiosk_app.web import access, typed
from kiosk_app.web.extensions import htmx
from kiosk_app.web.hr import catalogue, forms, sessions, words
from kiosk_app.web.hr.plans import UNPROCESSABLE, View, require_editor
from kiosk_app.web.hr.surface import blueprint


@blueprint.post("/courses/<int:course_id>/checklist")
@access.requires(Data.TRAINING)
def set_checklist(course_id: int) -> View:
    require_editor()
    form = forms.Form(request.form)
    needed = form.whole("needed", _("Nhập một số nguyên, không dấu chấm."))
    items = [Item(form.value(f"item-{i}"), form.checked(f"must-{i}"))
             for i in range(checklists.MOST_ITEMS) if form.value(f"item-{i}")]
    if not form.errors:
        try:
            ticking.set_checklist(course_id, items, needed, actor=access.actor(), now=clock.now())
        except RuleError as refused:
            form.errors[refused.field or "checklist"] = words.explain(refused)
        except NotFoundError:
            abort(404)
    if form.errors:
        return catalogue.course_page(course_id, listed=form), UNPROCESSABLE
    flash(_("Đã lưu danh mục thực hành. Lớp đã bắt đầu vẫn theo danh mục cũ."))
    return redirect(url_for("hr.course", course_id=course_id), 303)


def _page(template: str, session_id: int, enrolment_id: int, *, error: str = "",
          only: int | None = None) -> str:
    with db.reading() as conn:
        held = sessions.load(conn, session_id)
        people = sessions.people(conn, held)
        ids = [one.row.enrolment_id for one in people]
        found = checklists.practicals(conn, held, ids)
    if enrolment_id not in found:
        abort(404)
    at = ids.index(enrolment_id)
    return render_template(
        template, held=held, person=people[at], one=found[enrolment_id], only=only, error=error,
        begun=clock.now() >= held.slots[0].starts_at and held.state != "cancelled",
        before=people[at - 1] if at else None, found=found,
        after=people[at + 1] if at + 1 < len(people) else None, number=at + 1, total=len(people),
    )


@blueprint.get("/sessions/<int:session_id>/practice/<int:enrolment_id>")
@access.requires(Data.TRAINING)
def practice(session_id: int, enrolment_id: int) -> str:
    require_editor()
    return _page("hr/practice.html", session_id, enrolment_id)


@blueprint.post("/sessions/<int:session_id>/practice/<int:enrolment_id>")
@access.requires(Data.TRAINING)
def tick(session_id: int, enrolment_id: int) -> View:
    require_editor()
    written, error = request.form.get("item", ""), ""
    found = typed.identifier(written)
    item = -1 if found is None else found
    try:
        if request.form.get("met") not in {"yes", "no"}:
            raise RuleError("checklist_item", "met")
        ticking.tick(session_id, enrolment_id, item, met=request.form["met"] == "yes",
                     note=request.form.get("note", "").strip(), actor=access.actor(),
                     now=clock.now())
    except RuleError as refused:
        error = words.explain(refused)
    except NotFoundError:
        abort(404)
    if htmx:
        return _page("hr/_practice_row.html", session_id, enrolment_id, error=error, only=item)
    if error:
        return _page("hr/practice.html", session_id, enrolment_id, error=error), UNPROCESSABLE
    return redirect(url_for("hr.practice", session_id=session_id, enrolment_id=enrolment_id), 303)
