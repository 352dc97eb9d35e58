"""A day of faults: tablets rate, everything breaks by a seeded plan, at the end the books are read."""

from __future__ import annotations

import random
import shutil
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from playwright.sync_api import Error, Playwright

from kiosk_app.core import clock, db
from kiosk_app.core.audit import SYSTEM
from kiosk_app.devices import commands as devices
from tests.campaigns import ledger as books
from tests.campaigns.disk import SmallDisk
from tests.campaigns.ledger import Ledger
from tests.campaigns.line import CALM, STORM, Line, Lines, Rewrite, Weather
from tests.campaigns.paged import RealTablet
from tests.campaigns.service import ServiceUnderFire
from tests.campaigns.simulated import SimulatedTablet


@dataclass(frozen=True)
class Plan:
    """What a campaign does; everything drawn is drawn from ``seed``."""

    seed: int
    real: int = 2
    real_ratings: int = 10
    simulated: int = 4
    simulated_ratings: int = 40
    pace: float = 0.05
    weather: Weather = STORM
    worker_kills: int = 1
    master_kills: int = 1
    disk_fills: int = 1
    outages: int = 1
    database_restarts: int = 0
    browser_kills: int = 1
    clock_jumps: int = 1
    revoked: bool = True
    seconds: float = 120.0
    rewrite: dict[str, Rewrite] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Ratings that are going to be made."""
        return self.real * self.real_ratings + self.simulated * self.simulated_ratings


class Campaign:
    """One run of a plan against one service. ``disk`` is where its database lies, if it can fill."""

    def __init__(
        self, plan: Plan, service: ServiceUnderFire, folder: Path, unit_id: int,
        playwright: Playwright | None = None, disk: SmallDisk | None = None,
    ) -> None:
        self.plan, self.service, self.folder, self.unit_id = plan, service, folder, unit_id
        self.playwright, self.disk = playwright, disk
        self.rng = random.Random(plan.seed)
        self.ledger = Ledger()
        self.lines = Lines()
        self.figures: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.receipts = tuple(f"H49.18-261015-{n:04d}" for n in range(max(4, plan.total // 10)))
        self.simulated = [self._simulated(n) for n in range(plan.simulated)]
        self.real = [self._real(n) for n in range(plan.real)]
        self.prober = self._prober()
        self.chaos_over = threading.Event()

    def _line(self) -> Line:
        return self.lines.add(Line(
            self.service.port, random.Random(self.rng.getrandbits(64)), rewrite=self.plan.rewrite,
        ))

    def _simulated(self, number: int) -> SimulatedTablet:
        name = f"S-{number:02d}"
        _device, token = devices.add(
            name, unit_id=self.unit_id, counter_id=None, actor=SYSTEM, now=clock.now()
        )
        return SimulatedTablet(
            name, token, self._line().port, self.folder / name, self.ledger,
            random.Random(self.rng.getrandbits(64)), self.plan.simulated_ratings, self.plan.pace,
            scrambled=number == 1, receipts=self.receipts, jumps=0.01, reset=number == 2,
        )

    def _prober(self) -> SimulatedTablet:
        """A tablet with long comments and a line without weather, for the full disk."""
        _device, token = devices.add(
            "S-disk", unit_id=self.unit_id, counter_id=None, actor=SYSTEM, now=clock.now()
        )
        return SimulatedTablet(
            "S-disk", token, self.service.port, self.folder / "S-disk", self.ledger,
            random.Random(self.plan.seed), target=0, words=("Cần thêm người hướng dẫn. " * 70,),
        )

    def _real(self, number: int) -> RealTablet:
        assert self.playwright is not None
        return RealTablet(
            self.playwright, self.folder / f"R-{number}", self._line(), self.ledger, f"R-{number}",
            self.rng.getrandbits(64),
        )

    def _events(self) -> list[tuple[float, Callable[[], None]]]:
        """Faults of the service by the share of ratings made when they come."""
        plan, rng = self.plan, self.rng
        events: list[tuple[float, Callable[[], None]]] = []

        def add(times: int, what: Callable[[], None]) -> None:
            events.extend((rng.uniform(0.05, 0.9), what) for _ in range(times))

        add(plan.worker_kills, lambda: self.service.kill_worker(rng))
        add(plan.master_kills, self.service.kill_master)
        add(plan.disk_fills, self._fill_the_disk)
        add(plan.outages, self._outage)
        add(plan.database_restarts, self._end_database_sessions)
        if plan.revoked:
            events.append((rng.uniform(0.4, 0.7), self._revoke))
        return sorted(events, key=lambda event: event[0])

    def _chaos(self) -> None:
        try:
            for share, happen in self._events():
                while len(self.ledger.recorded) < share * self.plan.total and not self.chaos_over.is_set():
                    time.sleep(0.05)
                if not self.chaos_over.is_set():
                    happen()
        except Exception as error:  # noqa: BLE001 - a thread's failure is told at the end
            self.wrong.append(f"chaos: {error!r}")

    def _outage(self) -> None:
        line = self.rng.choice(self.lines.lines)
        line.dead = True
        time.sleep(1.0)
        line.dead = False
        self.figures["outages"] += 1

    def _revoke(self) -> None:
        """The last simulated tablet is revoked: from now on it is put aside, and kept."""
        name = self.simulated[-1].name
        with db.reading() as conn:
            found = conn.exec_driver_sql(f"SELECT id FROM devices WHERE name = '{name}'").scalar()
        devices.revoke(int(found or 0), actor=SYSTEM, now=clock.now())
        self.figures["revoked"] += 1

    def _end_database_sessions(self) -> None:
        engine = db.current().engine
        with engine.connect() as conn:
            conn.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        engine.dispose()
        self.figures["database_restarts"] += 1

    def _fill_the_disk(self) -> None:
        """Until a delivery is answered 503 with a time to wait, and for a moment longer."""
        assert self.disk is not None
        prober = self.prober

        def refused() -> bool:
            while len(prober.queue) < 40:
                prober.rate()
            before = prober.told_to_wait
            self.figures["taken_while_full"] += prober.deliver()
            if prober.told_to_wait == before:
                return False
            time.sleep(1.0)
            return True

        if self.disk.while_full(self.service, refused, 120):
            self.figures["disk_fills"] += 1
        else:
            self.wrong.append(f"the full disk was not answered with 503 and Retry-After: {prober.statuses}")

    def _drive_pages(self) -> None:
        """All real tablets in turn, with kills and clock jumps between and during their taps."""
        plan, rng = self.plan, self.rng
        turns = [tablet for tablet in self.real for _ in range(plan.real_ratings)]
        rng.shuffle(turns)
        kills = set(rng.sample(range(len(turns)), min(plan.browser_kills, len(turns))))
        jumps = set(rng.sample(range(len(turns)), min(plan.clock_jumps, len(turns))))
        for number, tablet in enumerate(turns):
            if number in jumps:
                tablet.jump(rng.choice((-86_400.0, -3600.0, 1800.0, 86_400.0)))
                self.figures["clock_jumps"] += 1
            if number in kills:
                tablet.rate_and_be_killed(rng.uniform(0.0, 1.2))
                tablet.start()
            else:
                tablet.rate()

    def run(self, *, whole: bool = True) -> dict[str, list[Any]]:
        """Everything that is wrong at the end, by kind; not ``whole``: of the ratings alone."""
        began = time.monotonic()
        for tablet in self.real:
            tablet.pair(self.unit_id)
        for line in self.lines.lines:
            line.weather = self.plan.weather
            line.others = replace(CALM, delay=0.05, error_500=0.02)
        workers = [
            threading.Thread(target=tablet.run, args=(self.plan.seconds,), daemon=True)
            for tablet in self.simulated
        ]
        chaos = threading.Thread(target=self._chaos, daemon=True)
        for thread in (*workers, chaos):
            thread.start()
        try:
            self._drive_pages()
            self._settle(workers, chaos)
            self.figures["seconds"] = round(time.monotonic() - began)
            found = books.findings(self.ledger, self.service.plain, whole=whole)
        finally:
            self.close()
        return found | ({"campaign": self.wrong} if self.wrong else {})

    def _settle(self, workers: list[threading.Thread], chaos: threading.Thread) -> None:
        """The weather calms down and everybody may finish."""
        chaos.join(self.plan.seconds)
        self.chaos_over.set()
        for thread in workers:
            thread.join(self.plan.seconds)
        self.prober.target = self.prober.made
        self.prober.run(60)
        seen = self.lines.seen()
        self.lines.calm()
        for tablet in self.real:
            tablet.drained(60)
        self.figures.update({f"line_{name}": n for name, n in seen.items()})
        self.figures.update({f"killed_{name}": n for name, n in self.service.kills.items()})
        self.figures["killed_browsers"] = sum(tablet.kills for tablet in self.real)
        self.figures["recorded"] = len(self.ledger.recorded)
        self.figures["recorded_on_real_pages"] = sum(
            one.device.startswith("R-") for one in self.ledger.recorded.values()
        )
        self.figures["acknowledged_to_simulated"] = len(self.ledger.acknowledged)

    def close(self) -> None:
        """Close browsers and lines."""
        self.chaos_over.set()
        for tablet in self.real:
            with suppress(Error):
                tablet.forget()
            shutil.rmtree(tablet.profile, ignore_errors=True)
        self.lines.close()
