"""Each figure of the service-quality page is alive: one dossier, procedure or round moves just it.

Every test reads everything: the figures as reporting gives them and as the page prints them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from html import unescape

import pytest

from kiosk_app.core import clock, db
from kiosk_app.core.audit import SYSTEM
from kiosk_app.organisation import commands as organisation
from kiosk_app.organisation import queries as organisation_queries
from kiosk_app.reporting import periods, service_quality
from kiosk_app.reporting.records import ServiceFigure
from kiosk_app.training import commands as training
from kiosk_app.training.rules import Slot
from tests.integration.feedback import seed
from tests.integration.reporting.conftest import Office, code
from tests.training_year import YEAR_END

CENTRE, WARD, OTHER = "HL-TTHCC", "P-BACHDANG", "P-HONGHAI"
PROCEDURE = {CENTRE: "1.900001", WARD: "1.001193", OTHER: "1.001193"}
OPEN, NO_DUE, ONCE = 9001, 9002, 9003
"""Running numbers of dossiers that a test moves on."""
MEASURES = [f.name for f in fields(ServiceFigure) if f.name not in ("key", "label")]
COLUMNS = ("received", "resolved", "early", "on_time", "late", "share_on_time", "supplement_over_limit")
Figures = dict[tuple[str, str], float | None]


def row(unit: str, number: int, **changed: str) -> dict[str, str]:
    """A dossier finished on 5 October, due on the tenth."""
    return {
        "dossier_code": code(unit, number), "unit_id": unit, "procedure_code": PROCEDURE[unit],
        "channel": "direct", "received_at": "2018-10-01 08:00", "due_date": "2018-10-10",
        "finished_at": "2018-10-05 09:00", "supplement_count": "0", **changed,
    }


def many(unit: str, early: int, on_time: int, late: int) -> list[dict[str, str]]:
    due = ["2018-10-10"] * early + ["2018-10-05"] * on_time + ["2018-10-03"] * late
    return [row(unit, number, due_date=day) for number, day in enumerate(due, 1)]


@pytest.fixture
def year(office: Office) -> Office:
    """Centre: 393 of 400 in time, 98.25 %; two wards: 497 of 500, 99.40 %."""
    rows = [*many(CENTRE, 380, 13, 7), *many(WARD, 290, 8, 2), *many(OTHER, 190, 9, 1)]
    for unit in (CENTRE, WARD):
        rows += [
            row(unit, OPEN, due_date="", finished_at=""), row(unit, NO_DUE, due_date=""),
            row(unit, ONCE, due_date="", finished_at="", supplement_count="1"),
        ]
    office.take_in(rows)
    return office


def reported(period: str = "2018") -> Figures:
    """Every figure of the report, by (row, measure)."""
    with db.reading() as conn:
        units = [u.id for u in organisation_queries.receiving_units(conn)]
        found = service_quality.service(conn, periods.parse(period), units)
    rows = (found.centre, found.wards, *found.rows)
    figures: Figures = {(r.key, name): getattr(r, name) for r in rows for name in MEASURES}
    return figures | {("training", "ward_rounds"): found.ward_rounds}


def names() -> dict[str, str]:
    with db.reading() as conn:
        return {u.name("vi"): u.ref for u in organisation_queries.receiving_units(conn)}


def printed(office: Office) -> dict[tuple[str, str], str]:
    """Every figure of the page as text, under the same names."""
    html = unescape(office.page("/manage/service?period=2018"))
    found: dict[tuple[str, str], str] = {}
    for key, body in re.findall(r'<section class="panel" id="(centre|wards)">(.*?)</section>', html, re.S):
        tiles = {
            name: [value, *re.findall(r"[\d.,]+%?", detail)]
            for name, value, detail in re.findall(
                r'data-figure="(\w+)">(.*?)</p><p class="d">(.*?)</p>', body
            )
        }
        online, procedures = tiles["online"][0].split("/")
        found |= {(key, name): text for name, text in zip(MEASURES, (
            *tiles["received"], *tiles["share_on_time"][1:], tiles["share_on_time"][0],
            tiles["time_cut"][0], online, procedures, tiles["supplement"][0],
        ), strict=True)}
    refs = names()
    for name, cells in re.findall(r'<tr><th scope="row"><a [^>]*>(.*?)</a></th>(.*?)</tr>', html):
        texts = re.findall(r"<td[^>]*>(.*?)</td>", cells)
        found |= {(refs[name], c): t for c, t in zip(COLUMNS, texts[: len(COLUMNS)], strict=True)}
    rounds = re.search(r'data-figure="ward_rounds">(\d+)<', html)
    assert rounds
    return found | {("training", "ward_rounds"): rounds[1]}


def as_text(measure: str, value: float | None) -> str:
    """The Vietnamese notation, written out anew."""
    digits = {"share_on_time": 2, "time_cut": 1}.get(measure)
    if value is None or digits is None:
        return "–" if value is None else str(value)
    return f"{value * 100:.{digits}f}%".replace(".", ",")


def changed(before: Figures, after: Figures) -> Figures:
    return {k: v for k, v in after.items() if k not in before or before[k] != v}


def check(office: Office, change: Callable[[], object], expected: Figures) -> None:
    """``change`` gives exactly these new figures, in the report and on the page."""
    before = reported()
    change()
    after, page = reported(), printed(office)
    assert changed(before, after) == {k: pytest.approx(v) for k, v in expected.items()}
    assert page == {(key, name): as_text(name, after[key, name]) for key, name in page}


@pytest.mark.usefixtures("year")
def test_the_year_reads_as_published(office: Office) -> None:
    page = printed(office)
    assert {k: page["centre", k] for k in MEASURES} == {
        "received": "403", "resolved": "401", "early": "380", "on_time": "13", "late": "7",
        "share_on_time": "98,25%", "time_cut": "38,2%", "online_procedures": "246",
        "procedures": "303", "supplement_over_limit": "0",
    }
    wards = {k: page["wards", k] for k in MEASURES if k != "time_cut"}
    assert wards == {
        "received": "503", "resolved": "501", "early": "480", "on_time": "17", "late": "3",
        "share_on_time": "99,40%", "online_procedures": "68", "procedures": "93",
        "supplement_over_limit": "0",
    }
    assert page["training", "ward_rounds"] == "0"


@dataclass(frozen=True)
class Move:
    """What happens to one dossier: its number, what its row now says, the counts it adds to."""

    number: int
    says: dict[str, str]
    adds: tuple[str, ...]


MOVES = {
    "received": Move(9999, {"due_date": "", "finished_at": ""}, ("received",)),
    "resolved": Move(OPEN, {"due_date": ""}, ("resolved",)),
    "early": Move(NO_DUE, {"due_date": "2018-10-08"}, ("early",)),
    "on_time": Move(NO_DUE, {"due_date": "2018-10-05"}, ("on_time",)),
    "late": Move(NO_DUE, {"due_date": "2018-10-04"}, ("late",)),
    "supplement_over_limit": Move(
        ONCE, {"due_date": "", "finished_at": "", "supplement_count": "2"},
        ("supplement_over_limit",),
    ),
    "nothing: a first supplement": Move(
        OPEN, {"due_date": "", "finished_at": "", "supplement_count": "1"}, (),
    ),
    "nothing: handed over": Move(
        NO_DUE, {"due_date": "", "returned_at": "2018-10-08 10:00"}, (),
    ),
    "nothing: the same row again": Move(1, {}, ()),
}


@pytest.mark.parametrize("unit", [CENTRE, WARD])
@pytest.mark.parametrize("move", MOVES.values(), ids=MOVES)
def test_one_dossier_moves_exactly_its_figures(year: Office, unit: str, move: Move) -> None:
    before, expected = reported(), Figures()
    for key in ("centre" if unit == CENTRE else "wards", unit):
        counts = {n: int(before[key, n] or 0) + (n in move.adds) for n in MEASURES[:5]}
        counts["supplement_over_limit"] = int("supplement_over_limit" in move.adds)
        expected |= {(key, n): counts[n] for n in move.adds}
        if set(move.adds) & {"early", "on_time", "late"}:
            good = counts["early"] + counts["on_time"]
            expected[key, "share_on_time"] = good / (good + counts["late"])
    check(year, lambda: year.take_in([row(unit, move.number, **move.says)]), expected)


@pytest.mark.usefixtures("year")
def test_a_dossier_of_another_year_is_another_years(office: Office) -> None:
    moved = row(CENTRE, 9998, received_at="2017-12-29 08:00")
    check(office, lambda: office.take_in([moved]), {})
    assert reported("2017")["centre", "received"] == 1


def procedures() -> list[dict[str, str | None]]:
    return seed.rows("procedures")


def import_procedures(rows: list[dict[str, str | None]]) -> None:
    assert organisation.import_procedures(rows, actor=SYSTEM, now=clock.now()).ok


def time_cut(rows: list[dict[str, str | None]], level: str) -> float:
    """The published definition, computed from the catalogue's file."""
    chosen = [r for r in rows if r["level"] == level]
    committed = sum(float(r["iso_days"] or 0) for r in chosen)
    return 1 - committed / sum(float(r["statutory_days"] or 0) for r in chosen)


