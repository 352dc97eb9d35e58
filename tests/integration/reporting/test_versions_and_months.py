"""Dated versions of procedures, facts that come late, and months that could be subtracted."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from kiosk_app.core import clock, db
from kiosk_app.core.audit import SYSTEM
from kiosk_app.organisation import commands as organisation
from kiosk_app.organisation import queries as organisation_queries
from kiosk_app.reporting import periods, satisfaction, service_quality
from tests.integration.feedback import seed
from tests.integration.reporting.conftest import Office, code


def dossier(number: int, **changed: str) -> dict[str, str]:
    return {
        "dossier_code": code("HL-TTHCC", number), "unit_id": "HL-TTHCC",
        "procedure_code": "1.900001", "officer_code": "HL.CB.001", "channel": "direct",
        "received_at": "2018-10-01 08:00", "due_date": "2018-10-03", "finished_at": "",
        "returned_at": "", "supplement_count": "0", **changed,
    }


def newest_late() -> int:
    with db.reading() as conn:
        found = conn.execute(text("SELECT late FROM attributions ORDER BY id DESC LIMIT 1"))
        return int(found.scalar_one())


@pytest.mark.parametrize("entry", ["code", "digits"])
def test_late_facts_reach_a_rating_however_it_was_matched(office: Office, entry: str) -> None:
    if entry == "code":
        office.rate([code("HL-TTHCC", 7)], [5], step="reception")
    else:
        office.rate([""], [5], step="reception", receipt_hint="010007")
    office.take_in([dossier(7)])
    assert newest_late() == -1
    office.take_in([dossier(7, finished_at="2018-10-05 09:00")])
    assert newest_late() == 1


def test_a_version_of_next_year_leaves_this_one_as_it_was(office: Office) -> None:
    def catalogue() -> tuple[int, int, float | None]:
        with db.reading() as conn:
            units = [u.id for u in organisation_queries.receiving_units(conn)]
            centre = service_quality.service(conn, periods.parse("2018"), units).centre
        return centre.procedures, centre.online_procedures, centre.time_cut

    rows = seed.rows("procedures")
    new = {**rows[0], "valid_from": "2019-01-01", "iso_days": "10"}
    rows[0] = {**rows[0], "valid_to": "2018-12-31"}
    before = catalogue()
    assert organisation.import_procedures([*rows, new], actor=SYSTEM, now=clock.now()).ok
    office.take_in([dossier(8)])
    with db.reading() as conn:
        version = conn.execute(text(
            "SELECT p.valid_from FROM dossier_versions v JOIN procedures p ON p.id = v.procedure_id"
        )).scalar()
    assert str(version) == "2018-01-01"
    assert catalogue() == before


def test_no_hidden_month_stands_alone_in_its_quarter(office: Office) -> None:
    office.take_in([dossier(i) for i in range(1, 41)])
    office.rate([code("HL-TTHCC", i) for i in range(1, 21)], [5] * 18 + [1] * 2,
                rated_at="2018-07-20T09:00:00+07:00")
    office.rate([code("HL-TTHCC", i) for i in range(21, 26)], [1] * 5,
                rated_at="2018-09-20T09:00:00+07:00")
    office.rate([code("HL-TTHCC", i) for i in range(26, 36)], [4] * 10,
                rated_at="2018-08-20T09:00:00+07:00")
    with db.reading() as conn:
        centre = organisation_queries.unit_by_ref(conn, "HL-TTHCC")
        assert centre is not None
        found = satisfaction.overview(
            conn, periods.parse("2018"), [centre], [201807, 201808, 201809], "vi"
        )
    assert found.total.share is not None
    assert [row.share is None for row in found.trend] == [False, True, True]
