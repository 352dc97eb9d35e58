"""The yearly plan, a course and a session's cost through their pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.integration.hr.test_hr_pages import FORM, post
from tests.integration.hr.test_roster_pages import planned

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)


@pytest.fixture
def hr(trained: None, sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in("hr")


def test_the_plan_of_a_year_says_what_is_left(hr: FlaskClient) -> None:
    line = {"course_id": "1", "sessions": "3", "seats": "60", "budget_vnd": "36 triệu"}
    refused = post(hr, "/hr/plan?year=2018", line)
    assert (refused.status_code, 'value="36 triệu"' in refused.text) == (422, True)
    line["budget_vnd"] = "36.000.000 ₫"
    assert post(hr, "/hr/plan?year=2018", line).status_code == 303
    page = hr.get("/hr/plan?year=2018").text
    assert "36.000.000 ₫ dự kiến" in page
    assert "6 lớp chưa ghi kinh phí" in page
    assert post(hr, "/hr/sessions/1/cost", {"cost_vnd": "40.500.000"}).status_code == 303
    page = hr.get("/hr/plan?year=2018").text
    assert "vượt 4.500.000 ₫" in page
    assert "5 lớp chưa ghi kinh phí" in page
    assert 'value="40.500.000"' in hr.get("/hr/sessions/1").text
    wrong = post(hr, "/hr/sessions/1/cost", {"cost_vnd": "40 triệu"})
    assert (wrong.status_code, 'value="40 triệu"' in wrong.text, "12.000.000" in wrong.text) == (422, True, True)


def test_a_course_and_a_room_are_kept_and_questioned(hr: FlaskClient) -> None:
    syllabus = {"name": "Giao tiếp", "hours": "8", "pass_mark": "5", "has_test": "1"}
    assert post(hr, "/hr/courses/2", syllabus | {"programme": "Một cửa", "topics": ["thai_do", "goi_y_tien_qua"],
                                      "required_ids": "1", "active": "1", "valid_months": "24"}
                ).status_code == 303
    page = hr.get("/hr/courses/2").text
    assert 'value="thai_do" checked' in page
    assert "goi_y_tien_qua" not in page
    circle = post(hr, "/hr/courses/1", syllabus | {"required_ids": "2", "active": "1"})
    assert (circle.status_code, "học trước chính nó" in circle.text) == (422, True)
    planned(hr, "TH-40")
    wrong = post(hr, "/hr/sessions/new", {**FORM, "code": "TH-41", "room": "Phong hop so 2",
                                          "day-0": "6/3/2019"})
    assert (wrong.status_code, "Đã có “Phòng họp số 2”" in wrong.text) == (422, True)
    assert 'value="Phong hop so 2"' in wrong.text
    post(hr, "/hr/resources", {"kind": "room", "name": "Phòng họp số 2", "seats": "15"})
    assert "15 chỗ ngồi" in hr.get("/hr/resources").text
    small = post(hr, "/hr/sessions/new", {**FORM, "code": "TH-41", "day-0": "6/3/2019"})
    assert (small.status_code, "chỉ có 15 chỗ ngồi" in small.text) == (422, True)


def test_a_course_is_corrected_until_it_was_applied(hr: FlaskClient) -> None:
    post(hr, "/hr/courses", {"code": "KH-90", "name": "Giao tíêp", "hours": "80"})
    number = int(hr.get("/hr/courses").text.partition(">KH-90<")[0].rpartition("/hr/courses/")[2].rstrip('"'))
    page, new = f"/hr/courses/{number}", {"name": "Giao tiếp", "hours": "8", "pass_mark": "6,5", "active": "1",
                                          "has_test": "1"}
    assert post(hr, page, new).status_code == 303
    said = hr.get(page).text
    assert ('value="Giao tiếp"' in said, 'value="6,5"' in said, 'value="8"' in said) == (True,) * 3
    wrong = post(hr, page, new | {"hours": "0", "name": "Giao tiếp tốt"})
    assert (wrong.status_code, 'value="Giao tiếp tốt"' in wrong.text) == (422, True)
    both = post(hr, page, new | {"hours": "x", "name": ""}).text
    assert ('id="err-name"' in both, 'id="err-hours"' in both) == (True, True)
    used = post(hr, "/hr/courses/1", new)
    assert (used.status_code, "thêm chuyên đề mới" in used.text) == (422, True)


def test_a_room_is_renamed_everywhere_and_retired_when_free(hr: FlaskClient) -> None:
    planned(hr, "TH-42")
    page = "/hr/resources/room?name=Phòng+họp+số+2"
    busy = post(hr, page, {"name": "Phòng họp số 2", "seats": "20"})
    assert (busy.status_code, "TH-42" in busy.text) == (422, True)
    assert post(hr, page, {"name": "Hội trường A", "seats": "40", "used": "1"}).status_code == 303
    assert "Hội trường A" in hr.get("/hr/resources").text
    assert "Phòng họp số 2" not in hr.get("/hr/resources").text
    planned_id = hr.get("/hr/?year=2019").text.partition(">TH-42<")[0].rpartition("/hr/sessions/")[2].strip('"')
    assert "Hội trường A" in hr.get(f"/hr/sessions/{planned_id}").text
    post(hr, f"/hr/sessions/{planned_id}/cancel", {"reason": "thử"})
    assert post(hr, "/hr/resources/room?name=Hội+trường+A", {"name": "Hội trường A"}).status_code == 303
    assert "không còn dùng" in hr.get("/hr/resources").text
    again = post(hr, "/hr/sessions/new", {**FORM, "code": "TH-43", "room": "Hội trường A"})
    assert (again.status_code, "không còn dùng" in again.text) == (422, True)
    assert hr.get("/hr/resources/room?name=Phòng+Z").status_code == 404
