"""What the ledger of disclosure costs: a whole year at once, one unit anew, and a look at it.

    python -m benchmarks.disclosure [--data DIR]

``DIR`` holds a demo year made by ``kiosk demo`` (its ledger is decided anew, in a copy); without it
one is made first. Floor: reading the counts of the year once, without which nothing is decided.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from benchmarks import workplace
from kiosk_app import runtime, schema
from kiosk_app.config import Settings
from kiosk_app.core import db
from kiosk_app.reporting import deciding, gate, lattices, queries
from kiosk_app.reporting.lattices import HOUSE

RESULTS = Path(__file__).parent / "results" / "disclosure.json"
AFTER = (201901, 201904)
YEAR = 2018


def timed(work: Callable[[], object], times: int = 1) -> float:
    """Median seconds of some runs."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return median(found)


def read() -> lattices.Year:
    with db.reading() as conn:
        return lattices.read(conn, YEAR)


def one_unit(work: deciding.Round, unit: int) -> None:
    for dimension in deciding.DIMENSIONS:
        deciding.dimension(work, unit, dimension)
    deciding.unit_weeks(work, unit)


def house(work: deciding.Round) -> None:
    for dimension in deciding.DIMENSIONS:
        deciding.house(work, dimension)
    deciding.house_weeks(work)


def look(unit_ids: list[int]) -> None:
    with db.reading() as conn:
        gate.opened(conn, unit_ids, dimensions=["officer"], periods=["2018"])


def measure() -> dict[str, object]:
    floor = timed(read, 3)
    work = deciding.Round(read(), queries.Decisions(), AFTER)
    totals = timed(lambda: deciding.totals(work))
    units = {unit: timed(lambda unit=unit: one_unit(work, unit)) for unit in work.year.units}
    above = timed(lambda: house(work))
    rows = [row for rows in work.rows.values() for row in rows]
    whole = floor + totals + sum(units.values()) + above
    return {
        "machine": workplace.machine(), "cells": len(rows), "units": len(units),
        "hidden": sum(1 for row in rows if not row.shown),
        "left_open": sum(work.unprotected.values()),
        "floor: read the counts": {"seconds": round(floor, 2)},
        "a whole year": {"seconds": round(whole, 1), "times_the_floor": round(whole / floor, 1)},
        "one unit, median": {"seconds": round(median(units.values()), 2)},
        "one unit, the largest": {"seconds": round(max(units.values()), 2)},
        "the house above": {"seconds": round(above, 1)},
        "a look by a page": {"seconds": round(timed(lambda: look(work.year.units), 20), 4)},
        "hidden by scope": {
            name: f"{sum(1 for r in part if not r.shown)} of {len(part)}"
            for name, part in (
                ("house", [r for r in rows if r.key.unit_id == HOUSE]),
                ("units", [r for r in rows if r.key.unit_id != HOUSE]),
            )
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path)
    given = parser.parse_args().data
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "demo"
        settings = Settings.from_env({"DATA_DIR": str(place)})
        if given:
            shutil.copytree(given, place)
            runtime.start(settings)
            schema.upgrade(db.current())
        else:
            from kiosk_app.cli.demo import fill

            fill(settings, scale=1.0, seed=YEAR)
        figures = measure()
    RESULTS.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    print(json.dumps(figures, indent=1))
    assert figures["left_open"] == 0, "a first decision leaves nothing open"
    largest = figures["one unit, the largest"]
    assert isinstance(largest, dict)
    assert largest["seconds"] <= 30, "a unit takes more than half a minute"


if __name__ == "__main__":
    main()
