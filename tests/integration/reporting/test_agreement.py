"""Page, CSV, XLSX and interface tell the same for any selection, to the last digit they print."""

from __future__ import annotations

import csv
import io
import random
import re
from collections.abc import Iterable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from kiosk_app.core import clock, db
from kiosk_app.dossiers import counts as dossier_counts
from kiosk_app.feedback import commands as feedback
from kiosk_app.organisation import queries as organisation
from kiosk_app.reporting import commands as reporting
from kiosk_app.reporting import disclosure, gate, judging, questions, service_quality
from kiosk_app.reporting.judging import Cell
from kiosk_app.reporting.periods import parse
from kiosk_app.reporting.records import Figure
from kiosk_app.web.presentation import _vietnamese
from tests.campaigns import length
from tests.integration.reporting.conftest import Office, code
from tests.integration.reporting.test_alive_tables import DESKS
from tests.integration.reporting.test_alive_tables import desks as desks

COMBINATIONS = 200 if length.FULL else 8
PERIODS = ("2018-09", "2018-10", "2018-Q3", "2018-Q4", "2018")
COLUMNS = ("label", "n", "eligible", "coverage", "share", "low", "high", "adjusted")
one_database = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
Row = dict[str, Any]


def told(office: Office, **asked: str) -> list[Row]:
    """All rows of the interface, page by page."""
    rows: list[Row] = []
    cursor: str | None = ""
    while cursor is not None:
        answer = office.reader.get(
            "/api/v1/satisfaction", query_string=asked | ({"cursor": cursor} if cursor else {})
        )
        assert answer.status_code == 200, (asked, answer.text)
        body = answer.get_json()
        rows += body["rows"]
        cursor = body["next"]
    return rows


def exported(office: Office, kind: str, **asked: str) -> dict[str, list[list[str]]]:
    """Cells of both files as text, label first."""
    found = {}
    for form in ("csv", "xlsx"):
        body = office.reader.get(f"/manage/{kind}s", query_string=asked | {"export": form}).get_data()
        if form == "csv":
            table = list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
            head = next(i for i, row in enumerate(table) if len(row) > 8)
            found[form] = [row[: len(COLUMNS)] for row in table[head + 1 :]]
        else:
            sheet = CalamineWorkbook.from_filelike(io.BytesIO(body)).get_sheet_by_index(0)
            found[form] = [
                ["" if cell == "" else str(cell) for cell in row[: len(COLUMNS)]]
                for row in sheet.to_python()[1:]
            ]
    return found


def text(value: object) -> str:
    return "" if value is None else str(value)


def as_page(row: Row) -> list[str]:
    n, coverage, share = row["n"], row["coverage"], row["share"]
    return [
        "ẩn" if n is None else _vietnamese(f"{n:,}"),
        "–" if coverage is None else f"{_vietnamese(f'{coverage * 100:,.1f}')}%",
        "ẩn" if share is None else f"{_vietnamese(f'{share * 100:,.1f}')}%",
    ]


def on_page(office: Office, kind: str, **asked: str) -> dict[str, list[str]]:
    """n, coverage and share of each row of the page."""
    found: dict[str, list[str]] = {}
    number = 1
    while True:
        query = "&".join(f"{k}={v}" for k, v in (asked | {"page": str(number)}).items())
        html = unescape(office.page(f"/manage/{kind}s?{query}"))
        rows = re.findall(r'<tr[^>]*><th scope="row"><a [^>]*>(.*?)</a>(?:<br><small>.*?</small>)?</th>(.*?)</tr>', html, re.S)
        if {label for label, _cells in rows} <= found.keys():
            return found
        for label, cells in rows:
            found[label] = [
                re.sub(r"<.*?>", "", cell).strip()
                for cell in re.findall(r"<td[^>]*>(.*?)</td>", cells, re.S)[:3]
            ]
        number += 1


def numbers(row: list[str]) -> list[object]:
    """A workbook keeps all numbers as floats of fifteen digits that count."""
    return [row[0], *(float(f"{float(cell):.15g}") if cell else None for cell in row[1:])]


def ordered(rows: Iterable[list[object]]) -> list[list[object]]:
    return sorted(rows, key=repr)


def check_table(office: Office, kind: str, asked: dict[str, str]) -> None:
    rows = told(office, by=kind, **asked)
    expected = sorted([text(row[c]) for c in COLUMNS] for row in rows)
    files = exported(office, kind, **asked)
    assert sorted(files["csv"]) == expected, asked
    assert ordered(map(numbers, files["xlsx"])) == ordered(map(numbers, expected)), asked
    assert on_page(office, kind, **asked) == {row["label"]: as_page(row) for row in rows}, asked


