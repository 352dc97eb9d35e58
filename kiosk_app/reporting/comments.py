"""Masked comments of a period: search without marks, topics and their course; lists of five up."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256

from sqlalchemy import Connection

from kiosk_app.core import keys
from kiosk_app.core.columns import day_of
from kiosk_app.feedback import queries as feedback_queries
from kiosk_app.reporting.detail import CLOSED_AFTER
from kiosk_app.reporting.periods import Period
from kiosk_app.reporting.reading import plain, reading
from survey_analysis import Interval, comments_shown, wilson
from survey_analysis.text import load_dictionary


@dataclass(frozen=True)
class Said:
    """One masked comment under a name that tells nothing; dated by its ISO week yyyyww."""

    ref: str
    week: int
    text: str
    topics: tuple[tuple[str, int], ...]
    """Topic and side: 1 spoken of well, −1 badly."""


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
    """What the page shows; ``found`` None where fewer than five fit."""

    total: int | None
    fitting: int | None
    found: tuple[Said, ...] | None
    topics: tuple[Topic, ...]


def _ref(item_id: int) -> str:
    return keys.current().mac("links", f"comment:{item_id}".encode()).hex()[:32]


def _closed(day: int, today: date) -> bool:
    """Whether the week of a day has been over for seven days."""
    when = day_of(day)
    return when + timedelta(days=7 - when.isoweekday()) <= today - CLOSED_AFTER


def _told(n: int) -> int | None:
    return n if n == 0 or comments_shown(n) else None


def _topics(read: Sequence[tuple[int, dict[str, int]]], months: Sequence[int]) -> tuple[Topic, ...]:
    good, bad = Counter[str](), Counter[str]()
    by_month: dict[str, Counter[int]] = defaultdict(Counter)
    for month, said in read:
        for code, side in said.items():
            (good if side > 0 else bad)[code] += 1
            if side < 0:
                by_month[code][month] += 1
    n = len(read)
    rows = [
        Topic(
            code, _told(good[code]), _told(bad[code]),
            wilson(bad[code], n) if comments_shown(bad[code]) else None,
            tuple((month, _told(by_month[code][month])) for month in months),
        )
        for code in load_dictionary().topics if comments_shown(good[code] + bad[code])
    ]
    return tuple(sorted(rows, key=lambda row: (-(row.bad or 0), -(row.good or 0), row.code)))


def _items(
    conn: Connection, period: Period, unit_ids: Sequence[int], today: date
) -> list[tuple[int, int, str]]:
    return [
        (item, day, text) for item, day, text in feedback_queries.comment_items(
            conn, first_day=period.months[0] * 100 + 1, last_day=period.months[-1] * 100 + 31,
            unit_ids=unit_ids,
        ) if _closed(day, today)
    ]


def search(
    conn: Connection, period: Period, unit_ids: Sequence[int], today: date, *, words: str = "",
    topic: str = "",
) -> Comments:
    """Comments that hold every word (marks do not matter) and speak of the topic, if one is given."""
    items = _items(conn, period, unit_ids, today)
    if not comments_shown(len(items)):
        return Comments(_told(len(items)), None, None, ())
    readings = [reading(text) for _, _, text in items]
    read = [(day // 100, dict(one.said)) for (_, day, _), one in zip(items, readings, strict=True)]
    wanted = plain(words).split()
    fitting = []
    for (item, day, _), one in zip(items, readings, strict=True):
        if all(word in one.plain for word in wanted) and (not topic or topic in dict(one.said)):
            iso = day_of(day).isocalendar()
            fitting.append(Said(_ref(item), iso.year * 100 + iso.week, one.masked, one.said))
    shown = comments_shown(len(fitting))
    fitting.sort(key=lambda one: (-one.week, sha256(one.text.encode()).digest()))
    return Comments(
        len(items), _told(len(fitting)), tuple(fitting) if shown else None,
        _topics(read, period.months),
    )


def item_of(
    conn: Connection, ref: str, period: Period, unit_ids: Sequence[int], today: date
) -> int | None:
    """The item behind a comment that the page showed; None for anything else."""
    return next(
        (item for item, _, _ in _items(conn, period, unit_ids, today) if _ref(item) == ref), None
    )
