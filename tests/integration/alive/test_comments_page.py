"""Each figure of the comments page follows the comments and agrees with a count of them."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime
from html import unescape

import pytest

from kiosk_app.core.audit import SYSTEM
from kiosk_app.core.columns import day_of
from kiosk_app.feedback import commands as feedback
from tests.integration.alive import reading, world
from tests.integration.alive.case import Case, Page, on_postgresql, on_sqlite
from tests.integration.alive.conftest import Reader
from tests.integration.alive.reading import Figures, number
from tests.integration.alive.test_quality_page import wilson
from tests.integration.alive.world import (
    CENTRE,
    LATE_AGAIN,
    POLITE,
    READ,
    SLOW,
    WARD,
    asked,
    code,
)

ADDRESS = "/manage/comments?period=2018-Q4"
NOT_SLOW, PLAIN = "Không phải chờ lâu", "Được"
MEANT = {SLOW: ("slow", -1), LATE_AGAIN: ("late", -1), POLITE: ("polite", 1), NOT_SLOW: ("slow", 1),
         PLAIN: ("", 0)}
"""What each comment of these tests speaks of, and whether well."""
TOPICS = {"Thời gian chờ": "slow", "Thời hạn trả kết quả": "late", "Lịch sự": "polite"}
MONTHS = (201807, 201808, 201809, 201810, 201811, 201812)
QUARTER, CLOSED = range(201810, 201813), 201845
"""Months of the page; the last week that had been over for seven days on 20 November."""
ASKED = {
    "every": "", "bad": "&side=bad", "good": "&side=good", "slow": "&topic=cho_lau",
    "slow and bad": "&topic=cho_lau&side=bad", "the word": "&q=cho+lau",
}


def _fitting(page: str) -> str:
    found = re.search(r"<h2>([^<]*?) khớp", reading.section(page, "list"))
    return reading.text(found[1]) if found else "none"


def read(reader: Reader) -> Figures:
    page = reader.page(ADDRESS)
    total = re.search(r"([\d.]+) ý kiến trong kỳ", reading.saying(page))
    worst = re.search(r"chê nhiều nhất: (.*?, [\d.]+) ý kiến", reading.saying(page))
    found: Figures = {
        ("all", "total"): total[1] if total else "", ("all", "worst"): worst[1] if worst else "",
    }
    for label, good, bad, interval, *course in reading.rows(reading.section(page, "topics")):
        at = TOPICS[label]
        found |= {(at, "good"): good, (at, "bad"): bad, (at, "interval"): interval}
        found |= {(at, str(m)): n for m, n in zip(MONTHS, course, strict=True)}
    for name, query in ASKED.items():
        found["fitting", name] = _fitting(reader.page(ADDRESS + query))
    listed = re.findall(r'<li>([^<]*?)(?: <b class="num">×(\d+)</b>)?<span class="mut">',
                        reading.section(page, "list"))
    weeks: Counter[str] = Counter()
    for said, times in listed:
        weeks[reading.text(said)] += int(times or 1)
    return found | {("listed", said): number(n) for said, n in weeks.items()}


def comments() -> Counter[tuple[str, int]]:
    """Comments of counted ratings of closed weeks, by text and month."""
    found: Counter[tuple[str, int]] = Counter()
    for said, day in asked(
        "SELECT e.comment, a.day FROM rating_erasables e JOIN attributions a ON a.item_id = e.subject_id"
        " WHERE e.subject = 'item' AND e.comment IS NOT NULL AND a.state = 'counted' AND a.version ="
        " (SELECT MAX(b.version) FROM attributions b WHERE b.item_id = a.item_id)"
    ):
        year, week, _day = day_of(day).isocalendar()
        if year * 100 + week <= CLOSED:
            found[said, day // 100] += 1
    return found


def told(n: int) -> str:
    return number(n) if n == 0 or n >= 5 else "ẩn"


def interval(bad: int, total: int) -> str:
    low, high = wilson(bad, total)
    return f"{number(100 * low, 1)}% đến {number(100 * high, 1)}%"


def recount() -> Figures:
    every = comments()
    here = {key: n for key, n in every.items() if key[1] in QUARTER}
    total = sum(here.values())
    sides = Counter[tuple[str, int]]()
    for (said, _month), n in here.items():
        sides[MEANT[said]] += n
    found: Figures = {("all", "total"): number(total), ("fitting", "every"): f"{number(total)} ý kiến"}
    for topic in TOPICS.values():
        good, bad = sides[topic, 1], sides[topic, -1]
        if good + bad < 5:
            continue
        found |= {(topic, "good"): told(good), (topic, "bad"): told(bad),
                  (topic, "interval"): interval(bad, total) if bad >= 5 else "–"}
        for month in MONTHS:
            found[topic, str(month)] = told(sum(
                n for (said, m), n in every.items() if m == month and MEANT[said] == (topic, -1)))
    fitting = {
        "bad": sum(n for (_t, side), n in sides.items() if side < 0),
        "good": sum(n for (_t, side), n in sides.items() if side > 0),
        "slow": sides["slow", 1] + sides["slow", -1], "slow and bad": sides["slow", -1],
        "the word": sides["slow", 1] + sides["slow", -1],
    }
    for name, n in fitting.items():
        found["fitting", name] = f"{number(n)} ý kiến" if n >= 5 else "Dưới 5 ý kiến"
    by_text = Counter[str]()
    for (said, _month), n in here.items():
        by_text[said] += n
    if total > 30:  # the rest stands on further pages
        return found
    return found | {("listed", said): number(n) for said, n in by_text.items()}


def _said(comment: str | None, *numbers: int, unit: str = CENTRE, at: datetime = world.RATED) -> None:
    receipts = [code(unit, number_) for number_ in numbers]
    world.rate(unit, receipts, [4] * len(receipts), at=at, comment=comment)


def _of_november(day: int, first: int) -> None:
    """Five complaints of a day of November."""
    world.take_in([
        world.dossier(CENTRE, i, received_at="2018-11-01 08:00", due_date="2018-11-10",
                      finished_at="2018-11-05 09:00", returned_at="2018-11-06 10:00")
        for i in range(first, first + 5)
    ])
    _said(SLOW, *range(first, first + 5), at=datetime(2018, 11, day, 2, tzinfo=UTC))


def _item(comment: str) -> int:
    ((item,),) = asked("SELECT MIN(subject_id) FROM rating_erasables WHERE comment = :c", c=comment)
    return int(item)


def _redact(reader: Reader, said: str) -> None:
    """Take the first of these comments away, as the manager does on the page."""
    entry = next(one for one in re.findall(r"<li>.*?</li>", reading.section(
        reader.page(f"{ADDRESS}&q=tre+hen"), "list"), re.S) if said in one)
    form = re.search(r'action="([^"]*)"', entry)
    assert form
    reader.send(unescape(form[1]), reason="bôi nhọ")


def _grown(by: int, *, slow: int = 0, late: int = 0) -> Figures:
    """What each further comment changes: the total, and every topic's part of it."""
    total = 25 + by
    return {
        ("all", "total"): str(total), ("fitting", "every"): f"{total} ý kiến",
        ("slow", "interval"): interval(10 + slow, total),
        ("late", "interval"): interval(5 + late, total) if 5 + late >= 5 else "–",
    }


