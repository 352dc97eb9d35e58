"""Tablets over HTTP that keep the queue of the real page: durable, numbered, oldest first, patient."""

from __future__ import annotations

import http.client
import json
import os
import random
import time
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.campaigns.ledger import Ledger

VERDICTS = {"created", "duplicate", "conflict", "rejected"}
BATCH = 100
HASTE = 20
"""Pauses are this much shorter than the page's, so that a day of trouble fits into minutes."""
WORDS = ("Chờ lâu", "Cán bộ nhiệt tình", "Phải đi lại hai lần vì tờ khai khác bảng niêm yết", "")


class QueueFile:
    """Sealed items and what was settled, in two files that only grow; a torn last line is nothing."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.sealed, self.settled = folder / "sealed.jsonl", folder / "settled.jsonl"

    @staticmethod
    def append(path: Path, lines: list[str]) -> None:
        """On disk when this returns."""
        with path.open("a", encoding="utf-8") as out:
            out.write("".join(f"{line}\n" for line in lines))
            out.flush()
            os.fsync(out.fileno())

    @staticmethod
    def read(path: Path) -> list[Any]:
        """The whole lines; a torn one at the end is cut off for good."""
        if not path.exists():
            return []
        content = path.read_bytes()
        whole = content[: content.rfind(b"\n") + 1]
        if len(whole) < len(content):
            with path.open("r+b") as torn:
                torn.truncate(len(whole))
        return [json.loads(line) for line in whole.splitlines()]


@dataclass
class SimulatedTablet:
    """One tablet; ``run`` makes ``target`` ratings and sends until none is left or time is over.

    ``scrambled``: batches are drawn from anywhere in the queue, so that numbers arrive with gaps
    that later close. ``receipts``: codes shared with other tablets, of which one rating each counts.
    """

    name: str
    token: str
    port: int
    folder: Path
    ledger: Ledger
    rng: random.Random
    target: int
    pace: float = 0.0
    scrambled: bool = False
    receipts: tuple[str, ...] = ()
    crashes: float = 0.02
    jumps: float = 0.0
    queue: dict[int, dict[str, Any]] = field(default_factory=dict)
    epoch: str = ""
    last: int = 0
    made: int = 0
    failures: int = 0
    next_try: float = 0.0
    clock: timedelta = timedelta()
    offset: int = 0
    statuses: dict[int, int] = field(default_factory=dict)
    told_to_wait: int = 0
    words: tuple[str, ...] = WORDS
    reset: bool = False

    def __post_init__(self) -> None:
        self.epoch = str(uuid.UUID(int=self.rng.getrandbits(128), version=4))
        self.file = QueueFile(self.folder / self.epoch)

    def now(self) -> datetime:
        """What this tablet's clock shows."""
        return datetime.now(UTC) + self.clock

    def rate(self) -> None:
        """Seal a rating: it counts as recorded once it is on this tablet's disk."""
        seq, level = self.last + 1, self.rng.randint(1, 5)
        item = {
            "id": str(uuid.UUID(int=self.rng.getrandbits(128), version=4)), "epoch": self.epoch,
            "seq": seq, "kind": "rating", "level": level, "channel": "tablet",
            "receipt": self.rng.choice(self.receipts) if self.receipts and self.rng.random() < 0.3 else None,
            "questionnaire": "sao5@1", "answers": {}, "reasons": [], "lang": "vi",
            "comment": self.rng.choice(self.words) or None, "rated_at": self.now().isoformat(),
            "clock_offset_ms": self.offset, "duration_ms": self.rng.randint(900, 20_000),
        }
        QueueFile.append(self.file.sealed, [json.dumps(item, ensure_ascii=False)])
        self.queue[seq], self.last = item, seq
        self.ledger.record(self.name, str(item["id"]), level)
        self.ledger.epochs[self.name, self.epoch] = seq
        self.made += 1

    def crash(self) -> None:
        """Killed while it wrote: everything is read again, a half-written line is nothing."""
        with self.file.sealed.open("ab") as out:
            out.write(b'{"id": "half a li')
        settled = set(QueueFile.read(self.file.settled))
        items = {item["seq"]: item for item in QueueFile.read(self.file.sealed)}
        self.last = max(items, default=0)
        self.queue = {seq: item for seq, item in items.items() if seq not in settled}

    def wipe(self) -> None:
        """The storage of an idle tablet is wiped: a new epoch begins."""
        self.epoch = str(uuid.UUID(int=self.rng.getrandbits(128), version=4))
        self.file = QueueFile(self.folder / self.epoch)
        self.queue, self.last = {}, 0

    def _chosen(self) -> list[dict[str, Any]]:
        seqs = sorted(self.queue)
        if self.scrambled:
            seqs = self.rng.sample(seqs, max(1, len(seqs) * 2 // 3))
        return [self.queue[seq] for seq in seqs[:BATCH]]

    def post(self, port: int, items: list[dict[str, Any]]) -> tuple[int, Any, float]:
        """Status, body if it is JSON, and how long the service asks to wait."""
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            line.request("POST", "/api/v1/ratings", json.dumps({"ratings": items}).encode(), {
                "Authorization": f"Bearer {self.token}", "Content-Type": "application/json",
            })
            answer = line.getresponse()
            content, kind = answer.read(), answer.headers.get("Content-Type", "")
            body = json.loads(content) if kind.startswith("application/json") else None
            return answer.status, body, float(answer.headers.get("Retry-After") or 0)
        finally:
            line.close()

    def deliver(self) -> bool:
        """One delivery; whether anything got a verdict."""
        items = self._chosen()
        try:
            status, body, pause = self.post(self.port, items)
        except (OSError, http.client.HTTPException, ValueError):
            status, body, pause = 0, None, 0.0
        self.statuses[status] = self.statuses.get(status, 0) + 1
        self.told_to_wait += status == 503 and pause > 0
        known = {r["id"]: r["verdict"] for r in (body or {}).get("results", [])} if status == 200 else {}
        done = [item for item in items if known.get(item["id"]) in VERDICTS]
        if not done:
            self.failures = min(self.failures + 1, 7)
            wait = max(self.rng.random() * 2**self.failures + 0.5, pause)
            self.next_try = time.monotonic() + wait / HASTE
            return False
        self._settle(done, known, body)
        return True

    def _settle(self, done: list[dict[str, Any]], known: dict[str, str], body: Any) -> None:
        for item in done:
            self.ledger.acknowledged[item["id"]] = known[item["id"]]
        QueueFile.append(self.file.settled, [str(item["seq"]) for item in done])
        for item in done:
            self.queue.pop(item["seq"], None)
        self.failures = 0
        self.offset = round((self.now() - datetime.fromisoformat(body["server_time"])) / timedelta(milliseconds=1))
        received = body["received"]
        missing = {n for low, high in received["missing"] for n in range(low, high + 1)}
        wrong = missing - set(self.queue)
        if received["epoch"] != self.epoch or received["max_seq"] > self.last or wrong:
            self.ledger.contradictions.append(f"{self.name}: {received}, waiting {sorted(self.queue)[:20]}")

    def _trouble(self) -> None:
        if self.rng.random() < self.crashes:
            self.crash()
        if self.rng.random() < self.jumps:
            self.clock = timedelta(seconds=self.rng.choice((-86_400 * 400, -3600, 90, 7200, 86_400 * 3)))

    def run(self, seconds: float) -> None:
        """Rate and send; what is still waiting at the end is told to the ledger."""
        end = time.monotonic() + seconds
        while (self.made < self.target or self.queue) and time.monotonic() < end:
            if self.made < self.target:
                self.rate()
                time.sleep(self.pace * self.rng.random())
                self._trouble()
            if self.reset and not self.queue:
                self.reset = False
                self.wipe()
            if self.queue and time.monotonic() >= self.next_try:
                self.deliver()
            elif self.made >= self.target:
                time.sleep(0.02)
        self.ledger.undelivered[self.name] = len(self.queue) + self.target - self.made