def check_overview(office: Office, asked: dict[str, str], beside: tuple[str, str] | None) -> None:
    chosen = {beside[0]: beside[1]} if beside else {}
    query = "&".join(f"{k}={v}" for k, v in (asked | chosen).items())
    html = unescape(office.page(f"/manage/?{query}"))
    tiles = re.findall(r'<p class="v num"[^>]*>(.*?)</p>', html)
    if beside is None:
        total = told(office, **asked)[0]
    elif beside[0] == "step":
        total = told(office, step=beside[1], **asked)[0]
    else:
        rows = {row["key"]: row for row in told(office, by=beside[0], **asked)}
        total = rows.get(beside[1], {"share": None})
    share = total["share"]
    if not tiles:
        assert "Chưa có đánh giá nào khớp bộ lọc này" in html, query
        assert (total.get("n") or 0, share) == (0, None), query
        return
    assert tiles[0] == ("–" if share is None else f"{_vietnamese(f'{share * 100:,.1f}')}%"), query
    units = {row["label"]: as_page(row) for row in told(office, by="unit", **(
        {"step": beside[1]} if beside and beside[0] == "step" else {}), **asked)}
    table = html.partition('id="units"')[2]
    shown = {
        re.sub(r"<.*?>", "", label): [
            re.sub(r"<.*?>", "", cell).strip() for cell in re.findall(r"<td[^>]*>(.*?)</td>", cells)[:3]
        ] for label, cells in re.findall(r'<tr[^>]*><th scope="row">(.*?)</th>(.*?)</tr>', table)
    }
    if beside is None or beside[0] == "step":
        assert shown.items() <= units.items(), query


@pytest.mark.timeout(3_600)
def test_page_files_and_interface_agree_for_any_selection(desks: Office) -> None:
    draw = random.Random(2018)
    units = ["", *sorted({desk.unit for desk in DESKS.values()})]
    with db.reading() as conn:
        fields = [str(f) for f in organisation.fields(conn)]
    values = {
        "field": fields, "channel": ["tablet", "phone"], "filing_mode": ["direct", "online"],
        "step": ["return", "reception"],
    }
    for _ in range(COMBINATIONS):
        asked = {"period": draw.choice(PERIODS)}
        if unit := draw.choice(units):
            asked["unit"] = unit
        kind = draw.choice(["officer", "procedure", "", "field", "channel", "filing_mode", "step"])
        if kind in ("officer", "procedure"):
            check_table(desks, kind, asked)
        else:
            check_overview(desks, asked, (kind, draw.choice(values[kind])) if kind else None)
    length.keep("agreement", db.current().engine.dialect.name, {
        "combinations": COMBINATIONS, "differing": 0, "seed": 2018,
    })


@one_database
def test_what_is_hidden_beside_others_is_hidden_on_its_own_page_and_in_the_interface(
    desks: Office
) -> None:
    """Three units have five ratings each; one with four takes the smallest other with it."""
    lone = DESKS["unrated"]
    desks.rate(lone.codes(0, 4), (1, 2, 4, 5))
    later = clock.now() + timedelta(days=24)  # the fourth is not told before the month is closed
    feedback.release_closed(now=later)
    reporting.decide(now=later)
    by_unit = {row["key"]: row for row in told(desks, period="2018-10", by="unit")}
    hidden = {key for key, row in by_unit.items() if row["suppressed"] and row["n"] is None}
    assert len(hidden) >= 2
    with db.reading() as conn:
        units = organisation.units(conn)
    for key, row in by_unit.items():
        ref = units[int(key)].ref
        own = told(desks, period="2018-10", unit=ref)[0]
        assert (own["n"], own["share"]) == (row["n"], row["share"]), ref
        if key in hidden:
            for by in ("officer", "procedure", "field", "channel"):
                assert all(
                    one["n"] in (None, 0) for one in told(desks, period="2018-10", unit=ref, by=by)
                ), (ref, by)


@one_database
def test_questions_that_the_lattice_does_not_hold_are_refused_and_the_others_answered(
    desks: Office
) -> None:
    for query, where in (
        ("period=2018-10&by=hour", "period"), ("period=2018-10&by=officer&step=return", "step"),
        ("period=2018-W41&by=officer", "period"), ("period=2018-W60", "period"),
        ("period=2018-10&by=minute", "by"), ("period=2018-10&step=lunch", "step"),
    ):
        answer = desks.reader.get(f"/api/v1/satisfaction?{query}")
        assert (answer.status_code, answer.get_json()["errors"][0]["field"]) == (422, where), query
    for by in questions.BY:
        told(desks, period="2018-Q4", by=by)
    week = told(desks, period="2018-W41")[0]
    weeks = {row["key"]: row for row in told(desks, period="2018-10", by="week")}
    assert weeks["2018-W41"] == week
    assert week["n"] == sum(row["n"] or 0 for row in told(desks, period="2018-W41", by="unit"))
    hours = told(desks, period="2018-Q4", by="hour")
    assert [row["key"] for row in hours] == ["5-09"]
    step = told(desks, period="2018-10", step="return")[0]
    assert step["n"] == told(desks, period="2018-10")[0]["n"]


def shown(levels: tuple[int, ...], why: str = gate.SHOWN) -> Figure:
    found: tuple[int, int, int, int, int] = levels  # type: ignore[assignment]
    return disclosure.figure("", "", found, 40, why)


