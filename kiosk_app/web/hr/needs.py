"""What training groups need: citizens' reasons with their uncertainty, then what is required."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import render_template, request
from sqlalchemy import Connection

from kiosk_app.accounts.permissions import Data
from kiosk_app.core import db
from kiosk_app.core.errors import RuleError
from kiosk_app.organisation import queries as organisation
from kiosk_app.reporting import needs as reporting_needs
from kiosk_app.reporting.needs import Need, Needs, Span
from kiosk_app.training import queries
from kiosk_app.training import requirements as rules
from kiosk_app.training.records import SessionRecord
from kiosk_app.training.requirements import CourseTerms
from kiosk_app.web import access, translations
from kiosk_app.web.hr import scope
from kiosk_app.web.hr.catalogue import topic_names
from kiosk_app.web.hr.plans import require_editor
from kiosk_app.web.hr.surface import blueprint


@dataclass(frozen=True)
class Proposal:
    """A group in need with the course that works on its reasons, and who of it lacks the course.

    The group goes as a whole: who holds the course already is left out, nobody is left out or
    taken in for what citizens said.
    """

    need: Need
    course: CourseTerms | None
    lacking: tuple[int, ...]
    coming: tuple[SessionRecord, ...] = ()
    """Planned sessions of the course that have not begun and have a seat."""

    @property
    def places(self) -> int:
        """Seats to offer."""
        return len(self.lacking)


def course_for(need: Need, courses: Sequence[CourseTerms]) -> CourseTerms | None:
    """The course that works on most of the reasons that stand out; None where none does."""
    codes = {one.code for one in need.reasons if one.clear}
    best = max(courses, key=lambda one: len(codes & set(one.topics)), default=None)
    return best if best is not None and codes & set(best.topics) else None


def propose(conn: Connection, needs: Sequence[Need], today: date) -> list[Proposal]:
    """For each need a course, who of the group lacks it, and sessions to come."""
    courses, made = rules.terms(conn), []
    coming = [one for one in queries.sessions(conn, states=("planned",))
              if one.first_day is not None and one.first_day > today]
    for need in needs:
        course = course_for(need, courses)
        if course is None:
            made.append(Proposal(need, None, ()))
            continue
        done = rules.completions(conn, [course.id], need.officers)[course.id]
        fresh = {
            officer for officer, day in done.items()
            if (end := rules.ends_on(day, course.valid_months)) is None or end >= today
        }
        made.append(Proposal(
            need, course, tuple(sorted(need.officers - fresh)),
            tuple(one for one in coming if one.course_id == course.id
                  and (one.capacity is None or one.enrolled < one.capacity)),
        ))
    return made


def _asked(conn: Connection) -> Span | None:
    """The period of the address, else the newest quarter with ratings."""
    offered = reporting_needs.choices(conn)
    try:
        return reporting_needs.span(request.args["period"])
    except (KeyError, RuleError):
        return offered[0] if offered else None


@dataclass(frozen=True)
class NeedsPage:
    """What the page of a period says; ``found`` None where there is no rating yet."""

    period: Span | None
    offered: list[Span]
    found: Needs | None
    proposals: list[Proposal]
    matrix: rules.Matrix


def read(conn: Connection) -> NeedsPage:
    """Everything of the page that the address asks for."""
    today = scope.today()
    at = rules.postings_on(conn, today)
    units = [one.id for one in organisation.receiving_units(conn)]
    period, found = _asked(conn), None
    proposals: list[Proposal] = []
    if period is not None:
        found = reporting_needs.of_groups(
            conn, period, at, units, list(topic_names()), translations.language()
        )
        proposals = propose(conn, found.needs, today)
    whole = rules.matrix(conn, {who: one.post for who, one in at.items()}, today)
    return NeedsPage(period, reporting_needs.choices(conn), found, proposals, whole)


@blueprint.get("/needs")
@access.requires(Data.TRAINING)
def needs() -> str:
    require_editor()
    with db.reading() as conn:
        page = read(conn)
    return render_template(
        "hr/needs.html", found=page.found, proposals=page.proposals, reasons=topic_names(),
        matrix=page.matrix, counts=page.matrix.counts(),
        clear=sum(one.need.clear for one in page.proposals),
        offered=[one.key for one in page.offered], period=page.period.key if page.period else "",
        args=request.args,
    )
