"""Rules of training: what may happen when, and how marks are read."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest

from kiosk_app.core.columns import LOCAL_ZONE
from kiosk_app.core.errors import RuleError
from kiosk_app.training import rules
from kiosk_app.web.hr.forms import coming_day

MORNING = rules.Slot(date(2018, 3, 14), "morning")
AFTERNOON = rules.Slot(date(2018, 3, 14), "afternoon")


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=LOCAL_ZONE)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(("written", "mark"), [
    ("x", "present"), ("X", "present"), ("muộn 15p", "late"), ("đến muộn", "late"),
    ("v", "absent"), ("V", "absent"), ("p", "excused"), ("P ", "excused"), ("", "unknown"),
    (None, "unknown"), ("?", None),
])
def test_attendance_is_read_as_offices_write_it(written: object, mark: str | None) -> None:
    assert rules.read_attendance(written) == mark


@pytest.mark.parametrize(("written", "kind", "value"), [
    (8.5, "mark", 8.5), ("8,5", "mark", 8.5), ("9 ", "mark", 9.0), ("0", "mark", 0.0),
    ("10", "mark", 10.0), ("11", "out_of_range", None), ("-1", "out_of_range", None),
    ("vắng", "absent", None), ("", "blank", None), ("tám", "unreadable", None),
])
def test_test_marks_are_read(written: object, kind: str, value: float | None) -> None:
    assert rules.read_mark(written) == rules.TestMark(kind, value)


@pytest.mark.parametrize(("marks", "has_test", "final", "done"), [
    (["present", "late"], False, None, True),
    (["present", "absent"], False, None, False),
    (["present", "excused"], False, None, False),
    (["present", "unknown"], False, None, False),
    (["present", "present"], True, 5.0, True),
    (["present", "present"], True, 4.9, False),
    (["present", "present"], True, None, False),
    ([], False, None, False),
])
def test_completed_needs_every_half_day_and_the_test(
    marks: list[str], has_test: bool, final: float | None, done: bool
) -> None:
    assert rules.is_completed(marks, has_test=has_test, final=final, pass_mark=5.0) is done


def test_morning_comes_before_afternoon() -> None:
    assert rules.in_order([AFTERNOON, MORNING]) == [MORNING, AFTERNOON]


def test_held_is_refused_before_the_last_half_day_began() -> None:
    with pytest.raises(RuleError, match="not begun"):
        rules.require_holdable("planned", [MORNING, AFTERNOON], local(2018, 3, 14, 12, 59))
    rules.require_holdable("planned", [MORNING, AFTERNOON], local(2018, 3, 14, 13, 0))


@pytest.mark.parametrize("state", ["held", "cancelled"])
def test_only_a_planned_session_is_held(state: str) -> None:
    with pytest.raises(RuleError):
        rules.require_holdable(state, [MORNING], local(2018, 3, 15, 8, 0))


def test_attendance_is_refused_before_the_half_day() -> None:
    with pytest.raises(RuleError, match="not begun"):
        rules.require_markable("planned", AFTERNOON, local(2018, 3, 14, 8, 0))
    rules.require_markable("planned", MORNING, local(2018, 3, 14, 8, 0))
    with pytest.raises(RuleError, match="cancelled"):
        rules.require_markable("cancelled", MORNING, local(2018, 3, 14, 8, 0))


def test_completed_is_refused_for_an_absentee() -> None:
    with pytest.raises(RuleError, match="absent"):
        rules.require_completable(["present", "absent"], has_test=False, final=None, pass_mark=5)
    with pytest.raises(RuleError, match="pass"):
        rules.require_completable(["present"], has_test=True, final=4.5, pass_mark=5)
    rules.require_completable(["late"], has_test=True, final=5, pass_mark=5)


def test_final_mark_waits_for_the_last_half_day_but_the_first_test_does_not() -> None:
    slots, now = [MORNING, AFTERNOON], local(2018, 3, 14, 8, 0)
    rules.require_result("pre", "planned", slots, now)
    with pytest.raises(RuleError):
        rules.require_result("post", "planned", slots, now)


def test_clashes_name_room_trainer_and_person() -> None:
    wanted = rules.Booking(1, "B", "Hội trường", "Lan", frozenset({MORNING}), frozenset({7, 8}))
    other = rules.Booking(2, "A", "hội  trường", "LAN", frozenset({MORNING, AFTERNOON}),
                          frozenset({8}))
    later = rules.Booking(3, "C", "Hội trường", "Lan", frozenset({AFTERNOON}), frozenset({7}))
    found = rules.clashes(wanted, [wanted, other, later])
    assert [(one.kind, one.code, one.officer_id) for one in found] == [
        ("room", "A", None), ("trainer", "A", None), ("officer", "A", 8),
    ]


def test_a_plan_needs_half_days_once_each_and_a_possible_number() -> None:
    for slots, capacity in (([], None), ([MORNING, MORNING], None), ([MORNING], 0)):
        with pytest.raises(RuleError):
            rules.require_plan(slots, capacity)
    rules.require_plan([MORNING, AFTERNOON], 30)


def test_hours_are_those_of_the_half_days_attended() -> None:
    day = date(2019, 3, 4)
    slots = [rules.Slot(day, "morning"), rules.Slot(day, "afternoon", time(13, 30), time(15, 0)),
             rules.Slot(day, "morning", time(8, 15)), rules.Slot(day, "afternoon", None, time(16, 20))]
    assert rules.hours_of(slots, ["present", "late", "absent", "late"]) == pytest.approx(4 + 1.5 + 10 / 3)
    assert rules.hours_of(slots, ["excused", "unknown", "present", "absent"]) == 3.25


@pytest.mark.parametrize(("written", "day"), [
    ("14/3", date(2019, 3, 14)), ("20/2", date(2019, 2, 20)), ("19/2", date(2020, 2, 19)),
    ("29/2", date(2020, 2, 29)), ("31/4", None), ("14/3/2018", date(2018, 3, 14)), ("14-3", date(2019, 3, 14)),
])
def test_a_day_without_a_year_is_the_next_such_day(written: str, day: date | None) -> None:
    assert coming_day(written, date(2019, 2, 20)) == day
