"""Officers and their training records. No rating figures are read here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

from flask import redirect, render_template, request, url_for
from sqlalchemy import Connection

from kiosk_app.accounts.permissions import Data, Scope
from kiosk_app.core import clock, db
from kiosk_app.core.collation import alphabetical, sought
from kiosk_app.organisation import queries as organisation
from kiosk_app.training import certificates, checklists, commands, queries, requirements
from kiosk_app.training.requirements import CourseTerms, Standing
from kiosk_app.web import access, translations, typed
from kiosk_app.web.extensions import htmx
from kiosk_app.web.hr import scope, tables
from kiosk_app.web.hr.surface import blueprint


class Line(NamedTuple):
    """One officer of the staff list."""

    id: int
    code: str
    name: str
    unit_id: int | None
    unit: str
    counter: str
    sessions: int = 0
    completed: int = 0
    hours: float = 0.0
    last_day: date | None = None
    of_year: float = 0.0
    """Hours of the year that is looked at."""


@dataclass(frozen=True)
class YearHours:
    """Hours of one year against the norm, and who is measured by it."""

    year: int
    day: date
    """Until when: the year's last day, or today."""
    norm: float
    minutes: Mapping[int, int]
    posted: Set[int]

    def hours(self, officer_id: int) -> float:
        """What one officer attended in the year."""
        return self.minutes.get(officer_id, 0) / 60

    def missing(self, officer_id: int) -> float:
        """Hours that an officer in office has still to attend; 0 for one who is not."""
        return max(self.norm - self.hours(officer_id), 0.0) if officer_id in self.posted else 0.0


KEYS: dict[str, Callable[[Line], Any]] = {
    "name": lambda one: alphabetical(one.name),
    "code": lambda one: one.code,
    "unit": lambda one: (alphabetical(one.unit), alphabetical(one.name)),
    "sessions": lambda one: one.sessions,
    "completed": lambda one: one.completed,
    "hours": lambda one: one.hours,
    "last": lambda one: one.last_day, "of_year": lambda one: one.of_year,
}


COUNTED = frozenset({"sessions", "completed", "hours", "last"})


def of_year(conn: Connection) -> YearHours | None:
    """Hours of the year that the address asks for; of this one where only who is short is asked."""
    today, asked = scope.today(), typed.year(request.args.get("year", ""))
    if asked is None and not request.args.get("below"):
        return None
    year = min(asked or today.year, today.year)
    day = min(date(year, 12, 31), today)
    return YearHours(
        year, day, requirements.norm(conn), queries.minutes_of_year(conn, year, today),
        organisation.posts_on(conn, day).keys(),
    )


def short_of(found: Sequence[Line], year: YearHours | None) -> list[Line]:
    """Of these, who has not the norm's hours."""
    return [one for one in found if year is not None and year.missing(one.id) > 0]


def _with_totals(conn: Connection, found: Sequence[Line], *, few: bool) -> list[Line]:
    """The lines with what each officer took part in; ``few``: asked for these alone."""
    totals = queries.staff_totals(conn, scope.today(), [one.id for one in found] if few else None)
    return [
        one._replace(sessions=done.sessions, completed=done.completed, hours=done.hours,
                     last_day=done.last_day) if (done := totals.get(one.id)) else one
        for one in found
    ]


def lines(conn: Connection, year: YearHours | None) -> list[Line]:
    """Officers in sight that the address asks for, sorted, with their totals."""
    found, _short = _chosen(conn, year)
    return tables.arrange(_with_totals(conn, found, few=False), KEYS, "name")


def _chosen(conn: Connection, year: YearHours | None) -> tuple[list[Line], int]:
    """Those whom the address asks for with their hours of the year, and how many are short of it."""
    found = _asked(conn)
    if year is None:
        return found, 0
    found = [one._replace(of_year=year.hours(one.id)) for one in found]
    short = short_of(found, year)
    return (short if request.args.get("below") else found), len(short)


