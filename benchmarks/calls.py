"""What a tablet's question "does my counter call?" costs the server: as a ratio to ``/healthz``.

    python -m benchmarks.calls [--rounds 400]

One kept connection asks in turn ``/healthz``, the call with a known tag (304), the call without one
while a counter calls (200), so that a busy machine slows all three alike. A room of tablets then asks
once a second each: how much of one core that takes. No question writes to the database: the size of
its journal and its count of changes stand still.
"""

from __future__ import annotations

import argparse
import http.client
import os
import statistics
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from sqlalchemy import text

from benchmarks import workplace
from kiosk_app import runtime
from kiosk_app.cli.installation import initialise
from kiosk_app.config import Settings
from kiosk_app.core import clock, db
from kiosk_app.core.audit import SYSTEM
from kiosk_app.devices import commands as devices
from kiosk_app.feedback import calling
from kiosk_app.organisation import queries
from tests.integration.feedback.seed import seed_organisation
from tests.servers import Server

TABLETS = 32
SECONDS = 10
FLOOR_RATIO = 3.0
"""At most so many times a ``/healthz`` at the median."""


def _ask(line: http.client.HTTPConnection, path: str, headers: dict[str, str]) -> tuple[float, int, str]:
    began = time.perf_counter()
    line.request("GET", path, headers=headers)
    answer = line.getresponse()
    answer.read()
    return (time.perf_counter() - began) * 1000, answer.status, answer.headers.get("ETag", "")


def _line(server: Server) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)


def _compare(server: Server, token: str, rounds: int) -> dict[str, Any]:
    line, bearer = _line(server), {"Authorization": f"Bearer {token}"}
    _, _, tag = _ask(line, "/api/v1/device/call", bearer)
    asked = (
        ("healthz", "/healthz", {}, 200),
        ("unchanged", "/api/v1/device/call", {**bearer, "If-None-Match": tag}, 304),
        ("told", "/api/v1/device/call", bearer, 200),
    )
    taken: dict[str, list[float]] = {name: [] for name, *_ in asked}
    for _round in range(rounds):
        for name, path, headers, status in asked:
            milliseconds, got, _ = _ask(line, path, headers)
            if got != status:
                raise RuntimeError(f"{path} answered {got}")
            taken[name].append(milliseconds)
    medians = {name: statistics.median(found) for name, found in taken.items()}
    return {
        f"{name}_ms": round(value, 2) for name, value in medians.items()
    } | {
        "ratio_unchanged": round(medians["unchanged"] / medians["healthz"], 2),
        "ratio_told": round(medians["told"] / medians["healthz"], 2),
    }


def _processor_seconds(group: int) -> float:
    ticks = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text("ascii").rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[2]) == group:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _room(server: Server, token: str) -> dict[str, Any]:
    """A room of tablets for some seconds: each keeps its connection and asks once a second."""
    assert server.process is not None
    taken: list[float] = []

    def tablet(delay: float) -> None:
        line, headers = _line(server), {"Authorization": f"Bearer {token}"}
        time.sleep(delay)
        for _ in range(SECONDS):
            milliseconds, _, tag = _ask(line, "/api/v1/device/call", headers)
            headers["If-None-Match"] = tag
            taken.append(milliseconds)
            time.sleep(max(0.0, 1 - milliseconds / 1000))

    before = _processor_seconds(server.process.pid)
    began = time.perf_counter()
    threads = [threading.Thread(target=tablet, args=(n / TABLETS,)) for n in range(TABLETS)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    used = _processor_seconds(server.process.pid) - before
    return {
        "tablets": TABLETS, "asked": len(taken), "median_ms": round(statistics.median(taken), 2),
        "p95_ms": round(sorted(taken)[int(0.95 * (len(taken) - 1))], 2),
        "share_of_a_core": round(used / (time.perf_counter() - began), 3),
    }


def _changes() -> int:
    """Ids of newest rows of everything that a request could write."""
    tables = ("audit_events", "heartbeats", "invitations", "received_sequences", "rating_items")
    with db.reading() as conn:
        return sum(int(conn.execute(text(f"SELECT COUNT(*) FROM {t}")).scalar() or 0) for t in tables)


def measure(rounds: int) -> dict[str, Any]:
    """All figures of one run."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        initialise(Settings.from_env({"DATA_DIR": name})).dispose()
        database = runtime.start(Settings.from_env({"DATA_DIR": name}))
        centre = seed_organisation(clock.now())
        with db.reading() as conn:
            counter = queries.counters(conn, centre)[0]
        _, token = devices.add(
            "TAB-1", unit_id=centre, counter_id=counter.id, actor=SYSTEM, now=clock.now()
        )
        calling.call(
            counter.id, unit_id=centre, code=None, step=None, officer_id=None, actor=SYSTEM,
            now=clock.now(),
        )
        before, journal = _changes(), folder / "kiosk.sqlite-wal"
        size = journal.stat().st_size if journal.exists() else 0
        server = Server(folder).start()
        try:
            compared = _compare(server, token, rounds)
            written = (_changes() - before, (journal.stat().st_size if journal.exists() else 0) - size)
            room = _room(server, token)
        finally:
            server.stop()
            database.dispose()
    return {
        "question": compared, "room": room, "rows_written": written[0],
        "journal_bytes_written": written[1], "floor_ratio_unchanged": FLOOR_RATIO,
    }


def main() -> None:
    """Measure, write down, and fail under the floor."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rounds", type=int, default=400)
    found = measure(asked.parse_args().rounds)
    workplace.keep("calls", found)
    if found["question"]["ratio_unchanged"] > FLOOR_RATIO or found["rows_written"]:
        raise SystemExit("a question costs more than it may")


if __name__ == "__main__":
    main()
