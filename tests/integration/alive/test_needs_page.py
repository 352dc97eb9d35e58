"""Each figure of the needs follows the reasons that citizens gave, here, elsewhere and before."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator

import pytest

from kiosk_app.accounts import commands as accounts
from kiosk_app.config import Settings
from kiosk_app.core import clock
from kiosk_app.core.audit import SYSTEM
from kiosk_app.organisation import commands as organisation
from tests import stages
from tests.integration.alive import reading, world
from tests.integration.alive.case import Case, Page, on_postgresql, on_sqlite
from tests.integration.alive.conftest import Reader, visited
from tests.integration.alive.reading import Figures, number
from tests.integration.alive.test_detail_pages import signed
from tests.integration.alive.test_quality_page import wilson
from tests.integration.alive.world import CENTRE, READ, SEPTEMBER, WARD, asked, code
from tests.integration.feedback import seed

STAGE, USER = "needing", "phong.noi.vu"
SLOW = ["cho_lau"]
RATED, SLOW_THEN = 40, 10
"""Ratings of each unit in October and in September, and how many of them call it slow."""
SLOW_NOW = {CENTRE: 12, WARD: 10}


def rate(unit: str, first: int, n: int, *, slow: bool, september: bool = False) -> None:
    receipts = [code(unit, i, "180901" if september else "181001") for i in range(first, first + n)]
    levels = [(2, 1, 3)[i % 3] if slow else (5, 4)[i % 2] for i in range(n)]
    world.rate(unit, receipts, levels, at=SEPTEMBER if september else world.RATED,
               reasons=SLOW if slow else [])


def build() -> None:
    """Two units of October and September, sixty dossiers each, forty of them rated."""
    centre = world.seed_organisation(world.RATED)
    ((ward,),) = asked("SELECT id FROM units WHERE ref = :r", r=WARD)
    for unit, at in ((CENTRE, centre), (WARD, int(str(ward)))):
        world.devices.add(world.TABLET[unit], unit_id=at, counter_id=None, actor=SYSTEM, now=SEPTEMBER)
    world.take_in([one for unit in (CENTRE, WARD) for i in range(1, 61)
                   for one in (world.dossier(unit, i), world.of_september(unit, i))], world.RATED)
    for unit, n in SLOW_NOW.items():
        rate(unit, 1, n, slow=True)
        rate(unit, n + 1, RATED - n, slow=False)
        rate(unit, 1, SLOW_THEN, slow=True, september=True)
        rate(unit, SLOW_THEN + 1, RATED - SLOW_THEN, slow=False, september=True)
    accounts.add_user(USER, role="hr", unit_id=None, officer_id=None, password="mot-mat-khau-dai",
                      actor=SYSTEM, now=SEPTEMBER)
    world.work()


stages.OTHERS[STAGE] = build


@pytest.fixture
def stage() -> str:
    return STAGE


@pytest.fixture
def office(settings: Settings, still_clock: clock.FrozenClock) -> Iterator[Reader]:
    """The training office on 20 November 2018."""
    yield from visited(settings, still_clock, READ, USER)


def read(office: Reader) -> Figures:
    page = office.page("/hr/needs?period=2018-Q4")
    found: Figures = {}
    for card in re.findall(r'<section class="panel"><header><div><h2>[^<]*: .*?</section>', page, re.S):
        title, said = re.search(r"<h2>(.*?)</h2>", card), reading.text(card)
        assert title
        at = reading.text(title[1])
        officers = re.search(r"(\d+) cán bộ", said)
        found[at, "officers"] = officers[1] if officers else ""
        for reason in re.findall(r"“.*?(?=“|Chưa đủ cơ sở|Đề xuất|Chưa chuyên đề|$)", said):
            name = re.match(r"“(.*?)”: ", reason)
            assert name
            for figure, form in (
                ("share", r"”: (.*?)\."), ("more", r"So với nơi khác: (.*?)\.(?: |$)"),
                ("rose", r"So với kỳ trước: (.*?)\.(?: |$)"),
            ):
                shown = re.search(form, reason)
                found[at, f"{name[1]} {figure}"] = shown[1] if shown else ""
    return found


ITEMS = """
SELECT u.ref, a.day, i.level, i.reasons
  FROM rating_items i
  JOIN attributions a ON a.item_id = i.id AND a.state = 'counted'
   AND a.version = (SELECT MAX(b.version) FROM attributions b WHERE b.item_id = i.id)
  JOIN units u ON u.id = a.unit_id
