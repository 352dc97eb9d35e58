"""Sending people to sessions through the pages: proposals, waiting list, substitution, waves."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from kiosk_app.core import db
from kiosk_app.training import queries
from tests.integration.hr.test_hr_pages import FORM, officer, post

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)


@pytest.fixture
def hr(trained: None, sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in("hr")


def planned(hr: FlaskClient, code: str, **changes: Any) -> int:
    assert post(hr, "/hr/sessions/new", {**FORM, "code": code, **changes}).status_code == 303
    with db.reading() as conn:
        return next(one.id for one in queries.sessions(conn) if one.code == code)


def rows(session_id: int) -> list[tuple[str, int]]:
    with db.reading() as conn:
        return [(row.state, row.enrolment_id) for row in queries.roster(conn, session_id)]


def test_a_list_handed_in_is_marked_and_who_finds_no_seat_waits(hr: FlaskClient) -> None:
    one = planned(hr, "TH-10", capacity="1")
    base = f"/hr/sessions/{one}/roster"
    wanted = [officer("HL.P.046"), officer("HL.P.047")]
    page = hr.get(f"{base}?officers={wanted[0]},{wanted[1]}").text
    assert len(re.findall(r'name="officer_ids" value="\d+" checked', page)) == 2
    assert page.count('name="officer_ids"') == 2
    full = post(hr, base, {"officer_ids": wanted, "officers": ",".join(map(str, wanted))})
    assert full.status_code == 422
    assert "Lớp chỉ còn 1 chỗ" in full.text
    assert len(re.findall(r'name="officer_ids" value="\d+" checked', full.text)) == 2
    assert post(hr, base, {"officer_ids": wanted, "may_wait": "1"}).status_code == 303
    page = hr.get(base).text
    assert "1 người vào danh sách chờ" in page
    assert "Danh sách chờ: 1 người" in page
    (_seated, first), _waiting = rows(one)
    post(hr, f"/hr/sessions/{one}/withdraw",
         {"enrolment_id": first, "state": "declined", "reason": "nghỉ ốm"})
    page = hr.get(base).text
    assert "1 người trong danh sách chờ đã được xếp chỗ" in page
    assert "Từ chối: nghỉ ốm" in page
    assert [state for state, _id in rows(one)] == ["declined", "enrolled"]


def test_a_whole_unit_is_marked_in_one_go_and_one_is_replaced(hr: FlaskClient) -> None:
    one = planned(hr, "TH-11")
    base = f"/hr/sessions/{one}/roster"
    page = hr.get(base).text
    unit = re.search(r'<option value="(\d+)">Phường Bãi Cháy', page)
    assert unit is not None
    page = hr.get(f"{base}?unit={unit[1]}&all=1").text
    ids = re.findall(r'name="officer_ids" value="(\d+)" checked', page)
    assert ids
    assert len(ids) == page.count('name="officer_ids"')
    post(hr, base, {"officer_ids": ids})
    (state, first), *_others = rows(one)
    assert state == "enrolled"
    page = hr.get(f"{base}?replace={first}").text
    assert "Chọn người thay" in page
    other = re.search(r'type="radio" name="officer_id" value="(\d+)"', page)
    assert other is not None
    data = {"replace": first, "officer_id": other[1], "reason": ""}
    refused = post(hr, f"/hr/sessions/{one}/substitute", data)
    assert (refused.status_code, "Ghi lý do" in refused.text) == (422, True)
    data["reason"] = "đi công tác"
    assert post(hr, f"/hr/sessions/{one}/substitute", data).status_code == 303
    assert "Đã thay người: đi công tác" in hr.get(base).text


def test_waves_are_drawn_stored_and_shown_with_their_seed(hr: FlaskClient) -> None:
    two = [planned(hr, "TH-12"), planned(hr, "TH-13", **{"day-0": "5/3/2019"})]
    page = hr.get(f"/hr/draws/new?session_ids={two[0]}&session_ids={two[1]}").text
    units = re.findall(r'name="units" value="(\d+)"', page)[:4]
    wrong = post(hr, "/hr/draws/new", {"session_ids": two[:1], "units": units, "seed": "7"})
    assert (wrong.status_code, "từ hai lớp" in wrong.text) == (422, True)
    wrong = post(hr, "/hr/draws/new", {"session_ids": two, "units": units, "seed": "bảy"})
    assert (wrong.status_code, "số nguyên" in wrong.text) == (422, True)
    done = post(hr, "/hr/draws/new", {"session_ids": two, "units": units, "seed": "2019"})
    assert done.status_code == 303
    page = hr.get(done.headers["Location"]).text
    assert ">2019</b>" in page
    assert "Bốc lại với số này ra đúng kết quả đã lưu" in page
    first, second = (len(rows(one)) for one in two)
    assert first + second > 4
    assert abs(first - second) <= 1
    again = post(hr, "/hr/draws/new", {"session_ids": two, "units": units, "seed": "2019"})
    assert again.status_code == 422, "everybody of these units sits already"


