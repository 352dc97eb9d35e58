"""Random waves: choose sessions and units, draw with a seed, show it and draw it again."""

from __future__ import annotations

import secrets
from collections import Counter

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import Connection

from kiosk_app.accounts.permissions import Data
from kiosk_app.core import clock, db
from kiosk_app.core.collation import alphabetical
from kiosk_app.core.errors import NotFoundError, RuleError
from kiosk_app.organisation import queries as organisation
from kiosk_app.reporting import waves
from kiosk_app.training import draws as draws_of_training
from kiosk_app.training import queries, seats
from kiosk_app.training.draws import DrawRecord
from kiosk_app.training.records import SessionRecord
from kiosk_app.web import access, typed
from kiosk_app.web.hr import candidates, forms, scope, words
from kiosk_app.web.hr.plans import UNPROCESSABLE, View, require_editor
from kiosk_app.web.hr.surface import blueprint

HIGHEST_SEED = 10**9 - 1
"""Nine digits, as forms take numbers; a suggested seed must be one that is accepted."""


def _open(conn: Connection) -> list[SessionRecord]:
    now = clock.now()
    return [one for one in queries.sessions(conn, states=["planned"])
            if one.slots and one.slots[0].starts_at > now]


def _pool(conn: Connection, chosen: list[SessionRecord]) -> list[tuple[int, int, str]]:
    """Id, unit and the unit's name of each who could sit in every chosen session."""
    if not chosen:
        return []
    names = candidates.unit_names(conn, chosen[0])
    first, *others = [
        candidates.everybody(conn, held, candidates.unit_names(conn, held)) for held in chosen
    ]
    return [(one[0], one[3], names[one[3]]) for one in first.values()
            if all(one[0] in other for other in others)]


def _busy(conn: Connection, chosen: list[SessionRecord]) -> set[int]:
    """Who sits elsewhere at the time of one of these sessions."""
    found: set[int] = set()
    for held in chosen:
        slots = frozenset(held.slots)
        for other in queries.bookings(conn, days={slot.day for slot in slots}):
            if other.session_id != held.id and any(
                    mine.overlaps(theirs) for mine in slots for theirs in other.slots):
                found |= other.officer_ids
    return found


def _draw_page(form: forms.Form) -> str:
    ids = set(typed.identifiers(form.typed.getlist("session_ids")))
    with db.reading() as conn:
        known = _open(conn)
        chosen = [one for one in known if one.id in ids]
        pool = _pool(conn, chosen)
    units = Counter((name, unit_id) for _one, unit_id, name in pool)
    return render_template(
        "hr/draw_new.html", form=form, known=known, ids=ids, pool=pool,
        units=sorted(units.items(), key=lambda one: alphabetical(one[0][0])),
        picked=set(form.typed.getlist("units")),
        seed=form.value("seed") or str(secrets.randbelow(HIGHEST_SEED)),
    )


@blueprint.get("/draws/new")
@access.requires(Data.TRAINING)
def new_draw() -> str:
    require_editor()
    return _draw_page(forms.Form(request.args))


@blueprint.post("/draws/new")
@access.requires(Data.TRAINING)
def make_draw() -> View:
    require_editor()
    form = forms.Form(request.form)
    seed = form.whole("seed", _("Số khởi đầu là một số nguyên, ví dụ 2019."))
    if seed is None or not 0 <= seed <= HIGHEST_SEED:
        form.errors.setdefault("seed", _("Số khởi đầu là một số nguyên, ví dụ 2019."))
        return _draw_page(form), UNPROCESSABLE
    ids = typed.identifiers(request.form.getlist("session_ids"))
    picked = set(request.form.getlist("units"))
    try:
        with db.reading() as conn:
            draws_of_training.require_sessions(conn, ids)
            chosen = queries.sessions(conn, ids=ids)
            pool = [(one, name) for one, unit_id, name in _pool(conn, chosen)
                    if request.form.get("every") or str(unit_id) in picked]
            if request.form.get("todo") and chosen:
                held = candidates.still_valid(conn, chosen[0])
                pool = [one for one in pool if one[0] not in held]
            busy = _busy(conn, chosen) if request.form.get("skip") else set()
            pool = [one for one in pool if one[0] not in busy]
        room = [seats.free(one.capacity, one.enrolled) for one in chosen]
        drawn = waves.draw(pool, [len(pool) if one is None else one for one in room], seed)
        made = draws_of_training.apply(
            session_ids=[one.id for one in chosen], officers=drawn.officers, seats=drawn.seats,
            seed=seed, waves=drawn.waves, actor=access.actor(), now=clock.now(),
        )
    except RuleError as refused:
        form.errors[refused.field or "form"] = words.explain(refused)
        return _draw_page(form), UNPROCESSABLE
    flash(_("Đã bốc thăm %(n)s người vào %(k)s lớp.", n=len(pool), k=len(chosen)))
    return redirect(url_for("hr.draw", draw_id=made), 303)


def read(
    conn: Connection, draw_id: int
) -> tuple[DrawRecord, dict[SessionRecord, list[tuple[str, str]]], bool]:
    """A draw, who sits in which wave, and whether drawing it again gives the same; else 404."""
    try:
        (found,) = draws_of_training.draws(conn, draw_id)
    except NotFoundError:
        abort(404)
    held = queries.sessions(conn, ids=found.session_ids)
    named = organisation.officers(conn, [one for one, _desk in found.officers])
    again = waves.draw(found.officers, found.seats, found.seed)
    by_wave = {
        held[wave - 1]: sorted(
            ((named[one].full_name, desk)
             for (one, desk), at in zip(found.officers, found.waves, strict=True) if at == wave),
            key=lambda one: alphabetical(one[0]),
        )
        for wave in range(1, len(held) + 1)
    }
    return found, by_wave, again.waves == found.waves


@blueprint.get("/draws/<int:draw_id>")
@access.requires(Data.TRAINING)
def draw(draw_id: int) -> str:
    require_editor()
    with db.reading() as conn:
        found, by_wave, same = read(conn, draw_id)
    return render_template("hr/draw.html", draw=found, by_wave=by_wave, scope=scope.scope(), same=same)