@pytest.mark.parametrize(("levels", "n", "share", "spread"), [
    ((0, 0, 0, 0, 0), 0, None, False), ((0, 0, 0, 0, 1), None, None, False),
    ((1, 0, 0, 1, 2), None, None, False), ((1, 0, 0, 2, 2), 5, None, False),
    ((0, 0, 0, 0, 5), None, None, False), ((1, 0, 0, 4, 4), 9, None, False),
    ((0, 0, 0, 0, 9), None, None, False), ((1, 0, 0, 4, 5), 10, 0.9, True),
    ((0, 0, 0, 0, 10), 10, 1.0, False),
])
def test_what_is_told_of_0_1_4_5_9_and_10_ratings(
    levels: tuple[int, ...], n: int | None, share: float | None, spread: bool
) -> None:
    row = shown(levels)
    assert (row.n, row.share, row.levels is not None) == (n, share, spread)
    assert row.suppressed == (share is None)
    assert shown(levels, gate.HIDDEN).n is None


@one_database
def test_the_last_second_of_the_year_belongs_to_the_year(
    office: Office, still_clock: clock.FrozenClock
) -> None:
    still_clock.advance(days=78)
    office.take_in([
        {"dossier_code": code("HL-TTHCC", i), "unit_id": "HL-TTHCC", "procedure_code": "1.900001",
         "officer_code": "HL.CB.001", "channel": "direct", "received_at": "2018-12-20 08:00",
         "due_date": "2018-12-30", "finished_at": "2018-12-28 09:00",
         "returned_at": "2018-12-31 10:00"} for i in range(1, 25)
    ])
    levels = (1, 2, 4, 4, 5, 5, 5, 5, 5, 5, 5, 5)
    office.rate([code("HL-TTHCC", i) for i in range(1, 13)], levels,
                rated_at="2018-12-31T23:59:59+07:00")
    office.rate([code("HL-TTHCC", i) for i in range(13, 25)], levels,
                rated_at="2019-01-01T00:00:00+07:00")
    for period, n in (("2018-12", 12), ("2018-Q4", 12), ("2018", 12), ("2019-01", 12), ("2019", 12)):
        assert told(office, period=period)[0]["n"] == n, period
    # the week that holds both has two runs of twelve
    assert told(office, period="2019-W01")[0]["n"] == 24
    # one officer in the unit: nobody to be compared with
    officer = told(office, period="2018-12", by="officer")[0]
    assert (officer["n"], officer["tier"]) == (12, "not_comparable")


@one_database
def test_a_table_that_does_not_add_up_is_flagged(desks: Office) -> None:
    """Three more of one unit and two of another renew the total's copy but neither unit's."""
    flag = 'data-flag="adds_up"'
    assert flag not in desks.page("/manage/?period=2018-10")
    desks.rate(DESKS["mixed"].codes(15, 8), (1, 2, 4, 4, 5, 5, 5, 5))
    desks.rate(DESKS["praised"].codes(15, 2), (4, 5))
    answers = {
        by: desks.reader.get(f"/api/v1/satisfaction?period=2018-10&by={by}").get_json()["adds_up"]
        for by in ("unit", "channel", "procedure")
    }
    total, rows = told(desks, period="2018-10")[0], told(desks, period="2018-10", by="unit")
    whole = total["n"] == sum(row["n"] for row in rows) if all(r["n"] is not None for r in rows) else True
    assert answers["unit"] == whole
    assert (flag in desks.page("/manage/?period=2018-10")) == (not whole)
    plain = Figure("", "", 20, 0, None, None, None, None, None, suppressed=False)
    parts = [Figure("", "", n, 0, None, None, None, None, None, suppressed=False) for n in (12, 7)]
    assert not judging.adds_up(plain, parts)
    assert judging.adds_up(plain, [*parts, Figure("", "", None, 0, None, None, None, None, None, suppressed=True)])


def test_a_roll_up_is_weighted_by_dossiers() -> None:
    """98.25 % of 139,000 and 99.4 % of 96,700 are 98.72 % together, not 98.825 %."""
    centre = dossier_counts.ServiceRow((1,), 139_000, 139_000, 0, 136_568, 2_432, 0, 0, 0)
    wards = dossier_counts.ServiceRow((2,), 96_700, 96_700, 0, 96_120, 580, 0, 0, 0)
    share = service_quality._figure("", "", [centre, wards], (None, 0, 0)).share_on_time
    assert share is not None
    assert round(100 * share, 2) == 98.72


@one_database
def test_some_units_are_not_summed_and_the_reason_is_said(desks: Office) -> None:
    with db.reading() as conn:
        units = [u.id for u in organisation.receiving_units(conn) if u.ref in ("HL-TTHCC", "P-HATU")]
        row = judging.table(conn, units, [Cell("", "", (1, 1, 2, 20, 30), 99, "total", "2018-10")])[0]
        assert (row.n, row.why) == (None, gate.TOGETHER)
        assert questions.total(conn, parse("2018-10"), units).why == gate.TOGETHER
