"""The keypad on a unit with 4,000 open dossiers: time of the server for one look-up.

    python -m benchmarks.keypad [--rounds 300]

Over HTTP against a real gunicorn, on SQLite and on PostgreSQL; the least of what the network and
the process cost is the floor of the same run, ``/openapi.json``, which asks the database nothing.
Six digits that fit one dossier, several, none, and a whole code; the allowance is left aside by
pausing no longer than the bucket lasts: each round asks as a tablet of its own.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from benchmarks import workplace
from kiosk_app import runtime
from kiosk_app.cli.devices import ACTOR
from kiosk_app.config import Settings
from kiosk_app.core import clock
from kiosk_app.core.columns import LOCAL_ZONE
from kiosk_app.devices import commands as devices
from kiosk_app.dossiers import intake
from tests.integration.feedback.seed import HEADER, seed_organisation
from tests.servers import Server

OPEN = 4000
A_DAY = 100
"""Running numbers of a day; forty working days hold them all, so that endings tie."""
TABLETS = 40


def _days(newest: date) -> Iterable[date]:
    day, wanted = newest, OPEN // A_DAY
    while wanted:
        if day.weekday() < 5:
            wanted -= 1
            yield day
        day -= timedelta(days=1)


def _file(path: Path, newest: date) -> list[str]:
    """4,000 open dossiers of the centre; their codes."""
    codes, lines = [], [",".join(HEADER)]
    for day in _days(newest):
        for number in range(1, A_DAY + 1):
            codes.append(f"000.00.12.H49-{day:%y%m%d}-{number:04d}")
            row = {
                "dossier_code": codes[-1], "unit_id": "HL-TTHCC", "procedure_code": "1.900001",
                "officer_code": "HL.CB.001", "channel": "direct", "received_at": f"{day} 08:00",
                "due_date": str(day + timedelta(days=30)), "supplement_count": "0", "status": "4",
            }
            lines.append(",".join(row.get(name, "") for name in HEADER))
    path.write_text("\n".join([*lines, ""]), "utf-8")
    return codes


def _times(connection: HTTPConnection, paths: list[str], tokens: list[str]) -> dict[str, float]:
    found = []
    for turn, path in enumerate(paths):
        start = time.perf_counter()
        connection.request(
            "GET", path, headers={"Authorization": f"Bearer {tokens[turn % len(tokens)]}"}
        )
        answer = connection.getresponse()
        answer.read()
        found.append(1000 * (time.perf_counter() - start))
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status}")
    ordered = sorted(found[5:])
    return {
        "median_ms": round(statistics.median(ordered), 1),
        "p95_ms": round(ordered[int(0.95 * (len(ordered) - 1))], 1),
    }


def _asked(codes: list[str], rounds: int) -> dict[str, list[str]]:
    by_tail: dict[str, int] = {}
    for code in codes:
        by_tail[code[-7:].replace("-", "")] = by_tail.get(code[-7:].replace("-", ""), 0) + 1
    base = "/api/v1/device/receipts"
    one = [tail for tail, times in by_tail.items() if times == 1]
    tied = [tail for tail, times in by_tail.items() if times > 1]
    spread = lambda values: [values[7 * n % len(values)] for n in range(rounds)]  # noqa: E731
    return {
        "floor: a page that asks the database nothing": ["/openapi.json"] * rounds,
        "six digits, one fits": [f"{base}?digits={tail}" for tail in spread(one)],
        "six digits, several fit": [f"{base}?digits={tail}" for tail in spread(tied)],
        "six digits, none fits": [f"{base}?digits={n:06d}" for n in range(990_000, 990_000 + rounds)],
        "a whole code": [f"{base}?code={code}" for code in spread(codes)],
    }


def measure(kind: str, folder: Path, rounds: int) -> dict[str, Any]:
    """Median and 95th percentile of each kind of look-up on one database."""
    with workplace.database(kind, folder) as environ:
        workplace.kiosk(environ, "init")
        database = runtime.start(Settings.from_env(environ))
        now = clock.now()
        unit_id = seed_organisation(now)
        yesterday = datetime.now(LOCAL_ZONE).date() - timedelta(days=1)
        codes = _file(folder / "open.csv", yesterday)
        report = intake.import_file(folder / "open.csv", actor=ACTOR, now=now)
        if report.created != OPEN:
            raise RuntimeError(str(report.findings[:3]))
        server = Server(folder, environ.get("DATABASE_URL", "")).start()
        figures: dict[str, Any] = {"open_dossiers": OPEN}
        try:
            connection = HTTPConnection("127.0.0.1", server.port, timeout=60)
            for name, paths in _asked(codes, rounds).items():
                tokens = [
                    devices.add(
                        f"{name[-12:]} {n}", unit_id=unit_id, counter_id=None, actor=ACTOR, now=now
                    )[1]
                    for n in range(TABLETS)
                ]
                figures[name] = _times(connection, paths, tokens)
        finally:
            server.stop()
            database.dispose()
    least = figures["floor: a page that asks the database nothing"]["median_ms"]
    for one in figures.values():
        if isinstance(one, dict):
            one["times_the_floor"] = round(one["median_ms"] / least, 1)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=300)
    rounds = parser.parse_args().rounds
    found = {}
    for kind in ("sqlite", "postgresql"):
        with tempfile.TemporaryDirectory(prefix="bench-") as name:
            found[kind] = measure(kind, Path(name), rounds)
    workplace.keep("keypad", found)


if __name__ == "__main__":
    main()
