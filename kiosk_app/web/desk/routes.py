"""The officer's page: invites the tablet, and says who sits where. No answer is ever shown here."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from kiosk_app.accounts.permissions import Data
from kiosk_app.core import clock, db
from kiosk_app.core.columns import LOCAL_ZONE
from kiosk_app.core.errors import KioskError, NotFoundError
from kiosk_app.devices import invitations
from kiosk_app.feedback import calling
from kiosk_app.feedback.rules import STEPS
from kiosk_app.organisation import queries, seating
from kiosk_app.organisation.records import CounterRecord
from kiosk_app.web import access, typed
from kiosk_app.web.desk import console, words

blueprint = Blueprint("desk", __name__, url_prefix="/desk")


def _today() -> date:
    return clock.now().astimezone(LOCAL_ZONE).date()


def _place(conn: Connection) -> tuple[int, int | None]:
    """Unit and officer of the one who asks; 403 for those without a unit."""
    who = access.current()
    unit_id = who.unit_id
    if who.officer_id is not None:
        posting = queries.posting_on(conn, who.officer_id, _today())
        unit_id = posting.unit_id if posting else unit_id
    if unit_id is None:
        abort(403)
    return unit_id, who.officer_id


def _seats(conn: Connection, unit_id: int) -> list[tuple[CounterRecord, int | None]]:
    return [
        (counter, queries.seated(conn, counter.id, _today()))
        for counter in queries.counters(conn, unit_id) if counter.active
    ]


def _own(conn: Connection) -> tuple[CounterRecord | None, int, int | None]:
    """The counter at which the one who asks sits today, unit and officer."""
    unit_id, officer_id = _place(conn)
    seats = _seats(conn, unit_id)
    mine = next((c for c, seat in seats if seat == officer_id is not None), None)
    return mine, unit_id, officer_id


def _asked() -> tuple[str, str | None]:
    """Code and step as typed."""
    step = request.values.get("step", "")
    return request.values.get("code", "").strip()[:200], step if step in STEPS else None


def _shown(conn: Connection, mine: CounterRecord | None) -> console.Console | None:
    code, step = _asked()
    return None if mine is None else console.look(conn, mine, code, step, now=clock.now())


@blueprint.get("/")
@access.requires(Data.DESK)
def index() -> str:
    """Console and seats."""
    with db.reading() as conn:
        mine, unit_id, officer_id = _own(conn)
        seats = _seats(conn, unit_id)
        names = queries.officers(conn, {seat for _c, seat in seats if seat is not None})
        unit = queries.units(conn)[unit_id]
        shown = _shown(conn, mine)
    return render_template(
        "desk/index.html", unit=unit, seats=seats, names=names, mine=mine, officer_id=officer_id,
        today=_today(), shown=shown, steps=words.steps(),
    )


@blueprint.get("/console")
@access.requires(Data.DESK)
def pulse() -> str | Response:
    """The console alone, where it looks different from the one that the page shows."""
    with db.reading() as conn:
        mine, _unit_id, _officer_id = _own(conn)
        shown = _shown(conn, mine)
    if shown is None or shown.seen == request.args.get("seen"):
        return Response(status=204)
    return render_template("desk/_console.html", shown=shown, steps=words.steps())


def _back(step: str | None = None) -> Response:
    code, _step = _asked()
    return redirect(url_for("desk.index", code=code or None, step=step), 303)


@blueprint.post("/invite")
@access.requires(Data.DESK)
def invite() -> Response:
    """Call the tablet of one's counter."""
    code, step = _asked()
    with db.reading() as conn:
        mine, unit_id, officer_id = _own(conn)
    if mine is None or officer_id is None or not code:
        flash(_("Chọn quầy và mở một hồ sơ trước khi mời."), "error")
        return _back(step)
    try:
        calling.call(
            mine.id, unit_id=unit_id, code=code, step=step, officer_id=officer_id,
            actor=access.actor(), now=clock.now(),
        )
    except KioskError as refused:
        flash(words.explain(refused), "error")
    return _back(step)


@blueprint.post("/withdraw")
@access.requires(Data.DESK)
def withdraw() -> Response:
    """Take the call of one's counter back."""
    _code, step = _asked()
    with db.reading() as conn:
        mine, _unit_id, _officer_id = _own(conn)
    if mine is not None:
        try:
            invitations.withdraw(mine.id, None, now=clock.now())
        except NotFoundError as refused:
            flash(words.explain(refused), "error")
    return _back(step)


@blueprint.post("/seat")
@access.requires(Data.DESK)
def seat() -> Response:
    """Sit down at a counter (leaving the one before), or get up."""
    written = request.form.get("counter_id", "")
    with db.reading() as conn:
        mine, unit_id, officer_id = _own(conn)
        counters = {one.id: one for one in queries.counters(conn, unit_id) if one.active}
    if officer_id is None:
        abort(403)
    wanted = typed.identifier(written)
    if written and wanted not in counters:
        abort(404)
    left = mine.id if mine else None
    try:
        if wanted is not None:
            seating.seat(wanted, officer_id, _today(), actor=access.actor(), now=clock.now())
        elif left is not None:
            seating.seat(left, None, _today(), actor=access.actor(), now=clock.now())
    except KioskError as refused:
        flash(words.explain(refused), "error")
        return redirect(url_for("desk.index"), 303)
    if wanted is not None:
        flash(_("Hôm nay bạn ngồi tại %(counter)s.", counter=counters[wanted].name))
    else:
        flash(_("Bạn đã rời quầy."))
    return redirect(url_for("desk.index"), 303)
