"""Who could be sent to a session: whom the address asks for, in which order, and who of them can come."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from flask import request
from flask_babel import gettext as _
from sqlalchemy import Connection

from kiosk_app.core.collation import alphabetical, sought
from kiosk_app.organisation import queries as organisation
from kiosk_app.organisation.records import Post
from kiosk_app.training import enrolling, needing, queries, requirements, seats
from kiosk_app.training.needing import Need
from kiosk_app.training.records import SessionRecord
from kiosk_app.web import translations, typed
from kiosk_app.web.hr import scope

SHOWN, SPARE = 200, 100
"""People listed; of a larger session as many as its seats, and some for those who cannot come."""

Posted = tuple[int, str, str, int, int | None]
"""Officer id, code, full name, unit id and field id of somebody who could be sent."""


class Candidate(NamedTuple):
    """One line of those who could be sent."""

    id: int
    code: str
    name: str
    unit_id: int
    unit: str
    done: date | None = None
    """Last day of the newest completed session of this course, while it holds."""
    need: Need | None = None
    blocked: str = ""
    """Why this person cannot be enrolled here, '' if nothing is in the way."""


def handed_in() -> set[int] | None:
    """Officers that another page proposes by ``?officers=3,17``; None where it proposes nobody."""
    text = request.values.get("officers", "")
    return set(typed.identifiers(text.split(","))) if text else None


def by_need() -> bool:
    """Whether the list is asked for by need; choosing the first of it asks for that too."""
    return request.values.get("order") == "need" or bool(request.values.get("first"))


def unit_names(conn: Connection, held: SessionRecord) -> dict[int, str]:
    """Units of the session's audience on its first day, by id."""
    lang = translations.language()
    return {
        one.id: one.name(lang) for one in organisation.units(conn, on=held.first_day).values()
        if held.audience in {"", "centre" if one.kind == "centre" else "wards"}
    }


def everybody(
    conn: Connection, held: SessionRecord, units: Mapping[int, str]
) -> dict[int, Posted]:
    """By id, who is posted on the first day at one of ``units`` and not on the roster."""
    if held.first_day is None:
        return {}
    there = {row.officer_id for row in queries.roster(conn, held.id)
             if row.state in seats.SEATED | {"waiting"}}
    return {one[0]: one for one in organisation.posted_on(conn, held.first_day)
            if one[3] in units and one[0] not in there}


def still_valid(conn: Connection, held: SessionRecord) -> dict[int, date]:
    """Who completed the session's course, when, where it holds on the session's first day."""
    first = held.first_day or scope.today()
    months = requirements.validity(conn, held.course_id)
    return {
        who: day for who, day in requirements.completions(
            conn, [held.course_id])[held.course_id].items()
        if (end := requirements.ends_on(day, months)) is None or end >= first
    }


def _by_name(one: Posted) -> tuple[bytes, int]:
    """The place in alphabetical order."""
    return alphabetical(one[2]), one[0]


def _filtered(every: Mapping[int, Posted], units: Mapping[int, str]) -> list[Posted]:
    text, unit = request.values.get("q", "").strip(), request.values.get("unit", "")
    proposed = handed_in()
    found = [one for one in every.values() if not unit or unit == str(one[3])]
    if proposed is not None:
        found = [one for one in found if one[0] in proposed]
    if not text:
        return found
    fits = sought(text)
    return [one for one in found if fits(f"{one[2]} {one[1]} {units[one[3]]}")]


def _needs(
    conn: Connection, held: SessionRecord, found: Sequence[Posted]
) -> dict[int, Need]:
    """How much each needs the course when the session begins; {} where the order is by name."""
    if held.first_day is None or not by_need():
        return {}
    posts = {one[0]: Post(one[3], one[4]) for one in found}
    return needing.of_course(conn, posts, held.course_id, held.first_day, scope.today())


def offered(
    conn: Connection, held: SessionRecord, every: Mapping[int, Posted], units: Mapping[int, str],
    free: int | None,
) -> tuple[list[Candidate], int]:
    """The first lines of those whom the address asks for, and how many there are beyond."""
    done, found = still_valid(conn, held), _filtered(every, units)
    if request.values.get("todo"):
        found = [one for one in found if one[0] not in done]
    needs = _needs(conn, held, found)
    shown = max(SHOWN, (free or 0) + SPARE) if request.values.get("first") else SHOWN
    first = heapq.nsmallest(
        shown, found,
        key=(lambda one: (needs[one[0]].key, _by_name(one))) if needs else _by_name,
    )
    blocked = _blocked(conn, held, [one[0] for one in first])
    return [
        Candidate(*one[:4], units[one[3]], done.get(one[0]), needs.get(one[0]),
                  blocked.get(one[0], ""))
        for one in first
    ], len(found) - len(first)


def _blocked(
    conn: Connection, held: SessionRecord, officer_ids: Sequence[int]
) -> dict[int, str]:
    """By officer, what stands in the way: a session at the same time, a course that comes first."""
    found: dict[int, str] = {}
    lacking = enrolling.missing_prerequisites(conn, held.course_id, officer_ids)
    if lacking:
        codes = {one.id: one.code for one in queries.courses(conn)}
        found = {who: _("chưa học %(code)s", code=", ".join(sorted(codes[one] for one in missing)))
                 for who, missing in lacking.items()}
    for clash in enrolling.clashes_of(conn, held, frozenset(officer_ids)):
        if clash.officer_id is not None:
            found[clash.officer_id] = _("trùng giờ lớp %(code)s", code=clash.code)
    return found


def marked(shown: Sequence[Candidate], free: int | None) -> set[str]:
    """Whose box is ticked: the first for whom there is a seat, all, those proposed, or as sent."""
    first = bool(request.values.get("first"))
    proposed = handed_in() is not None and request.method == "GET"
    if not first and not proposed and not request.values.get("all"):
        return set(request.form.getlist("officer_ids"))
    able = [str(one.id) for one in shown if not one.blocked]
    return set(able[:free] if first else able)
