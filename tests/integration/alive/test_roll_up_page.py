"""Units through the reorganisations: sums are weighted by ratings and follow their facts."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import date

import pytest

from kiosk_app.core.audit import SYSTEM
from kiosk_app.devices import commands as devices
from tests import stages
from tests.integration.alive import reading, world
from tests.integration.alive.case import Case, Page, on_postgresql, on_sqlite
from tests.integration.alive.conftest import Reader
from tests.integration.alive.reading import Figures, number, percent
from tests.integration.alive.test_quality_page import ITEMS, october, wilson
from tests.integration.alive.world import CENTRE, SEPTEMBER, asked

STAGE = "rolled"
DAYS = ("", "2024-11-01", "2025-07-01")
"""As it was, after the merger of 2024, after that of 2025."""
BACH_DANG, HONG_GAI, TRAN_HUNG_DAO, YET_KIEU = (
    "P-BACHDANG", "P-HONGGAI", "P-TRANHUNGDAO", "P-YETKIEU")
RATINGS = {CENTRE: (20, 15), HONG_GAI: (160, 157), BACH_DANG: (100, 99), TRAN_HUNG_DAO: (20, 19),
           YET_KIEU: (20, 10)}
"""Ratings of October and how many of them are satisfied; 30 of each unit's dossiers are not rated."""
PREFIX = {CENTRE: "000.00.12.H49", HONG_GAI: "000.23.12.H49", BACH_DANG: "000.32.12.H49",
          TRAN_HUNG_DAO: "000.31.12.H49", YET_KIEU: "000.30.12.H49"}
UNRATED = 30
DOSSIERS = """
SELECT u.ref, v.received_ms, v.returned_ms, v.supplement_count
  FROM dossiers d JOIN units u ON u.id = d.unit_id JOIN dossier_versions v ON v.dossier_id = d.id
"""
UNIT_NAMES = "SELECT u.ref, n.name_vi FROM units u JOIN unit_names n ON n.unit_id = u.id"
COLUMNS = ("members", "n", "coverage", "share", "interval")


def code(unit: str, number_: int) -> str:
    return f"{PREFIX[unit]}-181001-{number_:04d}"


def dossier(unit: str, number_: int, **changed: str) -> dict[str, str]:
    return world.dossier(CENTRE, number_, dossier_code=code(unit, number_), unit_id=unit,
                         procedure_code="1.001193", officer_code="", due_date="2018-10-10") | changed


def rate(unit: str, first: int, levels: list[int]) -> None:
    for start in range(0, len(levels), 100):
        some = levels[start : start + 100]
        world.rate(CENTRE, [code(unit, first + start + i) for i in range(len(some))], some)


def build() -> None:
    centre = world.seed_organisation(world.RATED)
    devices.add(world.TABLET[CENTRE], unit_id=centre, counter_id=None, actor=SYSTEM, now=SEPTEMBER)
    world.take_in([
        dossier(unit, i) for unit, (n, _) in RATINGS.items() for i in range(1, n + UNRATED + 1)
    ], world.RATED)
    for unit, (n, good) in RATINGS.items():
        rate(unit, 1, [5] * (good - 1) + [4] + [2] * (n - good))
    world.accounts.add_user(
        world.READER, role="inspector", unit_id=None, officer_id=None, password="mot-mat-khau-dai",
        actor=SYSTEM, now=SEPTEMBER,
    )
    world.work()


stages.OTHERS[STAGE] = build


@pytest.fixture
def stage() -> str:
    return STAGE


def _rows(html: str) -> list[list[str]]:
    """Cells of the rows; of the whisker what it tells those who cannot see it."""
    found = []
    for row in re.findall(r"<tr.*?</tr>", html, re.S):
        cells = reading.rows(f"<tbody>{row}</tbody>")[0]
        interval = re.search(r"([\d,]+% đến [\d,]+%)", row)
        found.append([*cells[:-1], interval[1] if interval else ""])
    return found


def read(reader: Reader) -> Figures:
    found: Figures = {}
    for on in DAYS:
        page = reader.page(f"/manage/units?period=2018-10{f'&on={on}' if on else ''}")
        head, _, rest = page.partition('id="unplaced"')
        for label, *cells in _rows(head.partition("<tbody>")[2]):
            found |= {(f"{on} {label}", k): v for k, v in zip(COLUMNS, cells, strict=True)}
        for label, n, into in reading.rows(rest):
            found |= {(f"{on} {label}", "unplaced"): n, (f"{on} {label}", "into"): into}
    return found


def _became(unit: int, on: date) -> tuple[int, bool]:
    """The unit that holds ``unit`` on that day, step by step; and whether it went there whole."""
    while True:
        steps = asked(
            "SELECT to_unit_id, share FROM unit_events WHERE from_unit_id = :u AND event_date <= :d"
            " AND event_type <> 'change_parent' AND (to_unit_id IS NULL OR to_unit_id <> :u)",
            u=unit, d=on.isoformat(),
        )
        if not steps:
            return unit, True
        if len(steps) > 1 or steps[0][1] != "whole" or steps[0][0] is None:
            return unit, False
        unit = steps[0][0]


