"""Officers × required courses: who holds what, who must renew, who is exempt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import render_template, request
from sqlalchemy import Connection

from kiosk_app.accounts.permissions import Data
from kiosk_app.core import db
from kiosk_app.core.collation import alphabetical
from kiosk_app.organisation import queries as organisation
from kiosk_app.organisation.records import PostingRecord
from kiosk_app.training import requirements
from kiosk_app.training.requirements import Matrix
from kiosk_app.training.rules import plain
from kiosk_app.web import access, translations
from kiosk_app.web.extensions import htmx
from kiosk_app.web.hr import scope, tables
from kiosk_app.web.hr.surface import blueprint

MOST_NAMES = 60
"""Names listed under one course; the matrix lists all."""


@dataclass(frozen=True)
class Person:
    """One officer of the matrix."""

    id: int
    code: str
    name: str
    unit_id: int
    unit: str


def people(conn: Connection, at: Mapping[int, PostingRecord]) -> list[Person]:
    """Officers in sight at their posts today that the address asks for, by name."""
    reach = scope.units_in_sight(conn)
    lang = translations.language()
    units = {one.id: one.name(lang) for one in organisation.units(conn).values()}
    text, wanted = plain(request.args.get("q", "")), request.args.get("unit", "")
    found = []
    for officer in organisation.officers(conn).values():
        place = at.get(officer.id)
        if place is None or not scope.in_sight(reach, place.unit_id):
            continue
        if wanted not in {"", str(place.unit_id)}:
            continue
        if text and text not in plain(f"{officer.full_name} {officer.code}"):
            continue
        found.append(Person(officer.id, officer.code, officer.full_name, place.unit_id,
                            units[place.unit_id]))
    return sorted(found, key=lambda one: (alphabetical(one.name), one.code))


def _kept(found: list[Person], whole: Matrix, state: str, course: str) -> list[Person]:
    """Those in a state of a course, or of any."""
    at = [i for i, one in enumerate(whole.courses) if course in {"", str(one.id)}]
    return [one for one in found if any(whole.of(one.id)[i].state == state for i in at)]


def asked(conn: Connection, today: date) -> tuple[list[Person], dict[int, PostingRecord]]:
    """People that the address asks for, and the postings of the day."""
    at = requirements.postings_on(conn, today)
    found = people(conn, at)
    state = request.args.get("state", "")
    if state in requirements.STATES:
        whole = requirements.matrix(conn, {one.id: at[one.id] for one in found}, today)
        found = _kept(found, whole, state, request.args.get("course", ""))
    return found, at


@blueprint.get("/matrix")
@access.requires(Data.TRAINING)
def matrix() -> Any:
    today = scope.today()
    with db.reading() as conn:
        found, at = asked(conn, today)
        page = tables.page_of(found, "name")
        shown = requirements.matrix(conn, {one.id: at[one.id] for one in page.rows}, today)
        reach = scope.units_in_sight(conn)
        lang = translations.language()
        choices = [
            (one.id, one.name(lang)) for one in organisation.receiving_units(conn) if scope.in_sight(reach, one.id)
        ]
    return render_template(
        "hr/_matrix.html" if htmx else "hr/matrix.html", page=page, found=shown, units=choices,
        args=request.args, today=today,
    )


@blueprint.get("/gaps")
@access.requires(Data.TRAINING)
def gaps() -> str:
    """By required course: who must take or renew it, and how many places that makes."""
    today = scope.today()
    with db.reading() as conn:
        at = requirements.postings_on(conn, today)
        found = people(conn, at)
        whole = requirements.matrix(conn, {one.id: at[one.id] for one in found}, today)
    named = {one.id: one for one in found}
    lacking = requirements.lacking(whole, [one.id for one in found])
    shown = {course: who[:MOST_NAMES] for course, who in lacking.items()}
    return render_template(
        "hr/gaps.html", found=whole, lacking=lacking, shown=shown, named=named, args=request.args,
        counts=whole.counts(),
    )
