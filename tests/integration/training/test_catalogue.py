"""Courses in order, names that are one, rooms that are too small, and money planned and spent."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk_app.core import db
from kiosk_app.core.errors import RuleError
from kiosk_app.training import catalogue, commands, planning, queries
from kiosk_app.training.rules import Slot
from tests.integration.training.test_enrolling import DAY, HR, NOW, plan

SQLITE = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
GRAPHS = st.dictionaries(st.integers(0, 6), st.sets(st.integers(0, 6), max_size=3), max_size=7)


@given(GRAPHS, st.integers(0, 6))
def test_a_circle_is_found_just_where_there_is_one(graph: dict[int, set[int]], start: int) -> None:
    reached, todo = set(), set(graph.get(start, ()))
    while todo - reached:
        reached |= todo
        todo = {b for a in reached for b in graph.get(a, ())}
    assert catalogue.in_circle(graph, start) == (start in reached)


def detail(course_id: int, *required: int) -> None:
    catalogue.set_detail(course_id, programme=" văn hoá  công sở ", topics=["thai_do"],
                         required_ids=set(required), valid_months=24, active=True, actor=HR, now=NOW)


@SQLITE
def test_a_course_never_comes_before_itself(organised: db.Database) -> None:
    sessions = [plan(Slot(DAY + timedelta(days=n), "morning")) for n in range(3)]
    with db.reading() as conn:
        a, b, c = (queries.session(conn, one).course_id for one in sessions)
    detail(b, a)
    detail(c, b)
    for required in (a, c):
        with pytest.raises(RuleError) as refused:
            detail(a, required)
        assert refused.value.code == "prerequisite_circle"
    with db.reading() as conn:
        assert catalogue.detail(conn, c).required_ids == {b}
        assert catalogue.programmes(conn) == ["văn hoá  công sở"]


@SQLITE
def test_one_room_never_becomes_two_and_holds_no_more_than_its_seats(
    organised: db.Database
) -> None:
    plan(room="Phòng họp số 2", trainer="Đỗ Thị Lan", capacity=20)
    catalogue.add_resource("room", "Phòng họp số 2", 30, actor=HR, now=NOW)
    late = Slot(DAY, "afternoon")
    for room in ("Phong hop so 2", "PHÒNG HỌP SỐ-2"):
        with pytest.raises(RuleError) as alike:
            plan(late, room=room)
        assert (alike.value.code, alike.value.detail) == ("resource_alike", "Phòng họp số 2")
    with pytest.raises(RuleError) as trainer:
        plan(late, trainer="Do Thi Lan")
    assert trainer.value.field == "trainer"
    for seats in (31, None):
        with pytest.raises(RuleError) as small:
            plan(late, room="phòng họp  số 2", capacity=seats)
        assert small.value.code == "room_too_small"
    one = plan(late, room="phòng họp  số 2", capacity=30)
    with db.reading() as conn:
        held = queries.session(conn, one)
    assert held.room == "Phòng họp số 2"
    with pytest.raises(RuleError):
        planning.change_session(one, commands.SessionPlan(
            code=held.code, course_id=held.course_id, title="", audience="", room=held.room,
            trainer="", capacity=40, has_test=False, slots=(late,)), actor=HR, now=NOW)


@SQLITE
def test_money_planned_and_spent_stand_side_by_side(organised: db.Database) -> None:
    one = plan(capacity=20)
    with db.reading() as conn:
        held = queries.session(conn, one)
    wanted = commands.SessionPlan(
        code=held.code, course_id=held.course_id, title="", audience="", room="", trainer="",
        capacity=20, has_test=False, slots=tuple(held.slots))
    catalogue.set_plan_line(2019, held.course_id, sessions=2, seats=40, budget_vnd=9_000_000,
                            actor=HR, now=NOW)

    def row() -> catalogue.PlanRow:
        with db.reading() as conn:
            (found,) = catalogue.plan(conn, 2019)
        return found

    assert (row().budget_vnd, row().spent_vnd, row().committed_vnd) == (9_000_000, 0, 0)
    planning.change_session(one, replace(wanted, cost_vnd=7_500_000), actor=HR, now=NOW)
    assert (row().spent_vnd, row().committed_vnd, row().sessions) == (0, 7_500_000, 1), "not spent yet"
    commands.cancel_session(one, reason="bão", actor=HR, now=NOW)
    assert (row().committed_vnd, row().sessions) == (0, 0)
    with pytest.raises(RuleError):
        catalogue.set_plan_line(2019, held.course_id, sessions=-1, seats=0, budget_vnd=0,
                                actor=HR, now=NOW)
    catalogue.set_plan_line(2019, held.course_id, sessions=0, seats=0, budget_vnd=0, actor=HR,
                            now=NOW)
    with db.reading() as conn:
        assert catalogue.plan(conn, 2019) == []
