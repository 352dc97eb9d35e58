"""Intake of a whole year while tablets go on sending: time, memory, writer's hold, latency.

    python -m benchmarks.intake [--scale 1] [--database sqlite|postgresql|both]

Floor: reading the same file and inserting its raw rows into one table without judging them.
"""

from __future__ import annotations

import argparse
import csv
import json
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import workplace
from tests.servers import Server

ORGANISATION = workplace.ROOT / "kiosk_app" / "demo" / "data"
PER_SECOND = 5

IMPORTER = """
import json, resource, sys, time
from pathlib import Path
from sqlalchemy import event
from kiosk_app import runtime
from kiosk_app.cli.devices import ACTOR
from kiosk_app.config import Settings
from kiosk_app.core import clock, db
from kiosk_app.dossiers import intake
from kiosk_app.feedback import commands

database = runtime.start(Settings.from_env())
held, begun = [], {}
writes = "IMMEDIATE" if database.is_sqlite else "pg_advisory_xact_lock"

@event.listens_for(database.engine, "after_cursor_execute")
def _begun(conn, cursor, statement, *rest):
    if writes in statement:
        begun[id(conn)] = time.perf_counter()

def _ended(conn):
    at = begun.pop(id(conn), None)
    if at is not None:
        held.append(time.perf_counter() - at)

event.listen(database.engine, "commit", _ended)
event.listen(database.engine, "rollback", _ended)
start = time.perf_counter()
report = intake.import_file(Path(sys.argv[1]), actor=ACTOR, now=clock.now())
staged = time.perf_counter()
commands.match_unmatched(now=clock.now())
commands.refresh_attributions(report.changed_keys, now=clock.now())
done = time.perf_counter()
print(json.dumps({
    "rows": report.created, "refused": report.refused, "seconds": done - start,
    "matching_seconds": done - staged, "longest_writer_hold_ms": 1000 * max(held),
    "transactions": len(held),
    "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
}))
"""


def floor(path: Path, folder: Path) -> float:
    """Seconds to read the file and insert its raw rows into one SQLite table."""
    start = time.perf_counter()
    with path.open(encoding="utf-8-sig", newline="") as source:
        rows = csv.reader(source)
        head = next(rows)
        conn = sqlite3.connect(folder / "floor.sqlite")
        conn.execute(f"CREATE TABLE raw ({', '.join(head)})")
        conn.executemany(f"INSERT INTO raw VALUES ({', '.join('?' * len(head))})", rows)
        conn.commit()
        conn.close()
    return time.perf_counter() - start


class Tablets(threading.Thread):
    """Ratings posted at a steady pace, whatever the answer takes."""

    def __init__(self, address: str, token: str) -> None:
        super().__init__(daemon=True)
        self.address, self.token = address, token
        self.ended = threading.Event()
        self.latencies: list[float] = []
        self.verdicts: dict[str, int] = {}
        self.senders: list[threading.Thread] = []

    def run(self) -> None:
        epoch, seq, due = str(uuid.uuid4()), 0, time.perf_counter()
        while not self.ended.is_set():
            seq += 1
            sender = threading.Thread(target=self._send, args=(epoch, seq), daemon=True)
            sender.start()
            self.senders.append(sender)
            due += 1 / PER_SECOND
            time.sleep(max(0.0, due - time.perf_counter()))

    def _send(self, epoch: str, seq: int) -> None:
        item = {
            "id": str(uuid.uuid4()), "epoch": epoch, "seq": seq, "kind": "rating", "level": 5,
            "receipt": None, "step": "return", "channel": "tablet", "entry": "typed",
            "questionnaire": "sao5@1", "answers": {}, "reasons": [], "comment": None,
            "contact": None, "lang": "vi", "rated_at": datetime.now(UTC).isoformat(),
            "clock_offset_ms": 0, "duration_ms": 4000,
        }
        request = urllib.request.Request(
            f"{self.address}/api/v1/ratings", json.dumps({"ratings": [item]}).encode(),
            {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"},
        )
        start = time.perf_counter()
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                verdict = json.load(answer)["results"][0]["verdict"]
        except OSError as error:
            verdict = str(error)
        self.latencies.append(time.perf_counter() - start)
        self.verdicts[verdict] = self.verdicts.get(verdict, 0) + 1

    def stop(self) -> None:
        self.ended.set()
        self.join()
        for sender in self.senders:
            sender.join()


def measure(kind: str, scale: float) -> dict[str, Any]:
    """Figures of one database."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        path = workplace.year_file(folder, scale)
        with workplace.database(kind, folder / "data") as environ:
            workplace.kiosk(environ, "init")
            for table in ("units", "unit-events", "procedures", "officers"):
                file = ORGANISATION / f"{table.replace('-', '_')}.csv"
                workplace.kiosk(environ, "import", table, str(file))
            said = workplace.kiosk(environ, "device", "add", "--name", "B1", "--unit", "HL-TTHCC", "--json")
            server = Server(folder / "data", environ.get("DATABASE_URL", "")).start()
            tablets = Tablets(server.address, json.loads(said)["token"])
            try:
                tablets.start()
                time.sleep(5)
                taken = subprocess.run(
                    [sys.executable, "-c", IMPORTER, str(path)], cwd=workplace.ROOT, env=environ,
                    check=True, capture_output=True, text=True,
                ).stdout
                tablets.stop()
            finally:
                server.stop()
        least = floor(path, folder)
        figures: dict[str, Any] = json.loads(taken)
        late = sorted(tablets.latencies)
        return figures | {
            "floor_seconds": least, "times_the_floor": figures["seconds"] / least,
            "file_mb": path.stat().st_size / 2**20,
            "ratings_posted": len(late), "verdicts": tablets.verdicts,
            "rating_ms": {
                "median": 1000 * statistics.median(late),
                "p95": 1000 * late[int(0.95 * (len(late) - 1))], "worst": 1000 * late[-1],
            },
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    chosen = parser.parse_args()
    kinds = ["sqlite", "postgresql"] if chosen.database == "both" else [chosen.database]
    figures = {kind: measure(kind, chosen.scale) for kind in kinds}
    if chosen.scale == 1.0:
        workplace.keep("intake", figures)
    else:
        print(json.dumps(figures, indent=1))
    print("benchmark's own peak MB", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)


if __name__ == "__main__":
    main()
