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


def test_a_course_and_a_room_are_kept_and_questioned(hr: FlaskClient) -> None:
    assert post(hr, "/hr/courses/2", {"programme": "Một cửa", "topics": ["thai_do", "goi_y_tien_qua"],
                                      "required_ids": "1", "active": "1", "valid_months": "24"}
                ).status_code == 303
    page = hr.get("/hr/courses/2").text
    assert 'value="thai_do" checked' in page
    assert "goi_y_tien_qua" not in page
    circle = post(hr, "/hr/courses/1", {"required_ids": "2", "active": "1"})
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
