"""Masked comments of a period: search without marks, topics and their course; lists of five up."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from kiosk_app.core.columns import day_number
from kiosk_app.feedback import cells as feedback_cells
from kiosk_app.feedback import readings
from kiosk_app.feedback.readings import Said, Where
from kiosk_app.reporting.periods import Period
from kiosk_app.reporting.reading import plain
from survey_analysis import DEFAULTS, Interval, comments_shown, wilson
from survey_analysis.text import load_dictionary

COURSE = 6
"""Months that a topic's course shows at least."""


@dataclass(frozen=True)
class Topic:
    """Comments that speak of a topic; counts under five are None."""

    code: str
    good: int | None
    bad: int | None
    share_bad: Interval | None
    course: tuple[tuple[int, int | None], ...]
    """Month yyyymm and comments that speak badly of it."""


@dataclass(frozen=True)
class Comments:
    """What the page shows; ``found`` None where fewer than five fit, else the part asked for."""

    total: int | None
    fitting: int | None
    found: tuple[Said, ...] | None
    topics: tuple[Topic, ...]


def topic_codes() -> frozenset[str]:
    """Topics that the dictionary knows."""
    return frozenset(load_dictionary().topics)


def _told(n: int) -> int | None:
    return n if n == 0 or comments_shown(n) else None


Counted = Sequence[tuple[int, str, int, int]]
"""Month, topic, side and comments."""


def course_months(period: Period) -> tuple[int, ...]:
    """Months of a topic's course: half a year up to the period's end, or the whole period.

    >>> from kiosk_app.reporting.periods import parse
    >>> course_months(parse("2018-02"))
    (201709, 201710, 201711, 201712, 201801, 201802)
    """
    last = period.months[-1] // 100 * 12 + period.months[-1] % 100 - 1
    back = max(COURSE, len(period.months))
    return tuple(at // 12 * 100 + at % 12 + 1 for at in range(last - back + 1, last + 1))


def _topics(counted: Counted, n: int, course: Counted, months: Sequence[int]) -> tuple[Topic, ...]:
    good, bad = Counter[str](), Counter[str]()
    by_month: dict[str, Counter[int]] = defaultdict(Counter)
    for month, code, _side, amount in course:
        by_month[code][month] += amount
    for _month, code, side, amount in counted:
        if side:
            (good if side > 0 else bad)[code] += amount
    rows = [
        Topic(
            code, _told(good[code]), _told(bad[code]),
            wilson(bad[code], n) if comments_shown(bad[code]) else None,
            tuple((month, _told(by_month[code][month])) for month in months),
        )
        for code in load_dictionary().topics if comments_shown(good[code] + bad[code])
    ]
    return tuple(sorted(rows, key=lambda row: (-(row.bad or 0), -(row.good or 0), row.code)))


def where_of(
    period: Period, unit_ids: Sequence[int], today: date, *, words: str = "", topic: str = "",
    side: int = 0, officer_ids: Sequence[int] | None = None, procedure_ids: Sequence[int] | None = None,
) -> Where:
    """Comments of whole months whose week has been over for seven days."""
    return Where(
        day_number(period.first_day), day_number(period.last_day),
        feedback_cells.last_closed(today)[1], unit_ids, officer_ids, procedure_ids,
        tuple(plain(words).split()), topic, side,
    )


def search(
    conn: Connection, period: Period, unit_ids: Sequence[int], today: date, *, words: str = "",
    topic: str = "", side: int = 0, limit: int | None = None, offset: int = 0,
) -> Comments:
    """Comments that hold every word (marks do not matter) and speak of the topic, if one is given.

    ``side`` narrows to complaints (−1) or praise (1).
    """
    where = where_of(period, unit_ids, today, words=words, topic=topic, side=side)
    months = course_months(period)
    every = readings.counts(conn, months=months, last_week=where.last_week, unit_ids=unit_ids)
    counted = [row for row in every if row[0] in period.months]
    total = sum(n for _, code, _, n in counted if code == readings.ALL)
    if not comments_shown(total):
        return Comments(_told(total), None, None, ())
    fitting = (
        readings.how_many(conn, where) if where.words or side
        else sum(n for _, code, _, n in counted if code == topic)
    )
    return Comments(
        total, _told(fitting),
        tuple(readings.listed(conn, where, limit=limit, offset=offset))
        if comments_shown(fitting) else None,
        _topics(counted, total, [
            (month, code, side, n) for month, code, side, n in every if side < 0
        ], months),
    )


def newest(conn: Connection, where: Where, *, limit: int) -> tuple[Said, ...]:
    """The newest comments of one officer or procedure; none where fewer than five fit."""
    enough = readings.how_many(conn, where, at_most=DEFAULTS.min_comments)
    return tuple(readings.listed(conn, where, limit=limit)) if comments_shown(enough) else ()


def item_of(
    conn: Connection, ref: str, period: Period, unit_ids: Sequence[int], today: date
) -> int | None:
    """The item behind a comment that the page showed; None for anything else."""
    return readings.item_of(conn, ref, where_of(period, unit_ids, today))