def catalogue(figure: str, level: str) -> tuple[list[dict[str, str | None]], float | int]:
    """The catalogue with one procedure changed, and what ``figure`` must become."""
    rows = procedures()
    chosen = next(r for r in rows if r["level"] == level and r["online_level"] == "3")
    if figure == "time_cut":
        chosen["iso_days"] = "0" if level == "ward" else "40"
        return rows, time_cut(rows, level)
    if figure == "online_procedures":
        chosen["online_level"] = "2"
        return rows, {"city": 245, "ward": 67}[level]
    rows.append({
        **chosen, "procedure_code": "1.999999", "statutory_days": "0", "iso_days": "0",
        "online_level": "2",
    })
    return rows, {"city": 304, "ward": 94}[level]


@pytest.mark.usefixtures("year")
@pytest.mark.parametrize(("level", "places"), [
    ("city", ("centre", CENTRE)), ("ward", ("wards", WARD, OTHER)),
])
@pytest.mark.parametrize("figure", ["time_cut", "online_procedures", "procedures"])
def test_one_procedure_moves_exactly_its_figure(
    office: Office, level: str, places: tuple[str, ...], figure: str
) -> None:
    unchanged = procedures()
    assert reported()[places[0], "time_cut"] == pytest.approx(time_cut(unchanged, level))
    rows, value = catalogue(figure, level)
    check(office, lambda: import_procedures(rows), {(place, figure): value for place in places})


