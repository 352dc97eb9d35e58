"""Who is sent to a session: choosing people, waiting list, leaving, handing a seat over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from kiosk_app.accounts.permissions import Data
from kiosk_app.alerts import queries as alert_queries
from kiosk_app.core import clock, db
from kiosk_app.core.collation import alphabetical
from kiosk_app.core.columns import to_ms
from kiosk_app.core.errors import NotFoundError, RuleError
from kiosk_app.training import enrolling, letters, notices, queries, seats
from kiosk_app.training.notices import Told
from kiosk_app.training.records import SessionRecord
from kiosk_app.web import access, typed
from kiosk_app.web.hr import candidates, resting, scope, sessions, words
from kiosk_app.web.hr.checkins import base_url
from kiosk_app.web.hr.plans import UNPROCESSABLE, View, require_editor
from kiosk_app.web.hr.sessions import Person
from kiosk_app.web.hr.surface import blueprint


def _sent(
    listed: Sequence[Person], where: Mapping[int, str], told: Mapping[int, Told],
    mails: Mapping[tuple[str, int], str],
) -> dict[int, str]:
    """By enrolment, what became of the last letter: waiting, sent, given_up; '' if not known."""
    return {
        one.row.enrolment_id: mails.get(
            (where.get(one.row.officer_id, ""), to_ms(told[one.row.enrolment_id].recorded_at)), "")
        for one in listed if one.row.enrolment_id in told
    }


def _letter(held: SessionRecord, listed: Sequence[Person]) -> tuple[str, str] | None:
    """Subject and text of the invitation as the first person of the roster gets it."""
    first = next((one for one in listed if one.row.state in seats.SEATED), None)
    if first is None or held.state != "planned":
        return None
    return letters.letter("invitation", first.name, held, first.row.state, f"{base_url()}/hr/own")


def _roster_page(session_id: int, error: str = "") -> str:
    with db.reading() as conn:
        held = sessions.load(conn, session_id)
        listed = sessions.people(conn, held, with_gone=True)
        open_ = held.state == "planned" and scope.may_edit()
        names = candidates.unit_names(conn, held)
        every = candidates.everybody(conn, held, names) if open_ else {}
        where = notices.addresses(conn, [one.row.officer_id for one in listed])
        told = notices.last_told(conn, session_id)
        mails = alert_queries.mail_states(conn, list(where.values()))
        order, history = queries.waiting_order(conn, session_id), queries.steps(conn, session_id)
        off, free = resting.of_plan(conn, held), seats.free(held.capacity, held.enrolled)
        shown, more = candidates.offered(conn, held, every, names, free) if open_ else ([], 0)
    replaced = request.values.get("replace", "")
    return render_template(
        "hr/roster.html", held=held, tab="roster", error=error, args=request.values,
        seated=[one for one in listed if one.row.state in seats.SEATED],
        waiting=sorted((one for one in listed if one.row.state == "waiting"),
                       key=lambda one: order.get(one.row.enrolment_id, 0)),
        gone=[one for one in listed if one.row.state in {"declined", "withdrawn", "substituted"}],
        told=told, where=where, sent=_sent(listed, where, told, mails), letter=_letter(held, listed),
        mail_set_up=bool(current_app.config["KIOSK_SETTINGS"].smtp_url), unreached=[one for one in listed if one.row.state in seats.SEATED | {"waiting"}
                              and one.row.officer_id not in where],
        history=history, candidates=shown, more=more,
        units=sorted(((names[one], one) for one in {one[3] for one in every.values()}),
                     key=lambda one: alphabetical(one[0])),
        chosen=candidates.marked(shown, free), free=free, resting=off, by_need=candidates.by_need(),
        stands_for={one.row.enrolment_id: one.name for one in listed}, proposed=candidates.handed_in(),
        replaced=next((one for one in listed if str(one.row.enrolment_id) == replaced
                       and one.row.state in {"invited", "enrolled"}), None),
    )


@blueprint.get("/sessions/<int:session_id>/roster")
@access.requires(Data.TRAINING)
def roster(session_id: int) -> str:
    return _roster_page(session_id)


@blueprint.post("/sessions/<int:session_id>/roster")
@access.requires(Data.TRAINING)
def enrol(session_id: int) -> View:
    require_editor()
    ids = typed.identifiers(request.form.getlist("officer_ids"))
    state = "invited" if request.form.get("state") == "invited" else "enrolled"
    try:
        done = enrolling.enrol(
            session_id, ids, actor=access.actor(), now=clock.now(), state=state,
            may_wait=bool(request.form.get("may_wait")),
        )
    except RuleError as refused:
        return _roster_page(session_id, words.explain(refused)), UNPROCESSABLE
    except NotFoundError:
        abort(404)
    if done.waiting:
        flash(_("Đã cử thêm %(n)s người, %(w)s người vào danh sách chờ.", n=done.seated,
                w=done.waiting))
    else:
        flash(_("Đã cử thêm %(n)s người.", n=done.seated))
    return redirect(url_for("hr.roster", session_id=session_id), 303)


@blueprint.post("/sessions/<int:session_id>/addresses")
@access.requires(Data.TRAINING)
def set_addresses(session_id: int) -> View:
    require_editor()
    wanted = {
        found: value.strip() for name, value in request.form.items()
        if name.startswith("email-") and value.strip()
        and (found := typed.identifier(name.removeprefix("email-"))) is not None
    }
    try:
        changed = notices.set_addresses(wanted, actor=access.actor(), now=clock.now())
    except RuleError as refused:
        return _roster_page(session_id, words.explain(refused)), UNPROCESSABLE
    flash(_("Đã ghi %(n)s địa chỉ thư.", n=changed))
    return redirect(url_for("hr.roster", session_id=session_id), 303)


def _name(session_id: int) -> str:
    """Whose enrolment the form is about."""
    with db.reading() as conn:
        listed = sessions.people(conn, sessions.load(conn, session_id), with_gone=True)
    return next((one.name for one in listed if one.row.enrolment_id == _number("enrolment_id")), "")


def _number(name: str) -> int:
    return typed.identifier(request.form.get(name, "")) or 0


@blueprint.post("/sessions/<int:session_id>/withdraw")
@access.requires(Data.TRAINING)
def withdraw(session_id: int) -> View:
    require_editor()
    state = "declined" if request.form.get("state") == "declined" else "withdrawn"
    try:
        up = enrolling.leave(
            session_id, _number("enrolment_id"), state=state, actor=access.actor(),
            reason=request.form.get("reason", "").strip()[:500], now=clock.now(),
        )
    except RuleError as refused:
        return _roster_page(session_id, f"{_name(session_id)}: {words.explain(refused)}"), UNPROCESSABLE
    except NotFoundError:
        abort(404)
    if up:
        flash(_("Có chỗ trống: %(n)s người trong danh sách chờ đã được xếp chỗ.", n=up))
    return redirect(url_for("hr.roster", session_id=session_id), 303)


@blueprint.post("/sessions/<int:session_id>/substitute")
@access.requires(Data.TRAINING)
def substitute(session_id: int) -> View:
    require_editor()
    try:
        enrolling.substitute(
            session_id, _number("replace"), _number("officer_id"), actor=access.actor(),
            reason=request.form.get("reason", "").strip()[:500], now=clock.now(),
        )
    except RuleError as refused:
        return _roster_page(session_id, words.explain(refused)), UNPROCESSABLE
    except NotFoundError:
        abort(404)
    flash(_("Đã thay người. Chỗ của người cũ đã giao cho người mới."))
    return redirect(url_for("hr.roster", session_id=session_id), 303)
