"""Comments as read go where their rating goes, are counted once, and leave with their comment."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from kiosk_app.core import clock, db
from kiosk_app.core.audit import SYSTEM
from kiosk_app.feedback import commands as feedback
from kiosk_app.feedback import readings, recount
from kiosk_app.organisation import queries as organisation
from kiosk_app.reporting import commands as reporting
from tests.integration.reporting.conftest import Office, code
from tests.integration.reporting.conftest import office as office
from tests.integration.reporting.conftest import stage as stage

SAID = (
    "Chờ lâu quá, gọi 0912345678 mới ra", "Cán bộ hướng dẫn tận tình, cảm ơn",
    "Chờ lâu, phải đi lại nhiều lần", "Nhanh gọn", "50% giấy tờ thừa_phiền",
)


def dossiers(office: Office, numbers: range, unit: str = "HL-TTHCC") -> None:
    office.take_in([
        {"dossier_code": code(unit, i), "unit_id": unit, "procedure_code": "1.900001",
         "officer_code": "HL.CB.001", "channel": "direct", "received_at": "2018-10-01 08:00",
         "due_date": "2018-10-10", "finished_at": "2018-10-05 09:00",
         "returned_at": "2018-10-08 10:00"} for i in numbers
    ])


def everywhere(**changed: object) -> readings.Where:
    with db.reading() as conn:
        units = [unit.id for unit in organisation.receiving_units(conn)]
    return readings.Where(**({  # type: ignore[arg-type]
        "first_day": 20181001, "last_day": 20181031, "last_week": 201944, "unit_ids": units,
    } | changed))


def found(**changed: object) -> list[str]:
    with db.reading() as conn:
        where = everywhere(**changed)
        listed = readings.listed(conn, where)
        assert readings.how_many(conn, where) == len(listed)
        assert recount.check(conn) == []
        return [one.text for one in listed]


def counted() -> int:
    with db.reading() as conn:
        where = everywhere()
        return sum(n for _, topic, _, n in readings.counts(
            conn, months=[201810], last_week=where.last_week, unit_ids=where.unit_ids
        ) if topic == readings.ALL)


def item(words: str) -> int:
    with db.reading() as conn:
        return int(conn.execute(text(
            "SELECT subject_id FROM rating_erasables WHERE comment LIKE :w"), {"w": f"%{words}%"}
        ).scalar_one())


def test_a_reading_follows_its_rating_and_leaves_with_its_comment(
    office: Office, still_clock: clock.FrozenClock
) -> None:
    dossiers(office, range(1, 4))
    office.decides = False
    for number, said in enumerate(SAID, 1):
        office.rate([code("HL-TTHCC", number)], [3], comment=said)
    assert found() == [], "nothing is shown before the rules of text have read it"
    assert reporting.read_comments() == 5
    assert reporting.read_comments() == 0
    assert len(found()) == counted() == 3, "a rating without its dossier is not counted yet"
    assert not any("0912345678" in one for one in found())
    dossiers(office, range(4, 6))
    assert len(found()) == counted() == 5
    assert sorted(found(words=("cho", "lau"))) == sorted(found(topic="cho_lau"))
    assert len(found(words=("cho", "lau"))) == 2
    assert len(found(words=("50%",))) == len(found(words=("thua_",))) == 1
    assert found(words=("5%5",)) == found(first_day=20181013) == found(unit_ids=[0]) == []
    with db.reading() as conn:
        officer = organisation.officer_by_code(conn, "HL.CB.001")
    assert len(found(officer_ids=[officer])) == 5
    assert found(officer_ids=[0]) == found(procedure_ids=[0]) == []
    feedback.redact_comment(item("Nhanh"), reason="bôi nhọ", actor=SYSTEM, now=clock.now())
    feedback.erase(item("0912345678"), reason="yêu cầu", actor=SYSTEM, now=clock.now())
    assert len(found()) == counted() == 3
    assert reporting.read_comments() == 0, "an erased comment is not read again"
    with db.reading() as conn:
        kept = conn.execute(text("SELECT masked FROM comment_readings")).scalars().all()
        assert len(kept) == 3
    still_clock.moment += timedelta(days=1)


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_a_comment_erased_while_it_is_read_is_not_kept(office: Office) -> None:
    dossiers(office, range(1, 3))
    office.decides = False
    for number, said in enumerate(SAID[:2], 1):
        office.rate([code("HL-TTHCC", number)], [3], comment=said)
    first = item("0912345678")

    def slow(said: str) -> tuple[str, str, dict[str, int]]:
        if "0912345678" in said:
            feedback.erase(first, reason="yêu cầu", actor=SYSTEM, now=clock.now())
        return said, said, {}

    assert feedback.read_comments(slow) == 1
    assert found() == [SAID[1]]


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_the_recount_names_a_reading_that_does_not_fit(office: Office) -> None:
    dossiers(office, range(1, 2))
    office.rate([code("HL-TTHCC", 1)], [3], comment=SAID[0])
    with db.transaction() as conn:
        conn.execute(text("UPDATE comment_readings SET officer_id = officer_id + 1"))
        conn.execute(text("UPDATE comment_counts SET n = n + 1"))
    with db.reading() as conn:
        tables = [one.table for one in recount.check(conn)]
    assert tables[0] == "comment_readings"
    assert "comment_counts" in tables
