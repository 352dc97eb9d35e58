"""Every table and chart of the managers' pages can be taken away, and each file says what it is of."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from html import unescape

import pytest
from python_calamine import CalamineWorkbook

from kiosk_app.core import clock, db
from kiosk_app.feedback import commands as feedback
from kiosk_app.integrity import commands as integrity
from kiosk_app.integrity.records import FindingRecord, ReviewRecord
from kiosk_app.organisation import queries as organisation
from kiosk_app.reporting import commands as reporting
from kiosk_app.reporting import hours, overview, periods, satisfaction, weeks
from tests.integration.reporting.conftest import Office
from tests.integration.reporting.test_alive_tables import DESKS, MONTHS, PERIOD
from tests.integration.reporting.test_alive_tables import desks as desks

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
PANEL = re.compile(r'<section class="panel[^>]*>.*?</section>', re.S)
LINK = re.compile(r'href="([^"]*(?:export=|file=|/exports/charts/)[^"]*)"')


@pytest.fixture
def full(desks: Office) -> Office:
    """Comments, a screening with a decision, and a unit that was divided, on top of the desks."""
    desks.rate(DESKS["praised"].codes(10, 6), [5] * 6, comment="Cán bộ nhiệt tình, nhanh gọn")
    desks.rate(DESKS["mixed"].codes(20, 5), (1, 2, 5, 5, 5), comment="Chờ lâu quá", reasons=["cho_lau"])
    later = clock.now() + timedelta(days=30)
    clock.current().moment = later  # type: ignore[attr-defined]
    feedback.release_closed(now=later)
    reporting.decide(now=later)
    with db.reading() as conn:
        officer = organisation.officer_by_code(conn, DESKS["mixed"].officer)
        unit = organisation.unit_by_ref(conn, DESKS["mixed"].unit)
    assert officer is not None
    assert unit is not None
    integrity.keep_screening(
        2018, version="a1", tests=100, families=2, expected_false=0.1, now=later,
        reviews=[ReviewRecord(officer, unit, (201810,), (
            FindingRecord("fast_taps", 201810, 0.9, 0.1, 10, 1e-9),
            FindingRecord("streak", 0, 12, 4, 10, 1e-6),
        ))],
    )
    desks.reader.application.config["WTF_CSRF_ENABLED"] = False
    decided = desks.reader.post("/manage/quality?period=2018-10", data={
        "officer": officer, "decision": "kept", "reason": "đã xem camera"})
    assert decided.status_code == 303
    return desks


def pages() -> list[str]:
    with db.reading() as conn:
        officer = organisation.officer_by_code(conn, DESKS["mixed"].officer)
    return [
        "/manage/?period=2018-10", "/manage/?period=2018-10&unit=HL-TTHCC",
        "/manage/?period=2018-10&channel=tablet", "/manage/officers?period=2018-10",
        "/manage/procedures?period=2018-10", f"/manage/officers/{officer}?period=2018-10",
        "/manage/procedures/1.900001?period=2018-10", "/manage/units?period=2018-10&on=2025-07-01",
        "/manage/service?period=2018&by=field", "/manage/quality?period=2018-10",
        "/manage/comments?period=2018-10", "/manage/alerts?period=2018-10",
    ]


def test_each_panel_with_a_table_or_a_chart_offers_it_as_a_file(full: Office) -> None:
    lacking = []
    for address in pages():
        for panel in PANEL.findall(full.page(address)):
            links = unescape(" ".join(LINK.findall(panel)))
            name = re.sub(r"<[^>]*>", " ", panel)[:60].strip()
            if "<table" in panel and not ("export=csv" in links and "export=xlsx" in links):
                lacking.append((address, "table", name))
            if 'class="chart' in panel and not re.search(r"(file=|\.)svg.*(file=|\.)png", links):
                lacking.append((address, "chart", name))
    assert lacking == []


def test_each_file_names_its_selection_definitions_version_and_hash(full: Office) -> None:
    seen: dict[str, str] = {}
    for address in pages():
        found = [unescape(link) for link in LINK.findall(full.page(address))]
        assert found, address
        for link in found:
            answer = full.reader.get(link)
            assert answer.status_code == 200, link
            assert "attachment" in answer.headers["Content-Disposition"], link
            if answer.content_type == "image/png":
                assert answer.data.startswith(b"\x89PNG"), link
                continue
            if answer.data.startswith(b"PK"):
                book = CalamineWorkbook.from_filelike(io.BytesIO(answer.data))
                said = "\n".join(str(row[0]) for row in book.get_sheet_by_index(1).to_python())
            else:
                said = unescape(answer.get_data(as_text=True))
            for what in ("Kỳ: ", "Đơn vị: ", "Phiên bản số liệu: ", "SHA-256 "):
                assert what in said, (link, what)
            assert re.search(r"Phiên bản số liệu: [a-z]\d", said), link
            if "channel=tablet" in link:
                assert "Lọc: Kênh đánh giá: Máy tính bảng." in said, link
            seen[link] = said
    names = {re.search(r"table=(\w+)", link)[1] for link in seen if "table=" in link}  # type: ignore[index]
    assert names == {
        "units", "total", "months", "levels", "weeks", "reasons", "hours", "figures", "comments",
        "unplaced", "lines", "totals", "coverage", "review", "with", "unmatched", "tablets",
        "decisions", "topics",
    }


def rows(office: Office, address: str) -> list[list[str]]:
    """A file's rows without its notes and its head."""
    text = office.page(address).removeprefix("\ufeff")
    table = list(csv.reader(io.StringIO(text)))
    at = next(i for i, row in enumerate(table) if row[0].startswith("SHA-256"))
    return table[at + 2 :]


