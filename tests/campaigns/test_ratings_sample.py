"""60,000 deliveries as they reach a server: each gets exactly the verdict and state known of it."""

from __future__ import annotations

import csv
import gzip
import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text

from kiosk_app.core import clock, db
from kiosk_app.core.audit import SYSTEM
from kiosk_app.devices import commands as devices
from kiosk_app.dossiers import intake
from kiosk_app.dossiers.rules import normal_form, tail_of
from kiosk_app.feedback import commands, recount
from kiosk_app.feedback.records import Sender
from kiosk_app.organisation import queries as organisation
from tests.campaigns import length
from tests.integration.feedback.seed import rows, seed_organisation

DATA = Path(__file__).resolve().parents[1] / "data"
SHORT_LINES = 2000
WINDOW = 2000

Line = dict[str, Any]


def sample() -> tuple[list[Line], list[dict[str, str]]]:
    """The deliveries in the order of their arrival, and what is known of each."""
    with gzip.open(DATA / "ratings_sample.jsonl.gz", "rt", encoding="utf-8") as source:
        lines = [json.loads(line) for line in source]
    with gzip.open(DATA / "rating_verdicts.csv.gz", "rt", encoding="utf-8", newline="") as known:
        verdicts = list(csv.DictReader(known))
    end = len(lines) if length.FULL else SHORT_LINES
    return lines[:end], verdicts[:end]


def dossiers_file(folder: Path, lines: list[Line]) -> Path:
    """The year's export; in the short form only what the deliveries can mean."""
    whole = DATA / "dossiers_2018_full.csv.gz"
    if length.FULL:
        return whole
    named = {normal_form(line["receipt"]) for line in lines if line.get("receipt")}
    tails = {tail_of(code) for code in named}
    tails |= {line["receipt_hint"] for line in lines if line.get("receipt_hint")}
    path = folder / "dossiers.csv"
    with gzip.open(whole, "rt", encoding="utf-8") as source, path.open("w", encoding="utf-8") as out:
        out.write(next(source))
        out.writelines(
            row for row in source if tail_of(normal_form(row.partition(",")[0])) in tails
        )
    return path


def tablets(now: datetime) -> dict[str | None, Sender]:
    """Twelve tablets in the centre, one in each ward in the order of ``units.csv``."""
    with db.reading() as conn:
        units = {u.ref: u.id for u in organisation.receiving_units(conn)}
    wards = [str(r["unit_id"]) for r in rows("units") if str(r["unit_id"]).startswith("P-")]
    places = {f"TAB-C{i:02d}": "HL-TTHCC" for i in range(1, 13)}
    places |= {f"TAB-W{i:02d}": ref for i, ref in enumerate(wards[:20], 1)}
    made: dict[str | None, Sender] = {None: Sender(integration=True)}
    for name, ref in places.items():
        device, _token = devices.add(
            name, unit_id=units[ref], counter_id=None, actor=SYSTEM, now=now
        )
        made[name] = Sender(device_id=device, unit_id=units[ref])
    return made


def windows(lines: list[Line]) -> Iterator[list[int]]:
    """Stretches in which no receipt comes twice, so that the order of senders cannot matter."""
    chosen: list[int] = []
    seen: set[str] = set()
    for number, line in enumerate(lines):
        marks = {str(line.get("id")), str(line.get("receipt") or number)}
        if marks & seen or len(chosen) == WINDOW:
            yield chosen
            chosen, seen = [], set()
        chosen.append(number)
        seen |= marks
    yield chosen


def deliver(
    lines: list[Line], senders: dict[str | None, Sender], still: clock.FrozenClock
) -> list[tuple[str, str]]:
    """Verdict and reason of each line."""
    answers: dict[int, tuple[str, str]] = {}
    for window in windows(lines):
        queues: dict[str | None, list[int]] = defaultdict(list)
        for number in window:
            queues[lines[number].get("device")].append(number)
        still.moment = datetime.fromisoformat(lines[window[-1]]["received_at"])
        for name, numbers in queues.items():
            for start in range(0, len(numbers), 200):
                batch = numbers[start : start + 200]
                items = [
                    {k: v for k, v in lines[n].items() if k not in ("device", "received_at")}
                    for n in batch
                ]
                done = commands.record(items, sender=senders[name], now=still.now())
                for number, one in zip(batch, done.results, strict=True):
                    answers[number] = (one.verdict, one.reason or "")
    return [answers[n] for n in range(len(lines))]


def states() -> dict[str, str]:
    """Newest state of each accepted rating."""
    with db.reading() as conn:
        return {
            str(rating): str(state)
            for rating, state in conn.execute(text(
                "SELECT i.rating_id, a.state FROM rating_items i JOIN attributions a "
                "ON a.item_id = i.id ORDER BY a.version"
            ))
        }


def test_each_delivery_gets_its_verdict(
    service: db.Database, still_clock: clock.FrozenClock, tmp_path: Path
) -> None:
    lines, known = sample()
    seed_organisation(still_clock.now())
    start = time.perf_counter()
    report = intake.import_file(
        dossiers_file(tmp_path, lines), actor=SYSTEM, now=still_clock.now()
    )
    assert report.published
    taken_in = time.perf_counter()
    answers = deliver(lines, tablets(still_clock.now()), still_clock)
    recorded = time.perf_counter()
    wrong = [
        (number + 1, got, (one["verdict"], one["reason"]))
        for number, (got, one) in enumerate(zip(answers, known, strict=True))
        if got != (one["verdict"], one["reason"])
    ]
    assert wrong == []
    found = states()
    assert [
        (number + 1, found.get(lines[number]["id"]), one["state"])
        for number, one in enumerate(known)
        if one["verdict"] == "created" and found.get(lines[number]["id"]) != one["state"]
    ] == []
    with db.reading() as conn:
        assert recount.check(conn) == []
    length.keep("ratings-sample", "sqlite" if service.is_sqlite else "postgresql", {
        "dossiers": report.created, "intake_seconds": round(taken_in - start, 1),
        "deliveries": len(lines), "seconds": round(recorded - taken_in, 1),
        "verdicts": dict(Counter(" ".join(a).strip() for a in answers)), "wrong": len(wrong),
    })
