"""What a tablet is told of a receipt: the right one, or none; and nothing personal."""

from __future__ import annotations

import itertools
import random
import uuid
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from kiosk_app import create_app
from kiosk_app.config import Settings
from kiosk_app.core import clock, db
from kiosk_app.core.audit import SYSTEM
from kiosk_app.core.columns import LOCAL_ZONE
from kiosk_app.devices import allowance
from kiosk_app.devices import commands as devices
from kiosk_app.dossiers import intake
from kiosk_app.dossiers import queries as dossier_queries
from kiosk_app.dossiers.rules import normal_form, tail_of
from kiosk_app.feedback import queries, receipts
from kiosk_app.organisation import queries as organisation
from tests.integration.feedback.conftest import Office
from tests.integration.feedback.seed import HEADER, seed_organisation

TOLD = {"state", "receipt", "procedure", "officer_display", "steps", "elsewhere"}
UNITS = {"HL-TTHCC": "000.00.12.H49", "P-BACHDANG": "000.32.12.H49"}
Ask = Callable[..., dict[str, Any]]
Dossier = dict[str, str]


class Tablet:
    """A paired tablet of the centre that asks over the interface."""

    def __init__(self, client: FlaskClient, token: str) -> None:
        self.client, self.headers = client, {"Authorization": f"Bearer {token}"}

    def ask(self, **query: str) -> dict[str, Any]:
        self.client.application.extensions["look_ups"] = allowance.Allowance()
        return self.ask_again(**query)

    def ask_again(self, **query: str) -> dict[str, Any]:
        answer = self.client.get("/api/v1/device/receipts", query_string=query, headers=self.headers)
        assert answer.status_code == 200
        told: dict[str, Any] = answer.get_json()
        assert set(told) == TOLD
        return told

    def rate(self, **item: object) -> tuple[str, str | None]:
        body = {
            "id": str(uuid.uuid4()), "epoch": str(uuid.uuid4()), "seq": 1, "kind": "rating", "level": 2,
            "step": None, "channel": "tablet", "entry": "typed", "questionnaire": "sao5@1",
            "answers": {}, "reasons": [], "lang": "vi", "rated_at": clock.now().isoformat(),
            "clock_offset_ms": 0, "duration_ms": 900, **item,
        }
        answer = self.client.post("/api/v1/ratings", json={"ratings": [body]}, headers=self.headers)
        one = answer.get_json()["results"][0]
        return one["verdict"], one["reason"]


@pytest.fixture
def tablet(settings: Settings, still_clock: clock.FrozenClock) -> Tablet:
    app = create_app(settings)
    clock.bind(still_clock)
    centre = seed_organisation(clock.now())
    token = devices.add("T", unit_id=centre, counter_id=None, actor=SYSTEM, now=clock.now())[1]
    return Tablet(app.test_client(), token)


def take_in(folder: Path, *dossiers: Dossier) -> None:
    path = folder / f"{uuid.uuid4()}.csv"
    lines = [",".join(one[name] for name in HEADER) for one in dossiers]
    path.write_text("\n".join([",".join(HEADER), *lines, ""]), "utf-8")
    report = intake.import_file(path, actor=SYSTEM, now=clock.now())
    assert report.published, report.findings
    assert report.created == len(dossiers), report.findings


def dossier(
    received: datetime, number: int, *, unit: str = "HL-TTHCC", returned: datetime | None = None
) -> Dossier:
    finished = "" if returned is None else f"{returned:%Y-%m-%d %H:%M}"
    return {
        "dossier_code": f"{UNITS[unit]}-{received:%y%m%d}-{number:04d}", "unit_id": unit,
        "procedure_code": "1.900001" if unit == "HL-TTHCC" else "1.001193",
        "officer_code": "HL.CB.001" if unit == "HL-TTHCC" else "", "channel": "direct",
        "received_at": f"{received:%Y-%m-%d %H:%M}",
        "due_date": f"{received + timedelta(days=9):%Y-%m-%d}", "finished_at": finished,
        "returned_at": finished, "supplement_count": "0", "status": "10" if returned else "4",
    }


def local_now() -> datetime:
    return clock.now().astimezone(LOCAL_ZONE).replace(tzinfo=None)


def rateable(one: Dossier, now: datetime) -> bool:
    """Written apart from the service: received, and open or handed over in the last 30 days."""
    received = datetime.fromisoformat(one["received_at"])
    returned = datetime.fromisoformat(one["returned_at"]) if one["returned_at"] else None
    return received <= now and (returned is None or now - returned <= timedelta(days=30))


def test_six_digits_lead_to_the_one_dossier_that_fits_or_to_none(
    tablet: Tablet, tmp_path: Path
) -> None:
    """Many dossiers of two units share few endings: the answer is the only one possible, or none."""
    draw, now = random.Random(20181015), local_now()
    dossiers: dict[str, Dossier] = {}
    for _ in range(420):
        received = now - timedelta(days=draw.randrange(0, 120), minutes=draw.randrange(0, 300))
        back = draw.choice([None, received + timedelta(days=draw.randrange(0, 60))])
        one = dossier(
            received, draw.randrange(1, 5), unit=draw.choice(list(UNITS)),
            returned=back if back and back < now else None,
        )
        dossiers[one["dossier_code"]] = one
    take_in(tmp_path, *dossiers.values())
    fitting: dict[str, list[str]] = defaultdict(list)
    for code, one in dossiers.items():
        if one["unit_id"] == "HL-TTHCC" and rateable(one, now):
            fitting[tail_of(normal_form(code))].append(code)
    seen = defaultdict(int)
    for day, number in itertools.product(range(1, 32), range(1, 6)):
        digits = f"{day:02d}{number:04d}"
        told, codes = tablet.ask(digits=digits), fitting[digits]
        expected = "open" if len(codes) == 1 else "ambiguous" if codes else "unknown"
        assert (told["state"], told["receipt"]) == (expected, codes[0] if len(codes) == 1 else None)
        if expected != "open":
            assert {told[key] for key in TOLD - {"state", "steps"}} == {None}
        seen[expected] += 1
    assert min(seen[state] for state in ("open", "ambiguous", "unknown")) >= 5, dict(seen)


