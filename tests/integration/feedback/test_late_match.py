"""Two tablets rate one receipt before its dossier is known: exactly one of the two is counted."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from kiosk_app import create_app
from kiosk_app.config import Settings
from kiosk_app.core import clock, db
from kiosk_app.core.audit import SYSTEM
from kiosk_app.devices import commands as devices
from kiosk_app.dossiers import intake
from kiosk_app.feedback import commands, queries, recount
from kiosk_app.organisation import queries as organisation
from kiosk_app.reporting import periods, satisfaction
from tests.integration.feedback.seed import HEADER, seed_organisation

CODE = "000.00.12.H49-181001-0007"
Said = dict[str, object]
SCAN: Said = {"receipt": CODE, "step": "return", "entry": "scan"}
TYPED: Said = {"receipt": "000 00 12 h49 181oo1 0007", "step": None, "entry": "typed"}
DIGITS: Said = {"receipt": None, "receipt_hint": "010007", "step": None, "entry": "typed"}
PAIRS = {
    "scan, then typed": (SCAN, TYPED), "typed, then scan": (TYPED, SCAN),
    "scan, then digits": (SCAN, DIGITS), "digits, then scan": (DIGITS, SCAN),
    "typed, then digits": (TYPED, DIGITS), "digits, then typed": (DIGITS, TYPED),
    "digits twice": (DIGITS, DIGITS),
}


@dataclass
class Tablet:
    """A tablet that was offline: it keeps what it rated and sends it later."""

    app: Flask
    token: str
    epoch: str = field(default_factory=lambda: str(uuid.uuid4()))
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def rated(self, **changed: object) -> dict[str, object]:
        return {
            "id": str(uuid.uuid4()), "epoch": self.epoch, "seq": next(self.numbers),
            "kind": "rating", "level": 5, "receipt": None, "step": "return", "channel": "tablet",
            "entry": "scan", "questionnaire": "sao5@1", "answers": {}, "reasons": [],
            "lang": "vi", "rated_at": clock.now().isoformat(), "clock_offset_ms": 0,
            "duration_ms": 4000, **changed,
        }

    def deliver(self, *items: dict[str, object]) -> list[tuple[str, str | None]]:
        answer = self.app.test_client().post(
            "/api/v1/ratings", json={"ratings": items},
            headers={"Authorization": f"Bearer {self.token}"},
        )
        assert answer.status_code == 200, answer.text
        results: list[dict[str, Any]] = answer.get_json()["results"]
        return [(one["verdict"], one["reason"]) for one in results]


@dataclass
class Office:
    """The centre with two tablets and the ward of Bạch Đằng with one."""

    folder: Path
    tablets: Sequence[Tablet]
    foreign: Tablet
    centre: int
    ward: int
    files: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def take_in(self, *codes: str, **changed: str) -> None:
        """Import a file and let matching run, as ``kiosk import dossiers`` does."""
        row = {
            "unit_id": "HL-TTHCC", "procedure_code": "1.900001", "officer_code": "HL.CB.001",
            "channel": "direct", "received_at": "2018-10-01 08:00", "due_date": "2018-10-10",
            "finished_at": "2018-10-05 09:00", "returned_at": "2018-10-08 10:00",
            "supplement_count": "0", "status": "10", **changed,
        }
        lines = [",".join({**row, "dossier_code": code}[h] for h in HEADER) for code in codes]
        path = self.folder / f"late{next(self.files)}.csv"
        path.write_text("\n".join([",".join(HEADER), *lines, ""]), "utf-8")
        report = intake.import_file(path, actor=SYSTEM, now=clock.now())
        assert report.published, report.findings
        commands.match_unmatched(now=clock.now())
        commands.refresh_attributions(report.changed_keys, now=clock.now())

    def states(self) -> dict[str, int]:
        with db.reading() as conn:
            found = queries.state_counts(conn)
        return {state: found[state] for state in ("counted", "unmatched", "superseded")}

    def recorded(self, unit_id: int) -> int:
        """What the manager's overview says was recorded."""
        with db.reading() as conn:
            found = satisfaction.overview(
                conn, periods.parse("2018-10"), [unit_id], [201810], "vi"
            )
        return found.recorded


@pytest.fixture
def office(settings: Settings, still_clock: clock.FrozenClock, tmp_path: Path) -> Iterator[Office]:
    app = create_app(settings)
    clock.bind(still_clock)
    centre = seed_organisation(clock.now())
    with db.reading() as conn:
        ward = organisation.unit_by_ref(conn, "P-BACHDANG")
    assert ward is not None
    tablets = [
        Tablet(app, devices.add(
            f"TAB-{number}", unit_id=unit_id, counter_id=None, actor=SYSTEM, now=clock.now()
        )[1])
        for number, unit_id in enumerate((centre, centre, ward))
    ]
    yield Office(tmp_path, tablets[:2], tablets[2], centre, ward)
    db.current().dispose()


