"""An office with its web application, a reader of every figure, and ways to change one of them."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kiosk_app import create_app
from kiosk_app.accounts import commands as accounts
from kiosk_app.config import Settings
from kiosk_app.core import clock, db
from kiosk_app.core.audit import SYSTEM
from kiosk_app.devices import commands as devices
from kiosk_app.dossiers import intake
from kiosk_app.feedback import commands as feedback
from kiosk_app.reporting import commands as reporting
from tests import stages
from tests.integration.feedback.seed import HEADER, seed_organisation
from tests.signing import signed_in

PREFIX = {
    "HL-TTHCC": "000.00.12.H49", "P-BACHDANG": "000.32.12.H49", "P-HONGHAI": "000.22.12.H49",
    "P-HONGHA": "000.33.12.H49", "P-HATRUNG": "000.34.12.H49", "P-HALAM": "000.35.12.H49",
    "P-HATU": "000.36.12.H49",
}
RATED_AT = "2018-10-12T09:00:00+07:00"


@dataclass
class Office:
    """The office under test: dossiers come in as files, ratings over HTTP."""

    folder: Path
    reader: FlaskClient
    tablet: FlaskClient
    token: str
    epoch: str = field(default_factory=lambda: str(uuid.uuid4()))
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    files: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    decides: bool = True
    """Whether what may be seen is decided after each change, as the worker does."""

    def take_in(self, rows: Sequence[dict[str, str]]) -> None:
        """Import one file of these rows; what is left out is blank."""
        lines = [",".join(row.get(name, "") for name in HEADER) for row in rows]
        path = self.folder / f"dossiers{next(self.files)}.csv"
        path.write_text("\n".join([",".join(HEADER), *lines, ""]), "utf-8")
        report = intake.import_file(path, actor=SYSTEM, now=clock.now())
        assert report.published, report.findings
        feedback.match_unmatched(now=clock.now())
        feedback.refresh_attributions(report.changed_keys, now=clock.now())
        if self.decides:
            reporting.decide(now=clock.now())
            reporting.read_comments()

    def rate(self, receipts: Sequence[str], levels: Sequence[int], **changed: object) -> None:
        """Deliver one rating of each receipt."""
        items = [
            {
                "id": str(uuid.uuid4()), "epoch": self.epoch, "seq": next(self.numbers),
                "kind": "rating", "level": level, "receipt": receipt, "step": "return",
                "channel": "tablet", "entry": "scan", "questionnaire": "sao5@1", "answers": {},
                "reasons": [], "lang": "vi", "rated_at": RATED_AT, "clock_offset_ms": 0,
                "duration_ms": 4000, **changed,
            }
            for receipt, level in zip(receipts, levels, strict=True)
        ]
        answer = self.tablet.post(
            "/api/v1/ratings", json={"ratings": items},
            headers={"Authorization": f"Bearer {self.token}"},
        )
        assert answer.status_code == 200, answer.text
        verdicts = {one["verdict"] for one in answer.get_json()["results"]}
        assert verdicts == {"created"}, answer.text
        if self.decides:
            reporting.decide(now=clock.now())
            reporting.read_comments()

    def page(self, address: str) -> str:
        """A page of the manager's, as an inspector reads it."""
        answer = self.reader.get(address)
        assert answer.status_code == 200, answer.text
        return answer.get_data(as_text=True)


def code(unit: str, number: int) -> str:
    """Code of a dossier of 1 October 2018."""
    return f"{PREFIX[unit]}-181001-{number:04d}"


@pytest.fixture
def stage() -> str:
    return stages.ORGANISED


@pytest.fixture
def office(
    settings: Settings, still_clock: clock.FrozenClock, tmp_path: Path
) -> Iterator[Office]:
    """An office whose organisation is known, with one tablet, read by an inspector."""
    app = create_app(settings)
    clock.bind(still_clock)
    centre = seed_organisation(clock.now())
    _, token = devices.add(
        "TAB-C01", unit_id=centre, counter_id=None, actor=SYSTEM, now=clock.now()
    )
    accounts.add_user(
        "thanh.tra", role="inspector", unit_id=None, officer_id=None,
        password="mot-mat-khau-dai", actor=SYSTEM, now=clock.now(),
    )
    reader = signed_in(app.test_client(), "thanh.tra")
    yield Office(tmp_path, reader, app.test_client(), token)
    db.current().dispose()
