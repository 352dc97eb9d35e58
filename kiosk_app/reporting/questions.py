"""One question, one table: the rows of a dimension in a calendar period, for pages and programs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import Connection

from kiosk_app.core.errors import RuleError
from kiosk_app.organisation import queries as organisation_queries
from kiosk_app.reporting import hours, judging, periods, satisfaction, weeks
from kiosk_app.reporting.judging import NOTHING, Cell
from kiosk_app.reporting.periods import Period
from kiosk_app.reporting.records import Figure

BY = ("unit", "officer", "procedure", "field", "reason", "hour", "week", "channel", "filing_mode")
PARTS = ("unit", "procedure", "field", "channel", "filing_mode")
"""Rows that make up the total."""
STEPS = ("reception", "supplement", "refusal", "return")
BESIDE = ("field", "channel", "filing_mode", "step")
_WEEK = re.compile(r"^(\d{4})-W(\d{2})$")


def week_number(text: str) -> int | None:
    """``yyyyww`` of ``2018-W41``; None for what is no week, RuleError for a week that is none."""
    match = _WEEK.match(text)
    if match is None:
        return None
    year, week = int(match[1]), int(match[2])
    try:
        date.fromisocalendar(year, week, 1)
    except ValueError:
        raise RuleError("period_unknown", f"{year} has no week {week}", field="period") from None
    return year * 100 + week


def refused(by: str, step: str, period: str) -> RuleError | None:
    """Why a question is not answered, by the published lattice; None if it is."""
    if by and by not in BY:
        return RuleError("not_published", f"published are: {', '.join(BY)}", field="by")
    if step and step not in STEPS:
        return RuleError("step_unknown", f"one of {', '.join(STEPS)}", field="step")
    if step and by not in ("", "unit"):
        return RuleError("not_published", "one dimension beside the unit: a step cannot be "
                         f"combined with {by}, or differences would tell single ratings",
                         field="step")
    weekly = week_number(period) is not None
    if weekly and (by not in ("", "unit", "week") or step):
        return RuleError("not_published", "weeks have totals of units only: they lie across months, "
                         "and differences would leave single days", field="period")
    if by == "hour" and "-Q" not in period:
        return RuleError("not_published", "hours are published by quarter only", field="period")
    return None


def rows(
    conn: Connection, by: str, step: str, period_text: str, unit_ids: Sequence[int], lang: str
) -> Sequence[Figure]:
    """Rows of one question; RuleError for one that the published lattice does not hold."""
    problem = refused(by, step, period_text)
    if problem is not None:
        raise problem
    week = week_number(period_text)
    if week is not None:
        return _week(conn, week, unit_ids, lang, by)
    period = periods.parse(period_text)
    if step:
        return _step(conn, period, unit_ids, step, by, lang)
    if by == "unit":
        return satisfaction.by_unit(conn, period, unit_ids, lang)
    if by == "procedure":
        return satisfaction.by_procedure(conn, period, unit_ids, lang)
    if by == "officer":
        return satisfaction.by_officer(conn, period, unit_ids)
    if by == "reason":
        return satisfaction.by_reason(conn, period, unit_ids)
    if by == "hour":
        return hours.by_hour(conn, period, unit_ids).cells
    if by == "week":
        return _weeks(conn, period, unit_ids)
    if by:
        return beside(conn, period, unit_ids, by, lang)
    return (total(conn, period, unit_ids),)


def total(conn: Connection, period: Period, unit_ids: Sequence[int]) -> Figure:
    """The one row of everything."""
    levels = satisfaction.grouped(conn, period.months, unit_ids, "total", lambda _row: "")
    eligible = satisfaction.eligible_by(conn, period.months, unit_ids, None)
    return judging.each(conn, unit_ids, [Cell(
        "", "", levels.get("", NOTHING), eligible.get("", 0), "total", period.key
    )])[0]


def beside(
    conn: Connection, period: Period, unit_ids: Sequence[int], dimension: str, lang: str
) -> tuple[Figure, ...]:
    """One row a value of a dimension beside the unit."""
    levels = satisfaction.grouped(
        conn, period.months, unit_ids, dimension, lambda row: row.value, over_periods=True
    )
    eligible: Counter[str] = Counter()
    for (_unit, value), n in satisfaction.eligible_beside(
        conn, period.months, unit_ids, dimension
    ).items():
        eligible[value] += n
    labels = {value: value for value in {*levels, *eligible}}
    if dimension == "field":
        fields = organisation_queries.fields(conn)
        labels = {str(f.id): f.name(lang)
                  for f in fields.values()}
    return satisfaction.judged(conn, unit_ids, period, dimension, levels, eligible, labels)


def _step(
    conn: Connection, period: Period, unit_ids: Sequence[int], step: str, by: str, lang: str
) -> tuple[Figure, ...]:
    levels = satisfaction.grouped(
        conn, period.months, unit_ids, "step", lambda row: row.unit_id, among=(step,)
    )
    could = {
        str(unit): n for (unit, value), n in satisfaction.eligible_beside(
            conn, period.months, unit_ids, "step"
        ).items() if value == step
    }
    if by != "unit":
        return tuple(judging.table(conn, unit_ids, [Cell(
            step, step, satisfaction.added(list(levels.values())), sum(could.values()), "step",
            period.key, step,
        )]))
    names = {
        str(u.id): u.name(lang) for u in organisation_queries.receiving_units(conn)
        if u.id in set(unit_ids)
    }
    return tuple(judging.table(conn, unit_ids, [
        Cell(unit, names[unit], levels.get(unit, NOTHING), could.get(unit, 0), "step", period.key,
             step, int(unit))
        for unit in names if unit in levels or unit in could
    ]))


def _week(
    conn: Connection, week: int, unit_ids: Sequence[int], lang: str, by: str
) -> tuple[Figure, ...]:
    """Totals of one week: of the selection, or of each unit."""
    name = f"{week // 100}-W{week % 100:02d}"
    levels = satisfaction.grouped(
        conn, [week], unit_ids, "total", lambda row: row.unit_id, grain="week"
    )
    if by != "unit":
        whole = satisfaction.added(list(levels.values()))
        return tuple(judging.table(conn, unit_ids, [Cell(name, name, whole, 0, "total", name)]))
    return tuple(judging.table(conn, unit_ids, [
        Cell(str(u.id), u.name(lang), levels[str(u.id)], 0, "total", name, "", u.id)
        for u in organisation_queries.receiving_units(conn) if str(u.id) in levels
    ]))


def _weeks(
    conn: Connection, period: Period, unit_ids: Sequence[int]
) -> tuple[Figure, ...]:
    """Weeks that begin in the period."""
    wanted = [
        week for week in weeks.weeks_between(period.first_day, period.last_day)
        if period.first_day <= date.fromisocalendar(week // 100, week % 100, 1)
        < period.last_day + timedelta(days=1)
    ]
    levels = satisfaction.grouped(
        conn, wanted, unit_ids, "total", lambda row: row.period, grain="week"
    )
    return tuple(judging.table(conn, unit_ids, [
        Cell(name, name, levels[str(week)], 0, "total", name)
        for week in wanted if str(week) in levels
        for name in [f"{week // 100}-W{week % 100:02d}"]
    ]))