@pytest.mark.usefixtures("year")
def test_online_level_four_counts_as_three_does(office: Office) -> None:
    rows = procedures()
    chosen = next(r for r in rows if r["online_level"] == "3")
    chosen["online_level"] = "4"
    check(office, lambda: import_procedures(rows), {})


def plan(audience: str, day: date) -> int:
    course = training.add_course(
        code=f"K-{audience}", name="Kỹ năng giao tiếp", hours=4, has_test=False, pass_mark=5,
        valid_months=None, actor=SYSTEM, now=clock.now(),
    )
    return training.plan_session(training.SessionPlan(
        code=f"L-{audience}", course_id=course, title="Kỹ năng giao tiếp", audience=audience,
        room="A1", trainer="Trần Thị Thu", capacity=None, has_test=False,
        slots=(Slot(day, "morning"),),
    ), actor=SYSTEM, now=clock.now())


@pytest.mark.usefixtures("year")
@pytest.mark.parametrize(("audience", "day", "expected"), [
    ("wards", date(2018, 11, 6), {("training", "ward_rounds"): 1}),
    ("wards", date(2019, 1, 8), {}), ("centre", date(2018, 11, 6), {}),
])
def test_a_round_for_the_wards_counts_once_it_is_held(
    office: Office, still_clock: clock.FrozenClock, audience: str, day: date, expected: Figures
) -> None:
    held = datetime.combine(day, YEAR_END.timetz())
    still_clock.moment = held - timedelta(days=1)
    session_id = 0

    def planned() -> None:
        nonlocal session_id
        session_id = plan(audience, day)

    check(office, planned, {})
    still_clock.moment = held
    check(
        office, lambda: training.hold_session(session_id, actor=SYSTEM, now=clock.now()), expected
    )


@pytest.mark.usefixtures("year")
def test_a_cancelled_round_counts_nothing(office: Office) -> None:
    session_id = plan("wards", date(2018, 11, 6))
    check(office, lambda: training.cancel_session(
        session_id, reason="Bão số 8", actor=SYSTEM, now=clock.now()
    ), {})
