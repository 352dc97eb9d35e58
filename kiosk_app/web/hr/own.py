"""An officer's own page: coming sessions, checking in, answering an invitation."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from kiosk_app.accounts.permissions import Data
from kiosk_app.core import clock, db, keys
from kiosk_app.core.errors import NotFoundError, RuleError
from kiosk_app.training import checkin, enrolling, queries, reactions, seats
from kiosk_app.web import access, typed
from kiosk_app.web.hr import words
from kiosk_app.web.hr.plans import UNPROCESSABLE, View
from kiosk_app.web.hr.surface import blueprint


def me() -> int:
    """The officer whose account this is; 404 for an account of nobody."""
    officer_id = access.current().officer_id
    if officer_id is None:
        abort(404)
    return officer_id


def _own_page(error: str = "", code: str = "", asked: int = 0, reason: str = "") -> str:
    now = clock.now()
    with db.reading() as conn:
        mine = {row.session_id: row for row in queries.roster_rows(conn, officer_id=me())}
        held = queries.sessions(conn, ids=list(mine), states=("planned", "held"))
        order = {one.id: queries.waiting_order(conn, one.id).get(mine[one.id].enrolment_id, 0)
                 for one in held if mine[one.id].state == "waiting"}
        asking = {one.id: reactions.is_spent(conn, keys.current(), one.id, mine[one.id].enrolment_id)
                  for one in held if reactions.is_open(one, now)
                  and reactions.may_answer(mine[one.id])}
    coming = [one for one in held if one.slots and one.slots[-1].ends_at > now
              and mine[one.id].state in seats.OPEN | {"completed", "not_completed"}]
    return render_template(
        "hr/own.html", coming=coming, mine=mine, error=error, code=code, order=order,
        open=[(one, half) for one in coming if mine[one.id].state in seats.SEATED
              for half in one.half_days if checkin.is_open(half.slot, now)
              and half.id not in mine[one.id].marks],
        past=[one for one in held if one not in coming and mine[one.id].state in seats.SEATED][::-1],
        asked=asked, reason=reason, asking=asking, opens=checkin.OPENS_BEFORE.seconds // 60,
        seconds=checkin.WINDOW_SECONDS, late=checkin.LATE_AFTER.seconds // 60,
    )


@blueprint.get("/own")
@access.requires(Data.OWN_TRAINING)
def own() -> str:
    return _own_page(code=request.args.get("code", "")[:12])


@blueprint.post("/own/check-in")
@access.requires(Data.OWN_TRAINING)
def check_in() -> View:
    typed = request.form.get("code", "")[:20]
    try:
        done = checkin.check_in(typed, officer_id=me(), actor=access.actor(), now=clock.now())
    except RuleError as refused:
        return _own_page(words.explain(refused), code=typed), UNPROCESSABLE
    when = words.slot_name(done.half_day.slot, with_year=True)
    if done.repeated:
        flash(_("Anh/chị đã điểm danh lớp %(code)s, %(when)s từ trước.", code=done.session.code,
                when=when))
    elif done.mark == "late":
        flash(_("Đã điểm danh lớp %(code)s, %(when)s: đến muộn.", code=done.session.code,
                when=when))
    else:
        flash(_("Đã điểm danh lớp %(code)s, %(when)s: có mặt.", code=done.session.code, when=when))
    return redirect(url_for("hr.own"), 303)


@blueprint.post("/own/<int:session_id>/answer")
@access.requires(Data.OWN_TRAINING)
def answer(session_id: int) -> View:
    written = request.form.get("enrolment_id", "")
    enrolment_id = typed.identifier(written) or 0
    reason = request.form.get("reason", "").strip()[:500]
    try:
        if request.form.get("answer") == "accept":
            enrolling.accept(session_id, enrolment_id, officer_id=me(), actor=access.actor(),
                             now=clock.now())
            flash(_("Đã nhận lời."))
        else:
            enrolling.leave(session_id, enrolment_id, state="declined", reason=reason,
                            actor=access.actor(), now=clock.now(), officer_id=me())
            flash(_("Đã ghi lời từ chối. Chỗ được giao cho người đang chờ, nếu có."))
    except RuleError as refused:
        return _own_page(words.explain(refused), asked=session_id, reason=reason), UNPROCESSABLE
    except NotFoundError:
        abort(404)
    return redirect(url_for("hr.own"), 303)
