"""The training office in the browser's language: plan, nominate, mark, close, look up, take away."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from sqlalchemy import text

from kiosk_app.core import clock, db
from kiosk_app.core.columns import LOCAL_ZONE
from kiosk_app.organisation import queries as organisation
from kiosk_app.training import queries

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
SignIn = Callable[..., FlaskClient]
FORM = {
    "code": "TH-07", "course_id": "1", "room": "Phòng họp số 2", "trainer": "Phòng Nội vụ",
    "audience": "wards", "has_test": "1", "capacity": "20", "day-0": "4/3/2019",
    "morning-0": "1", "afternoon-0": "1",
}


def post(client: FlaskClient, path: str, data: dict[str, Any]) -> Any:
    """Post a form as a browser does, with the token of a page seen before."""
    page = client.get("/hr/sessions/new").text
    token = re.search(r'name="csrf_token" value="([^"]*)"', page)
    return client.post(path, data={**data, "csrf_token": token[1] if token else ""})


def officer(code: str) -> int:
    with db.reading() as conn:
        found = organisation.officer_by_code(conn, code)
    assert found is not None
    return found


def ward(ref: str) -> int:
    with db.reading() as conn:
        found = organisation.unit_by_ref(conn, ref)
    assert found is not None
    return found


def newest_session() -> int:
    with db.reading() as conn:
        return queries.sessions(conn)[-1].id


def table_of(client: FlaskClient, address: str) -> list[dict[str, str]]:
    """The rows of a CSV below what it says of itself."""
    body = client.get(address).get_data().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(body.split("\r\nSHA-256 ")[1].partition("\r\n")[2])))


@pytest.fixture
def hr(trained: None, sign_in: SignIn) -> FlaskClient:
    return sign_in("hr")


def test_the_year_names_three_rounds_and_every_session(hr: FlaskClient) -> None:
    page = hr.get("/hr/?year=2018").text
    assert "3 đợt tập huấn" in page
    assert "38 trên 50 lượt người" in page
    for code in ("TH-01", "TH-02", "TH-03", "TH-04", "TH-05", "TH-06"):
        assert f">{code}</a>" in page
    assert "6,2 – 8,2" in page


def test_a_year_without_sessions_says_so(hr: FlaskClient) -> None:
    assert "Năm 2020 chưa có lớp nào" in hr.get("/hr/?year=2020").text


def test_htmx_gets_the_table_alone(hr: FlaskClient) -> None:
    part = hr.get("/hr/?year=2018&q=giao+ti%E1%BA%BFp", headers={"HX-Request": "true"}).text
    assert "<html" not in part
    assert "TH-04" in part
    assert "TH-01" not in part


def test_a_session_from_plan_to_record(
    hr: FlaskClient, still_clock: clock.FrozenClock
) -> None:
    assert post(hr, "/hr/sessions/new", FORM).status_code == 303
    one, at = newest_session(), officer("HL.P.046")
    base = f"/hr/sessions/{one}"
    assert post(hr, f"{base}/roster", {"officer_ids": [str(at)]}).status_code == 303
    with db.reading() as conn:
        row = queries.roster(conn, one)[0]
        halves = [half.id for half in queries.session(conn, one).half_days]
    marks = {f"m-{row.enrolment_id}-{half}": "present" for half in halves}
    early = post(hr, f"{base}/attendance", marks)
    assert early.status_code == 422
    assert "chưa bắt đầu" in early.text
    still_clock.moment = datetime(2019, 3, 4, 15, tzinfo=LOCAL_ZONE)
    assert post(hr, f"{base}/attendance", marks).status_code == 303
    wrong = post(hr, f"{base}/results", {f"pre-{row.enrolment_id}": "4,5",
                                         f"post-{row.enrolment_id}": "85"})
    assert wrong.status_code == 422
    assert 'value="4,5"' in wrong.text
    assert "ngoài thang 0–10" in wrong.text
    assert post(hr, f"{base}/results", {f"pre-{row.enrolment_id}": "4,5",
                                        f"post-{row.enrolment_id}": "8,5"}).status_code == 303
    assert post(hr, f"{base}/hold", {}).status_code == 303
    assert "1 trên 1 người đã học đủ" in hr.get(base).text
    record = hr.get(f"/hr/staff/{at}").text
    assert "4/3/2019" in record
    assert "4,5 – 8,5" in record


def test_a_clash_is_named_and_what_was_typed_stays(hr: FlaskClient) -> None:
    assert post(hr, "/hr/sessions/new", FORM).status_code == 303
    again = post(hr, "/hr/sessions/new", {**FORM, "code": "TH-08"})
    assert again.status_code == 422
    assert "Phòng “Phòng họp số 2” đã dành cho lớp TH-07 vào Sáng 4/3/2019" in again.text
    assert 'value="TH-08"' in again.text
    assert 'value="4/3/2019"' in again.text
    assert 'aria-describedby="err-room"' in again.text


@pytest.mark.parametrize(("change", "said"), [
    ({"code": ""}, "Nhập mã lớp"), ({"course_id": ""}, "Chọn một chuyên đề"),
    ({"day-0": "31/2/2019"}, "Dòng 1: nhập ngày học"),
    ({"morning-0": "", "afternoon-0": ""}, "Dòng 1: đánh dấu sáng hoặc chiều"),
    ({"capacity": "nhiều"}, "Số chỗ là một số nguyên"), ({"code": "TH-01"}, "Mã lớp này đã có"),
    ({"capacity": "0"}, "Số chỗ từ 1 đến 500"),
])
def test_each_refusal_says_where_and_how(
    hr: FlaskClient, change: dict[str, str], said: str
) -> None:
    answer = post(hr, "/hr/sessions/new", {**FORM, **change})
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="Phòng họp số 2"' in answer.text


def test_the_rest_can_be_filled_in_as_present_without_saving(hr: FlaskClient) -> None:
    with db.reading() as conn:
        half = queries.session(conn, 1).half_days[1].id
        before = [queries.ordered_marks(queries.session(conn, 1), r) for r in queries.roster(conn, 1)]
    assert post(hr, "/hr/sessions/1/attendance", {"fill": str(half)}).status_code == 200
    with db.reading() as conn:
        after = [queries.ordered_marks(queries.session(conn, 1), r) for r in queries.roster(conn, 1)]
    assert before == after


def test_files_hold_what_the_page_holds(hr: FlaskClient) -> None:
    body = hr.get("/hr/sessions.csv?year=2018").data.decode("utf-8-sig")
    said, table = body.split("\r\nSHA-256 ")
    rows = list(csv.DictReader(io.StringIO(table.partition("\r\n")[2])))
    assert "Kỳ: năm 2018." in said
    assert "Phiên bản số liệu: DT-" in said
    assert [row["Lớp"] for row in rows] == [f"TH-0{n}" for n in range(1, 7)]
    assert sum(int(row["Mời"]) for row in rows) == 92
    assert sum(int(row["Học đủ"]) for row in rows) == 73
    book = CalamineWorkbook.from_filelike(io.BytesIO(hr.get("/hr/sessions/4/roster.xlsx").data))
    assert len(book.get_sheet_by_index(0).to_python()) == 15
    assert hr.get("/hr/staff.pdf").status_code == 404


def test_a_cell_is_never_a_formula(hr: FlaskClient) -> None:
    post(hr, "/hr/sessions/new", {**FORM, "title": "=cmd|' /C calc'!A0"})
    assert "'=cmd" in hr.get("/hr/sessions.csv?year=2019").data.decode("utf-8-sig")


def test_the_auditor_looks_but_does_not_change(trained: None, sign_in: SignIn) -> None:
    auditor = sign_in("auditor")
    assert auditor.get("/hr/").status_code == 200
    assert auditor.get("/hr/sessions/new").status_code == 403
    assert auditor.post("/hr/sessions/1/hold").status_code in {400, 403}


def test_a_manager_sees_own_people_only(trained: None, sign_in: SignIn) -> None:
    manager = sign_in("manager", unit_id=ward("P-BAICHAY"))
    assert manager.get(f"/hr/staff/{officer('HL.P.046')}").status_code == 200
    assert manager.get(f"/hr/staff/{officer('HL.P.050')}").status_code == 404
    roster = manager.get("/hr/sessions/1").text
    assert "Đỗ Thị Thanh Vân" in roster
    assert "Bùi Minh Lan" not in roster
    assert manager.get("/hr/sessions/5").status_code == 404


def test_an_officer_sees_the_own_record_only(trained: None, sign_in: SignIn) -> None:
    me = officer("HL.CB.001")
    own = sign_in("officer", unit_id=ward("HL-TTHCC"), officer_id=me)
    assert "Khai thác phần mềm" in own.get(f"/hr/staff/{me}").text
    assert own.get(f"/hr/staff/{officer('HL.CB.002')}").status_code == 404
    assert own.get("/hr/", follow_redirects=True).request.path == f"/hr/staff/{me}"
    assert own.get("/hr/sessions/5").status_code == 403


def test_no_rating_figure_is_on_a_record(hr: FlaskClient) -> None:
    page = hr.get(f"/hr/staff/{officer('HL.CB.001')}").text
    assert "Hồ sơ đào tạo không hiển thị tỷ lệ hài lòng" in page
    assert not re.search(r"\d%", page)


def test_a_look_at_another_persons_record_is_audited(
    trained: None, sign_in: SignIn
) -> None:
    me = officer("HL.CB.001")
    sign_in("officer", unit_id=ward("HL-TTHCC"), officer_id=me).get(f"/hr/staff/{me}")
    assert looks() == []
    office = sign_in("hr")
    office.get(f"/hr/staff/{me}")
    office.get("/hr/sessions/1/roster.csv")
    assert looks() == ["HL.CB.001", "TH-01"]


def looks() -> list[str]:
    query = text("SELECT subject FROM audit_events WHERE action = 'record_viewed' ORDER BY id")
    with db.reading() as conn:
        return list(conn.execute(query).scalars())


def test_a_seat_is_taken_in_two_taps_and_left(trained: None, sign_in: SignIn) -> None:
    me, centre = officer("HL.CB.001"), ward("HL-TTHCC")
    desk = sign_in("officer", unit_id=centre, officer_id=me)
    page = desk.get("/desk/").text
    token = re.search(r'name="csrf_token" value="([^"]*)"', page)
    with db.reading() as conn:
        first, second = [one.id for one in organisation.counters(conn, centre)][:2]
        day = clock.now().astimezone(LOCAL_ZONE).date()
    for wanted in (first, second):
        form = {"counter_id": str(wanted), "csrf_token": token[1] if token else ""}
        assert desk.post("/desk/seat", data=form).status_code == 303
    with db.reading() as conn:
        assert organisation.seated(conn, first, day) is None
        assert organisation.seated(conn, second, day) == me
    assert "Ngô Hữu Long" in desk.get("/desk/").text
    form = {"counter_id": "999999", "csrf_token": token[1] if token else ""}
    assert desk.post("/desk/seat", data=form).status_code == 404


def test_who_is_short_of_the_norm_is_a_filter_and_a_file(hr: FlaskClient, sign_in: SignIn) -> None:
    plain = hr.get("/hr/staff").text
    assert "chưa đủ định mức %" not in plain
    assert "Giờ năm 2018" not in plain
    page = html.unescape(hr.get("/hr/staff?year=2018&below=1&sort=of_year&dir=desc").text)
    told = re.search(r"Năm 2018, tính đến 31/12/2018: (\d+) cán bộ đang làm việc chưa đủ định mức 24 giờ", page)
    assert told is not None
    assert f"trên {told[1]}." in page, "the pager counts the same"
    file = table_of(hr, "/hr/staff.csv?year=2018&below=1")
    assert len(file) == int(told[1])
    for row in file:
        assert float(row["Giờ năm 2018"]) + float(row["Còn thiếu"]) == 24
    everybody = table_of(hr, "/hr/staff.csv?year=2018")
    assert sum(float(row["Còn thiếu"]) > 0 for row in everybody) == len(file)
    now = html.unescape(hr.get("/hr/staff?below=1").text)
    assert "Năm 2019, tính đến 15/1/2019" in now
    for odd in ("year=9999", "year=abc&below=1", "year=0", "year=2018&below=1&q=lan"):
        assert hr.get(f"/hr/staff?{odd}").status_code == 200
    english = html.unescape(hr.get("/hr/staff?year=2018&below=1&lang=en").text)
    assert "officers in office are short of the norm of 24 hours" in english
    hr.get("/hr/?lang=vi")
    assert "Giờ năm 2018: đến 31/12/2018, của các lớp bắt đầu trong năm" in hr.get("/hr/staff.csv?year=2018").text
    own = table_of(sign_in("manager", unit_id=ward("P-TUANCHAU")), "/hr/staff.csv?year=2018")
    assert 0 < len(own) < len(everybody)


def test_a_class_to_come_does_not_turn_the_record_to_its_year(hr: FlaskClient) -> None:
    who = officer("HL.P.046")
    before = html.unescape(hr.get(f"/hr/staff/{who}").text)
    assert "Giờ học năm 2018" in before
    told = re.search(r"còn thiếu [\d,]+ so với định mức 24", before)
    assert told is not None
    finished = re.search(r"<dt>Lớp đã học đủ</dt><dd>([^<]*)</dd>", before)
    assert finished is not None
    assert post(hr, "/hr/sessions/new", FORM).status_code == 303
    assert post(hr, f"/hr/sessions/{newest_session()}/roster", {"officer_ids": [who]}).status_code == 303
    after = html.unescape(hr.get(f"/hr/staff/{who}").text)
    assert told[0] in after
    assert f"<dd>{finished[1]}</dd>" in after


def test_the_menu_of_the_training_office_holds_training_alone(trained: None, sign_in: SignIn) -> None:
    menu = sign_in("hr").get("/hr/").text.partition("<nav")[2].partition("</nav>")[0]
    assert ("/hr/staff" in menu, "/manage/" in menu) == (True, False)
    menu = sign_in("manager").get("/hr/").text.partition("<nav")[2].partition("</nav>")[0]
    assert ("/hr/staff" in menu, "/manage/" in menu) == (True, True)
