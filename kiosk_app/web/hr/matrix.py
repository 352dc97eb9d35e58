"""Officers × required courses: who holds what, who must renew, who is exempt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from flask import render_template, request, url_for
from sqlalchemy import Connection

from kiosk_app.accounts.permissions import Data
from kiosk_app.core import db
from kiosk_app.core.collation import alphabetical, sought
from kiosk_app.organisation import queries as organisation
from kiosk_app.organisation.records import Post
from kiosk_app.training import queries, requirements
from kiosk_app.training.records import SessionRecord
from kiosk_app.training.requirements import Matrix, Places
from kiosk_app.web import access, translations
from kiosk_app.web.extensions import htmx
from kiosk_app.web.hr import scope, tables, words
from kiosk_app.web.hr.surface import blueprint

MOST_NAMES, FIRST_NAMES = 60, 20
"""Most names listed under one course; of more only the first, and the matrix lists all."""


class Person(NamedTuple):
    """One officer of the matrix."""

    id: int
    code: str
    name: str
    unit_id: int
    field_id: int | None
    unit: str


def people(conn: Connection, today: date) -> list[Person]:
    """Officers in sight at their posts today that the address asks for, by name."""
    reach = scope.units_in_sight(conn)
    lang = translations.language()
    units = {one.id: one.name(lang) for one in organisation.units(conn).values()}
    text, wanted = request.args.get("q", "").strip(), request.args.get("unit", "")
    at = {row[0]: row for row in organisation.posted_on(conn, today)}
    shown = [Person(*row, units[row[3]]) for row in at.values()
             if (not wanted or wanted == str(row[3])) and (reach is None or row[3] in reach)]
    if text:
        found = sought(text)
        shown = [one for one in shown if found(f"{one.name} {one.code}")]
    return sorted(shown, key=lambda one: (alphabetical(one.name), one.code))


def standings(conn: Connection, found: list[Person], today: date, *, only: str = "") -> Matrix:
    """The matrix of these people, of all courses or one."""
    at = {one.id: Post(one.unit_id, one.field_id) for one in found}
    return requirements.matrix(conn, at, today, only=only)


def asked(conn: Connection, today: date) -> list[Person]:
    """People that the address asks for, with the state that it names of a course or of any."""
    found, state = people(conn, today), request.args.get("state", "")
    if state not in requirements.STATES:
        return found
    whole = standings(conn, found, today, only=request.args.get("course", ""))
    looked_up = {who for column in whole.cells.values()
                 for who, cell in column.items() if cell.state == state}
    return [one for one in found if one.id in looked_up]


@blueprint.get("/matrix")
@access.requires(Data.TRAINING)
def matrix() -> Any:
    today = scope.today()
    with db.reading() as conn:
        page = tables.page_of(asked(conn, today), "name")
        shown = standings(conn, list(page.rows), today)
        reach = scope.units_in_sight(conn)
        lang = translations.language()
        choices = [
            (one.id, one.name(lang)) for one in organisation.receiving_units(conn) if scope.in_sight(reach, one.id)
        ]
    return render_template(
        "hr/_matrix.html" if htmx else "hr/matrix.html", page=page, found=shown, units=choices,
        args=request.args, today=today,
    )


def coming(conn: Connection, today: date) -> dict[int, list[SessionRecord]]:
    """Planned sessions that are not over, by course."""
    found: dict[int, list[SessionRecord]] = {}
    for held in queries.sessions(conn, states=("planned",)):
        if held.last_day is not None and held.last_day >= today:
            found.setdefault(held.course_id, []).append(held)
    return found


def free_seats(ahead: Sequence[SessionRecord]) -> int | None:
    """Seats left in sessions to come; None where one has no limit."""
    if any(one.capacity is None for one in ahead):
        return None
    return sum(max((one.capacity or 0) - one.enrolled, 0) for one in ahead)


def places_of(
    conn: Connection, whole: Matrix, officer_ids: Sequence[int], today: date
) -> dict[int, Places]:
    """Places by required course; page and paper say the same."""
    ahead = coming(conn, today)
    sitting = requirements.seated_ahead(conn, today, list(whole.cells))
    return {
        course: Places(tuple(who), frozenset(sitting[course].intersection(who)),
                       free_seats(ahead.get(course, ())))
        for course, who in requirements.lacking(whole, officer_ids).items()
    }


@blueprint.get("/gaps")
@access.requires(Data.TRAINING)
def gaps() -> str:
    """By required course: who must take or renew it, and how many places that makes."""
    today = scope.today()
    with db.reading() as conn:
        found = people(conn, today)
        whole = standings(conn, found, today)
        places = places_of(conn, whole, [one.id for one in found], today)
    named = {one.id: one for one in found}
    shown = {}
    for course, need in places.items():
        who = need.lacking if len(need.lacking) <= MOST_NAMES else need.lacking[:FIRST_NAMES]
        shown[course] = [(named[one], whole.cells[course][one]) for one in who]
    told = {cell: words.standing_text(cell) for who in shown.values() for _one, cell in who}
    return render_template(
        "hr/gaps.html", found=whole, places=places, shown=shown, told=told,
        records=url_for("hr.record", officer_id=0).removesuffix("0"), counts=whole.counts(),
    )
