"""Who needs a course most: the order of a list that is longer than the seats.

It knows requirements, ends of validity and days of training, and nothing that citizens said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from kiosk_app.organisation.records import Post
from kiosk_app.training import queries, requirements
from kiosk_app.training.requirements import Exemption, Standing

NEVER, ENDING, NOT_REQUIRED, HOLDS = range(4)
"""Must hold it and never did; must, and it has ended or soon will; need not; holds it still."""


@dataclass(frozen=True)
class Need:
    """How much one officer needs a course, and the last day of any training attended."""

    rank: int
    standing: Standing
    last: date | None

    @property
    def key(self) -> tuple[int, date, date]:
        """The lower, the greater the need: rank, the end that comes first, the longest wait."""
        ends = self.standing.ends if self.rank == ENDING else None
        return self.rank, ends or date.min, self.last or date.min


def rank(standing: Standing, *, required: bool) -> int:
    """One of NEVER, ENDING, NOT_REQUIRED and HOLDS."""
    if required and standing.state in requirements.LACKING:
        return NEVER if standing.completed is None else ENDING
    return HOLDS if standing.state in {"valid", "expiring"} else NOT_REQUIRED


def of_course(
    conn: Connection, posts: Mapping[int, Post], course_id: int, day: date, today: date
) -> dict[int, Need]:
    """Need of each of these officers on ``day``, when the session begins; training until ``today``."""
    wanted = [one for one in requirements.in_force(conn, day) if one.course_id == course_id]
    role_of, months = requirements.roles(conn), requirements.validity(conn, course_id)
    few = list(posts) if len(posts) <= 500 else None
    done = requirements.completions(conn, [course_id], few)[course_id]
    free = {who: exempt for (who, course), exempt in requirements.exemptions(conn, few).items()
            if course == course_id}
    last = queries.staff_order(conn, today, "last")
    must = {post: requirements.must_hold(wanted, post, role_of) for post in set(posts.values())}
    known: dict[tuple[date | None, Exemption | None, bool], tuple[int, Standing]] = {}
    found = {}
    for who, post in posts.items():
        case = done.get(who), free.get(who), must[post]
        if case not in known:
            cell = requirements.standing(case[0], months, case[1], required=case[2], today=day)
            known[case] = rank(cell, required=case[2]), cell
        found[who] = Need(*known[case], last.get(who))
    return found
