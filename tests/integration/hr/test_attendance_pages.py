"""Taking attendance through the pages: the room's screen, the tablet, the signed sheet, the own page."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from flask.testing import FlaskClient

from kiosk_app.core import clock, db
from kiosk_app.core.collation import alphabetical
from kiosk_app.core.columns import LOCAL_ZONE
from kiosk_app.organisation import queries as organisation
from kiosk_app.training import queries
from kiosk_app.web.hr import checkins
from kiosk_app.web.hr.sessions import Person
from tests.integration.hr.test_hr_pages import officer, post
from tests.integration.hr.test_roster_pages import planned

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
PEOPLE = ("HL.P.046", "HL.P.047", "HL.P.048")


@pytest.fixture
def hr(trained: None, sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in("hr")


@pytest.fixture
def lesson(hr: FlaskClient, still_clock: clock.FrozenClock) -> tuple[int, int]:
    """A session with three people, at the moment it begins; its id and that of the morning."""
    one = planned(hr, "TH-20", has_test="")
    post(hr, f"/hr/sessions/{one}/roster",
         {"officer_ids": [officer(code) for code in PEOPLE], "state": "invited"})
    still_clock.moment = datetime(2019, 3, 4, 7, 31, tzinfo=LOCAL_ZONE)
    with db.reading() as conn:
        return one, queries.session(conn, one).half_days[0].id


def marks(session_id: int, half: int) -> list[str]:
    with db.reading() as conn:
        rows = sorted(queries.roster(conn, session_id), key=lambda row: row.officer_id)
    return [row.marks[half].mark if half in row.marks else "" for row in rows]


def test_the_screen_shows_a_code_that_lets_one_officer_in(
    hr: FlaskClient, lesson: tuple[int, int], sign_in: Callable[..., FlaskClient],
    still_clock: clock.FrozenClock,
) -> None:
    one, half = lesson
    page = hr.get(f"/hr/sessions/{one}/screen/{half}").text
    digits = re.search(r'class="hr-digits"[^>]*>(\d{3} \d{3})<', page)
    assert digits is not None
    assert "<svg" in page
    mine = sign_in("officer", unit_id=1, officer_id=officer(PEOPLE[0]))
    own = mine.get("/hr/own").text
    assert "Điểm danh: TH-20" in own
    token = re.search(r'name="csrf_token" value="([^"]*)"', own)
    assert token is not None
    data = {"csrf_token": token[1], "code": "000000"}
    wrong = mine.post("/hr/own/check-in", data=data)
    assert (wrong.status_code, "Mã không đúng" in wrong.text) == (422, True)
    assert 'value="000000"' in wrong.text
    data["code"] = digits[1]
    assert mine.post("/hr/own/check-in", data=data).status_code == 303
    assert "Không đi được" in own
    own = mine.get("/hr/own").text
    assert "Đã điểm danh lớp TH-20, Sáng 4/3/2019: có mặt." in own
    assert "Không đi được" not in own, "who sits there has come"
    assert 'name="code"' not in own, "one check-in is enough"
    part = hr.get(f"/hr/sessions/{one}/screen/{half}", headers={"HX-Request": "true"}).text
    assert "<html" not in part
    assert "<b>1</b> / 3" in part
    still_clock.advance(hours=5)
    assert "đã kết thúc" in hr.get(f"/hr/sessions/{one}/screen/{half}").text


def test_a_tap_on_the_tablet_is_kept_at_once_and_corrections_are_shown(
    hr: FlaskClient, lesson: tuple[int, int]
) -> None:
    one, half = lesson
    page = hr.get(f"/hr/sessions/{one}/call/{half}").text
    assert "Còn 3 người chưa điểm danh" in page
    ids = re.findall(r'id="line-(\d+)"', page)
    base = f"/hr/sessions/{one}/call/{half}"
    assert post(hr, base, {"enrolment_id": ids[0], "mark": "absent"}).status_code == 303
    assert post(hr, base, {"enrolment_id": ids[0], "mark": "excused", "note": "họp tỉnh"}
                ).status_code == 303
    assert post(hr, base, {"enrolment_id": ids[1], "mark": "bay"}).status_code == 422
    page = hr.get(f"/hr/sessions/{one}/attendance").text
    history = page[page.index('id="history"'):]
    assert history.index("Vắng</span>") < history.index("Vắng có phép") < history.index("họp tỉnh")
    assert history.count("hr1") == 2


def test_a_signed_sheet_is_keyed_by_its_numbers_and_its_own_code_only(
    hr: FlaskClient, lesson: tuple[int, int]
) -> None:
    one, half = lesson
    pdf = hr.get(f"/hr/sessions/{one}/sheet/{half}.pdf")
    assert pdf.data.startswith(b"%PDF")
    with hr.application.test_request_context(), db.reading() as conn:
        held = queries.session(conn, one)
        rows = queries.roster(conn, one)
        named = organisation.officers(conn, [row.officer_id for row in rows])
    people = sorted((Person(r, named[r.officer_id].full_name, named[r.officer_id].code, "", [])
                     for r in rows), key=lambda p: (alphabetical(p.name), p.code))
    code = checkins.sheet_code(held.half_days[0], people)
    base = f"/hr/sessions/{one}/sheet/{half}"
    for wrong, said in (
        ({"sheet": "AAAAA"}, "không khớp"), ({"sheet": code, "absent": "9"}, "ngoài danh sách"),
        ({"sheet": code, "late": "hai"}, "không phải số thứ tự"),
        ({"sheet": code, "late": "2", "absent": "1-2"}, "nhập ở hai ô"),
    ):
        refused = post(hr, base, wrong)
        assert (refused.status_code, said in refused.text) == (422, True), said
    data = {"sheet": code.lower(), "late": "2", "absent": "3"}
    seen = post(hr, base, data)
    assert (seen.status_code, "Sẽ ghi" in seen.text) == (200, True)
    assert marks(one, half) == ["", "", ""]
    assert post(hr, base, {**data, "confirmed": "1"}).status_code == 303
    said = {p.row.enrolment_id: m for p, m in zip(people, ("present", "late", "absent"), strict=True)}
    with db.reading() as conn:
        got = {r.enrolment_id: (r.marks[half].mark, r.marks[half].source)
               for r in queries.roster(conn, one)}
    assert got == {one: (mark, "sheet") for one, mark in said.items()}


def test_an_invited_officer_answers_for_nobody_else(
    hr: FlaskClient, lesson: tuple[int, int], sign_in: Callable[..., FlaskClient]
) -> None:
    one, _half = lesson
    mine = sign_in("officer", unit_id=1, officer_id=officer(PEOPLE[1]))
    page = mine.get("/hr/own").text
    token = re.search(r'name="csrf_token" value="([^"]*)"', page)
    assert token is not None
    with db.reading() as conn:
        ids = {row.officer_id: row.enrolment_id for row in queries.roster(conn, one)}

    def say(whose: str, **data: str) -> int:
        return mine.post(f"/hr/own/{one}/answer", data={
            "csrf_token": token[1], "enrolment_id": ids[officer(whose)], **data}).status_code

    assert say(PEOPLE[0], answer="accept") == 404
    assert say(PEOPLE[1], answer="accept") == 303
    assert say(PEOPLE[1], answer="decline", reason="") == 422
    assert say(PEOPLE[1], answer="decline", reason="ốm") == 303
    with db.reading() as conn:
        assert sorted(r.state for r in queries.roster(conn, one)) == [
            "declined", "invited", "invited"]


def test_an_edited_session_keeps_what_was_typed_and_says_what_fell(
    hr: FlaskClient, lesson: tuple[int, int]
) -> None:
    one, half = lesson
    page = hr.get(f"/hr/sessions/{one}/edit").text
    assert 'value="4/3/2019"' in page
    ids = re.findall(r'id="line-(\d+)"', hr.get(f"/hr/sessions/{one}/call/{half}").text)
    post(hr, f"/hr/sessions/{one}/call/{half}", {"enrolment_id": ids[0], "mark": "present"})
    data = {"day-0": "6/3/2019", "morning-0": "1", "morning_starts": "8h", "morning_ends": "tám",
            "capacity": "20", "audience": "wards"}
    refused = post(hr, f"/hr/sessions/{one}/edit", data)
    assert refused.status_code == 422
    assert 'value="tám"' in refused.text
    data["morning_ends"] = "10:30"
    assert post(hr, f"/hr/sessions/{one}/edit", data).status_code == 303
    page = hr.get(f"/hr/sessions/{one}").text
    assert "1 lượt điểm danh của buổi bị dời" in page
    with db.reading() as conn:
        (slot,) = queries.session(conn, one).slots
    assert (slot.starts_at.hour, slot.ends_at.hour, slot.ends_at.minute) == (8, 10, 30)
