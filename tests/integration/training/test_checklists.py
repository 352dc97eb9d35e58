"""Practical checklists: the rule at its edge, corrections that stay, and what completes a person."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import select, text

from kiosk_app.core import db
from kiosk_app.core.columns import LOCAL_ZONE
from kiosk_app.core.errors import RuleError
from kiosk_app.training import checklists, commands, enrolling, queries, ticking
from kiosk_app.training.checklists import Item
from kiosk_app.training.models import ChecklistTick
from tests.integration.training.test_enrolling import (
    DAY,
    HR,
    NOW,
    ONLY_SQLITE,
    enrolment,
    people,
    plan,
    states,
)

ITEMS = [Item("Chào hỏi, giới thiệu"), Item("Tra cứu hồ sơ"), Item("In giấy hẹn", mandatory=False),
         Item("Hẹn trả đúng quy định", mandatory=False)]
STARTED = datetime.combine(DAY, time(8), LOCAL_ZONE)


@pytest.mark.parametrize(("met", "needed", "passed"), [
    ("1100", None, True), ("1011", None, False), ("1100", 3, False), ("1110", 3, True),
    ("1011", 3, False), ("1111", 4, True), ("0000", None, False),
])
def test_all_mandatory_and_at_least_k(met: str, needed: int | None, passed: bool) -> None:
    assert checklists.passes(ITEMS, needed, [one == "1" for one in met]) is passed


@pytest.mark.parametrize(("items", "needed", "code"), [
    ([Item("a"), Item("a")], None, "checklist_items"), ([Item("x" * 201)], None, "checklist_items"),
    ([Item(str(n)) for n in range(21)], None, "checklist_items"), (ITEMS, 1, "checklist_needed"),
    (ITEMS, 5, "checklist_needed"), ([Item("a", mandatory=False)], None, "checklist_needed"),
    ([], 1, "checklist_needed"),
])
def test_what_nobody_could_pass_or_fail_is_refused(items, needed, code) -> None:
    with pytest.raises(RuleError) as refused:
        checklists.require_checklist(items, needed)
    assert refused.value.code == code


def test_a_tick_completes_a_correction_takes_back_and_both_stay(organised: db.Database) -> None:
    a, b = people(2)
    session = plan()
    with db.reading() as conn:
        held = queries.session(conn, session)
    assert ticking.set_checklist(held.course_id, ITEMS, 3, actor=HR, now=NOW)
    assert not ticking.set_checklist(held.course_id, ITEMS, 3, actor=HR, now=NOW)
    enrolling.enrol(session, [a, b], actor=HR, now=NOW)
    one, other = enrolment(session, a), enrolment(session, b)
    with pytest.raises(RuleError, match="has not begun"):
        ticking.tick(session, one, 0, met=True, actor=HR, now=STARTED - timedelta(hours=1))
    half = held.half_days[0].id
    commands.record_attendance(session, {(one, half): "present", (other, half): "absent"},
                               actor=HR, now=STARTED)
    for item in (0, 1):
        assert ticking.tick(session, one, item, met=True, actor=HR, now=STARTED)
        ticking.tick(session, other, item, met=True, actor=HR, now=STARTED)
    ticking.tick(session, other, 2, met=True, actor=HR, now=STARTED)
    commands.hold_session(session, actor=HR, now=STARTED)
    assert states(session) == {a: "not_completed", b: "not_completed"}, "two of three; absent"
    with pytest.raises(RuleError, match="checklist"):
        commands.complete(session, one, actor=HR, now=STARTED)
    ticking.tick(session, one, 3, met=True, actor=HR, now=STARTED)
    assert states(session)[a] == "completed"
    assert not ticking.tick(session, one, 3, met=True, actor=HR, now=STARTED)
    ticking.tick(session, one, 1, met=False, note="chưa tra được", actor=HR, now=STARTED)
    assert states(session)[a] == "not_completed", "k is met, a mandatory item is not"
    with db.reading() as conn:
        said = checklists.practicals(conn, held, [one])[one].ticks[1]
        written = conn.execute(select(ChecklistTick.__table__)).all()
    assert [(t.met, t.version, t.note) for t in said] == [(True, 1, ""), (False, 2, "chưa tra được")]
    assert len(written) == 7
    with pytest.raises(Exception, match="append-only|permission denied"), db.transaction() as conn:
        conn.execute(text("UPDATE checklist_ticks SET met = true"))
    with pytest.raises(RuleError, match="4"):
        ticking.tick(session, one, 4, met=True, actor=HR, now=STARTED)


@ONLY_SQLITE
def test_a_later_checklist_judges_later_sessions_only(organised: db.Database) -> None:
    (a,) = people(1)
    session = plan()
    enrolling.enrol(session, [a], actor=HR, now=NOW)
    with db.reading() as conn:
        held = queries.session(conn, session)
    begins = held.slots[0].starts_at
    ticking.set_checklist(held.course_id, ITEMS, None, actor=HR, now=begins + timedelta(minutes=1))
    with db.reading() as conn:
        assert checklists.of_session(conn, held) is None
        assert checklists.of_course(conn, held.course_id) is not None
    with pytest.raises(RuleError, match=held.code):
        ticking.tick(session, enrolment(session, a), 0, met=True, actor=HR, now=STARTED)
