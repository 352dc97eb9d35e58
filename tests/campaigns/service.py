"""The service under fire: gunicorn whose workers and master are killed and started again."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Iterable
from pathlib import Path

from tests.servers import Server

SABOTAGE = Path(__file__).with_name("sabotage")


def children(pid: int) -> list[int]:
    """Processes whose parent is ``pid``."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text("utf-8", "replace").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            found.append(int(stat.parent.name))
    return found


def family(pid: int) -> list[int]:
    """``pid`` and everything below it."""
    return [pid, *(one for child in children(pid) for one in family(child))]


def kill(pids: Iterable[int]) -> None:
    """kill -9, whoever is still there."""
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def hold(pids: Iterable[int]) -> None:
    """Every thread stands still, with no call to the system under way, when this returns."""
    held = [pid for pid in pids if Path(f"/proc/{pid}").exists()]
    for pid in held:
        os.kill(pid, signal.SIGSTOP)
    while any(_runs(stat) for pid in held for stat in Path(f"/proc/{pid}/task").glob("*/stat")):
        time.sleep(0.005)


def _runs(stat: Path) -> bool:
    try:
        return stat.read_text("utf-8", "replace").rpartition(")")[2].split()[0] not in "TtZX"
    except OSError:
        return False


class ServiceUnderFire(Server):
    """``sabotage`` names a fault of ``sabotage/sitecustomize.py`` that the server process puts in."""

    def __init__(self, folder: Path, logs: Path, database_url: str = "", sabotage: str = "") -> None:
        super().__init__(folder, database_url)
        self.log = logs / "gunicorn.log"
        self.kills = {"worker": 0, "master": 0}
        if sabotage:
            self.environ |= {"PYTHONPATH": str(SABOTAGE), "KIOSK_TEST_SABOTAGE": sabotage}

    @property
    def plain(self) -> dict[str, str]:
        """The environment without what only the server process is to have."""
        left_out = {"PYTHONPATH", "KIOSK_TEST_SABOTAGE"}
        return {name: value for name, value in self.environ.items() if name not in left_out}

    def kill_worker(self, rng: random.Random) -> None:
        """One worker dies; the master starts another."""
        assert self.process is not None
        workers = sorted(children(self.process.pid))
        if workers:
            kill([rng.choice(workers)])
            self.kills["worker"] += 1

    def kill_master(self) -> None:
        """The master dies with its workers; after a moment the service is started again."""
        assert self.process is not None
        kill(family(self.process.pid))
        self.process.wait(timeout=30)
        self.kills["master"] += 1
        time.sleep(0.2)
        self.start()
