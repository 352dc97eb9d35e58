"""Results for programs: the rows of the manager's pages, through the same gate."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask import Response, request
from sqlalchemy import Connection

from kiosk_app.accounts.permissions import Data, Scope
from kiosk_app.core import db
from kiosk_app.core.errors import ForbiddenError, NotFoundError, RuleError
from kiosk_app.organisation import queries
from kiosk_app.reporting import groups as groups_of
from kiosk_app.reporting import judging, periods, questions
from kiosk_app.reporting.groups import Groups
from kiosk_app.reporting.records import Figure
from kiosk_app.web import access
from kiosk_app.web.api.routes import blueprint
from kiosk_app.web.api.wire import answer

SCOPE = "results"
PAGE = 100
FIELDS = ("key", "label", "n", "eligible", "coverage", "share", "low", "high", "adjusted", "tier",
          "suppressed")


def _units(conn: Connection) -> list[int]:
    """Receiving units that the one who asks reaches; the one named, or 404."""
    key = access.api_key(SCOPE)
    if key is None:
        data = Data.FIGURES_OFFICERS if request.args.get("by") == "officer" else Data.FIGURES
        if access.reach(data) == Scope.NONE:
            raise ForbiddenError("figures_forbidden", "this role may not see officers", field="by")
        reached = set(access.visible_units(conn, data))
    else:
        reached = set(
            queries.units(conn) if key.unit_id is None else queries.descendants(conn, key.unit_id)
        )
    units = [u for u in queries.receiving_units(conn) if u.id in reached]
    ref = request.args.get("unit", "")
    if ref:
        units = [u for u in units if u.ref == ref]
        if not units:
            raise NotFoundError("unit_unknown", "no such unit within reach", field="unit")
    return [u.id for u in units]


def _groups(conn: Connection, period: str, units: list[int]) -> Groups | None:
    """Groups of officers of the period, for who is told those of five or more only."""
    if access.api_key(SCOPE) is not None or not access.groups_only():
        return None
    week = questions.week_number(period)
    if week is not None:
        day = date.fromisocalendar(week // 100, week % 100, 1)
        period = f"{day:%Y-%m}"
    asked = periods.parse(period)
    if len(units) == 1:
        every = [u.id for u in queries.receiving_units(conn)]
        groups_of.of(conn, asked, every).require("unit", str(units[0]))
    return groups_of.of(conn, asked, units)


def _rows(conn: Connection, by: str, period: str, units: list[int]) -> Sequence[Figure]:
    found = questions.rows(conn, by, request.args.get("step", ""), period, units, "vi")
    groups = _groups(conn, period, units)
    if groups is not None:
        return groups.told(found, by)
    own_only = (
        by == "officer" and access.api_key(SCOPE) is None
        and access.reach(Data.FIGURES_OFFICERS) == Scope.OWN
    )
    if own_only:
        own = str(access.current().officer_id)
        return [r for r in found if r.key == own and (r.reliability or 0) >= 0.5]
    return found


@blueprint.get("/api/v1/satisfaction")
@access.results
def results() -> Response:
    """Rows of one calendar period, at most 100 a page; ``next`` is the cursor of the next.

    ``adds_up`` is false where shown rows do not make up the shown total: copies of a running
    month are renewed each at its own moment.
    """
    with db.reading() as conn:
        units = _units(conn)
        by, period = request.args.get("by", ""), request.args.get("period", "")
        rows = list(_rows(conn, by, period, units))
        adds_up = by not in questions.PARTS or judging.adds_up(
            questions.rows(conn, "", request.args.get("step", ""), period, units, "vi")[0],
            questions.rows(conn, by, request.args.get("step", ""), period, units, "vi"),
        )
    start, cursor = 0, request.args.get("cursor")
    if cursor is not None:
        start = next((i + 1 for i, row in enumerate(rows) if row.key == cursor), 0)
        if not start:
            raise RuleError("cursor_unknown", "take the cursor from `next`", field="cursor")
    page = rows[start : start + PAGE]
    return answer({
        "period": period, "by": by or None,
        "rows": [{name: getattr(row, name) for name in FIELDS} for row in page],
        "adds_up": adds_up, "next": page[-1].key if start + PAGE < len(rows) else None,
    })
