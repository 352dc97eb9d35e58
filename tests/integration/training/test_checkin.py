"""Checking in by the code of the screen: every way in which a code may be wrong, late or borrowed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import text

from kiosk_app.core import db, keys
from kiosk_app.core.audit import Actor
from kiosk_app.core.columns import LOCAL_ZONE
from kiosk_app.core.errors import RuleError
from kiosk_app.training import checkin, commands, enrolling, planning, queries
from kiosk_app.training.rules import Slot
from tests.integration.training.test_enrolling import DAY, HR, NOW, enrolment, people, plan

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
BEGIN = datetime(2019, 3, 4, 7, 30, tzinfo=LOCAL_ZONE)


def shown(session_id: int, now: datetime) -> str:
    """The code on the screen of the first half-day."""
    with db.reading() as conn:
        half = queries.session(conn, session_id).half_days[0]
    return checkin.code_of(keys.current(), half.id, half.slot, checkin.window_of(now))


def enter(code: str, who: int, now: datetime) -> checkin.CheckIn:
    return checkin.check_in(code, officer_id=who, actor=Actor(f"officer{who}", "officer"), now=now)


def refused(code: str, who: int, now: datetime) -> str:
    with pytest.raises(RuleError) as found:
        enter(code, who, now)
    return found.value.code


def marks(session_id: int, who: int) -> list[tuple[str, str]]:
    with db.reading() as conn:
        half = queries.session(conn, session_id).half_days[0].id
        row = next(r for r in queries.roster(conn, session_id) if r.officer_id == who)
        found = [(m.mark.mark, m.mark.source) for m in queries.mark_history(conn, session_id)
                 if m.enrolment_id == row.enrolment_id]
        ruling = row.marks.get(half)
    return found or ([(ruling.mark, ruling.source)] if ruling else [])


def outcomes() -> list[str]:
    with db.reading() as conn:
        return list(conn.execute(
            text("SELECT outcome FROM checkin_attempts ORDER BY id")).scalars())


def test_a_code_is_taken_in_its_window_and_the_next_and_never_after(organised: db.Database) -> None:
    a, b, c = people(3)
    one = plan(capacity=9)
    enrolling.enrol(one, [a, b, c], actor=HR, now=NOW)
    code = shown(one, BEGIN)
    assert len(code) == 6
    assert not enter(f"{code[:3]} {code[3:]}", a, BEGIN + timedelta(seconds=29)).repeated
    assert enter(shown(one, BEGIN), b, BEGIN + timedelta(seconds=59)).mark == "present"
    assert refused(code, c, BEGIN + timedelta(seconds=60)) == "checkin_expired"
    assert refused(code, c, BEGIN + timedelta(minutes=40)) == "checkin_wrong"
    assert marks(one, c) == []
    assert enter(shown(one, BEGIN + timedelta(minutes=1)), a, BEGIN + timedelta(minutes=1)).repeated
    assert marks(one, a) == [("present", "code")]
    assert outcomes() == ["taken", "taken", "expired", "wrong", "repeated"]


def test_open_and_late_are_told_to_the_minute(organised: db.Database) -> None:
    a, b = people(2)
    one = plan(capacity=9)
    enrolling.enrol(one, [a, b], actor=HR, now=NOW)
    early = BEGIN - timedelta(minutes=30, seconds=1)
    assert refused(shown(one, early), a, early) == "checkin_none_open"
    at = BEGIN + timedelta(minutes=15) - timedelta(seconds=1)
    assert enter(shown(one, at), a, at).mark == "present"
    at = BEGIN + timedelta(minutes=15)
    assert enter(shown(one, at), b, at).mark == "late"
    end = datetime(2019, 3, 4, 11, 30, tzinfo=LOCAL_ZONE)
    assert refused(shown(one, end), a, end) == "checkin_none_open"


def test_a_code_of_another_session_or_from_no_list_opens_nothing(organised: db.Database) -> None:
    a, b, c = people(3)
    one, other = plan(capacity=9), plan(capacity=9)
    enrolling.enrol(one, [a], actor=HR, now=NOW)
    enrolling.enrol(other, [b], actor=HR, now=NOW)
    assert refused(shown(other, BEGIN), a, BEGIN) == "checkin_other_session"
    assert refused(shown(one, BEGIN), c, BEGIN) == "checkin_other_session"
    assert marks(one, a) == []
    assert refused("١٢٣٤٥٦", a, BEGIN) == "checkin_unreadable"
    wrong = f"{(int(shown(one, BEGIN)) + 1) % 10**6:06d}"
    codes = {refused(wrong, a, BEGIN + timedelta(seconds=n)) for n in range(5)}
    assert codes == {"checkin_wrong"}
    assert refused(shown(one, BEGIN), a, BEGIN + timedelta(seconds=5)) == "checkin_too_many"
    later = BEGIN + timedelta(minutes=6)
    assert enter(shown(one, later), a, later).mark == "present"


def test_what_the_keeper_of_the_roster_wrote_is_not_undone_by_a_code(organised: db.Database) -> None:
    (a,) = people(1)
    one = plan(capacity=9)
    enrolling.enrol(one, [a], actor=HR, now=NOW)
    with db.reading() as conn:
        half = queries.session(conn, one).half_days[0].id
    commands.record_attendance(one, {(enrolment(one, a), half): "excused"}, actor=HR, now=BEGIN,
                               note="họp tỉnh")
    assert refused(shown(one, BEGIN), a, BEGIN) == "checkin_marked"
    assert marks(one, a) == [("excused", "roster")]


def test_a_session_moved_after_check_in_asks_for_it_anew(organised: db.Database) -> None:
    a, b, c = people(3)
    one = plan(capacity=2)
    enrolling.enrol(one, [a, b, c], actor=HR, now=NOW, may_wait=True)
    at = BEGIN - timedelta(minutes=10)
    enter(shown(one, at), a, at)
    before = shown(one, at)
    with db.reading() as conn:
        held = queries.session(conn, one)
    wanted = commands.SessionPlan(
        code=held.code, course_id=held.course_id, title="", audience="", room="Phòng 3",
        trainer="", capacity=3, has_test=False, slots=(Slot(DAY, "afternoon"),),
    )
    done = planning.change_session(one, wanted, actor=HR, now=at)
    assert (done.moved, done.unmarked, len(done.promoted)) == (True, 1, 1)
    assert marks(one, a) == [("present", "code"), ("unknown", "moved")]
    assert refused(before, a, at) == "checkin_none_open"
    noon = datetime(2019, 3, 4, 13, 0, tzinfo=LOCAL_ZONE)
    assert refused(before, a, noon) == "checkin_wrong"
    enter(shown(one, noon), a, noon)
    assert marks(one, a)[-1] == ("present", "code")
    with db.reading() as conn:
        assert queries.session(conn, one).sequence == 1
    fewer = replace(wanted, capacity=2)
    with pytest.raises(RuleError) as small:
        planning.change_session(one, fewer, actor=HR, now=at)
    assert (small.value.code, small.value.detail) == ("capacity_below_seated", "3")
    past = replace(wanted, slots=(Slot(date(2019, 3, 1), "morning"),))
    with pytest.raises(RuleError) as gone:
        planning.change_session(one, past, actor=HR, now=at)
    assert gone.value.code == "past_date"


def test_half_days_keep_their_rows_when_days_change_places(organised: db.Database) -> None:
    one = plan(Slot(DAY, "morning"), Slot(DAY + timedelta(days=1), "morning"))
    with db.reading() as conn:
        held = queries.session(conn, one)
        ids = {half.slot: half.id for half in held.half_days}
    wanted = commands.SessionPlan(
        code=held.code, course_id=held.course_id, title="", audience="", room="", trainer="",
        capacity=2, has_test=False,
        slots=(Slot(DAY, "afternoon"), Slot(DAY + timedelta(days=1), "morning"),
               Slot(DAY + timedelta(days=2), "morning")),
    )
    planning.change_session(one, wanted, actor=HR, now=NOW)
    with db.reading() as conn:
        after = {half.slot: half.id for half in queries.session(conn, one).half_days}
    assert list(after) == list(wanted.slots)
    assert after[Slot(DAY + timedelta(days=1), "morning")] == ids[
        Slot(DAY + timedelta(days=1), "morning")]
    assert after[Slot(DAY, "afternoon")] == ids[Slot(DAY, "morning")]
