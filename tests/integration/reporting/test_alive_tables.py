"""Each figure of overview, officers and procedures is alive: five ratings or one dossier move it.

Every test reads everything — all units and each unit alone — before and after, and says exactly
what may differ. Shares come from released copies: four ratings move nothing but what is recorded.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape
from math import sqrt

import pytest

from kiosk_app.core import clock, db
from kiosk_app.feedback import commands as feedback
from kiosk_app.organisation import queries as organisation
from kiosk_app.reporting import durations, periods, satisfaction
from kiosk_app.reporting.records import Figure
from tests.integration.reporting.conftest import Office, code

PERIOD, MONTHS = "2018-10", (201809, 201810)
SEPTEMBER = "2018-09-20T09:00:00+07:00"
FIELDS = ("n", "eligible", "coverage", "share", "low", "high", "levels", "suppressed", "adjusted",
          "reliability", "still_needed", "tier")
MIXED = (1, 3, 4, 4, 5, 5, 5, 5, 5, 5)
COMPLAINED = (1, 4, 4, 5, 5)
Key = tuple[str, str, str, str]
"""Scope (``all`` or a unit), table, row, figure."""
Figures = dict[Key, object]


@dataclass(frozen=True)
class Desk:
    """One officer's dossiers of one procedure in one unit, and the levels rated so far."""

    unit: str
    officer: str
    procedure: str
    levels: tuple[int, ...]
    first: int = 1

    def codes(self, start: int, n: int) -> list[str]:
        return [code(self.unit, self.first + number) for number in range(start, start + n)]

    def dossiers(self, start: int, n: int, **changed: str) -> list[dict[str, str]]:
        return [
            {
                "dossier_code": one, "unit_id": self.unit, "procedure_code": self.procedure,
                "officer_code": self.officer, "channel": "direct",
                "received_at": "2018-10-01 08:00", "due_date": "2018-10-10",
                "finished_at": "2018-10-05 09:00", "returned_at": "2018-10-08 10:00", **changed,
            }
            for one in self.codes(start, n)
        ]


SIZE = 30
"""Dossiers of each desk; all came in and went out in October, so each gives two steps."""
DESKS = {
    "mixed": Desk("HL-TTHCC", "HL.CB.001", "1.900001", MIXED),
    "colleague": Desk("HL-TTHCC", "HL.CB.002", "1.900001", MIXED, first=101),
    "praised": Desk("P-BACHDANG", "HL.P.068", "1.001193", (5,) * 10),
    "blamed": Desk("P-HONGHAI", "HL.P.048", "2.900305", (1,) * 10),
    "unrated": Desk("P-HONGHA", "HL.P.070", "1.900306", ()),
    "few": Desk("P-HATRUNG", "HL.P.072", "1.900307", (5, 5, 4, 2, 1)),
    "few too": Desk("P-HALAM", "HL.P.074", "1.000894", (5, 5, 4, 2, 1)),
    "also few": Desk("P-HATU", "HL.P.076", "2.900309", (5, 5, 4, 2, 1)),
}
"""Three rows are hidden, so that one more or less never hides a further one."""


@pytest.fixture
def desks(office: Office) -> Office:
    """Eight desks rated in October, the centre's first one also in September."""
    office.take_in([row for desk in DESKS.values() for row in desk.dossiers(0, SIZE)])
    for desk in DESKS.values():
        if desk.levels:
            office.rate(desk.codes(0, len(desk.levels)), desk.levels)
    mixed = DESKS["mixed"]
    september = mixed.codes(SIZE, 15)
    office.take_in(mixed.dossiers(
        SIZE, 15, received_at="2018-09-03 08:00", finished_at="2018-09-05 09:00",
        due_date="2018-09-10", returned_at="2018-09-08 10:00",
    ))
    office.rate(september[:10], MIXED, rated_at=SEPTEMBER)
    complained = DESKS["colleague"].codes(10, 5)
    office.rate(complained, COMPLAINED, reasons=["cho_lau"])
    return office


def _exact(value: object) -> object:
    """Shares to twelve digits: the comparison adds up in another order after each rating."""
    return round(value, 12) if isinstance(value, float) else value


def _scope(scope: str, unit_ids: Sequence[int]) -> Figures:
    with db.reading() as conn:
        period = periods.parse(PERIOD)
        units = {str(u.id): u.ref for u in organisation.receiving_units(conn)}
        officers = {str(o.id): o.code for o in organisation.officers(conn).values()}
        procedures = {str(p.id): p.code for p in organisation.procedures(conn).values()}
        found = satisfaction.overview(conn, period, unit_ids, MONTHS, "vi")
        tables: dict[str, tuple[dict[str, str], tuple[Figure, ...]]] = {
            "total": ({}, (found.total,)), "trend": ({}, found.trend),
            "unit": (units, found.units), "reason": ({}, found.reasons),
            "officer": (officers, satisfaction.by_officer(conn, period, unit_ids)),
            "procedure": (
                procedures, satisfaction.by_procedure(conn, period, unit_ids, "vi")
            ),
        }
    figures: Figures = {
        (scope, table, names.get(row.key, row.key), field): _exact(getattr(row, field))
        for table, (names, rows) in tables.items() for row in rows for field in FIELDS
    }
    return figures | {(scope, "overview", "", "recorded"): found.recorded}


