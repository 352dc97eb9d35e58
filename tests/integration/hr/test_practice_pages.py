"""A course's checklist is set on its page, ticked on a tablet and read on results and transcript."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from kiosk_app.core import clock, db
from kiosk_app.training import commands, enrolling, queries
from tests.integration.training.test_enrolling import HR, ONLY_SQLITE, enrolment, people, plan
from tests.integration.training.test_enrolling import NOW as PLANNED


@ONLY_SQLITE
@pytest.mark.usefixtures("trained")
def test_from_the_course_s_page_to_the_transcript(
    sign_in: Callable[..., FlaskClient], still_clock: clock.FrozenClock
) -> None:
    (a,) = people(1)
    still_clock.moment = PLANNED
    session = plan()
    enrolling.enrol(session, [a], actor=HR, now=PLANNED)
    with db.reading() as conn:
        held = queries.session(conn, session)
    office = sign_in("hr")
    token = re.search(r'name="csrf_token" value="([^"]*)"', office.get("/hr/courses/1").text)
    assert token
    proof = {"csrf_token": token[1]}
    form = {**proof, "item-0": "Chào hỏi", "must-0": "1", "item-1": "In giấy hẹn", "item-4": "Hẹn trả",
            "needed": "9"}
    wrong = office.post(f"/hr/courses/{held.course_id}/checklist", data=form)
    assert wrong.status_code == 422
    assert "trong khoảng 1–3" in wrong.text
    assert 'value="In giấy hẹn"' in wrong.text, "what was typed stays"
    saved = office.post(f"/hr/courses/{held.course_id}/checklist", data={**form, "needed": "2"})
    assert saved.status_code == 303
    assert 'value="Hẹn trả"' in office.get(f"/hr/courses/{held.course_id}").text
    one = enrolment(session, a)
    path = f"/hr/sessions/{session}/practice/{one}"
    assert "chưa bắt đầu" in office.get(path).text
    early = office.post(path, data={**proof, "item": "0", "met": "yes"})
    assert early.status_code == 422
    still_clock.moment = held.slots[0].starts_at + timedelta(minutes=5)
    assert office.post(path, data={**proof, "item": "7", "met": "yes"}).status_code == 422
    part = office.post(path, data={**proof, "item": "0", "met": "yes"}, headers={"HX-Request": "true"}).text
    assert 'id="item-0"' in part
    assert "Đạt 1 trên 3 mục" in part
    assert "<html" not in part
    office.post(path, data={**proof, "item": "1", "met": "no"}, headers={"HX-Request": "true"})
    kept = office.post(path, data={**proof, "item": "1", "met": "no", "note": "in nhầm mẫu"},
                       headers={"HX-Request": "true"}).text
    assert 'value="in nhầm mẫu"' in kept
    office.post(path, data={**proof, "item": "1", "met": "yes"})
    assert "Thực hành: đạt" in office.get(path).text
    assert "2/3" in office.get(f"/hr/sessions/{session}/results").text
    commands.record_attendance(session, {(one, held.half_days[0].id): "late"}, actor=HR,
                               now=still_clock.moment)
    commands.hold_session(session, actor=HR, now=still_clock.moment)
    assert "thực hành 2/3" in office.get(f"/hr/staff/{a}").text
    assert office.get(f"/hr/staff/{a}/transcript.pdf").data.startswith(b"%PDF")
    head, row = list(csv.reader(io.StringIO(office.get(f"/hr/sessions/{session}/roster.csv").text)))[-2:]
    assert dict(zip(head, row, strict=True))["Thực hành: tiêu chí đạt"] == "2/3"
    assert dict(zip(head, row, strict=True))["Thực hành"] == "Đạt"
    assert office.get("/hr/sessions/4/practice/1").status_code == 404