def _slow(n: int, month: int = 201810) -> Figures:
    """``n`` complaints more of one topic."""
    return _grown(n, slow=n) | {
        ("slow", "bad"): str(10 + n), ("slow", str(month)): str(n + (10 if month == 201810 else 0)),
        ("all", "worst"): f"Thời gian chờ, {10 + n}", ("listed", SLOW): str(10 + n),
        ("fitting", "bad"): f"{15 + n} ý kiến",
        **{("fitting", name): f"{10 + n} ý kiến" for name in ("slow", "slow and bad", "the word")},
    }


CASES = {
    "a complaint more": Case(lambda: _said(SLOW, 21), _slow(1)),
    "a praise more": Case(lambda: _said(POLITE, 16, unit=WARD), _grown(1) | {
        ("polite", "good"): "11", ("fitting", "good"): "11 ý kiến", ("listed", POLITE): "11",
    }),
    "a praise of what is complained of": Case(lambda: _said(NOT_SLOW, 22), _grown(1) | {
        ("slow", "good"): "ẩn", ("fitting", "good"): "11 ý kiến", ("fitting", "slow"): "11 ý kiến",
        ("fitting", "the word"): "11 ý kiến", ("listed", NOT_SLOW): "1",
    }),
    "a comment that says nothing": Case(lambda: _said(PLAIN, 23), _grown(1) | {("listed", PLAIN): "1"}),
    "a rating without a comment": Case(lambda: _said(None, 24), {}),
    "a complaint of September": Case(
        lambda: world.rate(CENTRE, [code(CENTRE, 11, "180901")], [4], at=world.SEPTEMBER, comment=SLOW),
        {("slow", "201809"): "11"},
    ),
    "complaints of a closed week": Case(lambda: _of_november(8, 601), _slow(5, 201811)),
    "complaints of an open week": Case(lambda: _of_november(14, 611), {}),
    "a comment that waits for its dossier": Case(lambda: _said(SLOW, 7777), {}),
    "its dossier": Case(
        lambda: world.take_in([world.dossier(CENTRE, 8888)]), _slow(1),
        first=lambda: _said(SLOW, 8888),
    ),
    "an erasure": Case(
        lambda: feedback.erase(_item(POLITE), reason="đơn xin", actor=SYSTEM, now=READ),
        _grown(-1) | {("polite", "good"): "9", ("fitting", "good"): "9 ý kiến", ("listed", POLITE): "9"},
    ),
}


def _page(reader: Reader) -> Page:
    return Page(lambda: read(reader), recount, thresholds=frozenset(MEANT))


@on_sqlite
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_one_change_moves_exactly_its_figures(reader: Reader, case: Case) -> None:
    _page(reader).check(case)


@on_postgresql
def test_the_changes_in_a_row_move_the_same_figures(reader: Reader) -> None:
    _page(reader).check_in_a_row(CASES)


def test_a_redaction_takes_one_away(reader: Reader) -> None:
    _page(reader).check(Case(lambda: _redact(reader, LATE_AGAIN), _grown(-1, late=-1) | {
        ("late", name): "" for name in ("good", "bad", "interval", *map(str, MONTHS))
    } | {("fitting", "bad"): "14 ý kiến", ("listed", LATE_AGAIN): "4"}))
