"""Planning a session, its roster, and closing it."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from kiosk_app.accounts.permissions import Data
from kiosk_app.core import clock, db
from kiosk_app.core.collation import alphabetical
from kiosk_app.core.errors import NotFoundError, RuleError
from kiosk_app.organisation import queries as organisation
from kiosk_app.training import commands, queries
from kiosk_app.training.records import SessionRecord
from kiosk_app.training.rules import plain
from kiosk_app.web import access, translations
from kiosk_app.web.hr import forms, scope, sessions, words
from kiosk_app.web.hr.surface import blueprint

View = str | Response | tuple[str, int]
UNPROCESSABLE = 422


def require_editor() -> None:
    """403 for those who may look but not change."""
    if not scope.may_edit():
        abort(403)


def _plan_page(form: forms.Form) -> str:
    with db.reading() as conn:
        known = queries.courses(conn, active_only=True)
    return render_template(
        "hr/session_new.html", form=form, courses=known, slot_rows=range(forms.SLOT_ROWS)
    )


@blueprint.get("/sessions/new")
@access.requires(Data.TRAINING)
def new_session() -> str:
    require_editor()
    return _plan_page(forms.Form())


@blueprint.post("/sessions/new")
@access.requires(Data.TRAINING)
def plan_session() -> View:
    require_editor()
    form = forms.Form(request.form)
    plan = forms.parse_session(form)
    if plan is None:
        return _plan_page(form), UNPROCESSABLE
    try:
        made = commands.plan_session(plan, actor=access.actor(), now=clock.now())
    except RuleError as refused:
        form.errors[refused.field or "code"] = words.explain(refused)
        return _plan_page(form), UNPROCESSABLE
    flash(_("Đã lên lịch lớp %(code)s. Giờ hãy cử cán bộ.", code=plan.code))
    return redirect(url_for("hr.roster", session_id=made), 303)


def _candidates(conn: Connection, held: SessionRecord) -> list[dict[str, object]]:
    """Officers posted on the first day who are not on the roster, filtered by the address."""
    gone = {row.officer_id for row in queries.roster(conn, held.id)}
    units = organisation.units(conn, on=held.first_day)
    named, lang = organisation.officers(conn), translations.language()
    text, unit = plain(request.values.get("q", "")), request.values.get("unit", "")
    found: list[dict[str, object]] = []
    for posting in organisation.postings(conn):
        if held.first_day is None or not posting.covers(held.first_day):
            continue
        officer, at = named[posting.officer_id], units[posting.unit_id]
        fits = held.audience in {"", "centre" if at.kind == "centre" else "wards"}
        said = plain(f"{officer.full_name} {officer.code} {at.name(lang)}")
        if officer.id in gone or not fits or text not in said or unit not in {"", str(at.id)}:
            continue
        found.append({"id": officer.id, "name": officer.full_name, "code": officer.code,
                      "unit": at.name(lang), "unit_id": at.id})
    return sorted(found, key=lambda one: alphabetical(str(one["name"])))


def _roster_page(session_id: int, error: str = "") -> str:
    with db.reading() as conn:
        held = sessions.load(conn, session_id)
        listed = sessions.people(conn, held, with_gone=True)
        open_ = held.state == "planned" and scope.may_edit()
        candidates = _candidates(conn, held) if open_ else []
    return render_template(
        "hr/roster.html", held=held, people=listed, candidates=candidates, tab="roster",
        error=error, chosen=set(request.form.getlist("officer_ids")), args=request.values,
    )


@blueprint.get("/sessions/<int:session_id>/roster")
@access.requires(Data.TRAINING)
def roster(session_id: int) -> str:
    return _roster_page(session_id)


@blueprint.post("/sessions/<int:session_id>/roster")
@access.requires(Data.TRAINING)
def enrol(session_id: int) -> View:
    require_editor()
    ids = [int(one) for one in request.form.getlist("officer_ids") if one.isdigit()]
    try:
        new = commands.enrol(session_id, ids, actor=access.actor(), now=clock.now())
    except RuleError as refused:
        return _roster_page(session_id, words.explain(refused)), UNPROCESSABLE
    except NotFoundError:
        abort(404)
    flash(_("Đã cử thêm %(n)s người.", n=new))
    return redirect(url_for("hr.roster", session_id=session_id), 303)


@blueprint.post("/sessions/<int:session_id>/withdraw")
@access.requires(Data.TRAINING)
def withdraw(session_id: int) -> View:
    require_editor()
    written = request.form.get("enrolment_id", "")
    try:
        commands.withdraw(
            session_id, int(written) if written.isdigit() else 0, actor=access.actor(),
            reason=request.form.get("reason", "")[:500], now=clock.now(),
        )
    except RuleError as refused:
        return _roster_page(session_id, words.explain(refused)), UNPROCESSABLE
    except NotFoundError:
        abort(404)
    return redirect(url_for("hr.roster", session_id=session_id), 303)


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