def recount() -> Figures:
    levels: dict[str, list[int]] = defaultdict(list)
    steps: Counter[str] = Counter()
    for ref, _entry, level, state, procedure, *_rest in asked(ITEMS):
        if state == "counted" and procedure:
            levels[ref].append(level)
    for ref, received, returned, supplements in asked(DOSSIERS):
        steps[ref] += october(received) * (1 + (supplements > 0)) + october(returned)
    ids = {ref: unit for unit, ref in asked("SELECT id, ref FROM units")}
    names, found = dict(map(tuple, asked(UNIT_NAMES))), {}
    for on in DAYS:
        groups: dict[int, list[str]] = defaultdict(list)
        for ref in RATINGS:
            unit, whole = _became(ids[ref], date.fromisoformat(on or "2018-10-31"))
            if whole:
                groups[unit].append(ref)
            else:
                found[f"{on} {names[ref]}", "unplaced"] = number(len(levels[ref]))
        for unit, refs in groups.items():
            at = f"{on} {names[next(ref for ref, one in ids.items() if one == unit)]}"
            every = [level for ref in refs for level in levels[ref]]
            good, n = sum(level >= 4 for level in every), len(every)
            low, high = wilson(good, n)
            found |= {
                (at, "n"): number(n), (at, "coverage"): percent(n, sum(steps[ref] for ref in refs)),
                (at, "share"): percent(good, n),
                (at, "interval"): f"{number(100 * low, 1)}% đến {number(100 * high, 1)}%",
            }
    return found


def _at(label: str, *days: str, **figures: str) -> Figures:
    return {(f"{on} {label}", k): v for on in days for k, v in figures.items()}


LABELS = {HONG_GAI: "Phường Hồng Gai", BACH_DANG: "Phường Bạch Đằng",
          TRAN_HUNG_DAO: "Phường Trần Hưng Đạo", YET_KIEU: "Phường Yết Kiêu",
          CENTRE: "Trung tâm Hành chính công thành phố Hạ Long"}
WORSE = [1, 1, 2, 2, 3]
CASES = {
    "ratings of a ward merged in 2025": Case(lambda: rate(BACH_DANG, 101, WORSE), {
        **_at(LABELS[BACH_DANG], "", "2024-11-01", n="105", coverage="40,4%", share="94,3%",
              interval="88,1% đến 97,4%"),
        **_at(LABELS[HONG_GAI], "2025-07-01", n="305", coverage="36,3%", share="93,4%",
              interval="90,1% đến 95,7%"),
    }),
    "ratings of a ward merged twice": Case(lambda: rate(YET_KIEU, 21, WORSE), {
        **_at(LABELS[YET_KIEU], "", n="25", coverage="25,0%", share="40,0%",
              interval="23,4% đến 59,3%"),
        **_at(LABELS[TRAN_HUNG_DAO], "2024-11-01", n="45", coverage="22,5%", share="64,4%",
              interval="49,8% đến 76,8%"),
        **_at(LABELS[HONG_GAI], "2025-07-01", n="305", coverage="36,3%", share="93,4%",
              interval="90,1% đến 95,7%"),
    }),
    "ratings of the centre, whose work was divided": Case(lambda: rate(CENTRE, 21, [5] * 5), {
        **_at(LABELS[CENTRE], "", "2024-11-01", n="25", coverage="25,0%", share="80,0%",
              interval="60,9% đến 91,1%"),
        **_at(LABELS[CENTRE], "2025-07-01", unplaced="25"),
    }),
    "dossiers": Case(
        lambda: world.take_in([dossier(TRAN_HUNG_DAO, i, finished_at="", returned_at="")
                               for i in range(901, 911)]), {
            **_at(LABELS[TRAN_HUNG_DAO], "", coverage="18,2%"),
            **_at(LABELS[TRAN_HUNG_DAO], "2024-11-01", coverage="19,0%"),
            **_at(LABELS[HONG_GAI], "2025-07-01", coverage="35,3%"),
        }),
}


def _page(reader: Reader) -> Page:
    return Page(lambda: read(reader), recount)


def test_a_sum_is_weighted_by_ratings(reader: Reader) -> None:
    """285 of 300, not the mean of the four shares: 85.5 %."""
    assert read(reader)[f"2025-07-01 {LABELS[HONG_GAI]}", "share"] == "95,0%"


@on_sqlite
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_one_change_moves_exactly_its_figures(reader: Reader, case: Case) -> None:
    _page(reader).check(case)


@on_postgresql
def test_the_changes_in_a_row_move_the_same_figures(reader: Reader) -> None:
    _page(reader).check_in_a_row(CASES)
