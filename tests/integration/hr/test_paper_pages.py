"""Papers that leave the office: all certificates of a class in one file, a record as PDF and workbook."""

from __future__ import annotations

import html
import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
import zxingcpp
from flask.testing import FlaskClient
from PIL import Image
from python_calamine import CalamineWorkbook
from sqlalchemy import text

from kiosk_app.core import clock, db, keys
from kiosk_app.core.collation import alphabetical
from kiosk_app.documents import typesetting
from kiosk_app.organisation import queries as organisation
from kiosk_app.training import certificates, certifying, queries, requiring
from tests.integration.hr.test_hr_pages import officer, post, ward
from tests.training_year import HR

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
SignIn = Callable[..., FlaskClient]
SET = typesetting.set_document


@pytest.fixture
def hr(trained: None, sign_in: SignIn) -> FlaskClient:
    return sign_in("hr")


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """What is handed to the typesetter, which sets it all the same."""
    found: list[tuple[str, dict[str, Any]]] = []

    def set_document(template: str, data: dict[str, Any], **how: Any) -> list[bytes]:
        found.append((template, data))
        return SET(template, data, **how)

    monkeypatch.setattr(typesetting, "set_document", set_document)
    return found


def fourth() -> int:
    with db.reading() as conn:
        return next(one.id for one in queries.sessions(conn, year=2018) if one.code == "TH-04")


def test_the_certificates_of_a_class_are_one_file_with_a_page_each(
    hr: FlaskClient, sign_in: SignIn, printed: list[tuple[str, dict[str, Any]]]
) -> None:
    one = fourth()
    address = f"/hr/sessions/{one}/certificates.pdf"
    assert hr.get(address).status_code == 303, "nothing to print yet"
    assert "Chưa có chứng nhận nào còn giá trị" in hr.get(f"/hr/sessions/{one}/certificates").text
    assert certifying.issue(one, actor=HR, now=clock.now()) == 12
    assert "12 chứng nhận trong một tệp" in hr.get(f"/hr/sessions/{one}/certificates").text
    with db.reading() as conn:
        have = certificates.of_session(conn, one)
    gone = min(have.values(), key=lambda c: c.number)
    with db.reading() as conn:
        named = {c.number: organisation.officers(conn, [c.officer_id])[c.officer_id].full_name
                 for c in have.values()}
    assert [named[n] for n in sorted(named)] == sorted(named.values(), key=alphabetical), "as the page lists"
    certifying.revoke(gone.id, reason="ghi sai tên", actor=HR, now=clock.now())
    answer = hr.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert "no-store" in answer.headers["Cache-Control"]
    (template, data), = printed
    assert template == "certificate"
    numbers = [paper["number"] for paper in data["papers"]]
    assert sorted(numbers) == sorted(c.number for c in have.values() if c.id != gone.id)
    page = hr.get(f"/hr/sessions/{one}/certificates").text
    assert sorted(numbers, key=page.index) == numbers, "in the order of the page"
    pages = SET("certificate", data, kind="png", ppi=110)
    assert len(pages) == 11
    for number, picture in zip(numbers, pages, strict=True):
        (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)).convert("L"))
        assert code.text.endswith("/cert/" + certificates.code_of(keys.current(), number))
    hr.get(f"/hr/certificates/{have[gone.enrolment_id].id}.pdf")
    (single,) = printed[-1][1]["papers"]
    assert single["void"] == "ĐÃ THU HỒI"
    assert hr.get(f"/hr/certificates/{min(c.id for c in have.values() if c.id != gone.id)}.pdf").data != answer.data
    with db.reading() as conn:
        looked = conn.execute(text(
            "SELECT count(*) FROM audit_events WHERE action = 'record_viewed' AND subject = 'TH-04'")).scalar()
    assert looked == 1
    manager = sign_in("manager", unit_id=ward("P-TUANCHAU"))
    assert manager.get(address).status_code in (303, 404), "nobody of this ward was in it"


