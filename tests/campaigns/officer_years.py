"""Years of ratings whose truth is known: the sample of 2018, and years drawn with other truths."""

from __future__ import annotations

import csv
import gzip
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kiosk_app.dossiers.rules import normal_form
from survey_analysis import Cells, OfficerTable, component_families, officer_table

DATA = Path(__file__).resolve().parents[1] / "data"


@dataclass(frozen=True)
class Year:
    """One rating a row, as codes."""

    officer: np.ndarray
    procedure: np.ndarray
    stratum: np.ndarray
    procedure_of: np.ndarray
    satisfied: np.ndarray
    names: list[str]


@dataclass(frozen=True)
class Rated:
    """A counted rating with the facts of its dossier."""

    id: str
    level: int
    day: str
    unit: str
    officer: str
    procedure: str
    late: bool
    supplemented: bool
    mode: str


def truth_of_2018() -> dict[str, Any]:
    with gzip.open(DATA / "truth_2018.json.gz", "rt", encoding="utf-8") as source:
        return dict(json.load(source))


def sample_of_2018() -> list[Rated]:
    """Ratings that count, in order of arrival."""
    with gzip.open(DATA / "dossiers_2018_full.csv.gz", "rt", encoding="utf-8", newline="") as s:
        dossiers = {normal_form(row["dossier_code"]): row for row in csv.DictReader(s)}
    with gzip.open(DATA / "rating_verdicts.csv.gz", "rt", encoding="utf-8", newline="") as known:
        counted = [row["state"] == "counted" for row in csv.DictReader(known)]
    found = []
    with gzip.open(DATA / "ratings_sample.jsonl.gz", "rt", encoding="utf-8") as source:
        for line, counts in zip(source, counted, strict=True):
            if counts:
                one = json.loads(line)
                found.append(_rated(one, dossiers[normal_form(one["receipt"])]))
    return found


def _rated(one: dict[str, Any], dossier: dict[str, str]) -> Rated:
    late = (dossier["finished_at"] or "9999")[:10] > dossier["due_date"]
    return Rated(
        one["id"], one["level"], one["rated_at"][:10], dossier["unit_id"], dossier["officer_code"],
        dossier["procedure_code"], late, int(dossier["supplement_count"] or 0) > 0,
        dossier["channel"],
    )


def coded(rows: list[Rated]) -> Year:
    names = sorted({r.officer for r in rows})
    procedures = sorted({r.procedure for r in rows})
    kinds = sorted({(r.procedure, r.late, r.supplemented, r.mode) for r in rows})
    officer_at, procedure_at, kind_at = (
        {v: i for i, v in enumerate(values)} for values in (names, procedures, kinds)
    )
    return Year(
        np.array([officer_at[r.officer] for r in rows]),
        np.array([procedure_at[r.procedure] for r in rows]),
        np.array([kind_at[r.procedure, r.late, r.supplemented, r.mode] for r in rows]),
        np.array([procedure_at[p] for p, *_ in kinds]),
        np.array([r.level >= 4 for r in rows], dtype=float), names,
    )


def table_of(year: Year) -> OfficerTable:
    """Compared within components of shared procedures, as one who knows no centres would."""
    one = np.ones(len(year.officer))
    family = component_families(year.officer, year.procedure, one, officers=len(year.names))
    return officer_table(Cells(
        year.officer, year.stratum, one, year.satisfied, year.procedure_of, family
    ))


@dataclass(frozen=True)
class Drawn:
    """A drawn year and each officer's true difference from the others on like cases."""

    year: Year
    truth: np.ndarray


def draw_year(seed: int, *, officers: int = 45, ratings: int = 25_000) -> Drawn:
    """An ordered logit with effects of officer, officer × month, procedure, lateness and mode.

    Officers sit at desks that share procedures with the next desk; who rates depends on habit and
    lateness. Its law is another one than the sample's: other spreads, shares and sizes.
    """
    rng = np.random.default_rng(seed)
    procedures, modes = 60, 3
    spread, base = rng.uniform(0.2, 0.7), rng.uniform(1.4, 2.6)
    effect = rng.normal(0, spread, officers)
    month_effect = rng.normal(0, 0.2, (officers, 12))
    difficulty = rng.normal(0, 0.35, procedures)
    busy = rng.gamma(2.0, 1.0, officers)
    who = rng.choice(officers, 4 * ratings, p=busy / busy.sum())
    desk = who * 6 // officers
    what = (desk * 10 + rng.integers(0, 14, len(who))) % procedures
    late, mode = rng.random(len(who)) < 0.08, rng.choice(modes, len(who), p=[0.7, 0.2, 0.1])
    month = rng.integers(0, 12, len(who))
    eta = base + effect[who] + month_effect[who, month] - difficulty[what] - 0.9 * late
    eta += np.array([0.0, 0.2, -0.3])[mode]
    chance = 1 / (1 + np.exp(-eta))
    satisfied = rng.random(len(who)) < chance
    invites = rng.uniform(0.2, 0.5, officers)[who] * np.where(late, 0.8, 1.0)
    rated = np.flatnonzero(rng.random(len(who)) < invites)[:ratings]
    who, what, late, mode, chance = who[rated], what[rated], late[rated], mode[rated], chance[rated]
    stratum = (what * 2 + late) * modes + mode
    year = Year(
        who, what, stratum, np.arange(procedures * 2 * modes) // (2 * modes),
        satisfied[rated].astype(float), [f"officer {i}" for i in range(officers)],
    )
    return Drawn(year, _truth(who, what, stratum, chance, officers))


def _truth(
    who: np.ndarray, what: np.ndarray, stratum: np.ndarray, chance: np.ndarray, officers: int
) -> np.ndarray:
    """Own true chances minus the others' on like cases; wider cases where fewer than ten exist."""
    expected = np.full(len(who), np.nan)
    for group in (stratum, what, np.zeros_like(what)):
        size, total = np.bincount(group), np.bincount(group, chance)
        key = group * officers + who
        own, own_total = np.bincount(key), np.bincount(key, chance)
        others = size[group] - own[key]
        mean = (total[group] - own_total[key]) / np.maximum(others, 1)
        expected = np.where(np.isnan(expected) & (others >= 10), mean, expected)
    rated = np.bincount(who, minlength=officers)
    return np.asarray(np.bincount(who, chance - expected, officers) / np.maximum(rated, 1))
