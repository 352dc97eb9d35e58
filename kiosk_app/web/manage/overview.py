"""The manager's first page and its charts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from flask import Response, abort, request
from flask_babel import gettext as _
from sqlalchemy import Connection

from kiosk_app.accounts.permissions import Data, Scope
from kiosk_app.alerts import queries as alert_queries
from kiosk_app.alerts.episodes import Episode
from kiosk_app.core import clock, db
from kiosk_app.core.columns import LOCAL_ZONE
from kiosk_app.organisation import queries as organisation_queries
from kiosk_app.reporting import charts, drawings, hours, overview, satisfaction, weeks
from kiosk_app.training import queries as training_queries
from kiosk_app.training.records import SessionRecord
from kiosk_app.web import access, translations
from kiosk_app.web.manage import tables, taking, words
from kiosk_app.web.manage.surface import (
    Filters,
    blueprint,
    filters_of,
    page_asked,
    render,
    svg,
    take,
)
from kiosk_app.web.presentation import month, number, percent

AHEAD = timedelta(days=60)


def _place(conn: Connection, filters: Filters) -> str:
    """The unit and what is filtered by beside it."""
    if filters.beside is None:
        return filters.place
    fields = {str(f.id): f.name_vi for f in organisation_queries.fields(conn).values()}
    named = words.dimension_names()[filters.beside.dimension].lower()
    value = words.value_name(filters.beside.dimension, filters.beside.value, fields)
    return f"{filters.place} ({named}: {value})"


def _dimensions(conn: Connection, filters: Filters) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Dimension, its name, and its values with their names."""
    fields = {str(f.id): f.name(translations.language()) for f in organisation_queries.fields(conn).values()}
    held = overview.choices(conn, filters.period.months, filters.unit_ids)
    found = []
    for dimension, name in words.dimension_names().items():
        values = held[dimension]
        if filters.beside and filters.beside.dimension == dimension:
            values = {*values, filters.beside.value}
        if filters.groups is not None and dimension == "field":
            values = {v for v in values if filters.groups.enough("field", v)}
        labels = [(v, words.value_name(dimension, v, fields)) for v in values]
        found.append((dimension, name, sorted(labels, key=lambda pair: pair[1])))
    return found


def _training(conn: Connection, filters: Filters) -> list[SessionRecord] | None:
    """Sessions of the period or soon to come; None for who may not see training."""
    if access.reach(Data.TRAINING) not in (Scope.OWN_UNITS, Scope.ALL):
        return None
    today = clock.now().astimezone(LOCAL_ZONE).date()
    seen = access.visible_units(conn, Data.TRAINING)
    return [
        one for one in training_queries.sessions(conn, unit_ids=seen)
        if one.first_day and one.last_day and one.enrolled and one.state != "cancelled"
        and ((filters.period.first_day <= one.last_day and one.first_day <= filters.period.last_day)
             or (today <= one.last_day and one.first_day <= today + AHEAD))
    ]


def _alarms(conn: Connection, filters: Filters) -> list[Episode]:
    """Lasting changes of these units that wait for a person, whatever the period."""
    if access.reach(Data.ALERTS) not in (Scope.OWN_UNITS, Scope.ALL):
        return []
    return alert_queries.open_episodes(conn, filters.unit_ids)