def look() -> Figures:
    """Every figure, of all units together and of each alone."""
    with db.reading() as conn:
        units = {u.ref: u.id for u in organisation.receiving_units(conn)}
    wanted = dict.fromkeys(desk.unit for desk in DESKS.values())
    found = _scope("all", list(units.values()))
    for ref in wanted:
        found |= _scope(ref, [units[ref]])
    return found


def moved(before: Figures, after: Figures) -> set[Key]:
    return {k for k in before.keys() | after.keys() if before.get(k) != after.get(k)}


def rows_of(desk: Desk, month: int = 201810) -> list[tuple[str, str]]:
    """The rows that a desk shows in."""
    october = [("total", ""), ("unit", desk.unit), ("officer", desk.officer),
               ("procedure", desk.procedure)]
    return [*(october if month == 201810 else []), ("trend", str(month))]


def fields_of(scopes: Sequence[str], rows: Sequence[tuple[str, str]], figures: str) -> set[Key]:
    return {(s, t, r, f) for s in scopes for t, r in rows for f in figures.split()}


def recorded(unit: str) -> set[Key]:
    return {(scope, "overview", "", "recorded") for scope in ("all", unit)}


def _level_counts(levels: Sequence[int]) -> tuple[int, ...]:
    return tuple(levels.count(level) for level in range(1, 6))


def expected_row(levels: Sequence[int], eligible: int) -> dict[str, object]:
    """A shown row by the published definitions, computed anew (Wilson 1927, z = 1.96)."""
    n, satisfied = len(levels), sum(level >= 4 for level in levels)
    p, z2 = satisfied / n, 1.96**2
    centre, scale = p + z2 / (2 * n), 1 + z2 / n
    half = 1.96 * sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    counts = _level_counts(levels)
    return {
        "n": n, "eligible": eligible, "coverage": n / eligible, "share": p,
        "low": (centre - half) / scale if satisfied else 0.0,
        "high": (centre + half) / scale if satisfied < n else 1.0,
        "levels": counts if sum(map(bool, counts)) > 1 else None, "suppressed": False,
    }


def shown(figures: Figures, scope: str, table: str, row: str) -> dict[str, object]:
    """A row as it stands, for comparison with ``expected_row``."""
    return {
        f: pytest.approx(v) if isinstance(v := figures[scope, table, row, f], float) else v
        for f in FIELDS[:8]
    }


def check_definitions(figures: Figures, desk: str = "", more: tuple[int, ...] = ()) -> None:
    """Every shown row is what its definition makes of the ratings, ``more`` of them at ``desk``."""
    rated = {name: (*one.levels, *(COMPLAINED if name == "colleague" else ()),
                    *(more if name == desk else ())) for name, one in DESKS.items()}
    for name, one in DESKS.items():
        if len(rated[name]) >= 10:
            row = expected_row(rated[name], 2 * SIZE)
            assert shown(figures, "all", "officer", one.officer) == row
            assert shown(figures, one.unit, "officer", one.officer) == row
    everything = [level for levels in rated.values() for level in levels]
    house = expected_row(everything, 2 * SIZE * len(DESKS))
    assert shown(figures, "all", "total", "") == house
    assert shown(figures, "all", "trend", "201810") == house
    centre = expected_row([*rated["mixed"], *rated["colleague"]], 4 * SIZE)
    for table, key in (("unit", "HL-TTHCC"), ("procedure", "1.900001")):
        assert shown(figures, "all", table, key) == shown(figures, "HL-TTHCC", table, key) == centre


@dataclass(frozen=True)
class Five:
    """Five ratings at one desk and the figures that may differ in the rows of its unit."""

    desk: str
    levels: tuple[int, ...]
    figures: str
    officer: str = ""
    """What differs only in the officer's row."""
    procedure: str = ""
    """What differs only in the procedure's row."""
    colleague: str = ""
    """What differs in the row of the officer of the same unit who was not rated."""


