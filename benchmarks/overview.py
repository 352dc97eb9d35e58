"""The manager's pages on the whole year: median time of the server, as ratios to its plainest page.

    python -m benchmarks.overview [--data DIR] [--times 122 | --around 122]

``DIR`` holds a demo year made by ``kiosk demo``; without it one is made first (three minutes).
``--times`` measures beside it a copy whose counts are multiplied: 122 makes ten million ratings of the
year's 82,000, all of the one year and the same units. ``--around`` puts as many years of other units and
of years before beside the one looked at, in every table that pages read.
Floor: the login page of the same server, which asks the database nothing.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from sqlalchemy import text

from benchmarks import workplace
from kiosk_app import runtime
from kiosk_app.accounts import commands as accounts
from kiosk_app.cli.devices import ACTOR
from kiosk_app.config import Settings
from kiosk_app.core import clock, db
from kiosk_app.core.errors import RuleError
from kiosk_app.reporting import commands as reporting
from tests.servers import Server

PAGES = {
    "floor: login page": "/login",
    "overview, newest month, all units": "/manage/",
    "overview, whole year, all units": "/manage/?period=2018",
    "overview, whole year, the centre": "/manage/?period=2018&unit=HL-TTHCC",
    "officers, whole year": "/manage/officers?period=2018",
    "one officer, whole year": "/manage/officers/1?period=2018",
    "procedures, whole year": "/manage/procedures?period=2018",
    "one procedure, whole year": "/manage/procedures/1.900001?period=2018",
    "a field, newest quarter": "/manage/?period=2018-Q4&field=3",
    "units after 2025, whole year": "/manage/units?period=2018&on=2025-07-01",
    "service quality, whole year": "/manage/service?period=2018",
    "service quality by field": "/manage/service?period=2018&by=field",
    "data quality, whole year": "/manage/quality?period=2018",
    "alerts": "/manage/alerts",
    "comments, whole year": "/manage/comments?period=2018",
    "comments, two words": "/manage/comments?period=2018&q=cho+lau",
    "exports": "/manage/exports",
    "chart: weeks, whole year": "/manage/charts/weeks.svg?period=2018",
    "chart: hours": "/manage/charts/hours.svg?period=2018",
    "chart: officers' funnel, whole year": "/manage/charts/officers.svg?period=2018",
    "chart: trend, whole year": "/manage/charts/trend.svg?period=2018",
    "chart: levels, whole year": "/manage/charts/levels.svg?period=2018",
}
ROUNDS = 42
WARM = 2
"""First answers fill caches of a process and are not counted."""
PASSWORD = "mot-mat-khau-do-luong"


def _sign_in(connection: HTTPConnection) -> str:
    """A session cookie of an auditor."""
    connection.request("GET", "/login")
    answer = connection.getresponse()
    page = answer.read().decode()
    cookie = str(answer.headers["Set-Cookie"]).partition(";")[0]
    token = page.split('name="csrf_token" value="')[1].partition('"')[0]
    form = f"username=bench&password={PASSWORD}&csrf_token={token}"
    connection.request("POST", "/login", form, {
        "Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded",
    })
    answer = connection.getresponse()
    answer.read()
    return str(answer.headers["Set-Cookie"]).partition(";")[0]


@contextmanager
def _opened(folder: Path) -> Iterator[Callable[[str], float]]:
    """A server on a folder; gives the milliseconds that it takes to answer an auditor's request."""
    database = runtime.start(Settings.from_env({"DATA_DIR": str(folder)}))
    try:
        accounts.add_user(
            "bench", role="auditor", password=PASSWORD, actor=ACTOR, now=clock.now()
        )
    except RuleError:
        accounts.set_password("bench", actor=ACTOR, now=clock.now(), password=PASSWORD)
    database.dispose()
    server = Server(folder).start()
    try:
        connection = HTTPConnection("127.0.0.1", server.port, timeout=60)
        cookie = _sign_in(connection)

        def asked(path: str) -> float:
            start = time.perf_counter()
            connection.request("GET", path, headers={"Cookie": cookie})
            answer = connection.getresponse()
            answer.read()
            taken = 1000 * (time.perf_counter() - start)
            if answer.status != 200:
                raise RuntimeError(f"{path}: {answer.status}")
            return taken

        yield asked
    finally:
        server.stop()


def measure(*folders: Path) -> list[dict[str, Any]]:
    """Median and 95th percentile of each page of each folder, asked in turn."""
    figures: list[dict[str, Any]] = [{} for _folder in folders]
    os.sync()
    with ExitStack() as stack:
        servers = [stack.enter_context(_opened(folder)) for folder in folders]
        for name, path in PAGES.items():
            rounds = [[ask(path) for ask in servers] for _round in range(ROUNDS)][WARM:]
            for one, found in zip(figures, map(sorted, zip(*rounds, strict=True)), strict=True):
                one[name] = {
                    "median_ms": round(statistics.median(found), 1),
                    "p95_ms": round(found[int(0.95 * (len(found) - 1))], 1),
                }
    for each in figures:
        least = each["floor: login page"]["median_ms"]
        for one in each.values():
            one["times_the_floor"] = round(one["median_ms"] / least, 1)
    return figures