@blueprint.get("/", endpoint="overview")
@access.requires(Data.FIGURES)
def first() -> Response | str:
    """One sentence with its uncertainty, then figures."""
    lang = translations.language()
    with db.reading() as conn:
        filters = filters_of(conn)
        found = overview.overview(
            conn, filters.period, filters.unit_ids, filters.course, lang, filters.beside
        )
        adds_up, told = found.adds_up, filters.told(found.units, "unit")
        moved, keys = {one.key: one for one in found.changes}, {row.key for row in told}
        if request.args.get("sort"):
            told = tuple(tables.in_order(told, moved))
        found = replace(
            found, units=told, changes=tuple(c for c in found.changes if c.key in keys))
        page, pages = page_asked(len(told), tables.PAGE_ROWS)
        whole = filters.beside is None
        reasons = satisfaction.by_reason(conn, filters.period, filters.unit_ids) if whole else ()
        weekly = (
            weeks.course(conn, filters.period, filters.unit_ids, filters.course) if whole else None
        )
        hourly = hours.by_hour(conn, filters.period, filters.unit_ids) if whole else None
        if request.args.get("export"):
            return take(filters, taking.first_page(found, reasons, weekly, hourly))
        return render(
            "overview", "_overview", filters, found=found, adds_up=adds_up, reasons=words.reason_names(),
            factors=words.reason_factors(),
            pareto=[r for r in reasons if r.key in words.low_reasons()],
            praise=[r for r in reasons if r.key not in words.low_reasons()],
            weekly=weekly, hourly=hourly,
            alarms=_alarms(conn, filters), unit_of={u.id: u for u in filters.units},
            training=_training(conn, filters), dimensions=_dimensions(conn, filters),
            place=_place(conn, filters), page=page, pages=pages,
            unit_rows=told[(page - 1) * tables.PAGE_ROWS : page * tables.PAGE_ROWS],
        )


def _trend(conn: Connection, filters: Filters) -> bytes:
    found = overview.overview(
        conn, filters.period, filters.unit_ids, filters.course, translations.language(),
        filters.beside,
    )
    return charts.trend(
        found.trend, labels=[month(int(r.key)) for r in found.trend],
        notes=["n = " + number(r.n) if r.n is not None else _("ẩn") for r in found.trend],
        title=_("Tỷ lệ hài lòng theo tháng"),
        description=words.sentence(found.total, filters.period, _place(conn, filters)),
    )


def _weeks(conn: Connection, filters: Filters) -> bytes:
    found = weeks.course(conn, filters.period, filters.unit_ids, filters.course)
    return drawings.weekly(found, translations.language(), _("Tỷ lệ hài lòng theo tuần"))


def _levels(conn: Connection, filters: Filters) -> bytes:
    found = overview.overview(
        conn, filters.period, filters.unit_ids, filters.course, translations.language(),
        filters.beside,
    )
    total = sum(found.total.levels or (0,)) or 1
    return charts.levels(
        found.total, labels=words.level_names(),
        values=[f"{number(n)} · {percent(n / total)}" for n in found.total.levels or (0,) * 5],
        title=_("Phân bố năm mức"),
        description=words.sentence(found.total, filters.period, _place(conn, filters)),
    )


def _reasons(conn: Connection, filters: Filters) -> bytes:
    rows = satisfaction.by_reason(conn, filters.period, filters.unit_ids)
    names, factors = words.reason_names(), words.reason_factors()
    return drawings.reasons(
        [(names.get(r.key, r.key), factors.get(r.key, ""), r.n or 0) for r in rows
         if r.key in words.low_reasons()],
        translations.language(), _("Điều chưa hài lòng"),
    )


def _hours(conn: Connection, filters: Filters) -> bytes:
    found = hours.by_hour(conn, filters.period, filters.unit_ids)
    return drawings.hourly(found, translations.language(), _("Theo thứ và giờ"))


def _coverage(conn: Connection, filters: Filters) -> bytes:
    rows = satisfaction.by_unit(
        conn, filters.period, filters.unit_ids, translations.language()
    )
    return drawings.covered(filters.told(rows, "unit"), translations.language(), _("Độ phủ theo đơn vị"))


DRAWN: dict[str, Callable[[Connection, Filters], bytes]] = {
    "trend": _trend, "weeks": _weeks, "levels": _levels, "reasons": _reasons, "hours": _hours,
    "coverage": _coverage,
}
WITH_DIMENSION = ("trend", "levels")
"""Charts that a dimension beside the unit can be chosen for."""


@blueprint.get("/charts/<name>.svg")
@access.requires(Data.FIGURES)
def chart(name: str) -> Response:
    """A chart of the overview, in a request of its own."""
    if name not in DRAWN:
        abort(404)
    with db.reading() as conn:
        filters = filters_of(conn)
        if filters.beside and name not in WITH_DIMENSION:
            abort(404)
        return svg(DRAWN[name](conn, filters))
