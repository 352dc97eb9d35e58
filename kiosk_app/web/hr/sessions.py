"""The year's sessions and one session: what was planned, who came, what they learnt."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from kiosk_app.accounts.permissions import Data, Scope
from kiosk_app.core import clock, db
from kiosk_app.core.collation import alphabetical, sought
from kiosk_app.core.errors import NotFoundError
from kiosk_app.organisation import queries as organisation
from kiosk_app.reporting import reactions
from kiosk_app.training import checklists, queries
from kiosk_app.training.records import RosterRow, SessionRecord
from kiosk_app.web import access, translations, typed
from kiosk_app.web.extensions import htmx
from kiosk_app.web.hr import forms, resting, scope, tables
from kiosk_app.web.hr.surface import blueprint


@dataclass(frozen=True)
class Person:
    """One line of a roster, ready to be shown."""

    row: RosterRow
    name: str
    code: str
    unit: str
    marks: list[str]

    @property
    def pre(self) -> float | None:
        """Mark before."""
        return self.row.value("pre")

    @property
    def post(self) -> float | None:
        """Mark after."""
        return self.row.value("post")

    @property
    def change(self) -> float | None:
        """What was gained between the tests."""
        if self.pre is None or self.post is None:
            return None
        return self.post - self.pre


SESSION_KEYS: dict[str, Callable[[SessionRecord], Any]] = {
    "day": lambda one: (one.first_day, one.code),
    "code": lambda one: one.code,
    "course": lambda one: alphabetical(one.title or one.course),
    "enrolled": lambda one: one.enrolled,
    "completed": lambda one: one.completed,
    "gain": lambda one: (
        one.post_mean - one.pre_mean
        if one.post_mean is not None and one.pre_mean is not None else None
    ),
}
PERSON_KEYS: dict[str, Callable[[Person], Any]] = {
    "name": lambda one: alphabetical(one.name),
    "unit": lambda one: alphabetical(one.unit),
    "pre": lambda one: one.pre,
    "post": lambda one: one.post,
    "change": lambda one: one.change,
    "state": lambda one: one.row.state,
}


def chosen_year(conn: Connection) -> tuple[int, list[int]]:
    """The year of the address (else the newest with a session), and the years to offer."""
    known = queries.years(conn)
    asked = request.args.get("year", "")
    newest = known[-1] if known else scope.today().year
    year = typed.year(asked) or newest
    offered = sorted({*known, year, newest + 1, (known[0] if known else newest) - 1})
    return year, offered


def filtered(
    conn: Connection, year: int, every: list[SessionRecord] | None = None
) -> list[SessionRecord]:
    """The sessions in sight that the address asks for, sorted; ``every`` of the year if known."""
    units = scope.units_in_sight(conn)
    found = queries.sessions(conn, year=year, unit_ids=units) if every is None else every
    if units is not None:
        found = [one for one in found if one.enrolled]
    text, state = request.args.get("q", "").strip(), request.args.get("state", "")
    fits = sought(text)
    found = [
        one for one in found
        if (not text or fits(f"{one.code} {one.title} {one.course} {one.room}"))
        and (not state or one.state == state)
    ]
    return tables.arrange(found, SESSION_KEYS, "day")


def people(
    conn: Connection, held: SessionRecord, *, with_gone: bool = False
) -> list[Person]:
    """The roster in sight with names and units of the first day, in alphabetical order."""
    rows = [
        row for row in queries.roster(conn, held.id, unit_ids=scope.units_in_sight(conn))
        if with_gone or row.state not in queries.GONE
    ]
    named = organisation.officers(conn, [row.officer_id for row in rows])
    units = organisation.units(conn, on=held.first_day)
    found = [
        Person(
            row, named[row.officer_id].full_name, named[row.officer_id].code,
            units[row.unit_id].name(translations.language()) if row.unit_id is not None else tables.NONE_TEXT,
            [row.marks[half.id].mark if half.id in row.marks else "" for half in held.half_days],
        )
        for row in rows
    ]
    return tables.arrange(found, PERSON_KEYS, "name")


def load(conn: Connection, session_id: int) -> SessionRecord:
    """The session if it may be seen, else 404."""
    units = scope.units_in_sight(conn)
    try:
        held = queries.session(conn, session_id, unit_ids=units)
    except NotFoundError:
        abort(404)
    if units is not None and not held.enrolled:
        abort(404)
    return held


def sessions_today(conn: Connection) -> list[SessionRecord]:
    """Sessions in sight with a half-day today."""
    units = scope.units_in_sight(conn)
    ids = [one.id for one in queries.sessions_on(conn, clock.now())]
    return [one for one in queries.sessions(conn, ids=ids, unit_ids=units)
            if units is None or one.enrolled]


@blueprint.get("/")
@access.requires(Data.TRAINING)
def index() -> str | Response:
    if scope.scope() == Scope.OWN:
        return redirect(url_for("hr.staff"), 303)
    with db.reading() as conn:
        year, years = chosen_year(conn)
        today = sessions_today(conn)
        every = queries.sessions(conn, year=year, unit_ids=scope.units_in_sight(conn))
        found = filtered(conn, year, every)
    wards = [one for one in every if one.audience == "wards" and one.state == "held"]
    months = {
        month: [one for one in every if one.first_day and one.first_day.month == month
                and one.state != "cancelled"]
        for month in range(1, 13)
    }
    coming = sum(one.audience == "wards" and one.state == "planned" for one in every)
    template = "hr/_sessions.html" if htmx else "hr/sessions.html"
    return render_template(
        template, year=year, years=years, page=tables.page_of(found, "day"), every=every,
        today=today, day_today=scope.today(), coming=coming, rounds=len(wards), invited=sum(one.enrolled for one in wards),
        completed=sum(one.completed for one in wards), months=months, args=request.args,
    )


def _gains(listed: list[Person]) -> dict[str, Any]:
    """Lines of the slope chart and the words beside it; only people with both marks."""
    both = [one for one in listed if one.change is not None]
    if not both:
        return {"both": []}
    pre = sum(one.pre or 0 for one in both) / len(both)
    post = sum(one.post or 0 for one in both) / len(both)
    marks = [mark for one in both for mark in (one.pre or 0, one.post or 0)]
    return {
        "low": math.floor(min(marks)), "high": max(math.ceil(max(marks)), math.floor(min(marks)) + 1),
        "both": both, "pre": pre, "post": post, "change": post - pre,
        "up": sum((one.change or 0) > 0 for one in both),
        "down": sum((one.change or 0) < 0 for one in both),
        "same": sum(one.change == 0 for one in both),
    }


def _open_ends(held: SessionRecord, listed: list[Person]) -> dict[str, int]:
    """What is not yet written down of a session: marks, and final test marks."""
    return {
        "marks": sum(mark in {"", "unknown"} for one in listed for mark in one.marks),
        "tests": sum(one.post is None for one in listed) if held.has_test else 0,
    }


@blueprint.get("/sessions/<int:session_id>")
@access.requires(Data.TRAINING)
def session(session_id: int) -> str:
    return session_page(session_id, forms.Form())


def session_page(session_id: int, form: forms.Form) -> str:
    """The page of a session; ``form`` holds a cost that was refused."""
    with db.reading() as conn:
        held = load(conn, session_id)
        listed = people(conn, held)
        said = reactions.of_session(conn, held, clock.now())
        practical = checklists.of_session(conn, held) is not None
        off = resting.of_plan(conn, held)
    return render_template(
        "hr/_roster.html" if htmx else "hr/session.html", held=held, people=listed,
        gains=_gains(listed), hours=held.hours, lacking=_open_ends(held, listed),
        running=bool(held.slots) and clock.now() < held.slots[-1].ends_at, tab="summary",
        reactions=said, practical=practical, form=form, resting=off,
        page=tables.page_of(listed, "name"), args=request.args,
    )
