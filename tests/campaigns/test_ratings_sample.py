"""60,000 deliveries over the interface: each gets exactly the verdict and state known of it.

Once with the dossiers imported before, and once with the dossiers coming after all ratings.
"""

from __future__ import annotations

import csv
import gzip
import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import text

from kiosk_app import create_app
from kiosk_app.accounts import commands as accounts
from kiosk_app.config import Settings
from kiosk_app.core import clock, db
from kiosk_app.core.audit import SYSTEM
from kiosk_app.devices import commands as devices
from kiosk_app.dossiers import intake
from kiosk_app.dossiers.rules import normal_form, tail_of
from kiosk_app.feedback import commands, recount
from kiosk_app.organisation import queries as organisation
from tests.campaigns import length
from tests.integration.feedback.seed import rows, seed_organisation

DATA = Path(__file__).resolve().parents[1] / "data"
SHORT_LINES = 1000
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


@dataclass
class Senders:
    """Twelve tablets in the centre, one in each ward in the order of ``units.csv``, an API key."""

    client: FlaskClient
    tokens: dict[str | None, str]
    received: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    """What the last answer said of each device and epoch."""

    def post(self, name: str | None, items: list[Line]) -> list[dict[str, Any]]:
        answer = self.client.post(
            "/api/v1/ratings", json={"ratings": items},
            headers={"Authorization": f"Bearer {self.tokens[name]}"},
        )
        assert answer.status_code == 200, answer.text
        body = answer.get_json()
        if body["received"] and name:
            self.received[name, body["received"]["epoch"]] = body["received"]
        results: list[dict[str, Any]] = body["results"]
        return results


def senders(settings: Settings, still: clock.FrozenClock) -> Senders:
    """A service with its tablets and the key of the one-stop software."""
    app = create_app(settings)
    clock.bind(still)
    seed_organisation(still.now())
    with db.reading() as conn:
        units = {u.ref: u.id for u in organisation.receiving_units(conn)}
    wards = [str(r["unit_id"]) for r in rows("units") if str(r["unit_id"]).startswith("P-")]
    places = {f"TAB-C{i:02d}": "HL-TTHCC" for i in range(1, 13)}
    places |= {f"TAB-W{i:02d}": ref for i, ref in enumerate(wards[:20], 1)}
    tokens: dict[str | None, str] = {
        name: devices.add(
            name, unit_id=units[ref], counter_id=None, actor=SYSTEM, now=still.now()
        )[1]
        for name, ref in places.items()
    }
    tokens[None] = accounts.add_api_key(
        "mot-cua", scopes=["ratings"], actor=SYSTEM, now=still.now()
    )
    return Senders(app.test_client(), tokens)


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


def batches(lines: list[Line], numbers: list[int]) -> Iterator[list[int]]:
    """Up to 200 items of one epoch, as a tablet sends them: an answer speaks of one epoch."""
    for _, run in groupby(numbers, key=lambda number: lines[number].get("epoch")):
        yield from batched(run, 200)


def batched(numbers: Iterable[int], size: int) -> Iterator[list[int]]:
    """Runs of at most ``size``."""
    left = iter(numbers)
    while batch := list(islice(left, size)):
        yield batch


def deliver(lines: list[Line], made: Senders, still: clock.FrozenClock) -> list[tuple[str, str]]:
    """Verdict and reason of each line."""
    answers: dict[int, tuple[str, str]] = {}
    for window in windows(lines):
        queues: dict[str | None, list[int]] = defaultdict(list)
        for number in window:
            queues[lines[number].get("device")].append(number)
        still.moment = datetime.fromisoformat(lines[window[-1]]["received_at"])
        for name, numbers in queues.items():
            for batch in batches(lines, numbers):
                items = [
                    {k: v for k, v in lines[n].items() if k not in ("device", "received_at")}
                    for n in batch
                ]
                for number, one in zip(batch, made.post(name, items), strict=True):
                    answers[number] = (one["verdict"], one["reason"] or "")
    return [answers[n] for n in range(len(lines))]


def ranges(missing: list[int]) -> list[list[int]]:
    """Runs of consecutive numbers."""
    found: list[list[int]] = []
    for number in missing:
        if found and found[-1][1] == number - 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return found


def known_gaps(lines: list[Line]) -> dict[tuple[str, str], tuple[int, list[list[int]]]]:
    """Highest number and gaps of each device and epoch, told from the deliveries alone."""
    numbers: dict[tuple[str, str], set[int]] = defaultdict(set)
    for line in lines:
        if line.get("device") and line.get("epoch"):
            numbers[line["device"], line["epoch"]].add(line["seq"])
    return {
        key: (max(seen), ranges([n for n in range(1, max(seen)) if n not in seen]))
        for key, seen in numbers.items()
    }


