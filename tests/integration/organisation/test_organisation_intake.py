from __future__ import annotations

from datetime import date

import pytest

from kiosk_app.core import db
from kiosk_app.core.audit import Actor
from kiosk_app.demo import aggregates
from kiosk_app.dossiers.rules import normal_form
from kiosk_app.organisation import commands, queries, seating
from kiosk_app.organisation.records import ImportResult
from tests.conftest import START

ACTOR = Actor("quan.tri", "administrator")
FILES = {
    "units": commands.import_units, "unit_events": commands.import_unit_events,
    "procedures": commands.import_procedures, "officers": commands.import_officers,
}


def take_in(name: str) -> ImportResult:
    return FILES[name](aggregates.rows(f"{name}.csv"), actor=ACTOR, now=START)


@pytest.fixture
def office(service: db.Database) -> None:
    for name in FILES:
        assert take_in(name).ok


def ref_ids() -> dict[str, int]:
    with db.reading() as conn:
        return {u.ref: u.id for u in queries.units(conn).values()}


@pytest.mark.usefixtures("service")
def test_every_file_is_taken_in_once() -> None:
    created = {name: take_in(name).created for name in FILES}
    assert created == {"units": 65, "unit_events": 65, "procedures": 396, "officers": 94}
    again = {name: take_in(name) for name in FILES}
    assert {name: r.unchanged for name, r in again.items()} == created
    assert not any(r.created or r.updated or r.errors for r in again.values())


@pytest.mark.usefixtures("office")
def test_people_postings_counters_and_fields_are_there() -> None:
    with db.reading() as conn:
        assert len(queries.officers(conn)) == 90
        assert len(queries.postings(conn)) == 94
        assert len(queries.fields(conn)) == 25
        levels = [p.level for p in queries.procedures(conn).values()]
        online = [p for p in queries.procedures(conn).values() if (p.online_level or 0) >= 3]
    assert (levels.count("city"), levels.count("ward")) == (303, 93)
    assert [sum(p.level == x for p in online) for x in ("city", "ward")] == [246, 68]


@pytest.mark.usefixtures("office")
def test_one_changed_cell_updates_one_row() -> None:
    rows = aggregates.rows("procedures.csv")
    rows[0]["iso_days"] = "19"
    done = commands.import_procedures(rows, actor=ACTOR, now=START)
    assert (done.created, done.updated, done.unchanged) == (0, 1, 395)


@pytest.mark.usefixtures("service")
def test_one_wrong_cell_keeps_the_whole_file_out() -> None:
    rows = aggregates.rows("units.csv")
    rows[4]["parent_id"] = "NOWHERE"
    rows[5]["valid_to"] = "30/02/2018"
    done = commands.import_units(rows, actor=ACTOR, now=START)
    assert [(e.row, e.column, e.reason) for e in done.errors] == [
        (6, "parent_id", "unit_unknown"), (7, "valid_to", "date_impossible"),
    ]
    with db.reading() as conn:
        assert queries.is_empty(conn)


@pytest.mark.usefixtures("service")
def test_a_missing_column_and_a_dry_run_write_nothing() -> None:
    done = commands.import_units([{"unit_id": "A"}], actor=ACTOR, now=START)
    assert {e.reason for e in done.errors} == {"column_missing"}
    dry = commands.import_units(aggregates.rows("units.csv"), actor=ACTOR, now=START, dry_run=True)
    assert dry.created == 65
    with db.reading() as conn:
        assert queries.is_empty(conn)


@pytest.mark.usefixtures("office")
def test_units_are_read_with_the_facts_of_their_day() -> None:
    ids = ref_ids()
    with db.reading() as conn:
        before = queries.descendants(conn, ids["HL"], on=date(2018, 6, 1))
        after = queries.descendants(conn, ids["HL"], on=date(2020, 1, 1))
        assert ids["X-LELOI"] not in before
        assert ids["X-LELOI"] in after
        became = queries.successors(conn, ids["P-YETKIEU"], on=date(2025, 7, 1))
        assert became == [(ids["N-HONGGAI"], "whole")]
        assert queries.successors(conn, ids["P-YETKIEU"], on=date(2018, 1, 1)) == [
            (ids["P-YETKIEU"], "whole")
        ]
        parts = queries.successors(conn, ids["X-DONGLAM"], on=date(2025, 7, 1))
        assert {share for _, share in parts} == {"part"}
        receiving = [u.kind for u in queries.receiving_units(conn)]
    assert (receiving[0], receiving.count("ward")) == ("centre", 20)


@pytest.mark.usefixtures("office")
def test_a_code_leads_to_its_unit_by_the_longest_prefix() -> None:
    ids = ref_ids()
    with db.reading() as conn:
        for code, ref in (
            ("000.00.12.H49-180131-0001", "HL-TTHCC"), ("000.21.12.h49 180131 0001", "P-BAICHAY"),
        ):
            assert queries.unit_by_prefix(conn, normal_form(code)) == ids[ref]
        assert queries.unit_by_prefix(conn, "H56231027") is None


@pytest.mark.usefixtures("office")
def test_an_officer_is_found_by_name_at_the_unit_on_the_day() -> None:
    centre = ref_ids()["HL-TTHCC"]
    with db.reading() as conn:
        def found(name: str, day: date) -> tuple[int | None, str]:
            match = queries.officer_by_name(conn, name, unit_id=centre, day=day)
            return match.officer_id, match.reason

        officer = queries.officer_by_code(conn, "HL.CB.005")
        assert found("vu ngoc mai", date(2018, 3, 31)) == (officer, "")
        assert found("vu ngoc mai", date(2018, 12, 31)) == (None, "officer_unknown")
        assert found("Đinh Tuấn Khánh", date(2018, 3, 1)) == (None, "officer_ambiguous")
        posting = queries.posting_on(conn, officer or 0, date(2018, 3, 31))
        assert posting is not None
        assert posting.unit_id == centre


@pytest.mark.usefixtures("office")
def test_the_newest_word_says_who_sits_at_a_counter() -> None:
    day = date(2018, 10, 15)
    with db.reading() as conn:
        counter = queries.counters(conn, ref_ids()["HL-TTHCC"])[0]
        first, second = list(queries.officers(conn))[:2]
        assert queries.seated(conn, counter.id, day) is None
    for officer in (first, second):
        seating.seat(counter.id, officer, day, actor=ACTOR, now=START)
    with db.reading() as conn:
        assert queries.seated(conn, counter.id, day) == second
        assert queries.seated(conn, counter.id, date(2018, 10, 16)) is None