def _page(conn: Connection, found: list[Line]) -> tables.Page:
    """One page of them; of the others only the total that is sorted by is read."""
    wanted = request.args.get("sort", "")
    if wanted in COUNTED:
        totals = queries.staff_order(conn, scope.today(), wanted)
        none = None if wanted == "last" else 0
        listed = tables.arrange(found, {wanted: lambda one: totals.get(one.id, none)}, wanted)
    else:
        listed = tables.arrange(found, KEYS, "name")
    page = tables.page_of(listed, "name")
    return replace(page, rows=_with_totals(conn, page.rows, few=True))


def _asked(conn: Connection) -> list[Line]:
    """Officers in sight that the address asks for."""
    reach = scope.units_in_sight(conn)
    lang = translations.language()
    names = {unit.id: unit.name(lang) for unit in organisation.units(conn).values()}
    counters = {one.id: one.name for one in organisation.counters(conn)}
    text, wanted = request.args.get("q", "").strip(), request.args.get("unit", "")
    fits = sought(text)
    found = []
    for who, code, name, unit_id, counter in organisation.last_posted(conn, scope.today()).values():
        if (wanted and wanted != str(unit_id)) or (reach is not None and unit_id not in reach):
            continue
        unit = names[unit_id]
        if text and not fits(f"{name} {code} {unit}"):
            continue
        found.append(Line(who, code, name, unit_id, unit, counters.get(counter or 0, "")))
    return found


def _unit_choices(conn: Connection) -> list[tuple[int, str]]:
    reach = scope.units_in_sight(conn)
    return [
        (one.id, one.name(translations.language())) for one in organisation.receiving_units(conn)
        if scope.in_sight(reach, one.id)
    ]


@blueprint.get("/staff")
@access.requires(Data.TRAINING)
def staff() -> Any:
    if scope.scope() == Scope.OWN:
        own = access.current().officer_id
        return redirect(url_for("hr.record", officer_id=own or 0), 303)
    with db.reading() as conn:
        year = of_year(conn)
        found, short = _chosen(conn, year)
        page, choices = _page(conn, found), _unit_choices(conn)
        known = {*queries.years(conn), scope.today().year}
    return render_template(
        "hr/_staff.html" if htmx else "hr/staff.html", page=page, short=short, of_year=year,
        years=sorted((one for one in known if one <= scope.today().year), reverse=True),
        units=choices, args=request.args,
    )


@blueprint.get("/staff/<int:officer_id>")
@access.requires(Data.TRAINING)
def record(officer_id: int) -> str:
    with db.reading() as conn:
        scope.check_officer(conn, officer_id)
        officer = organisation.officers(conn, [officer_id])[officer_id]
        transcript = queries.record_of(conn, officer_id)
        postings = organisation.postings(conn, officer_id=officer_id)
        units = organisation.units(conn)
        counters = {one.id: one.name for one in organisation.counters(conn)}
        taken = {entry.session.course_id: entry for entry in reversed(transcript.entries)
                 if entry.completed}
        courses = [one for one in queries.courses(conn) if one.active and one.sessions]
        duties, norm = _duties(conn, officer_id), requirements.norm(conn)
        proofs = certificates.of_officer(conn, officer_id)
        practical = checklists.of_record(conn, transcript)
    if access.current().officer_id != officer_id:
        commands.note_look(officer.code, actor=access.actor(), now=clock.now())
    today = scope.today()
    begun = [one for one in transcript.entries
             if one.session.first_day is not None and one.session.first_day <= today]
    years = {one.session.first_day.year for one in begun if one.session.first_day is not None}
    year = max(years, default=today.year)
    return render_template(
        "hr/record.html", officer=officer, transcript=transcript, postings=postings, units=units,
        counters=counters, taken=taken, courses=courses, year=year, begun=begun,
        own=scope.scope() == Scope.OWN, duties=duties, norm=norm, certificates=proofs,
        practical=practical,
    )


def _duties(conn: Connection, officer_id: int) -> list[tuple[CourseTerms, Standing]]:
    """Required courses of an officer posted today, with their standing."""
    today = scope.today()
    at = organisation.posting_on(conn, officer_id, today)
    if at is None:
        return []
    found = requirements.matrix(conn, {officer_id: at.post}, today)
    return [(course, cell) for course, cell in
            zip(found.courses, found.of(officer_id), strict=True) if cell.state != "none"]
