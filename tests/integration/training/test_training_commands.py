"""A session from plan to record, with every refusal on the way."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlalchemy import text

from kiosk_app.core import db
from kiosk_app.core.columns import LOCAL_ZONE
from kiosk_app.core.errors import NotFoundError, RuleError
from kiosk_app.organisation import queries as organisation
from kiosk_app.training import commands, enrolling, queries
from kiosk_app.training.cohorts import cohort
from kiosk_app.training.errors import ClashError
from kiosk_app.training.rules import Slot
from tests.training_year import HR

MORNING = Slot(date(2019, 3, 4), "morning")
AFTERNOON = Slot(date(2019, 3, 4), "afternoon")


def local(month: int, day: int, hour: int) -> datetime:
    return datetime(2019, month, day, hour, tzinfo=LOCAL_ZONE)


def course() -> int:
    return commands.add_course(
        code="KH-90", name="Tiếp công dân", hours=8, has_test=True, pass_mark=5,
        valid_months=24, actor=HR, now=local(2, 1, 8),
    )


def plan(course_id: int, code: str = "L1", *, room: str = "Phòng 2", trainer: str = "Cô Lan",
         capacity: int | None = 20, has_test: bool = True) -> int:
    return commands.plan_session(
        commands.SessionPlan(
            code=code, course_id=course_id, title="", audience="centre", room=room,
            trainer=trainer, capacity=capacity, has_test=has_test, slots=(MORNING, AFTERNOON),
        ),
        actor=HR, now=local(2, 1, 8),
    )


def officer(code: str) -> int:
    with db.reading() as conn:
        found = organisation.officer_by_code(conn, code)
    assert found is not None
    return found


@pytest.fixture
def session_id(organised: db.Database) -> int:
    return plan(course())


def enrolled(session_id: int, *codes: str) -> list[int]:
    enrolling.enrol(session_id, [officer(code) for code in codes], actor=HR, now=local(2, 2, 8))
    with db.reading() as conn:
        return [row.enrolment_id for row in queries.roster(conn, session_id)]


def half_ids(session_id: int) -> list[int]:
    with db.reading() as conn:
        return [half.id for half in queries.session(conn, session_id).half_days]


def state_of(session_id: int) -> list[str]:
    with db.reading() as conn:
        return [row.state for row in queries.roster(conn, session_id)]


def test_from_plan_to_record(session_id: int) -> None:
    first, second = enrolled(session_id, "HL.CB.001", "HL.CB.002")
    am, pm = half_ids(session_id)
    when = local(3, 4, 14)
    commands.record_attendance(
        session_id,
        {(first, am): "present", (first, pm): "late", (second, am): "absent",
         (second, pm): "present"},
        actor=HR, now=when,
    )
    commands.record_results(
        session_id, {(first, "pre"): "4", (first, "post"): "8,5", (second, "post"): "vắng"},
        actor=HR, now=when,
    )
    assert commands.hold_session(session_id, actor=HR, now=when) == {
        "completed": 1, "not_completed": 1,
    }
    with db.reading() as conn:
        transcript = queries.record_of(conn, officer("HL.CB.001"))
        trained = cohort(conn, session_id)
    assert transcript.hours_by_year == {2019: 8.0}
    assert [entry.completed for entry in transcript.entries] == [True]
    assert transcript.entries[0].row.value("post") == 8.5
    assert trained.trained == {officer("HL.CB.001")}
    assert officer("HL.CB.002") not in trained.comparison
    assert officer("HL.CB.003") in trained.comparison
    assert officer("HL.P.046") not in trained.comparison


def test_corrections_keep_every_version_and_the_newest_rules(session_id: int) -> None:
    (one,) = enrolled(session_id, "HL.CB.001")
    am, pm = half_ids(session_id)
    when = local(3, 4, 14)
    for mark in ("absent", "present", "present"):
        commands.record_attendance(session_id, {(one, am): mark}, actor=HR, now=when)
    with db.reading() as conn:
        assert queries.versions_of_marks(conn, one, am) == ["absent", "present"]
    commands.record_attendance(session_id, {(one, pm): "absent"}, actor=HR, now=when)
    commands.record_results(session_id, {(one, "post"): "9"}, actor=HR, now=when)
    commands.hold_session(session_id, actor=HR, now=when)
    assert state_of(session_id) == ["not_completed"]
    commands.record_attendance(session_id, {(one, pm): "late"}, actor=HR, now=local(3, 5, 8))
    assert state_of(session_id) == ["completed"]
    commands.record_results(session_id, {(one, "post"): "4,5"}, actor=HR, now=local(3, 5, 9))
    assert state_of(session_id) == ["not_completed"]


def test_what_is_too_early_is_refused(session_id: int) -> None:
    (one,) = enrolled(session_id, "HL.CB.001")
    am, pm = half_ids(session_id)
    with pytest.raises(RuleError, match="not begun"):
        commands.record_attendance(
            session_id, {(one, am): "present", (one, pm): "present"}, actor=HR,
            now=local(3, 4, 9),
        )
    with db.reading() as conn:
        assert queries.versions_of_marks(conn, one, am) == []
    with pytest.raises(RuleError, match="not begun"):
        commands.record_results(session_id, {(one, "post"): "9"}, actor=HR, now=local(3, 4, 9))
    with pytest.raises(RuleError, match="not begun"):
        commands.hold_session(session_id, actor=HR, now=local(3, 4, 9))


def test_completed_is_refused_for_an_absentee(session_id: int) -> None:
    (one,) = enrolled(session_id, "HL.CB.001")
    am, pm = half_ids(session_id)
    when = local(3, 4, 14)
    commands.record_attendance(
        session_id, {(one, am): "present", (one, pm): "excused"}, actor=HR, now=when
    )
    with pytest.raises(RuleError, match="session is planned"):
        commands.complete(session_id, one, actor=HR, now=when)
    commands.hold_session(session_id, actor=HR, now=when)
    with pytest.raises(RuleError, match="absent"):
        commands.complete(session_id, one, actor=HR, now=when)
    commands.record_attendance(session_id, {(one, pm): "late"}, actor=HR, now=when)
    for written in ("4,9", "vắng"):
        commands.record_results(session_id, {(one, "post"): written}, actor=HR, now=when)
        with pytest.raises(RuleError, match="does not pass"):
            commands.complete(session_id, one, actor=HR, now=when)
        assert state_of(session_id) == ["not_completed"]


@pytest.mark.parametrize(("room", "trainer", "kind", "name"), [
    ("phòng 2", "Thầy Minh", "room", "Phòng 2"), ("Phòng 3", "cô lan", "trainer", "Cô Lan"),
])
def test_a_room_or_trainer_taken_is_named(
    session_id: int, room: str, trainer: str, kind: str, name: str
) -> None:
    with db.reading() as conn:
        course_id = queries.session(conn, session_id).course_id
    with pytest.raises(ClashError) as refused:
        plan(course_id, "L2", room=room, trainer=trainer)
    assert refused.value.field == kind
    assert {(one.name, one.code) for one in refused.value.clashes} == {(name, "L1")}
    commands.cancel_session(session_id, reason="hoãn", actor=HR, now=local(2, 3, 8))
    plan(course_id, "L2", room=room, trainer=trainer)


def test_a_person_in_two_sessions_at_once_is_named(session_id: int) -> None:
    enrolled(session_id, "HL.CB.001")
    with db.reading() as conn:
        course_id = queries.session(conn, session_id).course_id
    other = plan(course_id, "L2", room="Phòng 3", trainer="Thầy Minh")
    with pytest.raises(ClashError) as refused:
        enrolled(other, "HL.CB.001", "HL.CB.002")
    assert refused.value.clashes[0].name == "Ngô Hữu Long"
    assert state_of(other) == []


def test_a_full_session_a_held_one_and_strangers_are_refused(organised: db.Database) -> None:
    small = plan(course(), capacity=1)
    with pytest.raises(RuleError) as full:
        enrolled(small, "HL.CB.001", "HL.CB.002")
    assert full.value.code == "session_full"
    with pytest.raises(RuleError):
        enrolling.enrol(small, [999_999], actor=HR, now=local(2, 2, 8))
    with pytest.raises(NotFoundError):
        enrolling.enrol(999, [officer("HL.CB.001")], actor=HR, now=local(2, 2, 8))
    commands.hold_session(small, actor=HR, now=local(3, 4, 14))
    with pytest.raises(RuleError, match="held"):
        enrolled(small, "HL.CB.001")
    with pytest.raises(RuleError, match="held"):
        commands.cancel_session(small, reason="x", actor=HR, now=local(3, 5, 8))


@pytest.mark.parametrize(("written", "code"), [
    ("11", "mark_out_of_range"), ("tám", "mark_unreadable"),
])
def test_a_mark_that_is_none_names_its_place(session_id: int, written: str, code: str) -> None:
    (one,) = enrolled(session_id, "HL.CB.001")
    with pytest.raises(RuleError) as refused:
        commands.record_results(
            session_id, {(one, "pre"): written}, actor=HR, now=local(3, 4, 14)
        )
    assert (refused.value.code, refused.value.field) == (code, f"pre-{one}")


def test_each_deed_is_audited(session_id: int) -> None:
    (one,) = enrolled(session_id, "HL.CB.001")
    enrolling.withdraw(session_id, one, reason="bận", actor=HR, now=local(2, 3, 8))
    with db.reading() as conn:
        actions = list(conn.execute(
            text("SELECT action FROM audit_events WHERE scope = 'training' ORDER BY id")
        ).scalars())
        assert queries.session(conn, session_id).enrolled == 0
    assert actions == ["course_added", "session_planned", "officers_enrolled", "officer_withdrawn"]
