"""The year's published aggregates and the organisation files that the demo is made from."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
GROUPS = ("centre", "wards")


@dataclass(frozen=True)
class Cell:
    """Counts of one unit and procedure over the year."""

    unit: str
    procedure: str
    received: int
    late: int
    supplement: int
    over_limit: int
    online: int
    post: int


def path_of(name: str) -> str:
    """Path of a shipped data file."""
    return str(files("kiosk_app.demo").joinpath("data", name))


def rows(name: str) -> list[dict[str, str]]:
    """Rows of a shipped CSV file."""
    with open(path_of(name), encoding="utf-8-sig", newline="") as handle:  # noqa: PTH123
        return list(csv.DictReader(handle))


def profile() -> dict[str, Any]:
    """Month, weekday and hour profile, totals of the groups and of the officers."""
    with open(path_of("year_profile.json"), encoding="utf-8") as handle:  # noqa: PTH123
        found: dict[str, Any] = json.load(handle)
    return found


def cells() -> list[Cell]:
    """Counts per unit and procedure."""
    return [
        Cell(r["unit_id"], r["procedure_code"], *(int(r[name]) for name in (
            "received", "late", "supplement", "over_limit", "online", "post"
        )))
        for r in rows("year_cells.csv")
    ]


def apportion(counts: Ints, total: int, limits: Ints | None = None) -> Ints:
    """Scale ``counts`` to ``total`` by largest remainders, none above its limit."""
    if counts.sum() == 0:
        return np.zeros_like(counts)
    exact = counts * (total / counts.sum())
    parts: Ints = np.floor(exact).astype(np.int64)
    if limits is not None:
        parts = np.minimum(parts, limits)
    order = np.argsort(-(exact - parts), kind="stable")
    missing = total - int(parts.sum())
    while missing > 0:
        before = missing
        for index in order:
            if missing and (limits is None or parts[index] < limits[index]):
                parts[index] += 1
                missing -= 1
        if missing == before:
            break
    return parts
