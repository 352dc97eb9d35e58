"""Who sits at which counter today, changed in two taps. No ratings are shown here."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from kiosk_app.accounts.permissions import Data
from kiosk_app.core import clock, db
from kiosk_app.core.columns import LOCAL_ZONE
from kiosk_app.core.errors import KioskError
from kiosk_app.organisation import queries, seating
from kiosk_app.web import access

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


def _people(conn: Connection, unit_id: int) -> dict[int, str]:
    """Names of those posted at the unit today."""
    ids = [p.officer_id for p in queries.postings(conn)
           if p.unit_id == unit_id and p.covers(_today())]
    return {one.id: one.full_name for one in queries.officers(conn, ids).values()}


@blueprint.get("/")
@access.requires(Data.DESK)
def index() -> str:
    with db.reading() as conn:
        unit_id, officer_id = _place(conn)
        people = _people(conn, unit_id)
        seats = [
            (counter, queries.seated(conn, counter.id, _today()))
            for counter in queries.counters(conn, unit_id) if counter.active
        ]
        names = queries.officers(conn, {seat for _c, seat in seats if seat is not None})
        unit = queries.units(conn)[unit_id]
    mine = next((counter for counter, seat in seats if seat == officer_id is not None), None)
    return render_template(
        "desk/index.html", unit=unit, seats=seats, names=names, people=people, mine=mine,
        officer_id=officer_id, today=_today(),
    )


@blueprint.post("/seat")
@access.requires(Data.DESK)
def seat() -> Response:
    """Sit down at a counter (leaving the one before), or get up."""
    written = request.form.get("counter_id", "")
    with db.reading() as conn:
        unit_id, officer_id = _place(conn)
        counters = {one.id: one for one in queries.counters(conn, unit_id) if one.active}
        held = [one for one in counters if queries.seated(conn, one, _today()) == officer_id]
    if officer_id is None:
        abort(403)
    if written and (not written.isdigit() or int(written) not in counters):
        abort(404)
    wanted = int(written) if written else None
    try:
        for counter_id in held:
            if counter_id != wanted:
                seating.seat(counter_id, None, _today(), actor=access.actor(), now=clock.now())
        if wanted is not None:
            seating.seat(wanted, officer_id, _today(), actor=access.actor(), now=clock.now())
    except KioskError as refused:
        flash(refused.detail, "error")
        return redirect(url_for("desk.index"), 303)
    if wanted is not None:
        flash(_("Hôm nay bạn ngồi tại %(counter)s.", counter=counters[wanted].name))
    else:
        flash(_("Bạn đã rời quầy."))
    return redirect(url_for("desk.index"), 303)