MORE = "n coverage"
FIVES = {
    "n": Five("mixed", (1, 4, 4, 5, 5), f"{MORE} low high levels"),
    "coverage": Five("colleague", (2, 4, 4, 5, 5), f"{MORE} low high levels"),
    "share": Five("mixed", (1, 1, 2, 2, 3), f"{MORE} share low high levels", "adjusted",
                  colleague="adjusted"),
    "low": Five("praised", (5,) * 5, f"{MORE} low"),
    "high": Five("blamed", (1,) * 5, f"{MORE} high"),
    "levels": Five("praised", (4,) * 5, f"{MORE} low levels"),
    "levels of the unsatisfied": Five("blamed", (3,) * 5, f"{MORE} high levels"),
    "suppressed": Five("few", (5, 5, 4, 2, 1), f"{MORE} share low high levels suppressed",
                       "tier", procedure="tier"),
}
SHARES = ("n", "coverage", "share", "low", "high", "levels")


@pytest.mark.parametrize("case", FIVES.values(), ids=FIVES)
def test_five_ratings_move_exactly_their_figures(desks: Office, case: Five) -> None:
    desk = DESKS[case.desk]
    receipts = desk.codes(20, 5)
    before = look()
    for receipt, level in zip(receipts[:4], case.levels, strict=False):
        desks.rate([receipt], [level])
    four = look()
    assert moved(before, four) == recorded(desk.unit)
    desks.rate(receipts[4:], case.levels[4:])
    after = look()

    own = rows_of(desk)
    may = fields_of([desk.unit], own, case.figures)
    may |= fields_of(["all"], own[1:4], case.figures) | recorded(desk.unit)
    may |= fields_of(["all", desk.unit], [("officer", desk.officer)], case.officer)
    may |= fields_of(["all", desk.unit], [("procedure", desk.procedure)], case.procedure)
    if case.procedure:  # among those of the other wards it can be placed
        may |= fields_of(["all"], [("procedure", desk.procedure)], "adjusted reliability")
    if case.colleague:
        other = ("officer", DESKS["colleague"].officer)
        may |= fields_of(["all", desk.unit], [other], case.colleague)
    house = fields_of(["all"], [("total", ""), ("trend", "201810")], " ".join(SHARES))
    difference = moved(before, after)
    assert difference - house == may
    assert fields_of(["all"], [("total", ""), ("trend", "201810")], MORE) <= difference
    check_definitions(before)
    check_definitions(after, case.desk, case.levels)


STEPS = {
    "eligible": ("unrated", {"finished_at": "", "returned_at": ""}, 1),
    "coverage": ("mixed", {"finished_at": "", "returned_at": ""}, 1),
    "eligible by the hand-over": ("unrated", {}, 2),
    "coverage by a supplement": ("praised", {"supplement_count": "1"}, 3),
}


@pytest.mark.parametrize(("name", "says", "steps"), STEPS.values(), ids=STEPS)
def test_one_dossier_moves_exactly_what_could_be_rated(
    desks: Office, name: str, says: dict[str, str], steps: int
) -> None:
    desk = DESKS[name]
    before = look()
    desks.take_in(desk.dossiers(60, 1, **says))
    after = look()
    figures = "eligible coverage" if desk.levels else "eligible"
    may = fields_of([desk.unit], rows_of(desk), figures)
    may |= fields_of(["all"], rows_of(desk)[1:4], figures)
    may |= fields_of(["all"], [("total", ""), ("trend", "201810")], "eligible coverage")
    assert moved(before, after) == may
    for key in may:
        if key[3] == "eligible":
            assert after[key] == int(str(before[key])) + steps


def test_a_dossier_of_september_moves_only_that_month(desks: Office) -> None:
    before = look()
    desks.take_in(DESKS["mixed"].dossiers(
        60, 1, received_at="2018-09-03 08:00", finished_at="", returned_at=""
    ))
    assert moved(before, look()) == fields_of(
        ["all", "HL-TTHCC"], [("trend", "201809")], "eligible coverage"
    )


def test_five_ratings_of_september_move_only_that_month(desks: Office) -> None:
    receipts = DESKS["mixed"].codes(SIZE + 10, 5)
    before = look()
    desks.rate(receipts[:4], (1, 1, 2, 3), rated_at=SEPTEMBER)
    assert moved(before, look()) == set()
    desks.rate(receipts[4:], (3,), rated_at=SEPTEMBER)
    after = look()
    assert moved(before, after) == fields_of(
        ["all", "HL-TTHCC"], [("trend", "201809")], " ".join(SHARES)
    )
    assert shown(after, "all", "trend", "201809") == expected_row((*MIXED, 1, 1, 2, 3, 3), 30)


def test_five_more_of_a_reason_move_the_reason(desks: Office) -> None:
    desk = DESKS["mixed"]
    receipts, levels = desk.codes(20, 5), (1, 4, 4, 5, 5)
    before = look()
    desks.rate(receipts[:4], levels[:4], reasons=["cho_lau"])
    assert moved(before, look()) == recorded(desk.unit)
    desks.rate(receipts[4:], levels[4:], reasons=["cho_lau"])
    after = look()
    reasons = {k for k in moved(before, after) if k[1] == "reason"}
    assert reasons == fields_of(
        ["all", desk.unit], [("reason", "cho_lau")], "n share low high levels suppressed"
    )
    assert [after["all", "reason", "cho_lau", f] for f in ("n", "levels")] == [
        10, (2, 0, 0, 4, 4)
    ]