def check_gaps(lines: list[Line], made: Senders) -> None:
    """What the last answer of each epoch says of it, and what was planted into the deliveries."""
    told = {key: (r["max_seq"], r["missing"]) for key, r in made.received.items()}
    assert told == known_gaps(lines)
    if not length.FULL:
        return
    lacking = {(device, epoch): missing for (device, epoch), (_n, missing) in told.items() if missing}
    assert lacking == {("TAB-W09", "1ef20c13-8bb4-43f7-a93e-70a2f2ed0687"): [[301, 303]]}
    assert {epoch: told["TAB-W14", epoch][0] for device, epoch in told if device == "TAB-W14"} == {
        "75c71eb7-566e-42f7-9eda-7cc5a12246a3": 507, "832f7334-9e5d-4bc5-b7d7-e8347f2c174d": 338,
    }


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


def database_name(settings: Settings) -> str:
    return "sqlite" if settings.database_url.startswith("sqlite") else "postgresql"


def test_each_delivery_gets_its_verdict(
    settings: Settings, still_clock: clock.FrozenClock, tmp_path: Path
) -> None:
    lines, known = sample()
    made = senders(settings, still_clock)
    start = time.perf_counter()
    report = intake.import_file(
        dossiers_file(tmp_path, lines), actor=SYSTEM, now=still_clock.now()
    )
    assert report.published
    taken_in = time.perf_counter()
    answers = deliver(lines, made, still_clock)
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
    check_gaps(lines, made)
    with db.reading() as conn:
        assert recount.check(conn) == []
    length.keep("ratings-sample", database_name(settings), {
        "dossiers": report.created, "intake_seconds": round(taken_in - start, 1),
        "deliveries": len(lines), "seconds": round(recorded - taken_in, 1),
        "verdicts": dict(Counter(" ".join(a).strip() for a in answers)), "wrong": len(wrong),
        "epochs": len(made.received),
        "missing": sum(b - a + 1 for r in made.received.values() for a, b in r["missing"]),
    })


def votes(lines: list[Line], state_of: dict[str, str], state: str) -> Counter[tuple[str, str]]:
    """Receipt and kind of the ratings that are in this state, each rating once."""
    once = {str(line.get("id")): line for line in reversed(lines)}
    return Counter(
        (normal_form(line["receipt"]), str(line["kind"]))
        for rating, line in once.items()
        if state_of.get(rating) == state and line.get("receipt")
    )


def test_dossiers_that_come_last_find_every_rating_and_only_twins_are_superseded(
    settings: Settings, still_clock: clock.FrozenClock, tmp_path: Path
) -> None:
    lines, known = sample()
    made = senders(settings, still_clock)
    answers = deliver(lines, made, still_clock)
    before = states()
    assert set(before.values()) <= {"unmatched", "counted"}
    report = intake.import_file(
        dossiers_file(tmp_path, lines), actor=SYSTEM, now=still_clock.now()
    )
    assert report.published
    start = time.perf_counter()
    matched = commands.match_unmatched(now=still_clock.now())
    seconds = time.perf_counter() - start
    after = states()
    expected = {
        lines[number]["id"]: one["state"] for number, one in enumerate(known)
        if one["verdict"] == "created"
    }
    assert votes(lines, after, "counted") == votes(lines, expected, "counted")
    assert votes(lines, after, "unmatched") == votes(lines, expected, "unmatched")
    superseded = [line for line in lines if after.get(str(line.get("id"))) == "superseded"]
    counted = votes(lines, after, "counted")
    steps = defaultdict(set)
    for line in lines:
        if after.get(str(line.get("id"))) in ("counted", "superseded"):
            steps[normal_form(str(line["receipt"])), line["kind"]].add(line["step"])
    for line in superseded:
        key = (normal_form(line["receipt"]), line["kind"])
        assert counted[key] >= 1
        assert None in steps[key], "both said their step, so the second was refused at once"
    others = [
        (number + 1, got, (one["verdict"], one["reason"]))
        for number, (got, one) in enumerate(zip(answers, known, strict=True))
        if got != (one["verdict"], one["reason"])
        and {got, (one["verdict"], one["reason"])} != {("created", ""), ("rejected", "already_rated")}
    ]
    assert others == []
    check_gaps(lines, made)
    with db.reading() as conn:
        assert recount.check(conn) == []
    length.keep("ratings-sample", f"{database_name(settings)}, dossiers last", {
        "deliveries": len(lines), "matched": matched, "match_seconds": round(seconds, 1),
        "superseded": len(superseded), "states": dict(Counter(after.values())),
        "verdicts": dict(Counter(" ".join(a).strip() for a in answers)),
    })
