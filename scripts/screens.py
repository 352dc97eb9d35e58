"""Pictures of every screen on a whole demo year, in Vietnamese: ``make screenshots``.

Starts the service on a folder of its own, pairs a tablet, signs in as each role and writes
``docs/screens/<screen>-<width>x<height>.png``, papers as ``docs/screens/paper-….png``. Names choose
screens by their beginning, ``--part`` a part, ``--year`` a folder with a demo year to copy instead
of making one: ``scripts/screens.py --part managers overview``. Taken whole, pictures of screens
that are no more are deleted.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from scripts.pictures import console, managers, tablet, training  # noqa: E402 - needs the path above
from scripts.pictures.camera import (  # noqa: E402 - needs the path above
    OUT,
    Camera,
    Offices,
    background_round,
    service,
)

LIMIT = 9_000_000
PARTS = ("tablet", "managers", "training", "console")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]


def main() -> None:
    """Take what was asked for, or everything."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("names", nargs="*", help="beginnings of the names of screens")
    asked.add_argument("--part", action="append", choices=PARTS)
    asked.add_argument("--year", type=Path, help="folder with a demo year, which is copied")
    asked.add_argument("--out", type=Path, default=OUT)
    chosen = asked.parse_args()
    parts = chosen.part or PARTS
    take = Camera(chosen.names, chosen.out)
    take.out.mkdir(parents=True, exist_ok=True)
    options: dict[str, Any] = {"args": FLAGS}
    if program := shutil.which("chromium", path=os.environ.get("PATH")):
        options["executable_path"] = program
    with service(chosen.year) as (server, folder), sync_playwright() as tools:
        browser = tools.chromium.launch(**options)
        offices = Offices(browser, server, folder, take)
        if "tablet" in parts:
            tablet.shoot(browser, server, folder, take)
        if {"managers", "training"} & set(parts):
            print(f"background: {background_round(server)}")
        if "managers" in parts:
            managers.shoot(offices, lambda: background_round(server))
        if "training" in parts:
            training.shoot(offices)
        if "console" in parts:
            console.shoot(server, folder, offices)
        browser.close()
    if not chosen.names and not chosen.part:
        for stale in set(take.out.glob("*.png")) - set(take.taken):
            stale.unlink()
    _weigh(take)


def _weigh(take: Camera) -> None:
    size = sum(path.stat().st_size for path in take.out.glob("*.png"))
    print(f"{len(take.taken)} pictures, {size / 1e6:.1f} MB in {take.out}")
    if size > LIMIT:
        sys.exit("the pictures are larger than they may be")


if __name__ == "__main__":
    main()