def test_the_workbook_of_a_record_says_what_the_paper_says(
    hr: FlaskClient, printed: list[tuple[str, dict[str, Any]]]
) -> None:
    one = fourth()
    certifying.issue(one, actor=HR, now=clock.now())
    with db.reading() as conn:
        held = queries.session(conn, one)
        row = next(r for r in queries.roster(conn, one) if r.state == "completed")
        record = queries.record_of(conn, row.officer_id)
    requiring.require(held.course_id, "role", "centre", actor=HR, now=clock.now())
    page = hr.get(f"/hr/staff/{row.officer_id}").text
    assert f"/hr/staff/{row.officer_id}/transcript.xlsx" in page
    answer = hr.get(f"/hr/staff/{row.officer_id}/transcript.xlsx")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="ho-so-HL.CB.')
    hr.get(f"/hr/staff/{row.officer_id}/transcript.pdf")
    (template, paper), = printed
    assert template == "transcript"
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.data))
    rows, about = (book.get_sheet_by_index(n).to_python() for n in (0, 1))
    assert any("Phiên bản số liệu: DT-" in str(line[0]) for line in about)
    assert [str(line[0]) for line in about][2] == "Tính đến ngày 15/1/2019."
    assert about[-1][0] == paper["mark"]
    cells = [str(cell) for line in rows for cell in line]
    for said in (*paper["bodies"], *paper["nation"], paper["name"], paper["officer"], paper["unit"],
                 paper["day"], paper["place_day"], paper["head"], paper["mark"]):
        assert said in cells, said
    header = next(n for n, line in enumerate(rows) if line[0] == "Thời gian")
    assert rows[header] == paper["columns"]
    for line, entry, told in zip(rows[header + 1:], record.entries, paper["rows"], strict=False):
        assert line[2] == entry.hours, "a number that can be added"
        assert [*line[:2], *line[3:]] == [*told[:2], *told[3:]]
        assert told[2].startswith(f"{entry.hours:g}".replace(".", ","))
    with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
        styles = html.unescape(book.read("xl/styles.xml").decode())
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert 'General" / 24"' in styles, "of the norm"
    assert 'paperSize="9"' in sheet
    assert "landscape" not in sheet
    assert paper["mark"].startswith("SHA-256 ")
    again = hr.get(f"/hr/staff/{row.officer_id}/transcript.xlsx")
    kept = CalamineWorkbook.from_filelike(io.BytesIO(again.data)).get_sheet_by_index(0).to_python()
    assert kept == rows
    with db.reading() as conn:
        looks = conn.execute(text("SELECT count(*) FROM audit_events WHERE action = 'record_viewed'")).scalar()
    assert looks == 4, "page, workbook, paper, workbook"


def test_a_record_names_the_newest_certificate_and_says_when_it_holds_no_more(hr: FlaskClient) -> None:
    one = fourth()
    certifying.issue(one, actor=HR, now=clock.now())
    with db.reading() as conn:
        old = min(certificates.of_session(conn, one).values(), key=lambda c: c.number)

    def told() -> str:
        body = hr.get(f"/hr/staff/{old.officer_id}/transcript.xlsx").data
        rows = CalamineWorkbook.from_filelike(io.BytesIO(body)).get_sheet_by_index(0).to_python()
        return next(str(line[5]) for line in rows if str(line[1]).startswith("TH-04"))

    assert told() == old.number
    certifying.revoke(old.id, reason="ghi sai tên", actor=HR, now=clock.now())
    assert told() == f"{old.number} (Đã thu hồi)"
    certifying.issue(one, actor=HR, now=clock.now(), again=old.enrolment_id)
    with db.reading() as conn:
        new = certificates.of_session(conn, one)[old.enrolment_id].number
    assert told() == new != old.number


def test_a_record_without_training_is_a_workbook_that_says_so(hr: FlaskClient, sign_in: SignIn) -> None:
    with db.reading() as conn:
        seen = set(conn.execute(text("SELECT officer_id FROM enrolments")).scalars())
        who = min(set(conn.execute(text("SELECT officer_id FROM postings")).scalars()) - seen)
    body = hr.get(f"/hr/staff/{who}/transcript.xlsx").data
    rows = CalamineWorkbook.from_filelike(io.BytesIO(body)).get_sheet_by_index(0).to_python()
    assert sum("Không có." in line for line in rows) >= 2
    body = hr.get(f"/hr/staff/{who}/transcript.xlsx?lang=en").data
    rows = CalamineWorkbook.from_filelike(io.BytesIO(body)).get_sheet_by_index(0).to_python()
    assert any("Required courses" in map(str, line) for line in rows)
    other = sign_in("officer", officer_id=officer("HL.P.046"))
    assert other.get(f"/hr/staff/{who}/transcript.xlsx").status_code == 404
    assert sign_in("inspector").get(f"/hr/staff/{who}/transcript.xlsx").status_code == 403


def test_matrix_and_gap_plan_carry_the_hash_of_what_they_say(
    hr: FlaskClient, printed: list[tuple[str, dict[str, Any]]]
) -> None:
    with db.reading() as conn:
        course = queries.courses(conn)[0].id
    post(hr, "/hr/requirements", {"what": "require", "course_id": str(course), "target": "role:wards"})
    for name in ("matrix", "gaps"):
        hr.get(f"/hr/{name}.pdf")
        mark = printed[-1][1]["mark"]
        book = CalamineWorkbook.from_filelike(io.BytesIO(hr.get(f"/hr/{name}.xlsx").data))
        for number in range(len(book.sheet_names)):
            assert any(mark in map(str, line) for line in book.get_sheet_by_index(number).to_python())
    marks = [data["mark"] for _template, data in printed]
    hr.get("/hr/matrix.pdf?q=lan")
    assert len({*marks, printed[-1][1]["mark"]}) == 3, "another table, another hash"
