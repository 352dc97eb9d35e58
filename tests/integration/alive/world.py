"""A small office of the autumn of 2018 that the manager's pages are read in, and what can happen.

Two units with ratings, ten or more in every cell that is looked at; the pages are read on
20 November, when October is closed. Everything goes through the commands of an office.
"""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Row, text

from kiosk_app.accounts import commands as accounts
from kiosk_app.core import db
from kiosk_app.core.audit import SYSTEM
from kiosk_app.devices import commands as devices
from kiosk_app.dossiers import intake
from kiosk_app.feedback import commands as feedback
from kiosk_app.feedback.records import Sender
from kiosk_app.reporting import commands as reporting
from tests.integration.feedback.seed import HEADER, seed_organisation

STAGE = "told"
CENTRE, WARD = "HL-TTHCC", "P-BACHDANG"
PREFIX = {CENTRE: "000.00.12.H49", WARD: "000.32.12.H49"}
OFFICER = {CENTRE: "HL.CB.001", WARD: "HL.P.068"}
PROCEDURE = {CENTRE: "1.900001", WARD: "1.001193"}
TABLET = {CENTRE: "TAB-C01", WARD: "TAB-W01"}
LOCAL_MS = 7 * 3_600_000
RATED = datetime(2018, 10, 12, 2, tzinfo=UTC)
SEPTEMBER = datetime(2018, 9, 20, 2, tzinfo=UTC)
READ = datetime(2018, 11, 20, 3, tzinfo=UTC)
"""When the pages are read."""
READER = "thanh.tra"
LEVELS = (1, 4, 5, 5, 5)
SLOW, LATE_AGAIN, POLITE = "Chờ lâu quá", "Trả hồ sơ trễ hẹn", "Cán bộ rất lịch sự"
LATE = range(201, 300)
"""Running numbers of dossiers whose result came late."""


def code(unit: str, number: int, day: str = "181001") -> str:
    return f"{PREFIX[unit]}-{day}-{number:04d}"


def dossier(unit: str, number: int, **changed: str) -> dict[str, str]:
    """A dossier of October: late from number 201 to 299, else in time."""
    return {
        "dossier_code": code(unit, number), "unit_id": unit, "procedure_code": PROCEDURE[unit],
        "officer_code": OFFICER[unit], "channel": "direct", "received_at": "2018-10-01 08:00",
        "due_date": "2018-10-03" if number in LATE else "2018-10-10",
        "finished_at": "2018-10-05 09:00", "returned_at": "2018-10-08 10:00", **changed,
    }


def of_september(unit: str, number: int, **changed: str) -> dict[str, str]:
    return dossier(
        unit, number, dossier_code=code(unit, number, "180901"), received_at="2018-09-03 08:00",
        due_date="2018-09-10", finished_at="2018-09-05 09:00", returned_at="2018-09-08 10:00",
    ) | changed


def take_in(rows: Sequence[dict[str, str]], now: datetime = READ) -> None:
    """Import one file, and what the worker does after it."""
    lines = [",".join(row.get(name, "") for name in HEADER) for row in rows]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "dossiers.csv"
        path.write_text("\n".join([",".join(HEADER), *lines, ""]), "utf-8")
        report = intake.import_file(path, actor=SYSTEM, now=now)
    assert report.published, report.findings[:3]
    feedback.match_unmatched(now=now)
    feedback.refresh_attributions(report.changed_keys, now=now)


def work(now: datetime = READ) -> None:
    """What the worker does within a minute."""
    feedback.match_unmatched(now=now)
    feedback.release_closed(now=now)
    reporting.decide(now=now)
    reporting.read_comments()


def asked(statement: str, **values: object) -> Sequence[Row[tuple[object, ...]]]:
    """Rows of a statement of the test's own."""
    with db.reading() as conn:
        return conn.execute(text(statement), values).all()


def tablet_of(unit: str) -> tuple[int, int]:
    """Tablet and unit by number."""
    ((device, at),) = asked("SELECT id, unit_id FROM devices WHERE name = :name", name=TABLET[unit])
    return int(str(device)), int(str(at))