COUNTS = {
    "released_cells": [f"{kind}_{level}" for kind in ("live", "copy") for level in range(1, 6)],
    "rating_months": ["n", "released_n"], "rating_days": ["n"], "eligible_months": ["n"],
    "eligible_days": ["n"],
}


def multiply(folder: Path, times: int) -> int:
    """Multiply what pages count, decide anew what may be seen; ratings there are then."""
    database = runtime.start(Settings.from_env({"DATA_DIR": str(folder)}))
    with db.transaction() as conn:
        for table, columns in COUNTS.items():
            changed = ", ".join(f"{one} = {one} * {times}" for one in columns)
            conn.execute(text(f"UPDATE {table} SET {changed}"))  # noqa: S608 - names above
        ratings = conn.execute(text("SELECT SUM(n) FROM rating_months")).scalar_one()
    reporting.decide(now=clock.now(), every=True)
    database.dispose()
    return int(ratings)


YEARS = 10
"""Years, every fourth one, that the ratings around are spread over; the rest is other units of them."""
AROUND = (
    "released_cells", "rating_months", "attributions", "disclosure_decisions", "eligible_months",
    "service_months", "comment_readings", "comment_counts",
)


def _moved(table: str, column: str) -> str:
    """What a column of a row becomes, ``:years`` earlier and ``:units`` units away."""
    if table == "released_cells" and column == "period":
        return "period - 100 * :years"
    return {
        "month": "month - 100 * :years", "week": "week - 100 * :years", "day": "day - 10000 * :years",
        "period": "CAST(CAST(substr(period, 1, 4) AS INTEGER) - :years AS TEXT) || substr(period, 5)",
        "unit_id": "unit_id + 1000 * :units",
        "officer_id": "CASE WHEN officer_id = 0 THEN 0 ELSE officer_id + 1000 * :units END",
        "id": "id + 1000000 * :number", "item_id": "item_id + 1000000 * :number",
        "ref": "lower(hex(randomblob(16)))",
    }.get(column, column)


def surround(folder: Path, times: int) -> int:
    """Put ``times`` − 1 years of other units and of earlier years beside; attributions there are then."""
    conn = sqlite3.connect(folder / "kiosk.sqlite")
    for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-4000000"):
        conn.execute(f"PRAGMA {pragma}")
    for table in AROUND:
        names = [row[1] for row in conn.execute(f"PRAGMA table_info({table})")]
        own = [f"{name} {rule}" for name, rule in (
            ("unit_id", "< 1000"), ("year", "> 2017"), ("month", "> 201700"), ("day", "> 20170000"),
            ("period", "> 201700" if table == "released_cells" else "> '2017'"),
        ) if name in names]
        columns = ", ".join(_moved(table, name) for name in names)
        for number in range(1, times):
            conn.execute(
                f"INSERT INTO {table} SELECT {columns} FROM {table} WHERE {' AND '.join(own)}",  # noqa: S608
                {"number": number, "years": 4 * (number % YEARS), "units": number // YEARS},
            )
        conn.commit()
        print(table, flush=True)
    ratings = conn.execute("SELECT COUNT(*) FROM attributions").fetchone()[0]
    conn.execute("PRAGMA journal_mode=WAL")
    conn.close()
    return int(ratings)


def compare(folder: Path, times: int, change: Callable[[Path, int], int]) -> dict[str, Any]:
    """Every page of the year as it is and of the one with ten million ratings."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        copy = Path(shutil.copytree(folder, Path(name) / "multiplied"))
        ratings = change(copy, times)
        plain, many = measure(folder, copy)
    return {"ratings": ratings} | {
        page: {
            "median_ms": plain[page]["median_ms"], "median_ms_many": many[page]["median_ms"],
            "p95_ms_many": many[page]["p95_ms"],
            "times": round(many[page]["median_ms"] / plain[page]["median_ms"], 2),
        } for page in PAGES
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--times", type=int, default=0)
    parser.add_argument("--around", type=int, default=0)
    chosen = parser.parse_args()
    if chosen.data and chosen.times:
        workplace.keep("overview-many", compare(chosen.data, chosen.times, multiply))
        return
    if chosen.data and chosen.around:
        workplace.keep("overview-around", compare(chosen.data, chosen.around, surround))
        return
    if chosen.data:
        workplace.keep("overview", measure(chosen.data)[0])
        return
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        environ = {**os.environ, "DATA_DIR": name}
        workplace.kiosk(environ, "init")
        workplace.kiosk(environ, "demo")
        workplace.keep("overview", measure(Path(name))[0])


if __name__ == "__main__":
    main()
