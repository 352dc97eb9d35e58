"""Each figure of data quality, comments, alerts and one officer's page is alive, and is what SQL counts.

Everything is read as the files of the pages hold it, before and after one fact; what differs is
said exactly. The recount reads items, newest attributions and dossiers, never counts.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from itertools import count

import pytest
from sqlalchemy import text

from kiosk_app.alerts import commands as alerts
from kiosk_app.alerts import queries as alert_queries
from kiosk_app.alerts.records import Raised
from kiosk_app.core import clock, db
from kiosk_app.core.audit import SYSTEM
from kiosk_app.feedback import commands as feedback
from kiosk_app.integrity import commands as integrity
from kiosk_app.integrity.records import FindingRecord, ReviewRecord
from kiosk_app.organisation import queries as organisation
from kiosk_app.reporting import commands as reporting
from tests.integration.reporting.conftest import Office, code
from tests.integration.reporting.test_alive_tables import DESKS
from tests.integration.reporting.test_alive_tables import desks as desks

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
Cell = tuple[str, str, str]
"""Table, row, column."""
NEWEST = """
FROM rating_items i JOIN attributions a ON a.item_id = i.id
WHERE a.version = (SELECT max(b.version) FROM attributions b WHERE b.item_id = i.id)
"""


def read(office: Office, address: str, table: str) -> dict[Cell, str]:
    """Cells of a file that are not blank; rows are named by their first cell, doubled ones numbered."""
    body = office.page(f"{address}&export=csv&table={table}").removeprefix("\ufeff")
    lines = list(csv.reader(io.StringIO(body)))
    at = next(i for i, row in enumerate(lines) if row[0].startswith("SHA-256"))
    head, found = lines[at + 1], dict[Cell, str]()
    for row in lines[at + 2 :]:
        name = next(n for k in count() if (table, n := f"{row[0]}{f'#{k}' if k else ''}", head[0]) not in found)
        found |= {(table, name, column): cell
                  for column, cell in zip(head, row, strict=True) if cell or column == head[0]}
    return found


def look(office: Office) -> dict[Cell, str]:
    """Every figure of the quality page."""
    found: dict[Cell, str] = {}
    for table in ("coverage", "review", "with", "unmatched", "tablets", "decisions"):
        found |= read(office, "/manage/quality?period=2018-10", table)
    return found


def moved(before: dict[Cell, str], after: dict[Cell, str]) -> set[tuple[str, str]]:
    """Table and column of what differs."""
    return {(k[0], k[2]) for k in before.keys() | after.keys() if before.get(k) != after.get(k)}


def change(office: Office, fact: Callable[[], object]) -> set[tuple[str, str]]:
    before = look(office)
    fact()
    return moved(before, look(office))


UNIT = "Phường Bạch Đằng"
COVERED = {("coverage", "n"), ("coverage", "độ phủ")}
WITH = {("with", "n"), ("with", "thấp"), ("with", "cao")}


def test_five_typed_ratings_move_coverage_and_how_people_came(desks: Office) -> None:
    desk = DESKS["praised"]
    went = change(desks, lambda: desks.rate(desk.codes(10, 5), [5] * 5, entry="typed"))
    assert went - WITH - {("with", "tỷ lệ hài lòng")} == COVERED | {
        ("coverage", "độ phủ khi trả kết quả đúng hạn"), ("coverage", "Gõ mã"), ("coverage", "Quét mã"),
    } | ({("coverage", "đọc thận trọng vì")} & went)
    held = look(desks)
    assert held["coverage", UNIT, "Gõ mã"] == str(5 / 15)
    assert held["coverage", UNIT, "độ phủ khi trả kết quả đúng hạn"] == str(15 / 30)


def test_a_late_hand_over_and_its_rating_move_what_is_said_of_late_ones(desks: Office) -> None:
    desk = DESKS["praised"]
    late = desk.dossiers(60, 12, due_date="2018-10-01")
    went = change(desks, lambda: desks.take_in(late))
    assert went - {("coverage", "đọc thận trọng vì")} == {
        ("coverage", "hồ sơ đủ điều kiện"), ("coverage", "độ phủ"),
        ("coverage", "độ phủ khi trả kết quả trễ"), ("coverage", "lần trả kết quả trễ"),
    }
    went = change(desks, lambda: desks.rate(desk.codes(60, 5), [5] * 5))
    assert ("coverage", "độ phủ khi trả kết quả trễ") in went
    assert ("coverage", "độ phủ khi trả kết quả đúng hạn") not in went
    held = look(desks)
    assert held["coverage", UNIT, "lần trả kết quả trễ"] == "12"
    assert held["coverage", UNIT, "độ phủ khi trả kết quả trễ"] == str(5 / 12)


def test_a_rating_that_waits_and_its_dossier_move_the_counts_of_waiting(desks: Office) -> None:
    stray = code("HL-TTHCC", 900)
    went = change(desks, lambda: desks.rate([stray], [4]))
    assert went == {("unmatched", "n"), ("coverage", "lượt chưa khớp hồ sơ")}
    held = look(desks)
    assert held["unmatched", "Hồ sơ chưa được nhập", "n"] == "1"
    assert held["unmatched", "Đang chờ hồ sơ", "n"] == "1"
    dossier = {**DESKS["mixed"].dossiers(0, 1)[0], "dossier_code": stray}
    went = change(desks, lambda: desks.take_in([dossier]))
    assert {("unmatched", "n"), ("coverage", "lượt chưa khớp hồ sơ")} <= went
    held = look(desks)
    assert held["unmatched", "Đang chờ hồ sơ", "n"] == "0"
    assert held["unmatched", "Phải chờ rồi mới khớp, trong kỳ", "n"] == "1"


def test_a_gap_a_wrong_clock_and_a_sign_of_life_move_the_tablet_s_row(desks: Office) -> None:
    for _ in range(3):
        next(desks.numbers)
    went = change(desks, lambda: desks.rate([""], [5]))
    assert went - {("coverage", "đọc thận trọng vì"), ("coverage", "Không có mã"), ("coverage", "Quét mã")} == {
        ("tablets", "Số bị thiếu"), ("tablets", "Các số thiếu")} | (went & {
            ("coverage", "n"), ("coverage", "độ phủ"), ("unmatched", "n")})
    assert look(desks)["tablets", "TAB-C01", "Số bị thiếu"] == "3"

    def beat() -> None:
        answer = desks.tablet.post("/api/v1/device/heartbeat", json={
            "app_version": "7", "epoch": desks.epoch, "queue_length": 4, "last_seq": 99, "withdrawn": 2,
            "battery": 55, "storage_free": 10, "clock": (clock.now() + timedelta(minutes=9)).isoformat(),
        }, headers={"Authorization": f"Bearer {desks.token}"})
        assert answer.status_code == 200

    assert change(desks, beat) - {("coverage", "đọc thận trọng vì")} == {
        ("tablets", c) for c in ("Báo lần cuối", "Chờ gửi", "Lệch giờ (mili giây)", "Đã rút lại", "Pin",
                                 "Phiên bản")}
    held = look(desks)
    assert [held["tablets", "TAB-C01", c] for c in ("Chờ gửi", "Lệch giờ (mili giây)", "Đã rút lại", "Pin")] == [
        "4", "540000", "2", "55"]
    ahead = (clock.now() + timedelta(hours=3)).isoformat()
    went = change(desks, lambda: desks.rate(DESKS["unrated"].codes(0, 1), [5], rated_at=ahead))
    assert ("tablets", "Lượt ghi giờ tương lai") in went
    assert look(desks)["tablets", "TAB-C01", "Lượt ghi giờ tương lai"] == "1"


def test_a_review_and_its_decision_move_what_counts_and_delete_nothing(desks: Office) -> None:
    with db.reading() as conn:
        officer = organisation.officer_by_code(conn, DESKS["mixed"].officer)
        unit = organisation.unit_by_ref(conn, "HL-TTHCC")
        items = conn.execute(text("SELECT count(*) FROM rating_items")).scalar()
    assert officer is not None
    assert unit is not None

    def screened() -> None:
        integrity.keep_screening(
            2018, version="a1", tests=100, families=2, expected_false=0.1, now=clock.now(),
            reviews=[ReviewRecord(officer, unit, (201810,), (
                FindingRecord("fast_taps", 201810, 0.9, 0.1, 10, 1e-9),
                FindingRecord("streak", 0, 12, 4, 10, 1e-6)))])

    went = change(desks, screened)
    assert {table for table, _column in went} == {"review", "with", "coverage"}
    assert ("coverage", "đọc thận trọng vì") in went
    before = look(desks)
    both = [before.get(("with", name, "n")) for name in ("Có lượt đang xem lại", "Không có lượt đang xem lại")]
    assert both == [str(10 + 15 + 10 + 10 + 15), str(15 + 10 + 10 + 15)]
    desks.reader.application.config["WTF_CSRF_ENABLED"] = False

    def decided(decision: str) -> set[tuple[str, str]]:
        def post() -> None:
            answer = desks.reader.post("/manage/quality?period=2018-10", data={
                "officer": officer, "decision": decision, "reason": "đã xem camera"})
            assert answer.status_code == 303
            reporting.decide(now=clock.now())
        return change(desks, post)

    assert {t for t, _c in decided("set_aside")} >= {"review", "decisions", "coverage", "with"}
    assert look(desks)["decisions", next(k[1] for k in look(desks) if k[0] == "decisions"), "lượt"] == "10"
    assert {t for t, _c in decided("kept")} >= {"review", "decisions", "coverage"}
    with db.reading() as conn:
        assert conn.execute(text("SELECT count(*) FROM rating_items")).scalar() == items
    after = look(desks)
    for key in before:
        if key[0] in ("coverage", "with") and key[2] != "đọc thận trọng vì":
            assert after[key] == before[key], key


def test_the_quality_page_is_what_sql_counts(desks: Office) -> None:
    desks.take_in(DESKS["praised"].dossiers(60, 12, due_date="2018-10-01"))
    desks.rate(DESKS["praised"].codes(60, 5), [5] * 5, entry="typed")
    desks.rate([code("HL-TTHCC", 900)], [4])
    held = look(desks)
    with db.reading() as conn:
        units = {u.id: u.name("vi") for u in organisation.receiving_units(conn)}
        entries = conn.execute(text(
            f"SELECT a.unit_id, coalesce(i.entry, ''), count(*) {NEWEST} AND a.state = 'counted' "
            "AND a.day BETWEEN 20181001 AND 20181031 AND i.kind = 'rating' GROUP BY 1, 2")).all()
        late = conn.execute(text(
            f"SELECT a.unit_id, a.late, count(*) {NEWEST} AND a.state = 'counted' AND a.step = 'return' "
            "AND a.day BETWEEN 20181001 AND 20181031 AND a.procedure_id > 0 GROUP BY 1, 2")).all()
        could = conn.execute(text("""
            SELECT d.unit_id, CASE WHEN v.finished_ms + 7 * 3600000 >= (v.due_ms + 86400000) THEN 1 ELSE 0 END,
            count(*) FROM dossiers d JOIN (SELECT *, CAST(strftime('%s', substr(due_day, 1, 4) || '-' ||
            substr(due_day, 5, 2) || '-' || substr(due_day, 7, 2)) AS INTEGER) * 1000 AS due_ms
            FROM dossier_versions) v ON v.dossier_id = d.id
            WHERE v.version = (SELECT max(w.version) FROM dossier_versions w WHERE w.dossier_id = d.id)
            AND v.returned_ms IS NOT NULL AND strftime('%Y-%m', v.returned_ms / 1000 + 25200, 'unixepoch') = '2018-10'
            GROUP BY 1, 2""")).all()
        waiting = conn.execute(text(
            f"SELECT a.unit_id, count(*) {NEWEST} AND a.state = 'unmatched' GROUP BY 1")).all()
    names = {"scan": "Quét mã", "typed": "Gõ mã", "invited": "Quầy mời", "link": "Liên kết", "": "Không có mã"}
    whole = {unit: sum(n for u, _e, n in entries if u == unit) for unit, _e, _n in entries}
    for unit, entry, n in entries:
        if whole[unit] >= 10:
            assert float(held["coverage", units[unit], names[entry]]) == pytest.approx(n / whole[unit])
    rated = {(unit, flag): n for unit, flag, n in late}
    for unit, flag, n in could:
        column = "độ phủ khi trả kết quả trễ" if flag else "độ phủ khi trả kết quả đúng hạn"
        if n >= 10:
            assert float(held["coverage", units[unit], column]) == pytest.approx(rated.get((unit, flag), 0) / n)
    assert {units[u]: str(n) for u, n in waiting} == {
        k[1]: v for k, v in held.items() if k[2] == "lượt chưa khớp hồ sơ" and v != "0"}


def test_each_comment_moves_its_topic_and_nothing_else(desks: Office) -> None:
    desk, address = DESKS["praised"], "/manage/comments?period=2018-10"

    def later() -> None:
        clock.current().moment = clock.now() + timedelta(days=30)  # type: ignore[attr-defined]
        feedback.release_closed(now=clock.now())

    desks.rate(desk.codes(10, 6), [1] * 6, comment="Chờ lâu quá")
    later()
    before = read(desks, address, "topics")
    assert before["topics", "Thời gian chờ", "Chê"] == "6"
    assert "phần chê" in {k[2] for k in before}
    desks.rate(desk.codes(16, 1), [1], comment="Chờ lâu quá")
    after = read(desks, address, "topics")
    assert {k[1] for k in before.keys() | after.keys() if before.get(k) != after.get(k)} == {"Thời gian chờ"}
    assert {k[2] for k in before.keys() | after.keys() if before.get(k) != after.get(k)} == {
        "Chê", "thấp", "10/2018"}
    assert after["topics", "Thời gian chờ", "Chê"] == "7"
    assert "7 ý kiến khớp" in desks.page(address)
    with db.reading() as conn:
        said = conn.execute(text("SELECT count(*) FROM rating_erasables WHERE comment IS NOT NULL")).scalar()
    assert said == 7
    desks.rate(desk.codes(17, 5), [5] * 5, comment="Cán bộ nhiệt tình")
    praised = read(desks, address, "topics")
    assert praised["topics", "Thời gian chờ", "Chê"] == "7"
    assert any(k[2] == "Khen" and v == "5" for k, v in praised.items())


def test_an_alert_and_its_acknowledgement_move_the_alerts_page(desks: Office) -> None:
    with db.reading() as conn:
        unit = organisation.unit_by_ref(conn, "P-BACHDANG")
    assert unit is not None
    found = Raised(unit, "", True, 20181001, 20181012, 40, 0.7, 0.9, 0.55, 0.82, 1.2, 6.0)
    assert "Không có báo động nào." in desks.page("/manage/alerts")
    alerts.raise_found([found], mark="x", version="a1", targets=[], now=clock.now(),
                       say=lambda ref, one: ((ref, ref, ref), ref))  # type: ignore[arg-type,return-value]
    page = desks.page("/manage/alerts")
    assert "1 thay đổi kéo dài, 1 chưa ai ghi nhận" in page
    held = read(desks, "/manage/alerts?period=2018-10", "")
    assert [held["", UNIT, c] for c in ("n", "tỷ lệ hài lòng", "mức trước đây")] == ["40", "0.7", "0.9"]
    with db.reading() as conn:
        (one,) = alert_queries.alerts(conn, [unit])
    alerts.acknowledge(one.ref, "đã gọi", unit_ids=[unit], actor=SYSTEM, now=clock.now())
    assert "1 thay đổi kéo dài, 0 chưa ai ghi nhận" in desks.page("/manage/alerts")
    assert read(desks, "/manage/alerts?period=2018-10", "")["", UNIT, "Ghi nhận"] == "đã gọi"


def test_one_dossier_moves_what_an_officer_s_page_says_of_dossiers(desks: Office) -> None:
    desk = DESKS["mixed"]
    with db.reading() as conn:
        officer = organisation.officer_by_code(conn, desk.officer)
    address = f"/manage/officers/{officer}?period=2018-10"
    before = read(desks, address, "figures")
    desks.take_in(desk.dossiers(70, 1, due_date="2018-10-01"))
    after = read(desks, address, "figures")
    assert {k[1] for k in before.keys() | after.keys() if before.get(k) != after.get(k)} == {
        "hồ sơ đủ điều kiện", "độ phủ", "trả đúng hạn"}
    assert float(after["figures", "trả đúng hạn", "Giá trị"]) == pytest.approx(30 / 31)
    with db.reading() as conn:
        steps = conn.execute(text(
            "SELECT count(*) FROM dossier_steps s JOIN dossiers d ON d.id = s.dossier_id "
            "JOIN dossier_versions v ON v.dossier_id = d.id AND v.version = s.version "
            "WHERE s.version = (SELECT max(w.version) FROM dossier_versions w WHERE w.dossier_id = d.id) "
            "AND v.officer_id = :who AND v.received_ms >= 1538326800000"), {"who": officer}).scalar()
    assert steps == int(after["figures", "hồ sơ đủ điều kiện", "Giá trị"]) > 0