def officer_of(unit: str) -> int:
    ((found,),) = asked("SELECT id FROM officers WHERE code = :c", c=OFFICER[unit])
    return int(str(found))


def _epoch(unit: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, TABLET[unit]))


def rate(
    unit: str, receipts: Iterable[str | None], levels: Iterable[int] = LEVELS, *,
    at: datetime = RATED, arrived: datetime | None = None, skip: int = 0, start: int = 0,
    **changed: object,
) -> None:
    """Deliver ratings from the unit's tablet, numbered on from the last one.

    ``skip`` numbers are left out before them; ``start`` is the first number itself.
    """
    device, place = tablet_of(unit)
    ((last,),) = asked(
        "SELECT COALESCE(MAX(seq), 0) FROM rating_items WHERE device_id = :d AND epoch = :e",
        d=device, e=_epoch(unit),
    )
    items = [
        {
            "id": str(uuid.uuid4()), "epoch": _epoch(unit), "seq": (start - 1 if start else int(str(last)) + skip) + i,
            "kind": "rating", "level": level, "receipt": receipt, "step": "return",
            "channel": "tablet", "entry": "scan" if receipt else None,
            "questionnaire": "sao5@1", "answers": {}, "reasons": [], "lang": "vi",
            "rated_at": at.isoformat(), "clock_offset_ms": 0, "duration_ms": 4000, **changed,
        } for i, (receipt, level) in enumerate(zip(receipts, levels, strict=True), 1)
    ]
    outcome = feedback.record(
        items, sender=Sender(device_id=device, unit_id=place),
        now=arrived or at + timedelta(seconds=2),
    )
    assert {one.verdict for one in outcome.results} == {"created"}, outcome.results


def report(unit: str, *, skew_ms: int | None = 0, at: datetime = READ, **changed: object) -> None:
    """A sign of life of the unit's tablet, like the one that the world begins with."""
    devices.heartbeat(tablet_of(unit)[0], {
        "queue_length": 0, "battery": 80, "withdrawn": 0, "app_version": "1.0", **changed,
    }, skew_ms=skew_ms, now=at)


def codes(unit: str, first: int, n: int = 5) -> list[str]:
    return [code(unit, number) for number in range(first, first + n)]


def build() -> None:
    """Centre: 60 results in October, 20 of them late; 20 and 5 rated, five without a receipt.

    Ward: 30 results, 15 rated. September: 20 results of each, ten rated.
    """
    centre = seed_organisation(RATED)
    take_in([
        *(dossier(CENTRE, i) for i in (*range(1, 41), *range(201, 221))),
        *(dossier(WARD, i) for i in range(1, 31)),
        *(of_september(unit, i) for unit in (CENTRE, WARD) for i in range(1, 21)),
    ], RATED)
    ((ward,),) = asked("SELECT id FROM units WHERE ref = :r", r=WARD)
    for unit, at in ((CENTRE, centre), (WARD, int(str(ward)))):
        devices.add(TABLET[unit], unit_id=at, counter_id=None, actor=SYSTEM, now=SEPTEMBER)
        report(unit)
        september = [code(unit, i, "180901") for i in range(1, 11)]
        rate(unit, september, LEVELS * 2, at=SEPTEMBER, comment=SLOW if unit == CENTRE else None)
    for first, entry, comment, reasons in (
        (1, "scan", SLOW, []), (6, "scan", SLOW, []), (11, "typed", LATE_AGAIN, []),
        (16, "invited", None, ["cho_lau"]),
    ):
        rate(CENTRE, codes(CENTRE, first), entry=entry, comment=comment, reasons=reasons)
    rate(CENTRE, codes(CENTRE, 201))
    rate(CENTRE, [None] * 5)
    for first, comment in ((1, POLITE), (6, POLITE), (11, None)):
        rate(WARD, codes(WARD, first), comment=comment)
    accounts.add_user(
        READER, role="inspector", unit_id=None, officer_id=None, password="mot-mat-khau-dai",
        actor=SYSTEM, now=SEPTEMBER,
    )
    work()