def nothing_differs() -> None:
    with db.reading() as conn:
        assert recount.check(conn) == []


@pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS)
def test_of_two_tablets_one_is_counted_and_the_other_superseded(
    office: Office, pair: tuple[Said, ...]
) -> None:
    for tablet, said, level in zip(office.tablets, pair, (5, 1), strict=True):
        assert tablet.deliver(tablet.rated(**said, level=level)) == [("created", None)]
    assert office.states() == {"counted": 0, "unmatched": 2, "superseded": 0}
    assert office.recorded(office.centre) == 2
    nothing_differs()
    office.take_in(CODE)
    assert office.states() == {"counted": 1, "unmatched": 0, "superseded": 1}
    assert office.recorded(office.centre) == 1
    nothing_differs()
    assert commands.match_unmatched(now=clock.now()) == 0
    third = office.tablets[0]
    assert third.deliver(third.rated(**SCAN)) == [("rejected", "already_rated")]
    assert office.states() == {"counted": 1, "unmatched": 0, "superseded": 1}
    nothing_differs()


def test_the_one_that_counts_carries_the_dossiers_facts(office: Office) -> None:
    first, second = office.tablets
    first.deliver(first.rated(**SCAN, level=4))
    second.deliver(second.rated(**TYPED, level=1))
    office.take_in(CODE)
    with db.reading() as conn:
        officer = organisation.officer_by_code(conn, "HL.CB.001")
        rows = conn.execute(text(
            "SELECT i.level, a.version, a.state, a.officer_id, a.step, a.cause "
            "FROM attributions a JOIN rating_items i ON i.id = a.item_id ORDER BY a.id"
        )).all()
        counted = conn.execute(text(
            "SELECT level, officer_id, linked, n FROM rating_months WHERE n <> 0"
        )).all()
    assert [tuple(row) for row in rows] == [
        (4, 1, "unmatched", 0, "return", "arrival"), (1, 1, "unmatched", 0, "", "arrival"),
        (4, 2, "counted", officer, "return", "late_match"),
        (1, 2, "superseded", officer, "return", "late_match"),
    ]
    assert [tuple(row) for row in counted] == [(4, officer, 1, 1)]


def test_the_same_receipt_and_step_is_refused_before_the_dossier_is_known(office: Office) -> None:
    first, second = office.tablets
    assert first.deliver(first.rated(**SCAN)) == [("created", None)]
    assert second.deliver(second.rated(**SCAN, level=1)) == [("rejected", "already_rated")]
    office.take_in(CODE)
    assert office.states() == {"counted": 1, "unmatched": 0, "superseded": 0}
    nothing_differs()


def test_two_steps_of_one_receipt_are_two_ratings(office: Office) -> None:
    first, second = office.tablets
    early = "2018-10-02T09:00:00+07:00"
    first.deliver(first.rated(**SCAN))
    second.deliver(second.rated(**TYPED | {"rated_at": early}))
    office.take_in(CODE)
    assert office.states() == {"counted": 2, "unmatched": 0, "superseded": 0}
    nothing_differs()


def test_a_receipt_rated_on_another_units_tablet_is_its_own_units(office: Office) -> None:
    here, there = office.tablets[0], office.foreign
    there.deliver(there.rated(**SCAN, level=2))
    here.deliver(here.rated(**TYPED))
    assert (office.recorded(office.ward), office.recorded(office.centre)) == (0, 2)
    office.take_in(CODE)
    assert (office.recorded(office.ward), office.recorded(office.centre)) == (0, 1)
    assert office.states() == {"counted": 1, "unmatched": 0, "superseded": 1}
    nothing_differs()


def test_digits_typed_on_another_units_tablet_never_take_the_receipt(office: Office) -> None:
    here, there = office.tablets[0], office.foreign
    there.deliver(there.rated(**DIGITS))
    here.deliver(here.rated(**TYPED))
    office.take_in(CODE)
    assert office.states() == {"counted": 1, "unmatched": 1, "superseded": 0}
    assert (office.recorded(office.ward), office.recorded(office.centre)) == (1, 1)
    nothing_differs()


def test_many_pairs_in_one_delivery_each_leave_one(office: Office) -> None:
    codes = [f"000.00.12.H49-181001-{number:04d}" for number in range(1, 101)]
    for tablet, said in zip(office.tablets, (SCAN, TYPED), strict=True):
        sent = tablet.deliver(*[tablet.rated(**{**said, "receipt": code}) for code in codes])
        assert set(sent) == {("created", None)}
    office.take_in(*codes[:60])
    assert office.states() == {"counted": 60, "unmatched": 80, "superseded": 60}
    nothing_differs()
    office.take_in(*codes)
    assert office.states() == {"counted": 100, "unmatched": 0, "superseded": 100}
    assert office.recorded(office.centre) == 100
    nothing_differs()
