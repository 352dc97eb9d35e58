"""Seats: who gets one, who waits, who moves up, and what no order of events can bring about."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time, timedelta
from itertools import count
from pathlib import Path
from threading import Barrier

import pytest
from hypothesis import Phase
from hypothesis import settings as profile
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import insert

from kiosk_app import runtime
from kiosk_app.core import clock, db
from kiosk_app.core.columns import LOCAL_ZONE
from kiosk_app.core.errors import NotFoundError, RuleError
from kiosk_app.organisation import queries as organisation
from kiosk_app.reporting import waves
from kiosk_app.training import commands, draws, enrolling, queries, rules, seats
from kiosk_app.training.errors import ClashError, PeopleError
from kiosk_app.training.models import CoursePrerequisite
from kiosk_app.training.rules import Slot
from tests import training_year
from tests.conftest import make_settings
from tests.training_year import HR

DAY = date(2019, 3, 4)
NOW = datetime(2019, 2, 1, 8, tzinfo=LOCAL_ZONE)
ONLY_SQLITE = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
numbers = count(1)


def plan(
    *slots: Slot, capacity: int | None = 2, room: str = "", trainer: str = "", now: datetime = NOW,
) -> int:
    """A session of one course of its own code."""
    number = next(numbers)
    course = commands.add_course(
        code=f"KH-{number}", name="Tiếp công dân", hours=4, has_test=False, pass_mark=5,
        valid_months=None, actor=HR, now=now,
    )
    return commands.plan_session(commands.SessionPlan(
        code=f"S{number}", course_id=course, title="", audience="", room=room, trainer=trainer,
        capacity=capacity, has_test=False, slots=slots or (Slot(DAY, "morning"),),
    ), actor=HR, now=now)


def people(n: int) -> list[int]:
    with db.reading() as conn:
        return sorted(p.officer_id for p in organisation.postings(conn) if p.covers(DAY))[:n]


def states(session_id: int) -> dict[int, str]:
    with db.reading() as conn:
        return {row.officer_id: row.state for row in queries.roster(conn, session_id)}


def enrolment(session_id: int, officer_id: int) -> int:
    with db.reading() as conn:
        return next(r.enrolment_id for r in queries.roster(conn, session_id)
                    if r.officer_id == officer_id)


@ONLY_SQLITE
def test_a_free_seat_goes_to_whoever_waited_longest_and_can_come(organised: db.Database) -> None:
    a, b, c, d, e = people(5)
    one = plan()
    assert enrolling.enrol(one, [a, b, c, d, e], actor=HR, now=NOW, may_wait=True).waiting == 3
    other = plan(capacity=5)
    enrolling.enrol(other, [c], actor=HR, now=NOW)  # c sits elsewhere at the time now
    assert enrolling.withdraw(one, enrolment(one, a), reason="", actor=HR, now=NOW) == 1
    assert states(one) == {a: "withdrawn", b: "enrolled", c: "waiting", d: "enrolled", e: "waiting"}
    with pytest.raises(RuleError) as refused:
        enrolling.leave(one, enrolment(one, b), state="declined", reason=" ", actor=HR, now=NOW)
    assert refused.value.code == "reason_needed"
    assert enrolling.leave(one, enrolment(one, b), state="declined", reason="ốm", actor=HR,
                           now=NOW) == 1
    assert states(one)[e] == "enrolled"
    enrolling.enrol(one, [a], actor=HR, now=NOW, may_wait=True)  # back, at the end of the list
    with db.reading() as conn:
        assert queries.waiting_order(conn, one) == {enrolment(one, c): 1, enrolment(one, a): 2}
        steps = queries.steps(conn, one)[enrolment(one, a)]
    assert [step.after for step in steps] == ["enrolled", "withdrawn", "waiting"]


@ONLY_SQLITE
def test_a_seat_is_handed_over_once_and_double_enrolment_is_named(organised: db.Database) -> None:
    a, b, c = people(3)
    one = plan()
    enrolling.enrol(one, [a, b], actor=HR, now=NOW, state="invited")
    with pytest.raises(PeopleError) as double:
        enrolling.enrol(one, [b], actor=HR, now=NOW)
    with db.reading() as conn:
        assert double.value.names == [organisation.officers(conn, [b])[b].full_name]
    enrolling.accept(one, enrolment(one, a), officer_id=a, actor=HR, now=NOW)
    with pytest.raises(NotFoundError):
        enrolling.accept(one, enrolment(one, b), officer_id=a, actor=HR, now=NOW)
    enrolling.substitute(one, enrolment(one, a), c, reason="nghỉ phép", actor=HR, now=NOW)
    assert states(one) == {a: "substituted", b: "invited", c: "enrolled"}
    with pytest.raises(NotFoundError):
        enrolling.substitute(one, enrolment(one, a), c, reason="x", actor=HR, now=NOW)
    with pytest.raises(RuleError) as over:
        enrolling.withdraw(one, enrolment(one, b), reason="", actor=HR,
                           now=datetime(2019, 3, 4, 11, 30, tzinfo=LOCAL_ZONE))
    assert over.value.code == "session_over"


@ONLY_SQLITE
def test_times_that_touch_do_not_clash_and_one_minute_more_does(organised: db.Database) -> None:
    (a,) = people(1)
    first = Slot(DAY, "morning", time(8, 0), time(10, 0))
    plan(first, room="Phòng 2", trainer="Cô Lan")
    touching = Slot(DAY, "morning", time(10, 0), time(11, 30))
    second = plan(touching, room="phòng 2", trainer="Cô Lan")
    enrolling.enrol(second, [a], actor=HR, now=NOW)
    earlier = Slot(DAY, "morning", time(9, 59), time(10, 1))
    with pytest.raises(ClashError) as refused:
        plan(earlier, room="Phòng 2")
    assert {c.kind for c in refused.value.clashes} == {"room"}
    with pytest.raises(ClashError):
        enrolling.enrol(plan(earlier), [a], actor=HR, now=NOW)
    for bad in (Slot(DAY, "morning", time(10, 0), time(10, 0)),
                Slot(DAY, "afternoon", time(11, 59), time(14, 0))):
        with pytest.raises(RuleError) as hours:
            plan(bad)
        assert hours.value.code == "half_day_hours"
    begun = datetime.combine(DAY, time(7, 30), LOCAL_ZONE)
    with pytest.raises(RuleError) as past:
        plan(now=begun)
    assert past.value.code == "past_date"
    assert plan(now=begun - timedelta(minutes=1))


@ONLY_SQLITE
def test_a_course_that_must_come_first_is_named(organised: db.Database) -> None:
    (a,) = people(1)
    basic, further = plan(), plan(Slot(DAY + timedelta(days=9), "morning"))
    with db.reading() as conn:
        ids = [queries.session(conn, one).course_id for one in (basic, further)]
    with db.transaction() as conn:
        conn.execute(insert(CoursePrerequisite).values(course_id=ids[1], required_id=ids[0]))
    with pytest.raises(PeopleError) as refused:
        enrolling.enrol(further, [a], actor=HR, now=NOW)
    assert refused.value.about.startswith("KH-")
    enrolling.enrol(basic, [a], actor=HR, now=NOW)
    later = datetime(2019, 3, 4, 12, tzinfo=LOCAL_ZONE)
    with db.reading() as conn:
        half = queries.session(conn, basic).half_days[0].id
    commands.record_attendance(basic, {(enrolment(basic, a), half): "late"}, actor=HR, now=later)
    commands.hold_session(basic, actor=HR, now=later)
    assert enrolling.enrol(further, [a], actor=HR, now=later).seated == 1


def test_two_who_want_the_last_seat_at_once_never_both_get_it(organised: db.Database) -> None:
    pool = people(8)
    one = plan(capacity=3)
    enrolling.enrol(one, pool[:2], actor=HR, now=NOW)
    start = Barrier(6)

    def ask(officer_id: int) -> str:
        start.wait()
        try:
            enrolling.enrol(one, [officer_id], actor=HR, now=NOW)
        except RuleError as refused:
            return refused.code
        return "seated"

    with ThreadPoolExecutor(6) as threads:
        answers = sorted(threads.map(ask, pool[2:]))
    assert answers == ["seated"] + ["session_full"] * 5
    with db.reading() as conn:
        assert queries.session(conn, one).enrolled == 3


@ONLY_SQLITE
def test_a_draw_can_be_drawn_again_and_seats_all_or_nobody(organised: db.Database) -> None:
    pool = [(one, f"quầy {k % 3}") for k, one in enumerate(people(9))]
    first, second = plan(capacity=6), plan(Slot(DAY, "afternoon"), capacity=4)
    drawn = waves.draw(pool, [6, 4], 2019)
    assert drawn == waves.draw(pool[::-1], [6, 4], 2019)
    assert drawn.waves != waves.draw(pool, [6, 4], 2020).waves
    assert sorted(drawn.waves).count(1) in (5, 4)
    with pytest.raises(RuleError) as refused:
        draws.apply(session_ids=[first, second], officers=drawn.officers, seats=drawn.seats,
                    seed=2019, waves=drawn.waves, actor=HR, now=NOW)
    assert refused.value.code == "draw_sessions", "two courses are no waves of one"
    assert states(first) == {}
    with pytest.raises(RuleError) as few:
        waves.draw(pool, [3, 3], 1)
    assert (few.value.code, few.value.detail) == ("draw_seats", "6")
    with pytest.raises(RuleError):
        waves.draw(pool, [0, 20], 1)


class Roster(RuleBasedStateMachine):
    """Any order of enrolling, leaving, marking and closing, on the real database."""

    office: Path
    pool: list[int]

    def __init__(self) -> None:
        super().__init__()
        self.at = NOW
        self.day = DAY + timedelta(days=next(numbers))  # nobody sits in another example's session
        self.id = plan(Slot(self.day, "morning"), capacity=2)
        with db.reading() as conn:
            self.half = queries.session(conn, self.id).half_days[0].id
        enrolling.enrol(self.id, self.pool[:3], actor=HR, now=NOW, may_wait=True)

    def tried(self, act: object, *args: object, **kwargs: object) -> None:
        try:
            act(*args, actor=HR, now=self.at, **kwargs)  # type: ignore[operator]
        except (RuleError, NotFoundError):
            return

    def row(self, who: int) -> int:
        with db.reading() as conn:
            return next((r.enrolment_id for r in queries.roster(conn, self.id)
                         if r.officer_id == self.pool[who]), 0)

    who = st.integers(0, 3)

    @rule(one=who, state=st.sampled_from(["invited", "enrolled"]), wait=st.booleans())
    def enrol(self, one: int, state: str, wait: bool) -> None:
        self.tried(enrolling.enrol, self.id, [self.pool[one]], state=state, may_wait=wait)

    @rule(one=who, state=st.sampled_from(["withdrawn", "declined"]))
    def leave(self, one: int, state: str) -> None:
        self.tried(enrolling.leave, self.id, self.row(one), state=state, reason="bận")

    @rule(one=who)
    def accept(self, one: int) -> None:
        self.tried(enrolling.accept, self.id, self.row(one), officer_id=self.pool[one])

    @rule(one=who, other=who)
    def substitute(self, one: int, other: int) -> None:
        self.tried(enrolling.substitute, self.id, self.row(one), self.pool[other], reason="ốm")

    @rule(one=who, mark=st.sampled_from(["present", "late", "absent", "excused", "unknown"]))
    def mark(self, one: int, mark: str) -> None:
        self.tried(commands.record_attendance, self.id, {(self.row(one), self.half): mark})

    @rule(one=who)
    def declare(self, one: int) -> None:
        self.tried(commands.complete, self.id, self.row(one))

    @rule()
    def begin(self) -> None:
        self.at = datetime.combine(self.day, time(8), LOCAL_ZONE)

    @rule()
    def hold(self) -> None:
        self.begin()
        self.tried(commands.hold_session, self.id)
        for one in range(4):  # whoever may be declared is now; an absentee must be refused
            self.declare(one)

    @invariant()
    def nobody_absent_is_completed_and_no_seat_is_sold_twice(self) -> None:
        with db.reading() as conn:
            held, rows = queries.session(conn, self.id), queries.roster(conn, self.id)
        sitting = [row for row in rows if row.state in seats.SEATED]
        assert len(sitting) <= 2
        waiting = [row for row in rows if row.state == "waiting"]
        assert not waiting or len(sitting) == 2 or held.state != "planned"
        for row in rows:
            came = row.marks.get(self.half) is not None and row.marks[self.half].mark in (
                "present", "late")
            assert (row.state == "completed") <= came
            assert held.state == "held" or row.state not in seats.OUTCOMES
            if held.state == "held" and row.state in seats.SEATED:
                assert (row.state == "completed") == came


@pytest.fixture(scope="module")
def one_office(
    template_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[int]]:
    folder = tmp_path_factory.mktemp("roster")
    shutil.copytree(template_dir, folder, dirs_exist_ok=True)
    database = runtime.start(make_settings(folder))
    training_year.take_in_organisation()
    yield people(4)
    database.dispose()
    clock.bind(clock.Clock())


def run_roster(pool: list[int], examples: int) -> None:
    run_state_machine_as_test(type("OneRoster", (Roster,), {"pool": pool}), settings=profile(
        max_examples=examples, stateful_step_count=16, deadline=None, derandomize=True,
        phases=[Phase.generate]))


def test_no_order_of_events_completes_an_absentee(one_office: list[int]) -> None:
    run_roster(one_office, 16)


def test_a_removed_guard_of_completion_is_noticed(
    one_office: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "require_completable", lambda *_marks, **_rest: None)
    with pytest.raises(AssertionError):
        run_roster(one_office, 16)