def test_a_new_reason_appears_with_its_fifth(desks: Office) -> None:
    desk = DESKS["mixed"]
    receipts = desk.codes(20, 5)
    desks.rate(receipts[:4], (1, 4, 4, 5), reasons=["thai_do"])
    assert ("all", "reason", "thai_do", "n") not in look()
    desks.rate(receipts[4:], (5,), reasons=["thai_do"])
    after = look()
    assert after["all", "reason", "thai_do", "n"] == 5
    assert after["all", "reason", "cho_lau", "n"] == 5


def test_a_single_rating_without_receipt_is_recorded_and_nothing_else(desks: Office) -> None:
    before = look()
    desks.rate([""], [1])
    assert moved(before, look()) == recorded("HL-TTHCC")


def test_a_closed_month_releases_what_was_pending(
    desks: Office, still_clock: clock.FrozenClock
) -> None:
    desk = DESKS["praised"]
    desks.rate(desk.codes(20, 2), (5, 5))
    before = look()
    still_clock.advance(days=24)
    feedback.release_closed(now=clock.now())
    difference = moved(before, look())
    house = fields_of(["all"], [("total", ""), ("trend", "201810")], " ".join(SHARES))
    assert difference - house == fields_of([desk.unit], rows_of(desk), f"{MORE} low") | fields_of(
        ["all"], rows_of(desk)[1:4], f"{MORE} low"
    )


def _share(value: object) -> str:
    return "–" if value is None else f"{float(str(value)) * 100:.1f}%".replace(".", ",")


def _overview(office: Office, address: str) -> dict[str, list[str]]:
    """Texts of the overview's tiles and of its rows by unit and month."""
    html = unescape(office.page(address))
    tiles = re.findall(r'<p class="v num"[^>]*>(.*?)</p>', html)
    rows = {
        re.sub(r"<.*?>", "", name): [
            re.sub(r"<.*?>", "", cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", cells)
        ] for name, cells in re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', html)
    }
    return {"tiles": tiles, **rows}


def _exported(office: Office, kind: str) -> dict[str, list[str]]:
    """Cells of an exported table by the row's label."""
    text = office.page(f"/manage/{kind}?period={PERIOD}&export=csv").removeprefix("\ufeff")
    rows = list(csv.reader(io.StringIO(text)))
    head = next(i for i, row in enumerate(rows) if len(row) > 3)
    return {row[0]: row[1:8] for row in rows[head + 1 :]}


def _typical() -> str:
    """The typical time of a rating, as reporting gives it, in the page's words."""
    with db.reading() as conn:
        units = [unit.id for unit in organisation.receiving_units(conn)]
        found = durations.of_period(conn, periods.parse(PERIOD).months, units)
    assert found.median_s is not None
    return f"{found.median_s:.0f} giây"


def test_pages_and_exports_show_what_reporting_gives(desks: Office) -> None:
    desk = DESKS["mixed"]
    with db.reading() as conn:
        units = {u.ref: u.name("vi") for u in organisation.receiving_units(conn)}
        labels = {
            "officer": {o.code: o.full_name for o in organisation.officers(conn).values()},
            "procedure": {p.code: p.name("vi") for p in organisation.procedures(conn).values()},
        }
    for levels in ((), (1, 1, 2, 2, 3)):
        if levels:
            desks.rate(desk.codes(20, 5), levels)
        figures = look()
        page = _overview(desks, f"/manage/?period={PERIOD}")
        assert page["tiles"] == [
            _share(figures["all", "total", "", "share"]),
            str(figures["all", "overview", "", "recorded"]),
            _share(figures["all", "total", "", "coverage"]),
            _typical(),
        ]
        for table, row, name in (
            ("unit", desk.unit, units[desk.unit]), ("trend", "201810", "10/2018"),
            ("trend", "201809", "09/2018"),
        ):
            n, coverage, share = (figures["all", table, row, f] for f in SHARES[:3])
            assert page[name][:3] == [str(n), _share(coverage), _share(share)]
        for table, kind in (("officer", "officers"), ("procedure", "procedures")):
            exported = _exported(desks, kind)
            for row, label in labels[table].items():
                if ("all", table, row, "n") in figures:
                    cells = [figures["all", table, row, f] for f in (
                        "n", "eligible", "coverage", "share", "low", "high", "adjusted")]
                    found = exported.get(label) or exported[f"{label} ({row})"]  # a namesake
                    assert [_exact(float(c)) if c else None for c in found] == cells