def cells(*values: object) -> list[str]:
    return ["" if value is None else str(value) for value in values]


def test_the_first_page_s_files_hold_what_reporting_gives_to_the_last_digit(full: Office) -> None:
    with db.reading() as conn:
        period = periods.parse(PERIOD)
        ids = [u.id for u in organisation.receiving_units(conn)]
        found = overview.overview(conn, period, ids, MONTHS, "vi")
        course = weeks.course(conn, period, ids, MONTHS)
        hourly = hours.by_hour(conn, period, ids)
        reasons = satisfaction.by_reason(conn, period, ids)
    asked = f"/manage/?period={PERIOD}&export=csv&table="
    assert [row[:7] for row in rows(full, f"{asked}units")] == [
        cells(r.label, r.n, r.eligible, r.coverage, r.share, r.low, r.high) for r in found.units]
    assert [row[1:] for row in rows(full, f"{asked}months")] == [
        cells(r.n, r.eligible, r.coverage, r.share, r.low, r.high) for r in found.trend]
    assert rows(full, f"{asked}total")[0][1:7] == cells(
        found.total.n, found.total.eligible, found.total.coverage, found.total.share,
        found.total.low, found.total.high)
    assert [row[1] for row in rows(full, f"{asked}levels")] == cells(*(found.total.levels or [None] * 5))
    assert [row[1:3] for row in rows(full, f"{asked}weeks")] == [
        cells(w.figure.n, w.figure.share) for w in course.weeks]
    assert [row[3] for row in rows(full, f"{asked}reasons")] == [str(r.n) for r in reasons]
    assert [row[1:3] for row in rows(full, f"{asked}hours")] == [
        cells(r.n, r.share) for r in (*hourly.whole_week, *hourly.cells)]
    assert full.reader.get(f"{asked}nothing").status_code == 404
    assert full.reader.get(f"/manage/?period={PERIOD}&export=exe").status_code == 404


def test_lines_of_service_are_found_and_ordered_by_counts(full: Office) -> None:
    full.take_in(DESKS["praised"].dossiers(60, 9, due_date="2018-10-01"))
    address = "/manage/service?period=2018&by=unit"
    late = rows(full, f"{address}&sort=late&export=csv&table=lines")
    assert [int(row[5]) for row in late] == sorted((int(row[5]) for row in late), reverse=True)
    found = rows(full, f"{address}&q=bach+dang&export=csv&table=lines")
    assert [row[0] for row in found] == ["Phường Bạch Đằng"]
    page = full.page(f"{address}&q=bach+dang")
    assert page.count('<tr><th scope="row">') == 1
    assert "Lọc: tên có “bach dang”" in full.page(f"{address}&q=bach+dang&export=csv&table=lines")
    by_share = full.page(f"{address}&sort=share_on_time")
    assert by_share.index("Trung tâm Hành chính công") < by_share.index("Phường Bạch Đằng")


ODD = (
    "endpoint=x", "_scheme=javascript&_external=1", "_method=ZZZ", "code=x&officer_id=x",
    "page=99999999999999999999&q=%00", "unit=²", "period=0000", "period=9999", "period=2018-13&page=²",
    "sort=share&columns=x", "field=²&by=field", "export=pdf", "file=gif", "table=x&export=csv",
)


def test_no_odd_parameter_ends_in_an_error_of_ours_or_another_address(desks: Office) -> None:
    for odd in ODD:
        for address in pages():
            answer = desks.reader.get(f"{address.partition('?')[0]}?{odd}")
            assert answer.status_code in (200, 404, 422), (address, odd)
            if answer.content_type.startswith("text/html"):
                assert 'href="javascript' not in answer.get_data(as_text=True)


def test_columns_chosen_stay_chosen_when_the_table_is_ordered_or_taken_away(desks: Office) -> None:
    page = unescape(desks.page("/manage/officers?period=2018-10&columns=coverage&columns=tier"))
    links = re.findall(r'href="(/manage/officers\?[^"]*(?:sort=n|export=csv)[^"]*)"', page)
    assert len(links) == 2
    for link in links:
        assert "columns=coverage" in link
        assert "columns=tier" in link
