"""What training groups need: citizens' reasons with their uncertainty, then what is required."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template, request
from sqlalchemy import Connection

from kiosk_app.accounts.permissions import Data
from kiosk_app.core import db
from kiosk_app.core.errors import RuleError
from kiosk_app.organisation import queries as organisation
from kiosk_app.reporting import needs as reporting_needs
from kiosk_app.reporting import periods
from kiosk_app.reporting.needs import Need, Needs
from kiosk_app.training import requirements as rules
from kiosk_app.training.requirements import CourseTerms
from kiosk_app.web import access, translations
from kiosk_app.web.hr import scope
from kiosk_app.web.hr.catalogue import topic_names
from kiosk_app.web.hr.plans import require_editor
from kiosk_app.web.hr.surface import blueprint


@dataclass(frozen=True)
class Proposal:
    """A group in need with the course that works on its reasons, and places wanted."""

    need: Need
    course: CourseTerms | None
    places: int


def _propose(conn: Connection, found: Needs) -> list[Proposal]:
    courses = rules.terms(conn)
    today, made = scope.today(), []
    for need in found.needs:
        codes = {one.code for one in need.reasons if one.clear}
        course = max(courses, key=lambda c: len(codes & set(c.topics)), default=None)
        if course is None or not codes & set(course.topics):
            made.append(Proposal(need, None, len(need.officers)))
            continue
        done = rules.completions(conn, [course.id], need.officers)
        fresh = sum(
            (end := rules.ends_on(day, course.valid_months)) is None or end >= today
            for day in done.values()
        )
        made.append(Proposal(need, course, len(need.officers) - fresh))
    return made


@blueprint.get("/needs")
@access.requires(Data.TRAINING)
def needs() -> str:
    require_editor()
    today = scope.today()
    with db.reading() as conn:
        at = rules.postings_on(conn, today)
        units = [one.id for one in organisation.receiving_units(conn)]
        period = reporting_needs.period_of(conn)
        asked = request.args.get("period", "")
        if asked:
            try:
                period = periods.parse(asked)
            except RuleError:
                period = reporting_needs.period_of(conn)
        found = None
        proposals: list[Proposal] = []
        if period is not None:
            found = reporting_needs.of_groups(
                conn, period, at, units, list(topic_names()), translations.language()
            )
            proposals = _propose(conn, found)
        whole = rules.matrix(conn, at, today)
        counts = whole.counts()
    return render_template(
        "hr/needs.html", found=found, proposals=proposals, reasons=topic_names(), matrix=whole,
        counts=counts, clear=sum(one.need.clear for one in proposals),
    )
