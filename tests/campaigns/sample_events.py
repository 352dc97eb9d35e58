"""The sample of 2018 as columns: ratings with their times, and the flow they come from."""

from __future__ import annotations

import csv
import gzip
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from kiosk_app.dossiers.rules import normal_form
from survey_analysis import integrity

DATA = Path(__file__).resolve().parents[1] / "data"


@cache
def truth() -> dict[str, Any]:
    with gzip.open(DATA / "truth_2018.json.gz", "rt", encoding="utf-8") as source:
        return dict(json.load(source))


@cache
def dossiers() -> dict[str, dict[str, str]]:
    path = DATA / "dossiers_2018_full.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as source:
        return {normal_form(row["dossier_code"]): row for row in csv.DictReader(source)}


@cache
def counted() -> list[dict[str, Any]]:
    """Ratings that count, with their dossier and the corrected time."""
    with gzip.open(DATA / "rating_verdicts.csv.gz", "rt", encoding="utf-8", newline="") as known:
        states = [row["state"] for row in csv.DictReader(known)]
    found = []
    with gzip.open(DATA / "ratings_sample.jsonl.gz", "rt", encoding="utf-8") as source:
        for line, state in zip(source, states, strict=True):
            if state != "counted":
                continue
            one = json.loads(line)
            one["dossier"] = dossiers()[normal_form(one["receipt"])]
            offset = timedelta(milliseconds=one["clock_offset_ms"] or 0)
            moment = datetime.fromisoformat(one["rated_at"]).replace(tzinfo=None)
            one["time"] = np.datetime64(moment - offset, "s")
            found.append(one)
    return found


def late(dossier: dict[str, str]) -> bool:
    return (dossier["finished_at"] or "9999")[:10] > dossier["due_date"]


def case_of(dossier: dict[str, str]) -> list[tuple[Any, ...]]:
    """Like cases, from coarse to fine."""
    procedure, tardy = dossier["procedure_code"], late(dossier)
    supplemented = int(dossier["supplement_count"] or 0) > 0
    return [
        (procedure,), (procedure, tardy), (procedure, tardy, supplemented, dossier["channel"])
    ]


def positions(values: list[Any]) -> np.ndarray:
    order: dict[Any, int] = {}
    return np.array([order.setdefault(v, len(order)) for v in values], dtype=np.int64)


@dataclass(frozen=True)
class Events:
    """Names by position, all hand-over ratings, and all hand-overs."""

    officers: list[str]
    seen: integrity.Ratings
    steps: integrity.Flow


@cache
def hand_overs(first_month: int = 1, last_month: int = 12) -> Events:
    """Ratings of hand-overs in some months, with the whole year's flow of dossiers."""
    names = sorted({d["officer_code"] for d in dossiers().values()})
    at = {name: i for i, name in enumerate(names)}
    returned = [(key, d) for key, d in dossiers().items() if d["returned_at"]]
    rows = [r for r in counted() if r["step"] == "return"]
    rated = {normal_form(r["receipt"]) for r in rows}
    steps = integrity.flow(
        [at[d["officer_code"]] for _, d in returned],
        [d["returned_at"] for _, d in returned], [key in rated for key, _ in returned],
        {"late": [late(d) for _, d in returned],
         "supplement": [int(d["supplement_count"] or 0) > 0 for _, d in returned]},
    )
    officer = np.array([at[r["dossier"]["officer_code"]] for r in rows])
    level = np.array([int(r["level"]) for r in rows])
    cases = [case_of(r["dossier"]) for r in rows]
    strata = [positions([c[k] for c in cases]) for k in range(3)]
    seen = integrity.ratings(
        officer, strata[0], [r["time"] for r in rows],
        [r["dossier"]["returned_at"] for r in rows], level,
        integrity.expected_levels(officer, level, strata),
        at_counter=[r["channel"] == "tablet" for r in rows],
    )
    month = seen.rated.astype("datetime64[M]").astype(int) % 12 + 1
    return Events(names, seen.rows((month >= first_month) & (month <= last_month)), steps)