def test_a_whole_code_is_found_however_it_is_written(tablet: Tablet, tmp_path: Path) -> None:
    now = local_now()
    take_in(tmp_path, dossier(now, 42), dossier(now, 421))
    code = "000.00.12.H49-181015-0042"
    for written in (
        code, code.lower(), "000 00 12 H49 181015 0042", "OOO.OO.I2.H49–I8I0I5–OO42",
        "0000012h49—181o15—0042", f"  {code}\t", "０００.００.１２.Ｈ４９-１８１０１５-００４２",
    ):
        told = tablet.ask(code=written)
        assert (told["state"], told["receipt"]) == ("open", code), written
    assert tablet.ask(code="000.00.12.H49-181015-0043")["state"] == "unknown"
    assert tablet.ask(code="", digits="")["state"] == "unknown"
    assert tablet.ask(digits="15004")["state"] == "unknown"


def test_the_states_of_a_receipt(
    tablet: Tablet, tmp_path: Path, still_clock: clock.FrozenClock
) -> None:
    now = local_now()
    back = dossier(now - timedelta(days=12), 7, returned=now - timedelta(days=1))
    gone = dossier(now - timedelta(days=60), 8, returned=now - timedelta(days=31))
    foreign = dossier(now - timedelta(days=1), 9, unit="P-BACHDANG")
    take_in(tmp_path, back, gone, foreign)
    told = tablet.ask(code=back["dossier_code"])
    assert (told["state"], told["steps"], told["elsewhere"]) == ("open", ["return"], None)
    assert told["procedure"]
    assert told["officer_display"]
    assert tablet.rate(receipt=back["dossier_code"]) == ("created", None)
    told = tablet.ask(code=back["dossier_code"])
    assert told["state"] == "rated"
    assert tablet.ask(code=gone["dossier_code"])["state"] == "expired"
    assert tablet.ask(digits=tail_of(normal_form(gone["dossier_code"])))["state"] == "unknown"
    told = tablet.ask(code=foreign["dossier_code"])
    assert (told["state"], "Bạch Đằng" in told["elsewhere"]) == ("open", True)
    assert tablet.ask(digits=tail_of(normal_form(foreign["dossier_code"])))["state"] == "unknown"


def test_who_asks_too_often_learns_nothing_but_can_still_rate(
    tablet: Tablet, tmp_path: Path, still_clock: clock.FrozenClock
) -> None:
    take_in(tmp_path, dossier(local_now(), 42))
    assert tablet.ask(digits="150042")["state"] == "open"
    guesses = [tablet.ask_again(digits=f"15{n:04d}")["state"] for n in range(100, 100 + allowance.CAPACITY)]
    assert set(guesses) == {"unknown"}
    assert tablet.ask_again(digits="150042") == {
        "state": "unknown", "receipt": None, "procedure": None, "officer_display": None,
        "steps": [], "elsewhere": None,
    }
    assert tablet.rate(receipt="000.00.12.H49-181015-0042") == ("created", None)
    still_clock.moment += timedelta(minutes=1)
    assert tablet.ask_again(digits="150042")["state"] == "rated"


def test_how_ratings_came_in_is_kept_per_unit(tablet: Tablet, tmp_path: Path) -> None:
    for entry, number in (("scan", 1), ("scan", 2), ("typed", 3), ("invited", 4), (None, 5)):
        receipt = f"000.00.12.H49-181015-{number:04d}" if entry else None
        assert tablet.rate(receipt=receipt, entry=entry) == ("created", None)
    assert tablet.rate(receipt_hint="150042") == ("created", None)
    with db.reading() as conn:
        centre = organisation.unit_by_ref(conn, "HL-TTHCC")
        told = queries.entries_by_unit(conn, months=[201810], unit_ids=[centre])
    assert told == {centre: {"scan": 2, "typed": 2, "invited": 1, "": 1}}


def test_a_receipt_from_a_fast_clock_is_found_by_its_digits(office: Office) -> None:
    """The software that took it in may run ahead; who holds the paper is believed."""
    code = office.dossier(7)
    early = office.clock.now() - timedelta(days=20)
    with db.reading() as conn:
        received = dossier_queries.by_tail(conn, office.unit_id, tail_of(normal_form(code)))[0].received_ms
        before = datetime.fromtimestamp(received / 1000 - 7200, UTC)
        found = receipts.by_digits(conn, tail_of(normal_form(code)), unit_id=office.unit_id, now=before)
        unknown = receipts.by_digits(conn, tail_of(normal_form(code)), unit_id=office.unit_id, now=early)
    assert (found.state, found.receipt, unknown.state) == ("open", code, "unknown")