"""
AT = "Đơn vị: Trung tâm Hành chính công thành phố Hạ Long"


def newcombe(x: int, n: int, y: int, m: int) -> str:
    """The difference of two shares and the interval of Newcombe (1998) from Wilson's."""
    (low, high), (down, up), gap = wilson(x, n), wilson(y, m), x / n - y / m
    below = gap - ((x / n - low) ** 2 + (up - y / m) ** 2) ** 0.5
    above = gap + ((high - x / n) ** 2 + (y / m - down) ** 2) ** 0.5
    return f"{signed(100 * gap)} điểm ({signed(100 * below)} đến {signed(100 * above)})"


def recount() -> Figures:
    rated, slow = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for ref, day, level, reasons in asked(ITEMS):
        key = (str(ref), "now" if day > 20180930 else "then")
        rated[key] += 1
        slow[key] += level <= 3 and "cho_lau" in json.loads(reasons)
    ((people,),) = asked(
        "SELECT COUNT(DISTINCT p.officer_id) FROM postings p JOIN units u ON u.id = p.unit_id"
        " WHERE u.ref = :r AND p.posted_from <= '2018-11-20'"
        " AND (p.posted_to IS NULL OR p.posted_to >= '2018-11-20')", r=CENTRE)
    x, n = slow[CENTRE, "now"], rated[CENTRE, "now"]
    low, high = (number(100 * edge, 1) for edge in wilson(x, n))
    return {
        (AT, "officers"): str(people),
        (AT, "Chờ lâu share"): f"{number(100 * x / n, 1)}% lượt đánh giá ({low} đến {high}; {x} trên {n})",
        (AT, "Chờ lâu more"): newcombe(x, n, slow[WARD, "now"], rated[WARD, "now"]),
        (AT, "Chờ lâu rose"): newcombe(x, n, slow[CENTRE, "then"], rated[CENTRE, "then"]),
    }


def _officer() -> None:
    rows = seed.rows("officers")
    rows.append({**rows[0], "officer_code": "HL.CB.999", "full_name": "Lê Thị Mới"})
    assert organisation.import_officers(rows, actor=SYSTEM, now=READ).ok


def _at(**figures: str) -> Figures:
    return {(AT, f"Chờ lâu {name}"): said for name, said in figures.items()}


CASES = {
    "a reason here": Case(lambda: rate(CENTRE, 41, 5, slow=True), _at(
        share="37,8% lượt đánh giá (25,1 đến 52,4; 17 trên 45)",
        more="+12,8 điểm (−7,0 đến +30,9)", rose="+12,8 điểm (−7,0 đến +30,9)")),
    "a praise here": Case(lambda: rate(CENTRE, 46, 5, slow=False), _at(
        share="26,7% lượt đánh giá (16,0 đến 41,0; 12 trên 45)",
        more="+1,7 điểm (−16,9 đến +19,7)", rose="+1,7 điểm (−16,9 đến +19,7)")),
    "a reason elsewhere": Case(lambda: rate(WARD, 41, 5, slow=True), _at(
        more="−3,3 điểm (−22,2 đến +16,2)")),
    "a reason before": Case(lambda: rate(CENTRE, 41, 5, slow=True, september=True), _at(
        rose="−3,3 điểm (−22,2 đến +16,2)")),
    "one officer more": Case(_officer, {(AT, "officers"): "46"}),
}


def _page(office: Reader) -> Page:
    return Page(lambda: read(office), recount)


@on_sqlite
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_one_change_moves_exactly_its_figures(office: Reader, case: Case) -> None:
    _page(office).check(case)


@on_postgresql
def test_the_changes_in_a_row_move_the_same_figures(office: Reader) -> None:
    _page(office).check_in_a_row(CASES)
