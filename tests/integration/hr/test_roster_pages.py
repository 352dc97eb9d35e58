"""Sending people to sessions through the pages: proposals, waiting list, substitution, waves."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook

from kiosk_app.cli import watching
from kiosk_app.core import clock, db
from kiosk_app.training import queries
from kiosk_app.web.hr.draws import HIGHEST_SEED
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
    blank = post(hr, f"/hr/sessions/{one}/withdraw", {"enrolment_id": first, "state": "declined"})
    assert (blank.status_code, blank.text.count('<details class="menu" open>')) == (422, 1)
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
    with db.reading() as conn:
        sitting = {row.officer_id for one in two for row in queries.roster(conn, one)}
    more = [planned(hr, "TH-14", room="", trainer=""),
            planned(hr, "TH-15", room="", trainer="", **{"day-0": "5/3/2019"})]
    form = {"session_ids": more, "seed": str(HIGHEST_SEED), "every": "1"}
    clash = post(hr, "/hr/draws/new", form)
    assert (clash.status_code, "đã có trong lớp TH-1" in clash.text) == (422, True)
    assert post(hr, "/hr/draws/new", {**form, "skip": "1", "todo": "1"}).status_code == 303
    with db.reading() as conn:
        drawn = {row.officer_id for one in more for row in queries.roster(conn, one)}
    assert drawn
    assert not drawn & sitting, "who is busy is left out, the others are drawn"




def test_a_session_moved_onto_others_names_everything_that_is_taken(hr: FlaskClient) -> None:
    who = officer("HL.P.046")
    there = planned(hr, "TH-20", room="Phòng 5", trainer="Lê Thị Mai", **{"day-0": "6/3/2019"})
    here = planned(hr, "TH-21", **{"day-0": "7/3/2019"})
    for one in (there, here):
        assert post(hr, f"/hr/sessions/{one}/roster", {"officer_ids": [who]}).status_code == 303
    moved = post(hr, f"/hr/sessions/{here}/edit", {
        **FORM, "room": "Phòng 5", "trainer": "Lê Thị Mai", "day-0": "6/3/2019"})
    assert moved.status_code == 422
    text = html.unescape(moved.text)
    assert "Chưa lưu được. Sửa 3 chỗ được đánh dấu" in text
    for field in ("room", "trainer", "slots"):
        assert f'id="err-{field}"' in text
    assert text.count("lớp TH-20 vào") == 6, "morning and afternoon of each"
    assert "rút tên người này khỏi một trong hai lớp trước" in text


def test_who_holds_the_course_is_marked_and_can_be_left_out_and_the_letter_can_be_read(
    hr: FlaskClient, app: Flask
) -> None:
    with db.reading() as conn:
        fourth = next(one for one in queries.sessions(conn, year=2018) if one.code == "TH-04")
        done = {row.officer_id for row in queries.roster(conn, fourth.id) if row.state == "completed"}
    one = planned(hr, "TH-22", course_id=str(fourth.course_id), audience="centre")
    base = f"/hr/sessions/{one}/roster"
    page = hr.get(base).text
    assert page.count("đã học 18/9/2018") == len(done)
    left = {int(n) for n in re.findall(r'name="officer_ids" value="(\d+)"', hr.get(f"{base}?todo=1").text)}
    assert left
    assert not left & done
    assert post(hr, base, {"officer_ids": [min(left)]}).status_code == 303
    text = html.unescape(hr.get(base).text)
    assert "Máy chủ này chưa được đặt gửi thư" in text
    app.config["KIOSK_SETTINGS"] = replace(app.config["KIOSK_SETTINGS"], smtp_url="smtp://127.0.0.1:9")
    assert "1 người chưa có địa chỉ thư nên không nhận được." in html.unescape(hr.get(base).text)
    assert "Mời tập huấn: TH-22" in text
    assert post(hr, f"/hr/sessions/{one}/addresses", {f"email-{min(left)}": "a@tp.vn"}).status_code == 303
    assert 'value="a@tp.vn"' in hr.get(base).text, "an address can be seen and mended"
    told = watching.tell_of_training(app.config["KIOSK_SETTINGS"], now=clock.now())
    assert told == 1
    assert "đang chờ gửi" in hr.get(base).text


def test_who_sits_in_a_coming_session_is_not_asked_for_again(hr: FlaskClient) -> None:
    with db.reading() as conn:
        course = next(one.id for one in queries.courses(conn) if one.code == "KH-01")
    post(hr, "/hr/requirements", {"what": "require", "course_id": str(course), "target": "role:wards"})
    page = html.unescape(hr.get("/hr/gaps").text)
    (whole,) = re.findall(r": (\d+) chỗ cần mở", page)
    link = re.search(r"officers=([\d,%C]+)", page)
    assert link is not None
    who = link[1].replace("%2C", ",").split(",")
    one = planned(hr, "TH-23", course_id=str(course), capacity="5", audience="wards")
    assert post(hr, f"/hr/sessions/{one}/roster", {"officer_ids": who[:3]}).status_code == 303
    page = html.unescape(hr.get("/hr/gaps").text)
    assert f"{int(whole) - 5} chỗ cần mở" in page, "three sit, two seats are free"
    assert f"{whole} người cần học, 3 đã có chỗ trong lớp sắp tới; lớp sắp tới còn 2 chỗ" in page
    book = CalamineWorkbook.from_filelike(io.BytesIO(hr.get("/hr/gaps.xlsx").data))
    rows_ = book.get_sheet_by_index(0).to_python()
    assert rows_[7][5:10] == [int(whole), 3, "TH-23 (4/3/2019)", 2, int(whole) - 5], "page and paper agree"


def test_the_first_of_a_list_by_need_get_the_seats_and_the_others_wait_in_its_order(
    hr: FlaskClient,
) -> None:
    with db.reading() as conn:
        fourth = next(one for one in queries.sessions(conn, year=2018) if one.code == "TH-04")
    post(hr, "/hr/requirements", {"what": "require", "course_id": str(fourth.course_id),
                                  "target": "role:centre"})
    course = {"course_id": str(fourth.course_id), "room": "", "trainer": ""}
    one = planned(hr, "TH-24", **course, capacity="3", audience="centre")
    base = f"/hr/sessions/{one}/roster"
    listed = re.findall(r'name="officer_ids" value="(\d+)"', hr.get(f"{base}?order=need").text)
    assert listed != re.findall(r'name="officer_ids" value="(\d+)"', hr.get(base).text)
    busy = planned(hr, "TH-25", **course, audience="centre")
    assert post(hr, f"/hr/sessions/{busy}/roster", {"officer_ids": [listed[1]]}).status_code == 303
    page = html.unescape(hr.get(f"{base}?first=1").text)
    assert "Chọn 3 người cần nhất" in page
    assert "Sắp theo mức cần" in page
    assert "Số liệu hài lòng không được dùng đến" in page
    assert '<option value="need" selected>' in page
    assert re.findall(r'name="officer_ids" value="(\d+)" checked', page) == [
        listed[0], *listed[2:4]], "who cannot come is left out"
    assert "trùng giờ lớp TH-25" in page
    assert "Cần học · " in page
    english = html.unescape(hr.get(f"{base}?order=need&lang=en").text)
    assert "By need on the first day of the session" in english
    assert "Choose the 3 who need it most" in english
    hr.get("/hr/?lang=vi")
    who = [one for one in listed if one != listed[1]][:6]
    full = post(hr, base, {"officer_ids": who, "order": "need"})
    assert full.status_code == 422
    assert re.findall(r'name="officer_ids" value="(\d+)" checked', full.text) == who, "still by need"
    assert post(hr, base, {"officer_ids": who, "may_wait": "1"}).status_code == 303
    with db.reading() as conn:
        order = queries.waiting_order(conn, one)
        rows_ = queries.roster(conn, one)
    assert [str(row.officer_id) for row in rows_ if row.state == "enrolled"] == who[:3]
    waiting = sorted((row for row in rows_ if row.state == "waiting"), key=lambda row: order[row.enrolment_id])
    assert [str(row.officer_id) for row in waiting] == who[3:]
    assert "Xếp theo thứ tự được cử" in hr.get(base).text


def test_by_need_of_a_course_that_nobody_must_hold_is_by_the_longest_wait(hr: FlaskClient) -> None:
    one = planned(hr, "TH-26", capacity="2")
    page = html.unescape(hr.get(f"/hr/sessions/{one}/roster?first=1&unit=").text)
    told = re.findall(r"Không yêu cầu · (chưa dự lớp nào|học gần nhất [\d/]+)", page)
    assert told
    assert told == sorted(told, key=lambda text: text != "chưa dự lớp nào")
    assert len(re.findall(r'name="officer_ids" value="\d+" checked', page)) == 2
