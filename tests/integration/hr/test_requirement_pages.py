"""Requirements, exemptions, the matrix and who lacks what; managers see their own units only."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from sqlalchemy import text

from kiosk_app.core import db
from kiosk_app.organisation import queries as organisation
from kiosk_app.training import requirements

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
SignIn = Callable[..., FlaskClient]
ADDRESS = "/hr/requirements"


def send(client: FlaskClient, **data: Any) -> Any:
    token = re.search(r'name="csrf_token" value="([^"]*)"', client.get(ADDRESS).text)
    assert token
    return client.post(ADDRESS, data={**data, "csrf_token": token[1]})


def course(code: str) -> int:
    with db.reading() as conn:
        return next(one.id for one in requirements.terms(conn) if one.code == code)


def test_a_requirement_from_its_start_to_its_end(trained: None, sign_in: SignIn) -> None:
    hr, wards = sign_in("hr"), course("KH-01")
    assert "Chưa đặt chuyên đề bắt buộc nào" in hr.get("/hr/matrix").text
    assert send(hr, what="require", course_id=wards, target="role:wards").status_code == 303
    twice = send(hr, what="require", course_id=wards, target="role:wards")
    assert twice.status_code == 422
    assert "đang có hiệu lực rồi" in twice.text
    for wrong in ("role:mars", "field:999", "unit:x", "all:1"):
        assert send(hr, what="require", course_id=wards, target=wrong).status_code == 422
    page = hr.get("/hr/matrix?state=missing").text
    named = re.findall(r'href="/hr/staff/(\d+)"', page)
    assert named
    with db.reading() as conn:
        code = organisation.officers(conn, [int(named[0])])[int(named[0])].code
    bad = send(hr, what="exempt", course_id=wards, officer="X.1", until="31/12/2019", reason="ốm")
    assert bad.status_code == 422
    assert 'value="31/12/2019"' in bad.text
    assert send(hr, what="exempt", course_id=wards, officer=code, until="1/1/2019",
                reason="ốm").status_code == 422
    assert send(hr, what="exempt", course_id=wards, officer=code, until="31/12/2019",
                reason="nghỉ thai sản").status_code == 303
    assert f"/hr/staff/{named[0]}\"" not in hr.get("/hr/matrix?state=missing").text
    assert "nghỉ thai sản" in hr.get("/hr/matrix?state=exempt").text
    book = CalamineWorkbook.from_filelike(io.BytesIO(hr.get("/hr/matrix.xlsx").data))
    rows = book.get_sheet_by_index(0).to_python()
    assert rows[1][-1] == "" or "Độc lập – Tự do – Hạnh phúc" in rows[1]
    assert "Ma trận năng lực" in rows[3][0]
    assert rows[6][:4] == ["STT", "Họ tên", "Mã cán bộ", "Đơn vị"]
    body = [row for row in rows[7:] if str(row[1]) and str(row[0]).replace(".0", "").isdigit()]
    assert [int(row[0]) for row in body] == list(range(1, len(body) + 1))
    states = {row[4].split(",")[0].split(" đến")[0] for row in body}
    assert states == {"Còn hiệu lực", "Cần học", "Được miễn", "Không yêu cầu"}
    lacking = sum(row[4].startswith("Cần học") for row in body)
    plan = CalamineWorkbook.from_filelike(io.BytesIO(hr.get("/hr/gaps.xlsx").data))
    total, names = (plan.get_sheet_by_index(i).to_python() for i in (0, 1))
    assert [total[7][i] for i in (5, 6, 9)] == [lacking, 0, lacking], "no session is planned yet"
    assert sum(str(row[1]) != "" and str(row[5]) != "" for row in names[7:]) == lacking
    for path in ("/hr/matrix.pdf", "/hr/gaps.pdf"):
        answer = hr.get(path)
        assert answer.mimetype == "application/pdf"
        assert answer.data.startswith(b"%PDF")
    assert rows[1][0] == "TRUNG TÂM HÀNH CHÍNH CÔNG THÀNH PHỐ HẠ LONG", "as the units' register says"
    head = {"above": "UBND tỉnh", "body": "Trung tâm Một cửa", "place": "Đồng Hới", "title": "Phó giám đốc"}
    assert send(hr, what="letterhead", **head, name="").status_code == 303
    wrong = send(hr, what="letterhead", **{**head, "place": " "}, name="x" * 130)
    assert wrong.status_code == 422
    assert "Nhập cơ quan ban hành, nơi ký và chức danh người ký." in wrong.text
    rows = CalamineWorkbook.from_filelike(io.BytesIO(hr.get("/hr/gaps.xlsx").data)).get_sheet_by_index(
        0).to_python()
    assert [rows[0][0], rows[1][0]] == ["UBND TỈNH", "TRUNG TÂM MỘT CỬA"]
    assert any("Đồng Hới, ngày 15 tháng 01 năm 2019" in map(str, row) for row in rows)
    assert any("Phó giám đốc" in map(str, row) for row in rows)
    assert hr.get("/hr/gaps.csv").text.partition("SHA-256 ")[2].count("\n") == lacking + 2
    assert hr.get("/hr/gaps.exe").status_code == 404
    assert f"{lacking} chỗ cần mở" in hr.get("/hr/gaps").text
    with db.reading() as conn:
        (one,) = requirements.in_force(conn, requirements.date(2019, 1, 15))
    assert send(hr, what="end", requirement_id=one.id).status_code == 303
    assert send(hr, what="end", requirement_id=one.id).status_code == 404
    with pytest.raises(Exception, match="append-only"), db.transaction() as conn:
        conn.execute(text("DELETE FROM requirement_exemptions"))


def test_a_manager_sees_the_own_ward_and_no_needs(trained: None, sign_in: SignIn) -> None:
    hr = sign_in("hr")
    assert send(hr, what="require", course_id=course("KH-01"), target="all:").status_code == 303
    with db.reading() as conn:
        ward = organisation.unit_by_ref(conn, "P-HONGHAI")
    manager = sign_in("manager", unit_id=ward)
    page = manager.get("/hr/matrix").text
    shown = {int(n) for n in re.findall(r'href="/hr/staff/(\d+)"', page)}
    with db.reading() as conn:
        own = {p.officer_id for p in organisation.postings(conn) if p.unit_id == ward}
    assert shown
    assert shown <= own
    assert "Nhu cầu đào tạo" not in page
    for address in ("/hr/needs", ADDRESS):
        assert manager.get(address).status_code == 403
        assert sign_in("officer", officer_id=min(own)).get(address).status_code == 403
    assert sign_in("officer", officer_id=min(own)).get("/hr/matrix").status_code == 403


def test_needs_without_ratings_say_so_and_name_nobody(trained: None, sign_in: SignIn) -> None:
    hr = sign_in("hr")
    assert send(hr, what="require", course_id=course("KH-02"), target="role:centre").status_code == 303
    page = hr.get("/hr/needs").text
    assert "Chưa có đánh giá nào" in page
    assert "/hr/staff/" not in page.split('<main id="main">')[1]
    assert send(hr, what="norm", norm="0").status_code == 422
    assert send(hr, what="norm", norm="40").status_code == 303
